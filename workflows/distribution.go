package workflows

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// batch is how many recipients one activity serves; the ledger makes it resumable.
const batch = 50

// batchesPerRun bounds a run's history; the next run goes on at the next recipient.
const batchesPerRun = 400

// Distribution sends one release to its audience; see fanOut. What began before edition 3 goes
// on as it began: first to the status page, then batch by batch by mail. A repeated batch sends
// nothing twice, because every recipient has a row in the ledger; cancelling stops before the
// next batch.
func Distribution(ctx workflow.Context, in contract.DistributionInput) (effect.Distributed, error) {
	if in.Edition >= fanOutEdition {
		return fanOut(ctx, in)
	}
	detached, _ := workflow.NewDisconnectedContext(ctx)
	options := func(summary string, timeout time.Duration) workflow.Context {
		return workflow.WithActivityOptions(detached, workflow.ActivityOptions{
			TaskQueue: contract.SendQueue, StartToCloseTimeout: timeout, HeartbeatTimeout: 30 * time.Second, Summary: summary,
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
		})
	}
	if in.Next == 0 {
		var published effect.Distributed
		if err := workflow.ExecuteActivity(options("keep and publish the released text", 30*time.Second), contract.PublishRelease, in).Get(detached, &published); err != nil {
			return effect.Distributed{Unknown: in.Recipients}, err
		}
		if published.Superseded {
			return published, nil
		}
	}
	if !slices.Contains(in.Send, plan.SendEmail) {
		in.Recipients = 0
	}
	for n := 0; in.Next < in.Recipients; n++ {
		if ctx.Err() != nil {
			in.So.Superseded = true
			break
		}
		if n == batchesPerRun {
			return effect.Distributed{}, workflow.NewContinueAsNewError(ctx, contract.Distribution, in)
		}
		to := min(in.Next+batch, in.Recipients)
		var done effect.Distributed
		summary := fmt.Sprintf("mail %d to %d of %d", in.Next+1, to, in.Recipients)
		if err := workflow.ExecuteActivity(options(summary, 5*time.Minute), contract.DistributeBatch, contract.BatchInput{DistributionInput: in, From: in.Next, To: to}).Get(detached, &done); err != nil {
			return effect.Distributed{}, err
		}
		in.Next = to
		in.So.Sent += done.Sent
		in.So.Failed += done.Failed
		in.So.Unknown += done.Unknown
		progress(detached, in)
		if done.Superseded {
			in.So.Superseded = true
			break
		}
	}
	return in.So, nil
}

// progress shows in the record and in the Temporal UI how far it is.
func progress(ctx workflow.Context, in contract.DistributionInput) {
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("**%d of %d** recipients: %d sent, %d failed, %d unproven", in.Next, in.Recipients, in.So.Sent, in.So.Failed, in.So.Unknown))
	snapshot, err := json.Marshal(map[string]any{"audience": in.Audience, "phase": in.Phase, "release": in.Release, "next": in.Next, "recipients": in.Recipients, "so": in.So})
	if err != nil {
		return
	}
	info := workflow.GetInfo(ctx)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second, Summary: "note the progress"})
	err = workflow.ExecuteActivity(ctx, contract.AppendRecord, contract.AppendInput{
		Incident: in.Incident, Workflow: info.WorkflowExecution.ID, Run: info.WorkflowExecution.RunID, Kind: contract.KindDistribution,
		Revision: int64(in.Next), Snapshot: snapshot, Ended: in.Next >= in.Recipients,
	}).Get(ctx, nil)
	if err != nil {
		workflow.GetLogger(ctx).Warn("the progress could not be noted", "reason", err.Error())
	}
}
