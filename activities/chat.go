package activities

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/slack"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Chat is the company's chat.
type Chat interface {
	Post(context.Context, slack.Message) (provider.Result, error)
	Edit(ctx context.Context, id string, m slack.Message) (provider.Result, error)
	Find(ctx context.Context, m slack.Message, since time.Time) (provider.Result, bool, error)
}

const (
	chatChannel = plan.SendChat
	// chatHeld is how long one worker has an incident's message for itself: longer than the
	// activity may take, so that nobody looks for a message that is still on its way.
	chatHeld = time.Minute
)

// hasChat tells whether anything is posted at all; a drill only where nobody is fooled.
func (a *Activities) hasChat(p plan.Plan, drill bool) bool {
	return p.Channels.Chat.Has() && a.Chat != nil && (p.Channels.Chat.Lab || !drill)
}

// PostChat posts a release into the company's chat: an update in the thread of the one message
// that shows the incident, and that message edited in place. Without a release it only brings the
// message up to date, and begins none, because nothing was released that it could say.
func (a *Activities) PostChat(ctx context.Context, in contract.OutletInput) (contract.OutletResult, error) {
	if !a.hasChat(a.Plan(), in.Drill) {
		return contract.OutletResult{}, nil
	}
	chat, held, err := a.Record.HoldChat(ctx, in.Incident, chatHeld)
	if err != nil {
		return contract.OutletResult{}, err
	}
	if !held {
		return contract.OutletResult{}, busy("the chat's message")
	}
	outcome, err := a.chat(ctx, in, &chat)
	// Even a failure lets go of it, whatever became of the context.
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	kept := a.Record.KeepChat(leave, chat)
	if err == nil { // which alone knows when to come again
		err = kept
	}
	return contract.OutletResult{Outcome: outcome}, err
}

// chat does it, and notes in chat what it did.
func (a *Activities) chat(ctx context.Context, in contract.OutletInput, chat *record.Chat) (delivery.Outcome, error) {
	released, now := len(in.Texts) > 0, delivery.Outcome{}
	if released {
		old, err := a.superseded(ctx, in.DistributionInput)
		switch {
		case err != nil:
			return delivery.Outcome{}, err
		case old: // it is not said late
			released, now = false, outdated()
		}
	}
	text := pick(a.spoken(in.DistributionInput), a.words().Language())
	if released && in.At.After(chat.SaidAt) {
		chat.Subject, chat.NextUpdate, chat.SaidAt = text.Subject, in.NextUpdate, in.At
	}
	root, err := a.showing(ctx, in, *chat)
	if err != nil {
		return delivery.Outcome{}, err
	}
	id := contract.ChatID(in.Year, in.Incident, "message")
	if root.N, err = a.rootOf(ctx, id); err != nil {
		return delivery.Outcome{}, err
	}
	switch {
	case chat.Message != "":
		if edited, err := a.edit(ctx, chat.Message, root); err != nil {
			return edited, err
		}
	case released:
		outcome, err := a.post(ctx, in, id, root)
		if err != nil || outcome.ProviderID == "" {
			return outcome, err
		}
		chat.Message = outcome.ProviderID
	}
	if !released {
		return now, nil
	}
	return a.post(ctx, in, id, a.update(in, *chat, text))
}

// rootOf is the delivery of the message that shows an incident: a further one for each release
// after one that was refused for good, because somebody may have mended that.
func (a *Activities) rootOf(ctx context.Context, id string) (string, error) {
	for k := 0; ; k++ {
		n := delivery.ID(id, strconv.Itoa(k))
		row, err := a.Record.Delivery(ctx, n)
		if errors.Is(err, record.ErrNotFound) {
			return n, nil
		}
		if err != nil {
			return "", err
		}
		switch delivery.Next(row.Outcome()) {
		case delivery.OtherChannel, delivery.LeaveChannel, delivery.TellOperator:
		case delivery.Done, delivery.Wait, delivery.RetrySame, delivery.LookUp:
			return n, nil
		}
	}
}

// showing is the message that shows an incident as it is now.
func (a *Activities) showing(ctx context.Context, in contract.OutletInput, chat record.Chat) (slack.Message, error) {
	i, err := a.Record.Incident(ctx, in.Incident)
	if err != nil {
		return slack.Message{}, err
	}
	over := !i.ClosedAt.IsZero() || slices.Contains([]plan.Phase{plan.Resolution, plan.Analysis, plan.Publishing}, plan.Phase(i.Phase))
	said := a.words().Chat(phrase.Chat{
		Incident: in.Incident, Phase: i.Phase, Subject: chat.Subject, NextUpdate: chat.NextUpdate, Over: over, Drill: in.Drill,
	})
	return a.message(said), nil
}

// update is one release as an answer to that message.
func (a *Activities) update(in contract.OutletInput, chat record.Chat, text effect.Text) slack.Message {
	m := a.message(a.words().Chat(phrase.Chat{
		Incident: in.Incident, Phase: string(in.Phase), Subject: text.Subject, NextUpdate: in.NextUpdate, Drill: in.Drill,
	}))
	m.N = delivery.ID(contract.OutletID(in.Year, in.Incident, in.Phase, in.Audience, in.Release, in.Outlet))
	m.Thread, m.Body = chat.Message, text.Body
	return m
}

func (a *Activities) message(said phrase.Posting) slack.Message {
	p := a.Plan()
	return slack.Message{
		Channel: p.Channels.Chat.Channel, Title: said.Title, Facts: said.Facts, More: said.More,
		Link: p.Company.URL + "/status", LinkText: said.Link,
	}
}

func (a *Activities) post(ctx context.Context, in contract.OutletInput, workflow string, m slack.Message) (delivery.Outcome, error) {
	return a.told(ctx, record.Delivery{
		N: m.N, Incident: in.Incident, Workflow: workflow, Step: "post-" + m.N, Channel: chatChannel, Purpose: outletPurpose,
	}, func(ctx context.Context, row record.Delivery) (provider.Result, bool, error) {
		return a.Chat.Find(ctx, m, row.CreatedAt.Add(-10*time.Minute)) // its clock is not ours
	}, func(ctx context.Context) (provider.Result, error) { return a.Chat.Post(ctx, m) })
}

// edit needs no row: doing it twice is doing it once.
func (a *Activities) edit(ctx context.Context, id string, m slack.Message) (delivery.Outcome, error) {
	result, err := a.Chat.Edit(ctx, id, m)
	if err != nil {
		return delivery.Outcome{}, err
	}
	a.Count(chatChannel, result.Outcome)
	return result.Outcome, again(result)
}
