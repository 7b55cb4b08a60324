package activities

import (
	"cmp"
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// The paths under which providers call back. Their query carries the delivery's id, and
// Twilio signs the query.
const (
	StatusPath = "/hooks/twilio/status"
	KeysPath   = "/hooks/twilio/keys"
)

// SendText texts one person: one attempt.
func (a *Activities) SendText(ctx context.Context, in contract.SendInput) (contract.SendResult, error) {
	return a.send(ctx, plan.SMS, in, func(ctx context.Context, to receiver) (provider.Result, error) {
		text := a.text(in, to, a.body(ctx, in, to.To))
		result, err := a.Pages.Text(ctx, text)
		if uncallable(ctx, result) {
			text.StatusCallback = twilio.NoCallback
			result, err = a.Pages.Text(ctx, text)
		}
		return result, err
	})
}

// SendMail mails one person: one attempt.
func (a *Activities) SendMail(ctx context.Context, in contract.SendInput) (contract.SendResult, error) {
	return a.send(ctx, plan.Email, in, func(ctx context.Context, to receiver) (provider.Result, error) {
		m := a.words().Mail(in.Notice, to.To)
		from := a.Plan().Channels.Mail
		replyTo, err := a.replyTo(ctx, from.Inbound, in)
		if err != nil {
			activity.GetLogger(ctx).Error("the record has no address for answers", "reason", err.Error())
			return provider.Result{Outcome: delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: "ledger"}}, nil
		}
		return a.Mail.Send(ctx, sendgrid.Mail{
			N: in.N, To: to.address, ToName: to.Name, FromEmail: from.FromEmail, FromName: from.FromName, ReplyTo: replyTo,
			Subject: m.Subject, Text: m.Text, HTML: m.HTML, Headers: m.Headers, Urgent: urgent(in),
		})
	})
}

// replyTo is where this very mail is answered: who knows it has got the mail. "" means that
// nobody reads answers.
func (a *Activities) replyTo(ctx context.Context, in plan.Inbound, mail contract.SendInput) (string, error) {
	if !in.Has() {
		return "", nil
	}
	token, err := a.Record.ReplyToken(ctx, mail.Incident, mail.Person)
	if err != nil {
		return "", err
	}
	return delivery.ReplyAddress(in.Address, token, mail.N), nil
}

// LookUpSend asks what became of a send whose attempt was ambiguous: first our own ledger,
// for a signed call-back may have told, then the provider's list. Not found means that it may
// be sent again.
func (a *Activities) LookUpSend(ctx context.Context, in contract.LookUpInput) (contract.LookUpResult, error) {
	row, err := a.Record.Delivery(ctx, in.N)
	if errors.Is(err, record.ErrNotFound) {
		// The worker died before it wrote the row, so it asked nobody.
		return contract.LookUpResult{}, nil
	}
	if err != nil {
		return contract.LookUpResult{}, err
	}
	switch delivery.Next(row.Outcome()) {
	case delivery.LookUp:
	case delivery.RetrySame:
		// The worker died after the provider had refused to take it.
		return contract.LookUpResult{}, nil
	default:
		return contract.LookUpResult{Found: true, Outcome: row.Outcome()}, nil
	}
	to, err := a.receiver(ctx, in.Channel, in.SendInput)
	if err != nil {
		return contract.LookUpResult{}, err
	}
	found, ok, err := a.find(ctx, in, to, row)
	if err != nil || !ok {
		return contract.LookUpResult{}, err
	}
	row, _, err = a.Record.Settle(ctx, in.N, found.Outcome)
	return contract.LookUpResult{Found: true, Outcome: row.Outcome()}, err
}

// find looks a send up at the provider. What the ledger knows as another send's is passed
// over, whatever incident that belongs to: calls to one person look alike.
func (a *Activities) find(ctx context.Context, in contract.LookUpInput, to receiver, row record.Delivery) (found provider.Result, ok bool, err error) {
	// The provider's clock is not ours.
	since := row.CreatedAt.Add(-time.Minute)
	var known []string
	for {
		switch in.Channel {
		case plan.SMS:
			t := a.text(in.SendInput, to, a.body(ctx, in.SendInput, to.To))
			t.Or = a.bodies(in.SendInput, to.To)
			found, ok, err = a.Pages.FindText(ctx, t, since, known...)
		case plan.Call:
			var call twilio.Call
			if call, err = a.call(in.SendInput, to); err == nil {
				found, ok, err = a.Pages.FindCall(ctx, call, since, known...)
			}
		case plan.Email:
			// SendGrid has no look-up by our id; its signed event would be in the ledger by now.
		}
		if err != nil || !ok {
			return provider.Result{}, false, err
		}
		owner, err := a.Record.DeliveryByProvider(ctx, found.ProviderID)
		if errors.Is(err, record.ErrNotFound) || err == nil && owner.N == row.N {
			return found, true, nil
		}
		if err != nil {
			return provider.Result{}, false, err
		}
		known = append(known, found.ProviderID)
	}
}

// receiver is one person with the address of one channel.
type receiver struct {
	phrase.To
	address string
}

// unreachable says that the plan has no address for the channel.
var unreachable = delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "no_address"}

func (a *Activities) receiver(ctx context.Context, channel plan.Channel, in contract.SendInput) (receiver, error) {
	p := a.Plan()
	person, ok := p.Person(in.Person)
	if !ok {
		return receiver{}, nil
	}
	chosen, err := a.Record.Language(ctx, in.Person)
	if err != nil {
		return receiver{}, err
	}
	to := receiver{To: phrase.To{Person: person.ID, Name: person.Name, Language: cmp.Or(chosen, person.Language)}}
	link := a.Record.Link
	if channel == plan.Email {
		link = a.Record.MailLink // machines open mails, and some press buttons
	}
	if in.Workflow != contract.DutyID { // which asks for nothing
		token, err := link(ctx, in.Incident, in.Person)
		if err != nil {
			return receiver{}, err
		}
		to.Link = p.Company.URL + pageOf(channel, in, token)
	}
	to.address = person.Address(channel)
	if channel == plan.Call {
		if to.address, err = a.line(ctx, in, person.Phones); err != nil {
			return receiver{}, err
		}
	}
	return to, nil
}

func (a *Activities) text(in contract.SendInput, to receiver, body string) twilio.Text {
	return twilio.Text{N: in.N, To: to.address, Body: body, ValidFor: a.useful(in), Urgent: urgent(in)}
}

// useful is how long the text may wait at the provider: no page arrives hours late.
func (a *Activities) useful(in contract.SendInput) time.Duration {
	if in.Until.IsZero() {
		return 0
	}
	return max(in.Until.Sub(a.Now()), 10*time.Second)
}

// send writes the ledger's row, makes one attempt, and notes what the provider said. It
// returns no error for anything a provider did: the workflow decides by outcomes.
func (a *Activities) send(ctx context.Context, channel plan.Channel, in contract.SendInput, attempt func(context.Context, receiver) (provider.Result, error)) (contract.SendResult, error) {
	row, may, err := a.Record.Begin(ctx, record.Delivery{
		N: in.N, Incident: in.Incident, Workflow: in.Workflow, Step: in.Step, Person: in.Person, Channel: string(channel), Purpose: string(in.Notice.Kind),
	}, in.Again != contract.First)
	if err != nil {
		// Without its row nothing is sent, so this is no riddle.
		activity.GetLogger(ctx).Error("the ledger cannot be written", "reason", err.Error())
		return contract.SendResult{Outcome: delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: "ledger"}}, nil
	}
	if !may {
		return contract.SendResult{Outcome: row.Outcome()}, nil
	}
	result := a.try(ctx, row, in, attempt)
	a.Count(channel, result.Outcome)
	return a.settle(ctx, in.N, result)
}

// try makes the attempt of a send that has its row, unless it is held back.
func (a *Activities) try(ctx context.Context, row record.Delivery, in contract.SendInput, attempt func(context.Context, receiver) (provider.Result, error)) provider.Result {
	channel, began := plan.Channel(row.Channel), a.Now()
	to, err := a.receiver(ctx, channel, in)
	if err != nil {
		return provider.Result{Outcome: delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: "ledger"}}
	}
	if to.address == "" {
		return provider.Result{Outcome: unreachable}
	}
	if outcome, held := a.held(ctx, row, in, to); held {
		return provider.Result{Outcome: outcome}
	}
	result, err := attempt(ctx, to)
	if err != nil {
		activity.GetLogger(ctx).Error("a send could not be made", "channel", channel, "reason", err.Error())
		return provider.Result{Outcome: delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "request"}}
	}
	if channel == plan.SMS {
		a.refused(ctx, result.Outcome, to, began)
	}
	return result
}

// settle notes the outcome. If even that fails, the workflow still learns it, and a
// call-back or a look-up mends the ledger.
func (a *Activities) settle(ctx context.Context, n string, result provider.Result) (contract.SendResult, error) {
	row, _, err := a.Record.Settle(ctx, n, result.Outcome)
	if err != nil {
		activity.GetLogger(ctx).Error("the outcome could not be noted", "reason", err.Error())
		return contract.SendResult{Outcome: result.Outcome, RetryAfter: result.RetryAfter}, nil
	}
	return contract.SendResult{Outcome: row.Outcome(), RetryAfter: result.RetryAfter}, nil
}
