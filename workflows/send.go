package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// The limits of one send. The HTTP deadline inside the activity is shorter than attempt, so
// that an attempt is provably over before anything is looked up.
const (
	attempt     = 15 * time.Second
	maxTries    = 6
	lookUpLimit = 30 * time.Second
)

// send reaches one person by one channel, safely: one attempt, then facts. What was
// certainly not taken is tried again; what is ambiguous rests, is looked up at the
// provider, and is sent again only when it cannot be found (a page prefers a flagged
// duplicate to silence).
// A phone to which another call is under way is no try: it is asked again until the step is over.
// Meanwhile is told what is known as soon as the first attempt has not worked, so that other
// channels need not wait for this one.
func send(ctx workflow.Context, channel plan.Channel, settle time.Duration, in contract.SendInput, why string, meanwhile func(delivery.Outcome)) delivery.Outcome {
	pause := time.Second
	for tries := 0; tries < maxTries; tries++ {
		result := try(ctx, channel, in, why)
		switch delivery.Next(result.Outcome) {
		case delivery.RetrySame:
			meanwhile(result.Outcome)
			in.Again = contract.Retry
			if result.Outcome.Code == delivery.InCall && !in.Until.IsZero() {
				if wait(ctx, max(result.RetryAfter, time.Second), "another call to this phone is under way", in.Until) != nil {
					return result.Outcome
				}
				tries--
				continue
			}
			if wait(ctx, max(pause, result.RetryAfter), "the provider did not take it; trying again", in.Until) != nil {
				return result.Outcome
			}
			pause *= 2
		case delivery.LookUp:
			meanwhile(result.Outcome)
			if wait(ctx, settle, "unclear whether the provider took it; looking it up", time.Time{}) != nil {
				return result.Outcome
			}
			if found, ok := lookUp(ctx, channel, in); ok {
				return found
			}
			in.Again = contract.Resend
		case delivery.Done, delivery.Wait, delivery.OtherChannel, delivery.LeaveChannel, delivery.TellOperator:
			return result.Outcome
		}
	}
	return delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous}
}

// try is exactly one attempt. An activity that died or timed out has said nothing: ambiguous.
func try(ctx workflow.Context, channel plan.Channel, in contract.SendInput, why string) contract.SendResult {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: contract.SendQueue, StartToCloseTimeout: attempt, Summary: why,
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	var result contract.SendResult
	if err := workflow.ExecuteActivity(ctx, activityOf(channel), in).Get(ctx, &result); err != nil {
		workflow.GetLogger(ctx).Warn("a send ended without an answer", "step", in.Step, "reason", err.Error())
		return contract.SendResult{Outcome: delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous}}
	}
	return result
}

func activityOf(channel plan.Channel) string {
	switch channel {
	case plan.SMS:
		return contract.SendText
	case plan.Call:
		return contract.PlaceCall
	case plan.Email:
		return contract.SendMail
	}
	return contract.SendMail
}

func lookUp(ctx workflow.Context, channel plan.Channel, in contract.SendInput) (delivery.Outcome, bool) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: contract.SendQueue, StartToCloseTimeout: attempt, ScheduleToCloseTimeout: lookUpLimit,
		Summary:     fmt.Sprintf("look up the %s at the provider", channel),
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Second},
	})
	var result contract.LookUpResult
	if err := workflow.ExecuteActivity(ctx, contract.LookUpSend, contract.LookUpInput{SendInput: in, Channel: channel}).Get(ctx, &result); err != nil {
		return delivery.Outcome{}, false
	}
	return result.Outcome, result.Found
}

// wait rests for d, but not past until.
func wait(ctx workflow.Context, d time.Duration, why string, until time.Time) error {
	if !until.IsZero() && workflow.Now(ctx).Add(d).After(until) {
		return temporal.NewCanceledError()
	}
	return workflow.NewTimerWithOptions(ctx, d, workflow.TimerOptions{Summary: why}).Get(ctx, nil)
}
