package act

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// The channels of updates.
const (
	ByMail = string(plan.Email)
	ByText = string(plan.SMS)
	ByChat = "chat"
)

// How many addresses one process asks whether they want updates: a whole company in an hour, and
// no flood for anybody.
const (
	asksPerSecond = 2
	asksAtOnce    = 60
)

// chatID is a user or a channel of Slack.
var chatID = regexp.MustCompile(`^[CGUW][A-Z0-9]{6,20}$`)

// Subscribe asks an address whether it wants updates, if the plan lets it have any. Its answer
// is the same for every address: whoever asks learns nothing about it.
func (d *Desk) Subscribe(ctx context.Context, w record.Subscriber) error {
	if err := d.wish(ctx, w); err != nil {
		return err
	}
	var err error
	if w.Address, err = address(w.Channel, w.Address); err != nil {
		return err
	}
	w.Person = d.owner(w)
	if w.Person == "" && !d.welcome(w) {
		return nil
	}
	if !d.asking.AllowN(d.Views.Now(), 1) {
		return problem.New(problem.TooMany, "too many people subscribe at this moment").With("Retry-After", "30")
	}
	s, send, err := d.Record.Subscribe(ctx, w)
	if err != nil || !send {
		return err
	}
	if err = d.Commands.OptIn(ctx, contract.OptInID(s.ID, s.AskedAt), contract.OptInInput{Subscription: s.ID}); err != nil && s.ConfirmedAt.IsZero() {
		// Nobody was asked, so that the next try may.
		if forget := d.Record.EndSubscription(ctx, s.ID); forget != nil {
			return forget
		}
	}
	return err
}

// Join subscribes one of the plan's people at once, who came by a way that is only theirs.
func (d *Desk) Join(ctx context.Context, person string, w record.Subscriber) (record.Subscription, error) {
	known, found := d.Views.Plan().Person(person)
	if !found || w.Channel != ByMail && w.Channel != ByText {
		return record.Subscription{}, refusal.New(refusal.Invalid, "choose e-mail or text")
	}
	if w.Address = known.Address(plan.Channel(w.Channel)); w.Address == "" {
		return record.Subscription{}, refusal.New(refusal.Invalid, "the plan has nothing to reach this person by %s", w.Channel)
	}
	if err := d.wish(ctx, w); err != nil {
		return record.Subscription{}, err
	}
	w.Person = person
	return d.Record.Join(ctx, w)
}

// wish checks what the updates are to be limited to.
func (d *Desk) wish(ctx context.Context, w record.Subscriber) error {
	p := d.Views.Plan()
	known := func(all []plan.Topic, name string) bool {
		return name == "" || slices.ContainsFunc(all, func(t plan.Topic) bool { return t.Name == name })
	}
	switch {
	case !known(p.Services, w.Service):
		return refusal.New(refusal.Invalid, "the plan knows no such service")
	case !known(p.Regions, w.Region):
		return refusal.New(refusal.Invalid, "the plan knows no such region")
	case w.Channel == ByChat && !p.Channels.Chat.Has():
		return refusal.New(refusal.Invalid, "the plan has no chat")
	case w.Incident == 0:
		return nil
	}
	row, err := d.Record.Incident(ctx, w.Incident)
	if err == nil && !row.ClosedAt.IsZero() {
		return refusal.New(refusal.Ended, "incident %d is over; there will be no more updates about it", w.Incident)
	}
	return err
}

// address brings an address into the form in which it is kept.
func address(channel, typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	switch channel {
	case ByMail:
		if a, err := mail.ParseAddress(typed); err == nil && a.Address == typed && len(typed) <= 254 {
			return typed, nil
		}
		return "", refusal.New(refusal.Invalid, "that is no mail address; write it like anna@example.com")
	case ByText:
		if n, err := phonenumbers.Parse(typed, "ZZ"); err == nil && phonenumbers.IsValidNumber(n) {
			return phonenumbers.Format(n, phonenumbers.E164), nil
		}
		return "", refusal.New(refusal.Invalid, "that is no phone number; write it with + and the country")
	case ByChat:
		if chatID.MatchString(typed) {
			return typed, nil
		}
		return "", refusal.New(refusal.Invalid, "that is no id of a user or channel; it begins with U or C")
	}
	return "", refusal.New(refusal.Invalid, "choose email, sms or chat")
}

// owner is whom of the plan's people an address belongs to.
func (d *Desk) owner(w record.Subscriber) string {
	for _, p := range d.Views.Plan().People {
		mine := w.Channel == ByMail && strings.EqualFold(p.Email, w.Address) ||
			w.Channel == ByText && slices.ContainsFunc(p.Phones, func(f plan.Phone) bool { return f.Number == w.Address && !f.NoText })
		if mine {
			return p.ID
		}
	}
	return ""
}

// welcome tells whether an outsider's address may get updates: those of the company's domains,
// and whoever is in its chat. A stranger's phone never is.
func (d *Desk) welcome(w record.Subscriber) bool {
	if w.Channel == ByChat {
		return true
	}
	_, domain, _ := strings.Cut(strings.ToLower(w.Address), "@")
	return w.Channel == ByMail && slices.Contains(d.Views.Plan().Status.Domains, domain) && !d.Shared(w.Destination())
}

// Shared tells whether several people read what goes to a destination: no single one of them can
// take it off the list (R140).
func (d *Desk) Shared(to record.Destination) bool {
	for _, a := range d.Views.Plan().Audiences {
		for _, r := range a.Recipients {
			if r.Shared && r.Email != "" && record.DestinationOf(ByMail, r.Email) == to {
				return true
			}
		}
	}
	return false
}

// StopUpdates ends the updates that a link came with: all of them, or those about its incident.
// Twice is as good as once.
func (d *Desk) StopUpdates(ctx context.Context, link record.UpdatesLink, all bool) error {
	if d.Shared(link.Destination) {
		return refusal.New(refusal.Forbidden, "several people read this address, and one of them cannot leave for all; ask whoever keeps the list")
	}
	if all || link.Incident == 0 {
		return d.Record.Block(ctx, link.Destination, record.Unsubscribed, 0, d.Views.Now())
	}
	return d.Record.Block(ctx, link.Destination, record.StoppedIncident, link.Incident, d.Views.Now())
}

// ResumeUpdates undoes StopUpdates.
func (d *Desk) ResumeUpdates(ctx context.Context, link record.UpdatesLink) error {
	if err := d.Record.Unblock(ctx, link.Destination, 0, record.Unsubscribed); err != nil || link.Incident == 0 {
		return err
	}
	return d.Record.Unblock(ctx, link.Destination, link.Incident, record.StoppedIncident)
}
