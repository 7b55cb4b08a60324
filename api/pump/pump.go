package pump

import (
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

// Config is what a pump works with.
type Config struct {
	Record   *record.Record
	Commands *client.Client
	// Plan is the plan in force; new incidents keep its rules.
	Plan func() plan.Plan
	// Owner names this process among its replicas.
	Owner  string
	Logger *slog.Logger
	// Poll is how often the inbox is looked at for what other processes accepted; 0 means 1 s.
	Poll time.Duration
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
	return len(items), sideBySide(items, func(i record.ClaimedItem) error {
		if err := p.item(ctx, i); err != nil {
			return err
		}
		return p.Record.FinishItems(ctx, []int64{i.ID})
	})
}

// item hands on one piece. What nobody can ever use is dropped with a word in the log; an
// error means that it is to be tried again.
func (p *Pump) item(ctx context.Context, i record.ClaimedItem) error {
	switch i.Kind {
	case record.ItemReply:
		var in Text
		if p.decode(ctx, i, &in) {
			return p.text(ctx, i.Key, in)
		}
	case record.ItemKey:
		var in Keys
		if p.decode(ctx, i, &in) {
			return p.keys(ctx, i.Key, in)
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
	return p.replied(ctx, about{workflow: d.Workflow, incident: d.Incident, role: in.Role}, effect.Replied{
		ID: id, Person: d.Person, Via: string(actor.Call), Reply: reply.ParseKeys(in.Digits),
	})
}

// receipt notes a provider's word, and tells the page that waits for it when a way has failed.
func (p *Pump) receipt(ctx context.Context, in Receipt) error {
	d, changed, err := p.Record.Settle(ctx, in.N, in.Outcome)
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	news := d.State == delivery.Failed || d.State == delivery.Delivered
	if !changed || !news || !strings.HasPrefix(d.Workflow, contract.PagePrefix) {
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
