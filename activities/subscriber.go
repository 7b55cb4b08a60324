package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/slack"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// ConfirmPath is the page on which updates are confirmed; a token follows.
const ConfirmPath = "/c/"

// AskSubscriber asks an address whether it wants updates: one attempt.
func (a *Activities) AskSubscriber(ctx context.Context, in contract.AskInput) (contract.SendResult, error) {
	s, err := a.Record.Subscription(ctx, in.Subscription)
	if errors.Is(err, record.ErrNotFound) {
		return contract.SendResult{Outcome: unreachable}, nil // nobody waits for it any more
	}
	if err != nil {
		return contract.SendResult{}, err
	}
	row, may, err := a.Record.Begin(ctx, record.Delivery{
		N: in.N, Workflow: in.Workflow, Step: "ask", Recipient: 1, Channel: s.Channel, Purpose: "opt_in",
	}, in.Again)
	if err != nil {
		return contract.SendResult{}, err
	}
	if !may {
		return contract.SendResult{Outcome: row.Outcome()}, nil
	}
	result, err := a.askSubscriber(ctx, in.N, s)
	if err != nil {
		activity.GetLogger(ctx).Error("a subscriber could not be asked", "channel", s.Channel, "reason", err.Error())
		result = provider.Result{Outcome: delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "request"}}
	}
	a.Count(plan.Channel(s.Channel), result.Outcome)
	return a.settle(ctx, in.N, result)
}

func (a *Activities) askSubscriber(ctx context.Context, n string, s record.Subscription) (provider.Result, error) {
	p, words := a.Plan(), a.words()
	o := phrase.OptIn{Language: s.Language, Service: s.Service, Region: s.Region, Incident: s.Incident, Link: p.Company.URL + ConfirmPath + s.Token}
	switch {
	case s.Channel == string(plan.Email):
		m := words.OptInMail(o)
		return a.Mail.Send(ctx, sendgrid.Mail{
			N: n, To: s.Address, FromEmail: p.Channels.Mail.FromEmail, FromName: p.Channels.Mail.FromName,
			Subject: m.Subject, Text: m.Text, HTML: m.HTML, Headers: m.Headers,
		})
	case s.Channel == string(plan.SMS) && a.Updates != nil:
		text := twilio.Text{N: n, To: s.Address, Body: words.OptInSMS(o)}
		result, err := a.Updates.Text(ctx, text)
		if uncallable(ctx, result) {
			text.StatusCallback = twilio.NoCallback
			result, err = a.Updates.Text(ctx, text)
		}
		return result, err
	case s.Channel == "chat" && a.Chat != nil:
		title, body, button := words.OptInChat(o)
		return a.Chat.Post(ctx, slack.Message{N: n, Channel: s.Address, Title: title, Body: body, Link: o.Link, LinkText: button})
	}
	return provider.Result{Outcome: unreachable}, nil
}
