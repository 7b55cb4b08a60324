package apitest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Call is one command as it arrived at the engine.
type Call struct {
	Workflow, Name, Request string
	Command                 any
}

// Engine stands in for Temporal and the workers. It is safe for concurrent use.
type Engine struct {
	Record *record.Record

	turn  sync.Mutex // one command after another
	mu    sync.Mutex // guards what is set from outside
	plan  plan.Plan
	at    time.Time
	down  error
	calls []Call
	done  map[string]bool // handled requests, by workflow

	incidents map[int]*run[incident.State, incident.Command]
	business  map[int]*run[business.State, business.Command]
	pages     map[string]*run[escalation.State, escalation.Command]
	messages  map[string]*run[comms.State, comms.Command]
}

// New opens a record in memory with the built-in plan and an engine over it. The caller
// closes the record.
func New(ctx context.Context) (*Engine, error) {
	p, err := planfile.Parse("built-in plan", planfile.Example(), planfile.Options{Lenient: true})
	if err != nil {
		return nil, err
	}
	e := &Engine{
		plan: p, at: time.Date(2026, 11, 23, 3, 2, 0, 0, time.UTC), done: map[string]bool{},
		incidents: map[int]*run[incident.State, incident.Command]{}, business: map[int]*run[business.State, business.Command]{},
		pages: map[string]*run[escalation.State, escalation.Command]{}, messages: map[string]*run[comms.State, comms.Command]{},
	}
	e.Record, err = record.Open(ctx, record.Config{URL: "sqlite::memory:", Now: e.Now})
	return e, err
}

func (e *Engine) alone() func() {
	e.turn.Lock()
	return e.turn.Unlock
}

// Now is the engine's clock; it moves only by Advance.
func (e *Engine) Now() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.at
}

// Plan returns the plan in force.
func (e *Engine) Plan() plan.Plan {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.plan
}

// SetPlan puts another plan in force.
func (e *Engine) SetPlan(p plan.Plan) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.plan = p
}

// Break makes every command fail with the error, as if Temporal were gone; nil mends it.
func (e *Engine) Break(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = err
}

// Calls returns every command that arrived, oldest first.
func (e *Engine) Calls() []Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Call{}, e.calls...)
}

// Advance moves the clock and lets everything happen that is due by then.
func (e *Engine) Advance(ctx context.Context, by time.Duration) {
	defer e.alone()()
	e.mu.Lock()
	e.at = e.at.Add(by)
	e.mu.Unlock()
	for _, r := range e.incidents {
		r.wake(ctx)
	}
	for _, r := range e.business {
		r.wake(ctx)
	}
	for _, r := range e.pages {
		r.wake(ctx)
	}
	for _, r := range e.messages {
		r.wake(ctx)
	}
}

// Pump hands on what waits in the inbox.
func (e *Engine) Pump(ctx context.Context) error {
	defer e.alone()()
	batches, err := e.Record.ClaimAlerts(ctx, "apitest", 100, time.Minute)
	if err != nil {
		return err
	}
	for _, b := range batches {
		var news []incident.Alert
		for _, a := range b.Alerts {
			news = append(news, incident.Alert(a))
		}
		ref := client.Ref{Year: b.Year, Number: b.Incident}
		if err := e.incident(ref, e.Plan().Snapshot(), false).apply(ctx, incident.Alerts{Alerts: news}); err != nil {
			return err
		}
		if err := e.Record.FinishAlerts(ctx, b.Claim); err != nil {
			return err
		}
	}
	return nil
}

// Ready implements the door to the workflows.
func (e *Engine) Ready(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.down
}

// DutyChanged implements the door to the workflows.
func (e *Engine) DutyChanged(ctx context.Context) error { return e.Ready(ctx) }

// Open implements the door to the workflows.
func (e *Engine) Open(ctx context.Context, ref client.Ref, rules plan.Snapshot, drill bool, command any, request string) (contract.Receipt, error) {
	defer e.alone()()
	if err := e.Ready(ctx); err != nil {
		return contract.Receipt{}, err
	}
	return deliver(ctx, e, e.incident(ref, rules, drill), incidentWire, contract.OpenIncident, command, request)
}

// Incident implements the door to the workflows.
func (e *Engine) Incident(ctx context.Context, ref client.Ref, name string, command any, request string) (contract.Receipt, error) {
	defer e.alone()()
	return deliver(ctx, e, e.incidents[ref.Number], incidentWire, name, command, request)
}

// Business implements the door to the workflows.
func (e *Engine) Business(ctx context.Context, ref client.Ref, name string, command any, request string) (contract.Receipt, error) {
	defer e.alone()()
	return deliver(ctx, e, e.business[ref.Number], businessWire, name, command, request)
}

// Page implements the door to the workflows.
func (e *Engine) Page(ctx context.Context, ref client.Ref, role string, k int, name string, command any, request string) (contract.Receipt, error) {
	defer e.alone()()
	return deliver(ctx, e, e.pages[contract.PageID(ref.Year, ref.Number, role, k)], pageWire, name, command, request)
}

// Message implements the door to the workflows.
func (e *Engine) Message(ctx context.Context, ref client.Ref, phase plan.Phase, audience, name string, command any, request string) (contract.Receipt, error) {
	defer e.alone()()
	return deliver(ctx, e, e.messages[contract.MessageID(ref.Year, ref.Number, phase, audience)], messageWire, name, command, request)
}

// deliver takes a command across the wire to a run.
func deliver[S, C any](ctx context.Context, e *Engine, r *run[S, C], wire map[string]decoder, name string, command any, request string) (contract.Receipt, error) {
	if err := e.Ready(ctx); err != nil {
		return contract.Receipt{}, err
	}
	if r == nil || r.ended {
		return contract.Receipt{}, client.ErrNotRunning
	}
	decode, known := wire[name]
	if !known {
		return contract.Receipt{}, fmt.Errorf("%s takes no command %q", r.kind, name)
	}
	raw, err := json.Marshal(command)
	if err != nil {
		return contract.Receipt{}, err
	}
	arrived, err := decode(raw)
	if err != nil {
		return contract.Receipt{}, fmt.Errorf("%s cannot read %T: %w", name, command, err)
	}
	e.mu.Lock()
	e.calls = append(e.calls, Call{Workflow: r.id, Name: name, Request: request, Command: arrived})
	handled := request != "" && e.done[r.id+" "+request]
	e.mu.Unlock()
	if !handled {
		if err := r.apply(ctx, arrived.(C)); err != nil {
			return contract.Receipt{}, err
		}
		e.mu.Lock()
		e.done[r.id+" "+request] = true
		e.mu.Unlock()
	}
	return contract.Receipt{Workflow: r.id, Revision: r.revision}, nil
}

// Reported tells a page what became of its latest attempt to reach a person by a channel.
func (e *Engine) Reported(ctx context.Context, page string, fact effect.Reported) error {
	defer e.alone()()
	return e.pages[page].apply(ctx, escalation.Happened{Fact: fact})
}
