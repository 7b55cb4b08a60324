package workflows

import (
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/workflows/contract"
)

const (
	// outletsWithin is how long a distribution waits for the word of its outlets. What has not
	// worked until then is a trouble in its result, and goes on by itself.
	outletsWithin = 30 * time.Second
	// tellsWithin is how long an outlet is tried.
	tellsWithin = 48 * time.Hour
)

// Outlet tells the company's chat or one webhook of a release, again and again until it works,
// until a newer release makes it pointless, or until two days are over. The activity asks the
// ledger before each try, so nothing is said twice that is known to have been said.
func Outlet(ctx workflow.Context, in contract.OutletInput) (contract.OutletResult, error) {
	activity, longest := contract.PostHook, time.Hour
	if in.Outlet == contract.ChatOutlet {
		activity, longest = contract.PostChat, time.Minute
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: contract.SendQueue, StartToCloseTimeout: 45 * time.Second, ScheduleToCloseTimeout: tellsWithin, Summary: "tell " + in.Outlet,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: longest},
	})
	var result contract.OutletResult
	err := workflow.ExecuteActivity(ctx, activity, in).Get(ctx, &result)
	return result, err
}

// outlets tells the chat and the webhooks of a release, side by side, and returns those of which
// it is not known soon that it worked.
func outlets(ctx workflow.Context, in contract.DistributionInput) (troubles []string) {
	ctx, _ = workflow.NewDisconnectedContext(ctx) // who is told of a withdrawn release hears the next one
	looking := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second, Summary: "find who else is told",
	})
	var names []string
	if err := workflow.ExecuteActivity(looking, contract.FindOutlets, in).Get(looking, &names); err != nil {
		workflow.GetLogger(ctx).Error("the outlets could not be found", "reason", err.Error())
		return nil
	}
	open := 0
	for _, name := range names {
		open++
		troubles = append(troubles, name)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer func() { open-- }()
			if tell(ctx, contract.OutletInput{DistributionInput: in, Outlet: name, At: workflow.Now(ctx)}) {
				troubles = slices.DeleteFunc(troubles, func(t string) bool { return t == name })
			}
		})
	}
	_, _ = workflow.AwaitWithTimeout(ctx, outletsWithin, func() bool { return open == 0 }) // troubles has the news
	return slices.Clone(troubles)
}

// tell starts the telling of one outlet, which outlives its parent, and says whether it worked.
func tell(ctx workflow.Context, in contract.OutletInput) bool {
	ctx = workflow.WithChildOptions(ctx, outlet(contract.OutletID(in.Year, in.Incident, in.Phase, in.Audience, in.Release, in.Outlet)))
	var result contract.OutletResult
	if err := workflow.ExecuteChildWorkflow(ctx, contract.Outlet, in).Get(ctx, &result); err != nil {
		return temporal.IsWorkflowExecutionAlreadyStartedError(err)
	}
	switch delivery.Next(result.Outcome) {
	case delivery.Done, delivery.Wait:
		return true
	case delivery.RetrySame, delivery.LookUp, delivery.LeaveChannel, delivery.TellOperator:
		return false
	case delivery.OtherChannel: // it was held back, because something newer was said
		return result.Outcome.Class == delivery.RateLimited
	}
	return false
}

// showInChat brings the incident's message in the chat up to date, if there is one, and does not
// wait for it. Why is unique among such wishes of the incident: a phase, or "end".
func showInChat(ctx workflow.Context, year, number int, drill bool, why string) {
	ctx = workflow.WithChildOptions(ctx, outlet(contract.ChatID(year, number, why)))
	started := workflow.ExecuteChildWorkflow(ctx, contract.Outlet, contract.OutletInput{
		DistributionInput: contract.DistributionInput{Year: year, Incident: number, Drill: drill},
		Outlet:            contract.ChatOutlet, At: workflow.Now(ctx),
	})
	if err := started.GetChildWorkflowExecution().Get(ctx, nil); err != nil && !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		workflow.GetLogger(ctx).Warn("the chat could not be brought up to date", "reason", err.Error())
	}
}

// outlet are the options of a telling: it goes on when its parent has ended, and is done once.
func outlet(id string) workflow.ChildWorkflowOptions {
	return workflow.ChildWorkflowOptions{
		WorkflowID: id, TaskQueue: contract.TaskQueue,
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
	}
}
