package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Courtesy answers one text of somebody we know of whom nothing is asked: silence would leave
// them guessing whether it arrived. The ledger limits how many such answers a person gets.
func Courtesy(ctx workflow.Context, in contract.CourtesyInput) error {
	const step = "answer"
	id := workflow.GetInfo(ctx).WorkflowExecution.ID
	send(ctx, plan.SMS, in.Settle, contract.SendInput{
		N: delivery.ID(id, step, in.Person, string(plan.SMS)), Workflow: id, Step: step, Person: in.Person, Notice: in.Notice,
	}, "answer a text of somebody of whom nothing is asked", func(delivery.Outcome) {})
	return nil
}
