package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// dutyRun is how long one run of Duty lasts, dutyRest how long it rests when a look failed.
const (
	dutyRun  = 24 * time.Hour
	dutyRest = 5 * time.Minute
)

// Duty tells people when duty is handed over, and owners of the plan of gaps ahead. There is one
// of it, and it never ends. Who is on call is worked out where it is looked up, because time
// zones and plans are not part of a history.
func Duty(ctx workflow.Context, in contract.DutyInput) error {
	telling := workflow.NewWaitGroup(ctx)
	ends := workflow.Now(ctx).Add(dutyRun)
	if in.Since.IsZero() {
		in.Since = workflow.GetInfo(ctx).WorkflowStartTime
	}
	for workflow.Now(ctx).Before(ends) {
		found := lookAtDuty(ctx, in)
		in = found.Next
		for _, t := range found.Tell {
			telling.Add(1)
			workflow.Go(ctx, func(ctx workflow.Context) {
				defer telling.Done()
				tellOfDuty(ctx, t, found.Settle)
			})
		}
		if err := restOrChange(ctx, found.Wait); err != nil {
			return err
		}
	}
	telling.Wait(ctx)
	return workflow.NewContinueAsNewError(ctx, contract.Duty, in)
}

// restOrChange rests until the next look is due, or until somebody changes who is on call.
func restOrChange(ctx workflow.Context, d time.Duration) error {
	resting, cancel := workflow.WithCancel(ctx)
	defer cancel()
	changed := workflow.GetSignalChannel(ctx, contract.DutyChanged)
	timer := workflow.NewTimerWithOptions(resting, d, workflow.TimerOptions{Summary: "who is on call next"})
	workflow.NewSelector(ctx).
		AddReceive(changed, func(workflow.ReceiveChannel, bool) {}).
		AddFuture(timer, func(workflow.Future) {}).
		Select(ctx)
	for changed.ReceiveAsync(nil) {
		// Several changes are one look.
	}
	return ctx.Err()
}

// lookAtDuty only reads, so it may be a local activity: it is done some hundred times a day. When
// it fails, the next look begins where this one did.
func lookAtDuty(ctx workflow.Context, in contract.DutyInput) contract.DutyResult {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: 10 * time.Second, Summary: "who comes and who leaves",
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumAttempts: 3},
	})
	var found contract.DutyResult
	if err := workflow.ExecuteLocalActivity(ctx, contract.LookAtDuty, in).Get(ctx, &found); err != nil {
		workflow.GetLogger(ctx).Warn("duty could not be looked at", "reason", err.Error())
		return contract.DutyResult{Next: in, Wait: dutyRest}
	}
	return found
}

// tellOfDuty tells one person by text, and by mail when the text is known to have failed.
func tellOfDuty(ctx workflow.Context, t contract.DutyNotice, settle time.Duration) {
	for _, channel := range []plan.Channel{plan.SMS, plan.Email} {
		out := send(ctx, channel, settle, contract.SendInput{
			N: delivery.ID(contract.DutyID, t.Step, t.Person, string(channel)), Workflow: contract.DutyID, Step: t.Step,
			Person: t.Person, Notice: t.Notice, Until: t.Until,
		}, string(t.Notice.Kind), func(delivery.Outcome) {})
		if out.State != delivery.Failed {
			return
		}
	}
}
