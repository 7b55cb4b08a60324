package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// ContactTest asks a person once, over one channel, to answer, and gives thanks when they do.
// That they have answered is in the record before this workflow hears of it; it is here so
// that the question goes out for certain, and once. It ends with the answer, or after a day.
func ContactTest(ctx workflow.Context, in contract.ContactTestInput) error {
	ends := workflow.Now(ctx).Add(in.Lasts)
	ask := notice.Notice{Kind: notice.ContactTest, Role: in.Role, Drill: true}
	if in.Invites && in.Channel != plan.Call { // nobody is introduced by a voice that says what is real and what is not
		ask = notice.Notice{Kind: notice.Invitation, Role: in.Role}
	}
	say(ctx, in, contract.TestAsks, ask)

	var answer contract.Confirmation
	wait, cancel := workflow.WithCancel(ctx)
	timer := workflow.NewTimerWithOptions(wait, max(ends.Sub(workflow.Now(ctx)), time.Second), workflow.TimerOptions{Summary: "waiting for the answer"})
	answered := false
	workflow.NewSelector(ctx).
		AddReceive(workflow.GetSignalChannel(ctx, contract.ContactConfirmed), func(c workflow.ReceiveChannel, _ bool) { answered = c.Receive(ctx, &answer) }).
		AddFuture(timer, func(workflow.Future) {}).
		Select(ctx)
	cancel()
	if answered && !answer.Quietly && in.Channel == plan.SMS {
		say(ctx, in, contract.TestThanks, notice.Notice{Kind: notice.Confirmed})
	}
	return ctx.Err()
}

func say(ctx workflow.Context, in contract.ContactTestInput, step string, n notice.Notice) {
	id := workflow.GetInfo(ctx).WorkflowExecution.ID
	out := send(ctx, in.Channel, in.Settle, contract.SendInput{
		N: contract.TestDelivery(id, step), Workflow: id, Step: step, Person: in.Person, Notice: n,
	}, "test of a contact: "+step, func(delivery.Outcome) {})
	workflow.SetCurrentDetails(ctx, "**"+step+"** by "+string(in.Channel)+": "+string(out.State)+" "+string(out.Class))
}
