package act

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Redeliver tells a webhook once more what it was told by a delivery, word for word and under the
// same id. The same request again does nothing.
func (d *Desk) Redeliver(ctx context.Context, hook, id, request string) error {
	if !slices.ContainsFunc(d.Views.Plan().Hooks, func(h plan.Hook) bool { return h.Name == hook }) {
		return refusal.New(refusal.NotFound, "the plan has no such webhook; GET /api/v1/webhooks lists them")
	}
	event, err := d.event(ctx, id)
	if errors.Is(err, record.ErrNotFound) || err == nil && event.Hook != hook {
		return refusal.New(refusal.NotFound, "there is no such delivery; the webhook's deliveries are listed by GET")
	}
	if err != nil {
		return err
	}
	once := delivery.ID("redelivery", cmp.Or(request, time.Now().Format(time.RFC3339Nano)))
	return d.Commands.TellAgain(ctx, contract.OutletInput{
		DistributionInput: contract.DistributionInput{Incident: event.Incident, Phase: plan.Phase(event.Phase), Audience: event.Audience, Release: event.Release},
		Outlet:            contract.HookPrefix + hook, At: event.At, Event: event.N, Once: once,
	})
}

func (d *Desk) event(ctx context.Context, id string) (record.HookEvent, error) {
	row, err := d.Record.Delivery(ctx, id)
	if err != nil {
		return record.HookEvent{}, err
	}
	return d.Record.HookEvent(ctx, row.Step)
}
