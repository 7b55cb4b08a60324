package guard

import (
	"context"
	"log/slog"
	"time"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

// Config is how the guards behave.
type Config struct {
	// Rest is how long a provider that is out of order is left alone before one send tries it
	// again; 0 means 30 s, with which the six tries of a send cover some minutes.
	Rest time.Duration
	// Meter is told what happens; nil tells nobody.
	Meter Meter
	// Logger hears when a circuit opens and closes; nil logs nothing.
	Logger *slog.Logger
}

// Meter counts. No argument ever names a person.
type Meter interface {
	// Waited is told how long a send waited for its turn or, when that was too long, will have to.
	Waited(channel plan.Channel, d time.Duration)
	// Circuit is told whether a provider is left alone.
	Circuit(channel plan.Channel, open bool)
}

// Phone guards a sender number. Looking up and hanging up are not held back: they wake nobody.
type Phone struct {
	activities.Phone
	texts, calls *gate
}

// NewPhone guards a sender number that sends so many texts and begins so many calls a second;
// 0 means as many as there are.
func NewPhone(p activities.Phone, texts, calls float64, c Config) *Phone {
	return &Phone{Phone: p, texts: newGate(plan.SMS, texts, c), calls: newGate(plan.Call, calls, c)}
}

// Text sends a text when its turn has come.
func (p *Phone) Text(ctx context.Context, t twilio.Text) (provider.Result, error) {
	return p.texts.pass(ctx, t.N, t.Urgent, 1, func() (provider.Result, error) { return p.Phone.Text(ctx, t) })
}

// Call calls somebody when their turn has come. Nobody is called for anything but a page.
func (p *Phone) Call(ctx context.Context, call twilio.Call) (provider.Result, error) {
	return p.calls.pass(ctx, call.N, true, 1, func() (provider.Result, error) { return p.Phone.Call(ctx, call) })
}

// Mailer guards a mail account.
type Mailer struct {
	mailer activities.Mailer
	mails  *gate
}

// NewMailer guards an account that sends so many mails a second; 0 means as many as there are.
func NewMailer(m activities.Mailer, mails float64, c Config) *Mailer {
	return &Mailer{mailer: m, mails: newGate(plan.Email, mails, c)}
}

// Send sends a mail when its turn has come.
func (m *Mailer) Send(ctx context.Context, mail sendgrid.Mail) (provider.Result, error) {
	return m.mails.pass(ctx, mail.N, mail.Urgent, 1, func() (provider.Result, error) { return m.mailer.Send(ctx, mail) })
}

// Broadcast sends a mail to many when the turn of all of them has come; pages never wait for it.
func (m *Mailer) Broadcast(ctx context.Context, b sendgrid.Broadcast) (provider.Result, error) {
	return m.mails.pass(ctx, "", false, len(b.Recipients), func() (provider.Result, error) { return m.mailer.Broadcast(ctx, b) })
}

// gate is what one kind of sends has to pass.
type gate struct {
	channel plan.Channel
	circuit *circuit
	pace    *pace
	meter   Meter
}

func newGate(channel plan.Channel, perSecond float64, c Config) *gate {
	if c.Rest <= 0 {
		c.Rest = 30 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Meter == nil {
		c.Meter = silent{}
	}
	return &gate{channel: channel, circuit: newCircuit(channel, c), pace: newPace(perSecond), meter: c.Meter}
}

// pass sends, or says that it was certainly not sent and when to come again: what waits is
// tried again later, and other channels go on at once.
func (g *gate) pass(ctx context.Context, n string, urgent bool, many int, send func() (provider.Result, error)) (provider.Result, error) {
	done, again := g.circuit.allow()
	if done == nil {
		return later(delivery.CodeCircuit, again), nil
	}
	wait, turn := g.pace.wait(ctx, n, urgent, many)
	g.meter.Waited(g.channel, wait)
	if !turn {
		done(delivery.NoWord)
		return later(delivery.CodeQueue, wait), nil
	}
	health := delivery.NoWord
	defer func() { done(health) }()
	result, err := send()
	if err == nil {
		health = delivery.HealthOf(result.Outcome)
	}
	return result, err
}

func later(code string, pause time.Duration) provider.Result {
	return provider.Result{
		Outcome: delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: code}, RetryAfter: pause,
	}
}

// silent is a meter that nobody reads.
type silent struct{}

func (silent) Waited(plan.Channel, time.Duration) {}
func (silent) Circuit(plan.Channel, bool)         {}
