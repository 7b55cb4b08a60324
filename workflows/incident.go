package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Incident is a technical incident from its first alert to its end (R10–R34).
func Incident(ctx workflow.Context, in contract.IncidentInput) error {
	state := incident.New(in.Number, in.Year, in.Rules, in.Drill)
	if in.State != nil {
		state = *in.State
	}
	var m *machine[incident.State, incident.Command]
	w := world{
		number: in.Number, year: in.Year, drill: in.Drill, rules: in.Rules, settle: in.Rules.Settle,
		leadRole: plan.IncidentCommander,
		title:    func() string { return m.state.Title },
		since:    func() time.Time { return m.state.Facts.Since },
		phase:    func() plan.Phase { return m.state.Phase },
		roles:    func() holding.Roles { return m.state.Roles },
		lead:     func() string { return m.state.Commander() },
		board:    func() board.Board { return m.state.Board },
		scope:    func() plan.Scope { return m.state.Scope },
	}
	m = newMachine(ctx, w, in.Carried, state, aggregate[incident.State, incident.Command]{
		decide:   incident.Decide,
		happened: func(f effect.Fact) incident.Command { return incident.Happened{Fact: f} },
		next:     incident.State.Next,
		over:     incident.State.Over,
		asks:     incident.State.Asks,
		details:  incidentDetails,
		label:    func(s incident.State) string { return string(s.Phase) + " " + string(s.Severity) },
		search: func(s incident.State) []temporal.SearchAttributeUpdate {
			return []temporal.SearchAttributeUpdate{phaseAttribute.ValueSet(string(s.Phase)), severityAttribute.ValueSet(string(s.Severity))}
		},
		view: func(s incident.State) any { s.Rules = plan.Snapshot{}; return s },
		columns: func(s incident.State) contract.AppendInput {
			return contract.AppendInput{
				Kind: contract.KindIncident, Title: s.Title, Phase: string(s.Phase), Severity: string(s.Severity),
				Score: s.Score.Score, KeysFree: !s.Ongoing(),
			}
		},
	})
	onSignal(m, contract.AlertsReceived, func(in contract.AlertsInput) { m.must(incident.Alerts(in)) })
	onSignal(m, contract.ReplyReceived, func(r effect.Replied) { m.tell(r) })
	onSignal(m, contract.PageOver, func(f effect.PageEnded) { m.tell(f) })
	onSignal(m, contract.MessageMoved, func(f effect.Moved) { m.tell(f) })
	err := errors.Join(
		onUpdate(m, contract.OpenIncident, "open the incident by hand", func(c incident.Open) incident.Command { return c }),
		onUpdate(m, contract.Assess, "set the criteria of the impact score", func(c incident.Assess) incident.Command { return c }),
		onUpdate(m, contract.Recommend, "the Technical SLT recommends", func(c incident.Recommend) incident.Command { return c }),
		onUpdate(m, contract.Declare, "declare the business incident", func(c incident.Declare) incident.Command { return c }),
		onUpdate(m, contract.ChangePhase, "move to another phase", func(c incident.ChangePhase) incident.Command { return c }),
		onUpdate(m, contract.Resolve, "the technical trouble is over", func(c incident.Resolve) incident.Command { return c }),
		onUpdate(m, contract.Cancel, "it was a false alarm", func(c incident.Cancel) incident.Command { return c }),
		onUpdate(m, contract.PageRole, "reach somebody for a role", func(c incident.PageRole) incident.Command { return c }),
		onUpdate(m, contract.Appoint, "give a role to a person", func(c incident.Appoint) incident.Command { return c }),
		onUpdate(m, contract.StillHere, "a sign of life of whoever holds a role", func(c incident.StillHere) incident.Command { return c }),
		onUpdate(m, contract.StartUpdates, "keep colleagues informed", func(c incident.StartUpdates) incident.Command { return c }),
		onUpdate(m, contract.SetScope, "say what the incident concerns", func(c incident.SetScope) incident.Command { return c }),
		onUpdate(m, contract.SkipMessage, "an audience gets no message", func(c incident.SkipMessage) incident.Command { return c }),
		onUpdate(m, contract.OrderMessage, "order the next message", func(c incident.OrderMessage) incident.Command { return c }),
		onUpdate(m, contract.AddNote, "add a note to the timeline", func(c incident.AddNote) incident.Command { return c }),
	)
	if err != nil {
		return err
	}
	again, err := m.run(ctx, incident.Cancel{Actor: actor.Actor{Via: actor.System, StandIn: true}, Reason: "cancelled in Temporal"})
	if again {
		in.State, in.Carried = &m.state, m.carried
		return workflow.NewContinueAsNewError(ctx, contract.Incident, in)
	}
	return err
}
