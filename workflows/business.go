package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// BusinessIncident is the business incident beside a technical one (R1–R11, R30–R120).
func BusinessIncident(ctx workflow.Context, in contract.BusinessInput) (effect.BusinessEnded, error) {
	state := business.New(in.Start)
	if in.State != nil {
		state = *in.State
	}
	var m *machine[business.State, business.Command]
	w := world{
		number: in.Start.Number, year: in.Start.Year, drill: in.Start.Drill, rules: in.Start.Rules, settle: in.Start.Rules.Settle,
		leadRole: plan.BusinessLead,
		title:    func() string { return m.state.Title },
		since:    func() time.Time { return m.state.Since },
		phase:    func() plan.Phase { return m.state.Phase },
		roles:    func() holding.Roles { return m.state.Roles },
		lead:     func() string { return m.state.Lead() },
	}
	m = newMachine(ctx, w, in.Carried, state, aggregate[business.State, business.Command]{
		decide:   business.Decide,
		happened: func(f effect.Fact) business.Command { return business.Happened{Fact: f} },
		next:     business.State.Next,
		over:     business.State.Over,
		asks:     business.State.Asks,
		details:  businessDetails,
		view:     func(s business.State) any { s.Rules = plan.Snapshot{}; return s },
		columns: func(s business.State) contract.AppendInput {
			return contract.AppendInput{Kind: contract.KindBusiness, Mode: string(s.Mode)}
		},
	})
	onSignal(m, contract.ReplyReceived, func(r effect.Replied) { m.tell(r) })
	onSignal(m, contract.PageOver, func(f effect.PageEnded) { m.tell(f) })
	onSignal(m, contract.IncidentMoved, func(f business.Follow) { m.must(f) })
	onSignal(m, contract.MessageMoved, func(f effect.Moved) { m.tell(f) })
	err := errors.Join(
		onUpdate(m, contract.Brief, "answer questions of the briefing", func(c business.Brief) business.Command { return c }),
		onUpdate(m, contract.ConfirmBriefing, "the briefing is enough to draft", func(c business.ConfirmBriefing) business.Command { return c }),
		onUpdate(m, contract.EstimateTask, "minutes a task still needs", func(c business.EstimateTask) business.Command { return c }),
		onUpdate(m, contract.FinishTask, "a task is done", func(c business.FinishTask) business.Command { return c }),
		onUpdate(m, contract.BlockTask, "a task cannot be done", func(c business.BlockTask) business.Command { return c }),
		onUpdate(m, contract.DropTask, "a task is not needed", func(c business.DropTask) business.Command { return c }),
		onUpdate(m, contract.AddTask, "one more thing to halt", func(c business.AddTask) business.Command { return c }),
		onUpdate(m, contract.PageRole, "reach somebody for a role", func(c business.PageRole) business.Command { return c }),
		onUpdate(m, contract.Appoint, "give a role to a person", func(c business.Appoint) business.Command { return c }),
		onUpdate(m, contract.Attend, "somebody is on the call", func(c business.Attend) business.Command { return c }),
		onUpdate(m, contract.NameProxy, "somebody is on the call for the holder of a role", func(c business.NameProxy) business.Command { return c }),
		onUpdate(m, contract.HandOver, "the engineers' call is handed over", func(c business.HandOver) business.Command { return c }),
		onUpdate(m, contract.StillHere, "a sign of life of whoever holds a role", func(c business.StillHere) business.Command { return c }),
		onUpdate(m, contract.SetScope, "say what the incident concerns", func(c business.SetScope) business.Command { return c }),
		onUpdate(m, contract.SkipMessage, "an audience gets no message", func(c business.SkipMessage) business.Command { return c }),
		onUpdate(m, contract.OrderMessage, "order the next message", func(c business.OrderMessage) business.Command { return c }),
	)
	if err != nil {
		return effect.BusinessEnded{}, err
	}
	if in.State == nil {
		m.must(business.Begin{})
	}
	again, err := m.run(ctx, business.Follow{By: "system", Cancelled: true})
	if again {
		in.State, in.Carried = &m.state, m.carried
		return effect.BusinessEnded{}, workflow.NewContinueAsNewError(ctx, contract.BusinessIncident, in)
	}
	return effect.BusinessEnded{Cancelled: m.state.Cancelled}, err
}
