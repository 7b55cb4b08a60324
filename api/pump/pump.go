package pump

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// lease is how long a claimed piece of the inbox belongs to this process.
const lease = 30 * time.Second

// most is how many pieces are claimed at once; hands is how many are handed on side by side.
const (
	most  = 64
	hands = 16
)

// Commands is the pump's door to the workflows; the façade in workflows/client is one.
// ErrNotRunning means that nobody will ever take the fact, any other error that it is to be
// tried again.
type Commands interface {
	// Alerts brings news of monitoring tools to an incident and opens it if it is new.
	Alerts(ctx context.Context, ref client.Ref, rules plan.Snapshot, news contract.AlertsInput) error
	// Replied reports what a person typed or pressed.
	Replied(ctx context.Context, workflow string, r effect.Replied) error
	// Reported reports a provider's word on one send.
	Reported(ctx context.Context, workflow string, r effect.Reported) error
	// Courtesy answers the text of an id of somebody of whom nothing is asked.
	Courtesy(ctx context.Context, text string, in contract.CourtesyInput) error
	// Confirmed tells the test of a contact that the person has answered.
	Confirmed(ctx context.Context, test string, c contract.Confirmation) error
}

// Config is what a pump works with.
type Config struct {
	Record   *record.Record
	Commands Commands
	// Phone ends calls that were made twice; nil means that they are only flagged.
	Phone Phone
	// Plan is the plan in force; new incidents keep its rules.
	Plan func() plan.Plan
	// Owner names this process among its replicas.
	Owner  string
	Logger *slog.Logger
	// Poll is how often the inbox is looked at for what other processes accepted; 0 means 1 s.
	Poll time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Pump hands on the inbox until its context ends.
type Pump struct {
	Config
}

// New returns a pump.
func New(c Config) *Pump {
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Pump{Config: c}
}

// Run works until ctx is done.
func (p *Pump) Run(ctx context.Context) {
	var done sync.WaitGroup
	for _, work := range []func(context.Context) (int, error){p.alerts, p.items} {
		done.Go(func() { p.loop(ctx, work) })
	}
	done.Wait()
}

// loop works as long as there is work, and rests until the inbox rings or a poll is due.
func (p *Pump) loop(ctx context.Context, work func(context.Context) (int, error)) {
	poll := time.NewTicker(p.Poll)
	defer poll.Stop()
	for {
		n, err := work(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			p.Logger.WarnContext(ctx, "the inbox could not be handed on; trying again", "reason", err)
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-p.Record.Wake():
		case <-poll.C:
		}
	}
}

func (p *Pump) alerts(ctx context.Context) (int, error) {
	batches, err := p.Record.ClaimAlerts(ctx, p.Owner, most, lease)
	if err != nil {
		return 0, err
	}
	return len(batches), sideBySide(batches, func(b record.AlertBatch) error { return p.alert(ctx, b) })
}

func (p *Pump) alert(ctx context.Context, b record.AlertBatch) error {
	news := contract.AlertsInput{}
	for _, a := range b.Alerts {
		news.Alerts = append(news.Alerts, incident.Alert{
			Source: a.Source, Key: a.Key, Status: a.Status, Title: a.Title, Severity: a.Severity, Visibility: a.Visibility, Impact: a.Impact,
			Link: a.Link, StartedAt: a.StartedAt, LastAt: a.LastAt, Count: a.Count, Unreadable: a.Unreadable,
		})
	}
	err := p.Commands.Alerts(ctx, client.Ref{Year: b.Year, Number: b.Incident}, p.Plan().Snapshot(), news)
	if err != nil && !errors.Is(err, client.ErrNotRunning) {
		return err
	}
	return p.Record.FinishAlerts(ctx, b.Claim)
}

func (p *Pump) items(ctx context.Context) (int, error) {
	items, err := p.Record.ClaimItems(ctx, p.Owner, most, lease)
	if err != nil {
		return 0, err
	}
	return len(items), sideBySide(bySubject(items), func(line []record.ClaimedItem) error {
		for _, i := range line {
			if err := p.item(ctx, i); err != nil {
				return err // what comes behind waits with it
			}
			if err := p.Record.FinishItems(ctx, []int64{i.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}

// bySubject puts what one phone wrote, and what one send led to, into lines: side by side, a
// person's second word could overtake the first.
func bySubject(items []record.ClaimedItem) (lines [][]record.ClaimedItem) {
	place := map[string]int{}
	for _, i := range items {
		var about struct{ From, N string }
		_ = json.Unmarshal(i.Body, &about) // item says what cannot be read
		subject := cmp.Or(about.From, about.N)
		at, known := place[subject]
		if !known || subject == "" {
			at = len(lines)
			place[subject], lines = at, append(lines, nil)
		}
		lines[at] = append(lines[at], i)
	}
	return lines
}

// item hands on one piece. What nobody can ever use is dropped with a word in the log; an
// error means that it is to be tried again.
func (p *Pump) item(ctx context.Context, i record.ClaimedItem) error {
	switch i.Kind {
	case record.ItemReply:
		var in Text
		if p.decode(ctx, i, &in) {
			return p.text(ctx, i, in)
		}
	case record.ItemKey:
		var in Keys
		if p.decode(ctx, i, &in) {
			return p.keys(ctx, i.Key, in)
		}
	case record.ItemMailReply:
		var in Mail
		if p.decode(ctx, i, &in) {
			return p.mail(ctx, i, in)
		}
	case record.ItemSuppression:
		var in Suppression
		if p.decode(ctx, i, &in) {
			return p.Record.Block(ctx, in.To, in.Reason, 0, in.At)
		}
	case record.ItemGlass:
		var at time.Time
		if p.decode(ctx, i, &at) {
			return p.glass(ctx, i, at)
		}
	case record.ItemReceipt, record.ItemMail:
		var in Receipt
		if p.decode(ctx, i, &in) {
			return p.receipt(ctx, in)
		}
	}
	return nil
}

func (p *Pump) decode(ctx context.Context, i record.ClaimedItem, into any) bool {
	if err := json.Unmarshal(i.Body, into); err != nil {
		p.Logger.ErrorContext(ctx, "a piece of the inbox cannot be read and is dropped", "kind", i.Kind, "reason", err)
		return false
	}
	return true
}

// keys hands a pressed key to the workflow that placed the call.
func (p *Pump) keys(ctx context.Context, id string, in Keys) error {
	d, err := p.Record.Delivery(ctx, in.N)
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, _, err := p.Record.Settle(ctx, in.N, delivery.Outcome{State: delivery.Answered}); err != nil {
		return err
	}
	if tested, err := p.pressed(ctx, d, in); err != nil || tested {
		return err
	}
	pressed := reply.ParseKeys(in.Digits)
	if pressed.Action == reply.Connect && p.Plan().Company.Conference == "" {
		pressed.Action = reply.Take // there is nothing to be connected with
	}
	return p.replied(ctx, about{workflow: d.Workflow, incident: d.Incident, role: in.Role}, effect.Replied{
		ID: id, Person: d.Person, Via: string(actor.Call), Reply: pressed, About: d.Purpose,
	})
}

// receipt notes a provider's word, and tells the page that waits for it when a way has failed.
func (p *Pump) receipt(ctx context.Context, in Receipt) error {
	if stray, err := p.doubled(ctx, in); err != nil || stray && in.Outcome.State == delivery.Failed {
		return err // the end of one is not the end of the other
	}
	d, _, err := p.Record.Settle(ctx, in.N, in.Outcome)
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := p.undeliverable(ctx, d, in.Outcome); err != nil {
		return err
	}
	// Whether the ledger changed says nothing: it does not when this is tried again.
	latest := d.State == in.Outcome.State && d.Class == in.Outcome.Class && d.Code == in.Outcome.Code
	news := d.State == delivery.Failed || d.State == delivery.Delivered
	if !latest || !news || !strings.HasPrefix(d.Workflow, contract.PagePrefix) {
		return nil
	}
	err = p.Commands.Reported(ctx, d.Workflow, effect.Reported{ID: d.Step, Outcome: d.Outcome()})
	if errors.Is(err, client.ErrNotRunning) {
		return nil
	}
	return err
}

// sideBySide does one thing for each, a bounded number at a time, and joins the errors.
func sideBySide[T any](list []T, do func(T) error) error {
	errs := make([]error, len(list))
	var wait sync.WaitGroup
	free := make(chan struct{}, hands)
	for i, one := range list {
		free <- struct{}{}
		wait.Go(func() {
			errs[i] = do(one)
			<-free
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}
