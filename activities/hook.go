package activities

import (
	"context"
	"errors"
	"slices"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/webhook"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Webhooks tells other systems.
type Webhooks interface {
	Deliver(context.Context, webhook.Event) (provider.Result, error)
}

// PostHook makes one attempt to tell a webhook of a release. The receiver knows the event by the
// same id in every attempt, so an attempt without an answer is simply made again. What a newer
// release has overtaken is not told any more.
func (a *Activities) PostHook(ctx context.Context, in contract.OutletInput) (contract.OutletResult, error) {
	name, _ := contract.HookOf(in.Outlet)
	i := slices.IndexFunc(a.Plan().Hooks, func(h plan.Hook) bool { return h.Name == name })
	if i < 0 || a.Webhooks == nil {
		return contract.OutletResult{Outcome: delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "not_in_plan"}}, nil
	}
	hook := a.Plan().Hooks[i]
	if in.Drill && !hook.Lab {
		return contract.OutletResult{}, nil
	}
	event, d, err := a.event(ctx, in, hook)
	if err != nil {
		return contract.OutletResult{}, err
	}
	old, err := a.Record.HookEventSuperseded(ctx, event)
	if err != nil {
		return contract.OutletResult{}, err
	}
	outcome, err := a.told(ctx, d, notLooked, func(ctx context.Context) (provider.Result, error) {
		if old && in.Event == "" { // somebody who asks for an old one gets it
			return provider.Result{Outcome: outdated()}, nil
		}
		return a.Webhooks.Deliver(ctx, webhook.Event{
			ID: event.N, URL: hook.URL.Reveal(), Secret: hook.Secret.Reveal(), Private: hook.Private, Type: event.Media, Body: []byte(event.Body),
		})
	})
	return contract.OutletResult{Outcome: outcome}, err
}

// notLooked: no receiver can be asked, and none minds to hear the same id twice.
func notLooked(context.Context, record.Delivery) (provider.Result, bool, error) {
	return provider.Result{}, false, nil
}

// event is what the webhook is told, as it was written for the first attempt, and the ledger's row.
func (a *Activities) event(ctx context.Context, in contract.OutletInput, hook plan.Hook) (record.HookEvent, record.Delivery, error) {
	id := contract.OutletID(in.Year, in.Incident, in.Phase, in.Audience, in.Release, in.Outlet)
	d := record.Delivery{N: delivery.ID(id), Incident: in.Incident, Workflow: id, Channel: record.HookChannel, Purpose: outletPurpose}
	if in.Event != "" {
		event, err := a.Record.HookEvent(ctx, in.Event)
		d.Workflow, d.Step = contract.RedeliveryID(in.Event, in.Once), in.Event
		d.N = delivery.ID(d.Workflow)
		return event, d, err
	}
	d.Step = d.N
	kept, err := a.Record.HookEvent(ctx, d.N)
	if !errors.Is(err, record.ErrNotFound) {
		return kept, d, err
	}
	in.Spokesperson = "" // no names of people go to other systems: the company speaks
	media, body, err := eventBody(hook, a.Plan(), a.words().Language(), d.N, in, a.spoken(in.DistributionInput))
	if err != nil {
		return record.HookEvent{}, d, err
	}
	kept, err = a.Record.KeepHookEvent(ctx, record.HookEvent{
		N: d.N, Hook: hook.Name, Incident: in.Incident, Audience: in.Audience, Phase: string(in.Phase), Release: in.Release, At: in.At, Media: media, Body: body,
	})
	return kept, d, err
}
