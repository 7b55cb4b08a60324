package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Message is the loop of one message to one audience in one phase (R96–R110).
func Message(ctx workflow.Context, in contract.MessageInput) (effect.MessageEnded, error) {
	state := comms.New(in.Start)
	if in.State != nil {
		state = *in.State
	}
	w := world{
		number: in.Start.Incident, year: in.Start.Year, drill: in.Start.Drill, settle: in.Settle,
		rules: plan.Snapshot{Hash: in.Start.PlanHash, Minute: in.Start.Minute, Edition: in.Start.Edition},
		title: func() string { return in.Start.Title },
		since: func() time.Time { return time.Time{} },
		phase: func() plan.Phase { return in.Start.Phase },
		roles: func() holding.Roles { return nil },
		lead:  func() string { return "" },
	}
	m := newMachine(ctx, w, in.Carried, state, aggregate[comms.State, comms.Command]{
		decide:   comms.Decide,
		happened: func(f effect.Fact) comms.Command { return comms.Happened{Fact: f} },
		next:     comms.State.Next,
		over:     comms.State.Over,
		asks:     comms.State.Asks,
		details:  messageDetails,
		view:     func(s comms.State) any { return s },
		columns:  func(comms.State) contract.AppendInput { return contract.AppendInput{Kind: contract.KindMessage} },
	})
	onSignal(m, contract.ReplyReceived, func(r effect.Replied) { m.tell(r) })
	onSignal(m, contract.RoleHeld, func(r comms.RoleHeld) { m.must(r) })
	onSignal(m, contract.DeputyNamed, func(c comms.Deputise) { m.must(c) })
	onSignal(m, contract.FactsLearned, func(c comms.Learn) { m.must(c) })
	onSignal(m, contract.MessageWithdrawn, func(in contract.WithdrawInput) { m.must(comms.Withdraw{Reason: in.Reason}) })
	err := errors.Join(
		onUpdate(m, contract.EditDraft, "change the text", func(c comms.Edit) comms.Command { return c }),
		onUpdate(m, contract.SubmitDraft, "the draft is ready to be read", func(c comms.Submit) comms.Command { return c }),
		onUpdate(m, contract.AgreeToDraft, "agree to the text", func(c comms.Agree) comms.Command { return c }),
		onUpdate(m, contract.ObjectToDraft, "object strongly", func(c comms.Object) comms.Command { return c }),
		onUpdate(m, contract.SettleObjection, "settle an objection", func(c comms.Settle) comms.Command { return c }),
		onUpdate(m, contract.ApproveDraft, "approve the text", func(c comms.Authorise) comms.Command { return c }),
		onUpdate(m, contract.ReleaseDraft, "release the text", func(c comms.Dispatch) comms.Command { return c }),
		onUpdate(m, contract.TakeBackDraft, "take the approval back", func(c comms.TakeBack) comms.Command { return c }),
		onUpdate(m, contract.SizeMessage, "what the message is to achieve", func(c comms.Size) comms.Command { return c }),
		onUpdate(m, contract.DeliverMessage, "it was sent by hand", func(c comms.Deliver) comms.Command { return c }),
		onUpdate(m, contract.EstimateReview, "minutes a reader needs", func(c comms.Estimate) comms.Command { return c }),
	)
	if err != nil {
		return effect.MessageEnded{}, err
	}
	if in.State == nil {
		m.must(comms.Begin{})
	}
	again, err := m.run(ctx, comms.Withdraw{Reason: "the business incident ended"})
	if again {
		in.State, in.Carried = &m.state, m.carried
		return effect.MessageEnded{}, workflow.NewContinueAsNewError(ctx, contract.Message, in)
	}
	return m.state.Ended(), err
}
