package activities

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// FindOutlets names the outlets that a release goes to by the plan in force: the chat if the
// audience reads it, and the webhooks. A drill goes to no outlet but the lab's.
func (a *Activities) FindOutlets(_ context.Context, in contract.DistributionInput) ([]string, error) {
	p, names := a.Plan(), []string{}
	if slices.Contains(in.Send, plan.SendChat) && a.hasChat(p, in.Drill) {
		names = append(names, contract.ChatOutlet)
	}
	for _, h := range p.Hooks {
		if h.Hears(in.Audience, in.Send) && (h.Lab || !in.Drill) {
			names = append(names, contract.HookPrefix+h.Name)
		}
	}
	return names, nil
}

// spoken are the texts of a release as they stand outside of mails.
func (a *Activities) spoken(in contract.DistributionInput) []effect.Text {
	var texts []effect.Text
	for _, t := range in.Texts {
		texts = append(texts, a.filled(in, t))
	}
	return texts
}

// outdated is the outcome of what is held back, because something newer was said.
func outdated() delivery.Outcome {
	return delivery.Outcome{State: delivery.Failed, Class: delivery.RateLimited, Code: codeOutdated}
}

// outletPurpose is the purpose of rows in the ledger that may be attempted again after an attempt
// without an answer: a chat can be looked through, and a webhook knows what it has heard.
const outletPurpose = "outlet"

// codeOutdated is the code of what was not sent because of a newer release.
const codeOutdated = "superseded"

// told makes an attempt for an outlet under the ledger's row, and says how it ended; look tells
// of an attempt without an answer whether it arrived after all. As long as it pays to come again,
// the answer is an error, and Temporal does.
func (a *Activities) told(ctx context.Context, d record.Delivery, look func(context.Context, record.Delivery) (provider.Result, bool, error),
	attempt func(context.Context) (provider.Result, error),
) (delivery.Outcome, error) {
	row, may, err := a.Record.Begin(ctx, d, false)
	if err != nil {
		return delivery.Outcome{}, err
	}
	if !may {
		switch delivery.Next(row.Outcome()) {
		case delivery.LookUp:
			found, ok, err := look(ctx, row)
			if err != nil {
				return delivery.Outcome{}, err
			}
			if ok {
				row, _, err = a.Record.Settle(ctx, row.N, found.Outcome)
				return row.Outcome(), err
			}
		case delivery.RetrySame:
		case delivery.Done, delivery.Wait, delivery.OtherChannel, delivery.LeaveChannel, delivery.TellOperator:
			return row.Outcome(), nil
		}
		if row, may, err = a.Record.Begin(ctx, d, true); err != nil || !may {
			return row.Outcome(), err
		}
	}
	result, err := attempt(ctx)
	if err != nil {
		result = provider.Result{Outcome: delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "request"}}
	}
	a.Count(plan.Channel(d.Channel), result.Outcome)
	if row, _, err = a.Record.Settle(ctx, d.N, result.Outcome); err != nil {
		return delivery.Outcome{}, err
	}
	return row.Outcome(), again(result)
}

// again is the error with which Temporal comes again, after the pause that was asked for; nil
// when there is nothing to come again for.
func again(r provider.Result) error {
	switch delivery.Next(r.Outcome) {
	case delivery.RetrySame, delivery.LookUp:
		return temporal.NewApplicationErrorWithOptions("not taken yet: "+cmp.Or(r.Code, string(r.Class)), "not_taken", temporal.ApplicationErrorOptions{NextRetryDelay: r.RetryAfter})
	case delivery.Done, delivery.Wait, delivery.OtherChannel, delivery.LeaveChannel, delivery.TellOperator:
	}
	return nil
}

// soon is how soon to come again when somebody else is at the same thing.
const soon = 2 * time.Second

func busy(what string) error {
	return temporal.NewApplicationErrorWithOptions(what+" is being written by another worker", "busy", temporal.ApplicationErrorOptions{NextRetryDelay: soon})
}
