package workflows

import (
	"cmp"

	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Courtesy answers one text of somebody we know of whom nothing is asked: silence would leave
// them guessing whether it arrived. The ledger limits how many such answers a person gets.
func Courtesy(ctx workflow.Context, in contract.CourtesyInput) error {
	const step = "answer"
	why := "answer a text of somebody of whom nothing is asked"
	if in.Notice.Kind == notice.GlassBroken {
		why = "somebody signed in with the password behind the glass"
	}
	id, channel := workflow.GetInfo(ctx).WorkflowExecution.ID, cmp.Or(in.Channel, plan.SMS)
	send(ctx, channel, in.Settle, contract.SendInput{
		N: delivery.ID(id, step, in.Person, string(channel)), Workflow: id, Step: step, Person: in.Person, Notice: in.Notice,
	}, why, func(delivery.Outcome) {})
	return nil
}
