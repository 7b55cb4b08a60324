package activities

import (
	"context"
	"time"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
	"github.com/stormbell/stormbell/internal/record"
)

// Phone is a sender number: it texts, calls, and looks up what became of it.
type Phone interface {
	Text(context.Context, twilio.Text) (provider.Result, error)
	FindText(ctx context.Context, t twilio.Text, since time.Time, known ...string) (provider.Result, bool, error)
	Call(context.Context, twilio.Call) (provider.Result, error)
	FindCall(ctx context.Context, c twilio.Call, since time.Time, known ...string) (provider.Result, bool, error)
	OpenCall(ctx context.Context, to string) (sid string, err error)
	HangUp(ctx context.Context, sid string, last func() string) error
	EndDouble(ctx context.Context, one, two string) (keep string, err error)
}

// Mailer sends mail.
type Mailer interface {
	Send(context.Context, sendgrid.Mail) (provider.Result, error)
	Broadcast(context.Context, sendgrid.Broadcast) (provider.Result, error)
}

// Config is what activities work with.
type Config struct {
	Record *record.Record
	// Plan is the plan in force: who is on call and how people are reached.
	Plan func() plan.Plan
	// PlanOf is the plan of a hash, which a running incident keeps deciding by.
	PlanOf func(ctx context.Context, hash string) (plan.Plan, error)
	// Pages is the number that pages, and only that: STOP to another never silences it.
	Pages Phone
	// Updates is the number that updates are texted from; nil means that none are.
	Updates Phone
	Mail    Mailer
	// Chat is the company's chat, Webhooks whoever tells other systems; nil means that there is none.
	Chat     Chat
	Webhooks Webhooks
	// Hooks is the public address where providers call back, without a trailing slash.
	Hooks string
	// Count is told how each attempt ended; nil tells nobody.
	Count func(plan.Channel, delivery.Outcome)
	// Noted is told of each entry of a timeline, perhaps twice; nil tells nobody.
	Noted func(kind string, data map[string]string)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Activities are the implementations behind the names in workflows/contract.
type Activities struct {
	Config
}

// New returns the activities.
func New(c Config) *Activities {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Count == nil {
		c.Count = func(plan.Channel, delivery.Outcome) {}
	}
	if c.Noted == nil {
		c.Noted = func(string, map[string]string) {}
	}
	return &Activities{Config: c}
}

// words are the texts of the plan in force.
func (a *Activities) words() *phrase.Words {
	w := phrase.New(a.Plan())
	w.Now = a.Now
	return w
}
