package workflows

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/workflows/contract"
)

// maxHandled bounds the ids of handled commands that a run carries.
const maxHandled = 200

// aggregate is what the machine needs to know of one kind of state S and its commands C.
type aggregate[S, C any] struct {
	decide   func(S, C, time.Time) (S, []effect.Effect, error)
	happened func(effect.Fact) C
	next     func(S) (time.Time, string)
	over     func(S) bool
	// columns fills what the record shows of the state; the machine adds the rest.
	columns func(S) contract.AppendInput
	// view is the state without what the record need not keep with every step.
	view    func(S) any
	asks    func(S) []effect.Ask
	details func(S) string
	// search are the search attributes that follow the state, nil when none do; label is
	// what they depend on.
	search func(S) []temporal.SearchAttributeUpdate
	label  func(S) string
}

// machine drives one aggregate: every command is decided, its effects are carried out in
// order, and its entries go to the record together with the new state. A command is
// answered only when its entry is in the record, so that what people read next contains
// what they just did.
type machine[S, C any] struct {
	aggregate[S, C]
	ctx workflow.Context
	world
	state   S
	carried contract.Carried

	entries  []contract.Entry
	recorded int64
	// busy counts effects under way; a run ends when all have settled.
	busy   int
	armed  time.Time
	disarm workflow.CancelFunc
	// unread drains the signal channels.
	unread []func() bool
	// children are the workflows that effects started and that have not ended.
	children map[string]child
}

func newMachine[S, C any](ctx workflow.Context, w world, carried contract.Carried, state S, a aggregate[S, C]) *machine[S, C] {
	// Cancellation means "stand down", not "stop": the machine goes on in a context of its
	// own until everything is told and recorded.
	detached, _ := workflow.NewDisconnectedContext(ctx)
	m := &machine[S, C]{
		aggregate: a, ctx: detached, world: w, state: state, carried: carried,
		recorded: carried.Revision, children: map[string]child{},
	}
	workflow.Go(detached, m.record)
	return m
}

// apply decides a command and carries out its effects in order.
func (m *machine[S, C]) apply(c C) error {
	now := workflow.Now(m.ctx)
	state, effects, err := m.decide(m.state, c, now)
	if err != nil {
		return err
	}
	m.state = state
	m.carried.Revision++
	for _, e := range effects {
		if r, ok := e.(effect.Record); ok {
			m.carried.Sequence++
			m.entries = append(m.entries, contract.Entry{Sequence: m.carried.Sequence, At: now, Kind: r.Kind, Actor: r.Actor, Text: r.Text, Data: r.Data})
			continue
		}
		m.perform(e)
	}
	m.arm()
	workflow.SetCurrentDetails(m.ctx, m.details(m.state))
	m.list()
	return nil
}

// list keeps the search attributes up to date; it costs an event only when one changed.
func (m *machine[S, C]) list() {
	if m.search == nil || m.carried.Listed == m.label(m.state) {
		return
	}
	m.carried.Listed = m.label(m.state)
	if err := workflow.UpsertTypedSearchAttributes(m.ctx, m.search(m.state)...); err != nil {
		workflow.GetLogger(m.ctx).Warn("the search attributes could not be set", "reason", err.Error())
	}
}

// must applies a command that the domain never refuses.
func (m *machine[S, C]) must(c C) {
	if err := m.apply(c); err != nil {
		workflow.GetLogger(m.ctx).Warn("a command was refused", "reason", err.Error())
	}
}

// tell applies a fact.
func (m *machine[S, C]) tell(f effect.Fact) { m.must(m.happened(f)) }

// arm keeps exactly one timer, at the instant the aggregate wants to wake.
func (m *machine[S, C]) arm() {
	due, why := m.next(m.state)
	if m.over(m.state) {
		due = time.Time{}
	}
	if due.Equal(m.armed) {
		return
	}
	if m.disarm != nil {
		m.disarm()
		m.disarm = nil
	}
	m.armed = due
	if due.IsZero() {
		return
	}
	ctx, cancel := workflow.WithCancel(m.ctx)
	m.disarm = cancel
	timer := workflow.NewTimerWithOptions(ctx, due.Sub(workflow.Now(m.ctx)), workflow.TimerOptions{Summary: why})
	workflow.Go(ctx, func(ctx workflow.Context) {
		if timer.Get(ctx, nil) != nil {
			return
		}
		m.armed, m.disarm = time.Time{}, nil
		m.tell(effect.Tick{})
		if due, _ := m.next(m.state); m.armed.Equal(due) && !due.After(workflow.Now(m.ctx)) && !due.IsZero() {
			workflow.GetLogger(m.ctx).Error("the clock's word changed nothing", "due", due)
		}
	})
}

// record appends what happened to the record, one append at a time, for as long as it takes.
func (m *machine[S, C]) record(ctx workflow.Context) {
	info := workflow.GetInfo(ctx)
	opts := workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second},
	}
	for {
		if err := workflow.Await(ctx, func() bool { return m.carried.Revision > m.recorded }); err != nil {
			return
		}
		in := m.columns(m.state)
		in.Incident, in.Workflow, in.Run = m.number, info.WorkflowExecution.ID, info.WorkflowExecution.RunID
		in.Revision, in.Entries, in.Asks, in.Ended = m.carried.Revision, m.entries, m.asks(m.state), m.over(m.state)
		snapshot, err := json.Marshal(m.view(m.state))
		if err != nil {
			workflow.GetLogger(ctx).Error("the state cannot be written down", "reason", err.Error())
			return
		}
		in.Snapshot = snapshot
		m.entries = nil
		opts.Summary = summary(in.Entries)
		if err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, opts), contract.AppendRecord, in).Get(ctx, nil); err != nil {
			m.entries = append(in.Entries, m.entries...)
			workflow.GetLogger(ctx).Error("the record refused an entry", "reason", err.Error())
			if workflow.Sleep(ctx, 10*time.Second) != nil {
				return
			}
			continue
		}
		m.recorded = in.Revision
	}
}

// summary is one short line for the Temporal UI.
func summary(entries []contract.Entry) string {
	if len(entries) == 0 {
		return "record the state"
	}
	const limit = 120
	line := []rune(entries[len(entries)-1].Text)
	if len(line) > limit {
		line = append(line[:limit], '…')
	}
	return strings.Join(strings.Fields(string(line)), " ")
}

// spawn carries on with something that takes time; the run does not end before it has settled.
func (m *machine[S, C]) spawn(f func(workflow.Context)) {
	m.busy++
	workflow.Go(m.ctx, func(ctx workflow.Context) {
		f(ctx)
		m.busy--
	})
}

// run waits until the aggregate is over and everything is told and recorded, or until the
// history is long enough to be continued in a new run at a quiet moment. It reports true in
// the latter case. Cancellation is handed to standDown.
func (m *machine[S, C]) run(ctx workflow.Context, standDown C) (again bool, err error) {
	workflow.Go(m.ctx, func(inner workflow.Context) {
		ctx.Done().Receive(inner, nil)
		m.must(standDown)
	})
	settled := func() bool {
		return m.busy == 0 && m.recorded == m.carried.Revision && workflow.AllHandlersFinished(ctx)
	}
	for {
		err := workflow.Await(m.ctx, func() bool {
			return settled() && (m.over(m.state) || workflow.GetInfo(m.ctx).GetContinueAsNewSuggested())
		})
		if err != nil {
			return false, err
		}
		news := false
		for _, drain := range m.unread {
			news = drain() || news
		}
		if !news {
			return !m.over(m.state), nil
		}
	}
}

// onSignal turns a signal into a command or a fact.
func onSignal[T, S, C any](m *machine[S, C], name string, handle func(T)) {
	ch := workflow.GetSignalChannel(m.ctx, name)
	workflow.Go(m.ctx, func(ctx workflow.Context) {
		for {
			var in T
			ch.Receive(ctx, &in)
			handle(in)
		}
	})
	m.unread = append(m.unread, func() bool {
		var in T
		news := false
		for ch.ReceiveAsync(&in) {
			handle(in)
			news = true
		}
		return news
	})
}

// onUpdate turns an update into a command. The validator and the handler ask the same pure
// function, so they cannot disagree; the answer comes when the entry is in the record.
func onUpdate[T, S, C any](m *machine[S, C], name, description string, command func(T) C) error {
	id := func(ctx workflow.Context) string { return workflow.GetCurrentUpdateInfo(ctx).ID }
	return workflow.SetUpdateHandlerWithOptions(m.ctx, name, func(ctx workflow.Context, in T) (contract.Receipt, error) {
		if !slices.Contains(m.carried.Handled, id(ctx)) {
			if err := m.apply(command(in)); err != nil {
				return contract.Receipt{}, contract.Refuse(err)
			}
			m.carried.Handled = append(m.carried.Handled, id(ctx))
			if n := len(m.carried.Handled); n > maxHandled {
				m.carried.Handled = m.carried.Handled[n-maxHandled:]
			}
		}
		revision := m.carried.Revision
		if err := workflow.Await(ctx, func() bool { return m.recorded >= revision }); err != nil {
			return contract.Receipt{}, err
		}
		return contract.Receipt{Workflow: workflow.GetInfo(ctx).WorkflowExecution.ID, Revision: revision}, nil
	}, workflow.UpdateHandlerOptions{
		Description: description,
		Validator: func(ctx workflow.Context, in T) error {
			if slices.Contains(m.carried.Handled, id(ctx)) {
				return nil
			}
			_, _, err := m.decide(m.state, command(in), workflow.Now(ctx))
			return contract.Refuse(err)
		},
	})
}
