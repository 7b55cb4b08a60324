package apitest

import (
	"context"
	"encoding/json"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// run is one workflow: a state of the domain, what the record shows of it, and whom it tells.
type run[S, C any] struct {
	engine   *Engine
	id, kind string
	ref      client.Ref
	state    S
	revision int64
	sequence int64
	ended    bool
	parent   parent // of a message

	decide  func(S, C, time.Time) (S, []effect.Effect, error)
	fact    func(effect.Fact) C
	next    func(S) (time.Time, string)
	over    func(S) bool
	asks    func(S) []effect.Ask
	show    func(S) any
	columns func(S, *record.Append)
	// finish tells the parent.
	finish func(context.Context, S)
}

// apply decides, writes the record, then does what was decided.
func (r *run[S, C]) apply(ctx context.Context, c C) error {
	now := r.engine.Now()
	state, effects, err := r.decide(r.state, c, now)
	if err != nil {
		return err
	}
	r.state = state
	r.revision++
	step := record.Append{
		Incident: r.ref.Number, Workflow: r.id, Run: "1", Kind: r.kind, Revision: r.revision, Ended: r.over(state),
	}
	for _, e := range effects {
		if e, ok := e.(effect.Record); ok {
			r.sequence++
			data, _ := json.Marshal(e.Data) // a map of strings
			step.Entries = append(step.Entries, record.Entry{Seq: r.sequence, At: now, Kind: e.Kind, Actor: e.Actor, Text: e.Text, Data: data})
		}
	}
	if step.Snapshot, err = json.Marshal(r.show(state)); err != nil {
		return err
	}
	for _, a := range r.asks(state) {
		step.Asks = append(step.Asks, record.Ask{ID: a.ID, Person: a.Person, Role: a.Role, Kind: a.Kind, Subject: a.Subject})
	}
	r.columns(state, &step)
	if err := r.engine.Record.Append(ctx, step); err != nil {
		return err
	}
	for _, e := range effects {
		if err := perform(ctx, r, e); err != nil {
			return err
		}
	}
	if r.over(r.state) && !r.ended {
		r.ended = true
		r.finish(ctx, r.state)
	}
	return nil
}

func (r *run[S, C]) tell(ctx context.Context, f effect.Fact) error { return r.apply(ctx, r.fact(f)) }

func (r *run[S, C]) wake(ctx context.Context) {
	if due, _ := r.next(r.state); !r.ended && !due.IsZero() && !due.After(r.engine.Now()) {
		_ = r.tell(ctx, effect.Tick{}) // the domain never refuses the clock
	}
}

// incident returns the technical incident, begun if it is new.
func (e *Engine) incident(ref client.Ref, rules plan.Snapshot, drill bool) *run[incident.State, incident.Command] {
	if known := e.incidents[ref.Number]; known != nil {
		return known
	}
	r := &run[incident.State, incident.Command]{
		engine: e, id: contract.IncidentID(ref.Year, ref.Number), kind: record.KindIncident, ref: ref,
		state: incident.New(ref.Number, ref.Year, rules, drill), decide: incident.Decide,
		fact: func(f effect.Fact) incident.Command { return incident.Happened{Fact: f} },
		next: incident.State.Next, over: incident.State.Over, asks: incident.State.Asks,
		show: func(s incident.State) any { s.Rules = plan.Snapshot{}; return s },
		columns: func(s incident.State, a *record.Append) {
			a.Title, a.Phase, a.Severity, a.Score, a.KeysFree = s.Title, string(s.Phase), string(s.Severity), s.Score.Score, !s.Ongoing()
		},
		finish: func(context.Context, incident.State) {},
	}
	e.incidents[ref.Number] = r
	return r
}

func (e *Engine) beginBusiness(ctx context.Context, parent *run[incident.State, incident.Command], by string) error {
	s := parent.state
	r := &run[business.State, business.Command]{
		engine: e, id: contract.BusinessID(s.Year, s.Number), kind: record.KindBusiness, ref: parent.ref,
		state: business.New(business.Start{
			Number: s.Number, Year: s.Year, Rules: s.Rules, Title: s.Title, Since: s.Facts.Since, Drill: s.Drill, DeclaredBy: by, Phase: s.Phase, Roles: s.Roles, Board: s.Board, Scope: s.Scope,
		}),
		decide: business.Decide, fact: func(f effect.Fact) business.Command { return business.Happened{Fact: f} },
		next: business.State.Next, over: business.State.Over, asks: business.State.Asks,
		show:    func(s business.State) any { s.Rules = plan.Snapshot{}; return s },
		columns: func(s business.State, a *record.Append) { a.Mode = string(s.Mode) },
		finish: func(ctx context.Context, s business.State) {
			_ = parent.tell(ctx, effect.BusinessEnded{Cancelled: s.Cancelled}) // the domain never refuses facts
		},
	}
	e.business[s.Number] = r
	return r.apply(ctx, business.Begin{})
}

func (e *Engine) beginPage(ctx context.Context, ref client.Ref, p escalation.Page, skip []string, finish func(context.Context, effect.PageEnded)) error {
	r := &run[escalation.State, escalation.Command]{
		engine: e, id: contract.PageID(ref.Year, ref.Number, p.Role, p.K), kind: record.KindPage, ref: ref,
		state: escalation.New(p, skip), decide: escalation.Decide,
		fact: func(f effect.Fact) escalation.Command { return escalation.Happened{Fact: f} },
		next: escalation.State.Next, over: escalation.State.Over, asks: escalation.State.Asks,
		show:    func(s escalation.State) any { s.Page.Policy = plan.Policy{}; return s },
		columns: func(escalation.State, *record.Append) {},
		finish: func(ctx context.Context, s escalation.State) {
			finish(ctx, effect.PageEnded{Role: s.Page.Role, K: s.Page.K, Holder: s.Holder, Via: s.Via, At: s.HeldAt, Minutes: s.Minutes})
		},
	}
	e.pages[r.id] = r
	return r.apply(ctx, escalation.Begin{})
}

// parent is what a message reports to.
type parent interface {
	tell(ctx context.Context, f effect.Fact) error
}

func (e *Engine) beginMessage(ctx context.Context, p parent, in comms.Start, o effect.OpenMessage, ref client.Ref) error {
	in.Phase, in.Order, in.Holders, in.Facts = o.Phase, o.Order, o.Holders, o.Facts
	in.LeadRole, in.Scope, in.Told, in.Said, in.Last = o.LeadRole, o.Scope, o.Told, o.Said, o.Last
	if o.Rule != nil {
		in.Audience = *o.Rule
	}
	r := &run[comms.State, comms.Command]{
		engine: e, id: contract.MessageID(ref.Year, ref.Number, o.Phase, o.Audience), kind: record.KindMessage, ref: ref, parent: p,
		state:  comms.New(in),
		decide: comms.Decide, fact: func(f effect.Fact) comms.Command { return comms.Happened{Fact: f} },
		next: comms.State.Next, over: comms.State.Over, asks: comms.State.Asks,
		show:    func(s comms.State) any { return s },
		columns: func(comms.State, *record.Append) {},
		finish: func(ctx context.Context, s comms.State) {
			_ = p.tell(ctx, s.Ended()) // the domain never refuses facts
		},
	}
	if old := e.messages[r.id]; old != nil {
		r.revision, r.sequence = old.revision, old.sequence
	}
	e.messages[r.id] = r
	return r.apply(ctx, comms.Begin{})
}
