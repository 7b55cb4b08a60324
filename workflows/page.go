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
	announced := announceEarly(m)
	if in.State == nil {
		m.must(escalation.Begin{})
	}
	again, err := m.run(ctx, escalation.StandDown{})
	if again {
		in.State, in.Carried = &m.state, m.carried
		return effect.PageEnded{}, workflow.NewContinueAsNewError(ctx, contract.Page, in)
	}
	ended := pageEnded(m.state)
	if announced() {
		ended.Holder = "" // It was told before, and roles may have changed hands since.
	}
	return ended, err
}

func pageEnded(s escalation.State) effect.PageEnded {
	return effect.PageEnded{Role: s.Page.Role, K: s.Page.K, Holder: s.Holder, Via: s.Via, At: s.HeldAt, Minutes: s.Minutes, Called: s.Page.Join, Joined: s.Joined}
}

// announceEarly tells the parent who holds the role while a roll call keeps the page open, and
// returns whether it did. Without that the parent hears of the holder when the page ends.
func announceEarly(m *machine[escalation.State, escalation.Command]) func() bool {
	parent := workflow.GetInfo(m.ctx).ParentWorkflowExecution
	if !m.state.Page.RollOn || parent == nil {
		return func() bool { return false }
	}
	rolling := func() bool { return m.state.Stage == escalation.Held && !m.state.Over() }
	done := rolling() // by the run that this one continues
	if !done {
		workflow.Go(m.ctx, func(ctx workflow.Context) {
			if workflow.Await(ctx, rolling) != nil {
				return
			}
			done = true
			m.spawn(func(ctx workflow.Context) {
				if err := workflow.SignalExternalWorkflow(ctx, parent.ID, "", contract.PageOver, pageEnded(m.state)).Get(ctx, nil); err != nil {
					done = false
					workflow.GetLogger(ctx).Warn("the parent could not be told who holds the role", "reason", err.Error())
				}
			})
		})
	}
	return func() bool { return done }
}
