package poll

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// most is how many sends are asked for in one sweep, one after the other: with the pause
// between two sweeps that bounds how often a provider is asked.
const most = 20

// request bounds one question, and grace what is left to do when the process stops.
const (
	request = 10 * time.Second
	grace   = 5 * time.Second
)

// Phone is asked by the provider's own id.
type Phone interface {
	FetchText(ctx context.Context, sid string) (provider.Result, error)
	FetchCall(ctx context.Context, sid string) (provider.Result, error)
}

// Config is what the sweep works with.
type Config struct {
	Record *record.Record
	Phone  Phone
	// Minute is the length of a minute in the plan in force.
	Minute func() time.Duration
	// Every is the pause between two sweeps; 0 means a twelfth of a minute of the plan, at
	// least 100 ms.
	Every time.Duration
	// Logger hears of questions that got no answer; nil logs nothing.
	Logger *slog.Logger
}

// Poller sweeps the ledger for sends without a last word.
type Poller struct{ Config }

// New returns a poller.
func New(c Config) *Poller {
	if c.Every <= 0 {
		c.Every = max(c.Minute()/12, 100*time.Millisecond)
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return &Poller{c}
}

// Run sweeps until ctx is done. Any number of processes may sweep the same ledger: each send
// is asked for by one of them.
func (p *Poller) Run(ctx context.Context) {
	tick := time.NewTicker(p.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := p.Sweep(ctx); err != nil && ctx.Err() == nil {
			p.Logger.WarnContext(ctx, "what became of some sends could not be asked; trying again later", "reason", err)
		}
	}
}

// Sweep asks for the sends that are due.
func (p *Poller) Sweep(ctx context.Context) error {
	due, err := p.Record.ClaimSilent(ctx, p.Minute(), most)
	if err != nil {
		return err
	}
	var errs []error
	for _, d := range due {
		if ctx.Err() != nil {
			break
		}
		errs = append(errs, p.ask(ctx, d))
	}
	return errors.Join(errs...)
}

// ask asks for one send. The answer has a key of its own, so that it counts once however
// often it is given, and a call-back that comes late after all changes nothing.
func (p *Poller) ask(ctx context.Context, d record.Delivery) error {
	asking, cancel := context.WithTimeout(ctx, request)
	defer cancel()
	fetch := p.Phone.FetchText
	if d.Channel == string(plan.Call) {
		fetch = p.Phone.FetchCall
	}
	got, err := fetch(asking, d.ProviderID)
	if err != nil {
		return fmt.Errorf("ask for a send by %s: %w", d.Channel, err)
	}
	if delivery.Merge(d.Outcome(), got.Outcome) == d.Outcome() {
		return nil // nothing new
	}
	body, err := json.Marshal(delivery.Receipt{N: d.N, Outcome: got.Outcome})
	if err != nil {
		return fmt.Errorf("write a receipt: %w", err)
	}
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	key := fmt.Sprintf("%s:asked:%s:%s", d.ProviderID, got.State, got.Code)
	return p.Record.AcceptItems(keep, []record.Item{{Kind: record.ItemReceipt, Key: key, Body: body}})
}
