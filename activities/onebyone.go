package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// oneByOne mails a release to a range of the plan's recipients, as distributions did before
// edition 3 and those that began then still do.
func (a *Activities) oneByOne(ctx context.Context, in contract.BatchInput) (effect.Distributed, error) {
	var so effect.Distributed
	p := a.Plan()
	audience, _ := p.Audience(in.Audience)
	for i := in.From; i < in.To; i++ {
		activity.RecordHeartbeat(ctx, i)
		old, err := a.superseded(ctx, in.DistributionInput)
		if err != nil {
			return so, err
		}
		if old {
			so.Superseded = true
			return so, nil
		}
		if i >= len(audience.Recipients) {
			// The list became shorter since the release.
			so.Failed++
			continue
		}
		outcome, err := a.mailRecipient(ctx, in, i, audience.Recipients[i], p)
		if err != nil {
			return so, err
		}
		count(&so, outcome.State)
	}
	return so, nil
}

func count(so *effect.Distributed, s delivery.State) {
	switch s {
	case delivery.Accepted, delivery.Delivered, delivery.Answered:
		so.Sent++
	case delivery.Failed:
		so.Failed++
	case delivery.Intended, delivery.Attempting, delivery.Unknown:
		so.Unknown++
	}
}

// mailRecipient sends to one recipient, waiting as long as the provider is certain that it
// took nothing.
func (a *Activities) mailRecipient(ctx context.Context, in contract.BatchInput, i int, r plan.Recipient, p plan.Plan) (delivery.Outcome, error) {
	id := contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release)
	n := delivery.ID(id, fmt.Sprint(i), "email")
	row, may, err := a.Record.Begin(ctx, record.Delivery{
		N: n, Incident: in.Incident, Workflow: id, Step: fmt.Sprintf("recipient-%d", i), Recipient: i + 1, Channel: string(plan.Email), Purpose: "update",
	}, false)
	if err != nil {
		return delivery.Outcome{}, err
	}
	again := row.Class == delivery.NotProcessed
	if !may && !again {
		return row.Outcome(), nil
	}
	text := a.filled(in.DistributionInput, pick(in.Texts, r.Language))
	m := a.words().UpdateMail(phrase.Update{Incident: in.Incident, Language: text.Language, Subject: text.Subject, Body: text.Body, Drill: in.Drill})
	for pause := time.Second; ; pause = min(2*pause, 30*time.Second) {
		if again {
			// Who was thought dead while it waited may find that another attempt went on with it.
			if row, may, err = a.Record.Begin(ctx, row, true); err != nil || !may {
				return row.Outcome(), err
			}
		}
		result, err := a.Mail.Send(ctx, sendgrid.Mail{
			N: n, To: r.Email, ToName: r.Name, FromEmail: p.Channels.Mail.FromEmail, FromName: p.Channels.Mail.FromName,
			Subject: m.Subject, Text: m.Text, HTML: m.HTML, Headers: m.Headers,
		})
		if err != nil {
			result.Outcome = delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "request"}
		}
		a.Count(plan.Email, result.Outcome)
		if row, _, err = a.Record.Settle(ctx, n, result.Outcome); err != nil {
			return delivery.Outcome{}, err
		}
		if delivery.Next(result.Outcome) != delivery.RetrySame {
			return row.Outcome(), nil
		}
		again = true
		if err := rest(ctx, max(pause, result.RetryAfter), i); err != nil {
			return delivery.Outcome{}, err
		}
	}
}

// beat is how often a batch that waits says that it lives: well below its heartbeat timeout,
// after which the server would let another worker send to the same people beside it.
const beat = 5 * time.Second

// rest waits for d, alive.
func rest(ctx context.Context, d time.Duration, i int) error {
	over := time.NewTimer(d)
	defer over.Stop()
	alive := time.NewTicker(beat)
	defer alive.Stop()
	for {
		activity.RecordHeartbeat(ctx, i)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-over.C:
			return nil
		case <-alive.C:
		}
	}
}
