package activities

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/slack"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
)

// LeavePath is where a recipient stops the updates; a token follows.
const LeavePath = "/u/"

// update is the release in the words and the language of one recipient, and its short text.
func (c *courier) update(l leaf) (u phrase.Update, short string) {
	t := c.filled(c.in, pick(c.in.Texts, l.Language))
	return phrase.Update{Incident: c.in.Incident, Language: t.Language, Subject: t.Subject, Body: t.Body, Drill: c.in.Drill}, t.Short
}

// mail sends one mail to all leaves of a parcel, who get the same words.
func (c *courier) mail(ctx context.Context, p parcel, leaves []leaf) (provider.Result, error) {
	u, _ := c.update(leaves[0])
	// SendGrid puts each recipient's own link in the place of this word. It is a name that nobody
	// who writes an alert can know.
	word := ""
	if len(p.links) > 0 {
		word = "stop" + delivery.ID("word", p.leaves[0].n)
		u.Unsubscribe = word
	}
	m := c.words().UpdateMail(u)
	b := sendgrid.Broadcast{Mail: sendgrid.Mail{
		FromEmail: c.plan.Channels.Mail.FromEmail, FromName: c.plan.Channels.Mail.FromName,
		Subject: m.Subject, Text: m.Text, HTML: m.HTML, Headers: map[string]string{},
	}}
	own := map[string]string{} // headers with the link are each recipient's own
	for name, v := range m.Headers {
		if word != "" && strings.HasPrefix(name, "List-Unsubscribe") {
			own[name] = v
			continue
		}
		b.Headers[name] = v
	}
	for _, l := range leaves {
		r := sendgrid.Recipient{N: l.n, Email: l.Address, Name: l.Name}
		if link := p.links[l.Address]; link != "" {
			r.Headers, r.Substitutions = map[string]string{}, map[string]string{word: link}
			for name, v := range own {
				r.Headers[name] = strings.ReplaceAll(v, word, link)
			}
		}
		b.Recipients = append(b.Recipients, r)
	}
	return c.Mail.Broadcast(ctx, b)
}

// links are the addresses where the readers of a broadcast stop the updates. A distribution list
// has none, because one member would stop them for all (R140).
func (c *courier) links(ctx context.Context, p parcel) (map[string]string, error) {
	if p.channel == string(plan.SMS) || c.audience.Personal || p.leaves[0].Shared {
		return nil, nil
	}
	addresses := make([]string, len(p.leaves))
	for i, l := range p.leaves {
		addresses[i] = l.Address
	}
	links, err := c.Record.UnsubscribeTokens(ctx, c.in.Incident, p.channel, addresses)
	for address, token := range links {
		links[address] = c.plan.Company.URL + LeavePath + token
	}
	return links, err
}

// write sends a mail to one recipient alone, from the spokesperson, who gets the answer (R92).
func (c *courier) write(ctx context.Context, _ parcel, leaves []leaf) (provider.Result, error) {
	l, from := leaves[0], c.plan.Channels.Mail
	u, _ := c.update(l)
	m := c.words().UpdateMail(u)
	speaker, _ := c.plan.Person(c.in.Spokesperson)
	name := from.FromName
	if speaker.Name != "" {
		name = speaker.Name + ", " + c.plan.Company.Name
	}
	return c.Mail.Send(ctx, sendgrid.Mail{
		N: l.n, To: l.Address, ToName: l.Name, FromEmail: from.FromEmail, FromName: name, ReplyTo: speaker.Email,
		Subject: m.Subject, Text: m.Text, HTML: m.HTML, Headers: m.Headers,
	})
}

// message writes to one member of the chat who asked for updates.
func (c *courier) message(ctx context.Context, p parcel, leaves []leaf) (provider.Result, error) {
	l := leaves[0]
	u, _ := c.update(l)
	m := slack.Message{N: l.n, Channel: l.Address, Title: u.Subject, Body: u.Body}
	if m.Link = p.links[l.Address]; m.Link != "" {
		m.LinkText = c.words().StopInChat(l.Language)
	}
	return c.Chat.Post(ctx, m)
}

// textable is how long a text may wait at the provider: yesterday's news is none.
const textable = 4 * time.Hour

// text sends the short text to one phone, from the number of updates.
func (c *courier) text(ctx context.Context, _ parcel, leaves []leaf) (provider.Result, error) {
	l, began := leaves[0], c.Now()
	u, short := c.update(l)
	u.Body = short
	t := twilio.Text{N: l.n, To: l.Address, Body: c.words().UpdateSMS(u), ValidFor: textable}
	result, err := c.Updates.Text(ctx, t)
	if uncallable(ctx, result) {
		t.StatusCallback = twilio.NoCallback
		result, err = c.Updates.Text(ctx, t)
	}
	if result.Class == delivery.OptedOut && result.Code == stopped {
		// The carrier has heard a STOP that we have not.
		err := errors.Join(
			c.Record.PutRefused(ctx, l.Address, c.plan.Channels.Updates.From, began),
			c.Record.Suppress(ctx, string(plan.SMS), l.Address, record.Stopped, 0, began),
		)
		if err != nil {
			activity.GetLogger(ctx).Warn("it could not be kept that somebody wants no texts", "reason", err.Error())
		}
	}
	return result, err
}
