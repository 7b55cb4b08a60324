package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/workflows/contract"
)

// OptIn asks a subscriber whether they are the one who wants updates. What was certainly not
// taken is tried again; where nobody knows, silence is better than a second mail to somebody
// who may not have asked for any.
func OptIn(ctx workflow.Context, in contract.OptInInput) error {
	id := workflow.GetInfo(ctx).WorkflowExecution.ID
	ask := contract.AskInput{N: contract.OptInDelivery(id), Workflow: id, Subscription: in.Subscription}
	once := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: contract.SendQueue, StartToCloseTimeout: attempt, Summary: "ask a subscriber to confirm",
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	pause := time.Second
	for range maxTries {
		var result contract.SendResult
		if err := workflow.ExecuteActivity(once, contract.AskSubscriber, ask).Get(ctx, &result); err != nil {
			return err
		}
		workflow.SetCurrentDetails(ctx, "the question is **"+string(result.Outcome.State)+"** "+string(result.Outcome.Class))
		if delivery.Next(result.Outcome) != delivery.RetrySame {
			return nil
		}
		if err := wait(ctx, max(pause, result.RetryAfter), "the provider did not take it; trying again", time.Time{}); err != nil {
			return err
		}
		ask.Again, pause = true, 2*pause
	}
	return nil
}
