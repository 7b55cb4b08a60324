package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Page reaches somebody for one role; it ends when somebody holds it or it stands down (R38).
func Page(ctx workflow.Context, in contract.PageInput) (effect.PageEnded, error) {
	state := escalation.New(in.Page, in.Skip)
	if in.State != nil {
		state = *in.State
	}
	w := world{
		number: in.Page.Incident, year: in.Year, drill: in.Page.Drill, settle: in.Settle,
		title: func() string { return in.Page.Title },
		since: func() time.Time { return in.Page.Since },
		phase: func() plan.Phase { return "" },
		roles: func() holding.Roles { return nil },
		lead:  func() string { return in.Page.Lead },
	}
	m := newMachine(ctx, w, in.Carried, state, aggregate[escalation.State, escalation.Command]{
		decide:   escalation.Decide,
		happened: func(f effect.Fact) escalation.Command { return escalation.Happened{Fact: f} },
		next:     escalation.State.Next,
		over:     escalation.State.Over,
		asks:     escalation.State.Asks,
		details:  pageDetails,
		view:     func(s escalation.State) any { s.Page.Policy = plan.Policy{}; return s },
		columns:  func(escalation.State) contract.AppendInput { return contract.AppendInput{Kind: contract.KindPage} },
	})
	onSignal(m, contract.ReplyReceived, func(r effect.Replied) { m.tell(r) })
	onSignal(m, contract.DeliveryReported, func(r effect.Reported) { m.tell(r) })
	onSignal(m, contract.StandDown, func(in contract.StandDownInput) { m.must(escalation.StandDown{FalseAlarm: in.FalseAlarm}) })
	err := errors.Join(
		onUpdate(m, contract.AcceptPage, "take the role", func(c escalation.Accept) escalation.Command { return c }),
		onUpdate(m, contract.DeclinePage, "pass the page on", func(c escalation.Decline) escalation.Command { return c }),
	)
	if err != nil {
		return effect.PageEnded{}, err
	}
	if in.State == nil {
		m.must(escalation.Begin{})
	}
	again, err := m.run(ctx, escalation.StandDown{})
	if again {
		in.State, in.Carried = &m.state, m.carried
		return effect.PageEnded{}, workflow.NewContinueAsNewError(ctx, contract.Page, in)
	}
	s := m.state
	return effect.PageEnded{Role: s.Page.Role, K: s.Page.K, Holder: s.Holder, Via: s.Via, At: s.HeldAt, Minutes: s.Minutes}, err
}
