package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows"
	"github.com/stormbell/stormbell/workflows/contract"
)

// onDuty runs Duty for a day over looks that the test answers.
func onDuty(t *testing.T, look func(at time.Duration, in contract.DutyInput) (contract.DutyResult, error)) (*night, contract.DutyInput) {
	t.Helper()
	n := newNight(t)
	n.RegisterWorkflowWithOptions(workflows.Duty, workflow.RegisterOptions{Name: contract.Duty})
	n.RegisterActivityWithOptions(func(_ context.Context, in contract.DutyInput) (contract.DutyResult, error) {
		return look(n.Now().Sub(n.start), in)
	}, activity.RegisterOptions{Name: contract.LookAtDuty})
	n.ExecuteWorkflow(contract.Duty, contract.DutyInput{})
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, n.GetWorkflowError(), &again)
	require.Equal(t, contract.Duty, again.WorkflowType.Name)
	var in contract.DutyInput
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &in))
	return n, in
}

func TestDuty_tellsEachOnce_andGoesOnForEver(t *testing.T) {
	t.Parallel()
	looks := 0
	n, next := onDuty(t, func(at time.Duration, in contract.DutyInput) (contract.DutyResult, error) {
		looks++
		out := contract.DutyResult{Next: in, Wait: time.Hour, Settle: time.Second}
		out.Next.Since = in.Since.Add(time.Minute)
		if at >= 3*time.Hour && at < 5*time.Hour { // the same news twice: the ledger would stop it
			out.Tell = []contract.DutyNotice{{Step: "s", Person: "anna", Notice: notice.Notice{Kind: notice.OnDuty, Role: plan.BusinessLead}, Until: n0.Add(at + 4*time.Hour)}}
		}
		return out, nil
	})
	require.Equal(t, 24, looks)
	require.Equal(t, n0.Add(24*time.Minute), next.Since, "the next run goes on where this one ends")
	require.Equal(t, []string{"on_duty", "on_duty"}, n.told("anna"))
	require.Equal(t, n.sent[0].N, n.sent[1].N, "one send, however often it is decided")
	require.Equal(t, delivery.ID(contract.DutyID, "s", "anna", "sms"), n.sent[0].N)
	require.Zero(t, n.sent[0].Incident)
	require.Equal(t, contract.DutyID, n.sent[0].Workflow)
}

// n0 is when nights begin.
var n0 = time.Date(2026, 11, 22, 2, 51, 0, 0, time.UTC)

func TestDuty_textFails_mailFollows(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.answer = func(c plan.Channel, _ contract.SendInput) delivery.Outcome {
		if c == plan.SMS {
			return delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut}
		}
		return delivery.Outcome{State: delivery.Accepted}
	}
	n.RegisterWorkflowWithOptions(workflows.Duty, workflow.RegisterOptions{Name: contract.Duty})
	n.RegisterActivityWithOptions(func(_ context.Context, in contract.DutyInput) (contract.DutyResult, error) {
		out := contract.DutyResult{Next: in, Wait: 30 * time.Hour}
		out.Tell = []contract.DutyNotice{{Step: "s", Person: "anna", Notice: notice.Notice{Kind: notice.OffDuty}, Until: n.Now().Add(time.Hour)}}
		return out, nil
	}, activity.RegisterOptions{Name: contract.LookAtDuty})
	n.ExecuteWorkflow(contract.Duty, contract.DutyInput{})
	require.Len(t, n.sent, 2)
	require.Equal(t, []plan.Channel{plan.SMS, plan.Email}, []plan.Channel{n.sent[0].channel, n.sent[1].channel})
}

// Whoever changes who is on call need not wait for the next look.
func TestDuty_changed_isLookedAtAtOnce(t *testing.T) {
	t.Parallel()
	var looked []time.Duration
	n := newNight(t)
	n.RegisterWorkflowWithOptions(workflows.Duty, workflow.RegisterOptions{Name: contract.Duty})
	n.RegisterActivityWithOptions(func(_ context.Context, in contract.DutyInput) (contract.DutyResult, error) {
		looked = append(looked, n.Now().Sub(n.start).Round(time.Minute))
		return contract.DutyResult{Next: in, Wait: 30 * time.Hour}, nil
	}, activity.RegisterOptions{Name: contract.LookAtDuty})
	n.at(2*time.Hour, func() { n.SignalWorkflow(contract.DutyChanged, nil) })
	n.ExecuteWorkflow(contract.Duty, contract.DutyInput{})
	require.Equal(t, []time.Duration{0, 2 * time.Hour}, looked)
}

// A record that is away for hours costs news, but not the workflow.
func TestDuty_lookFails_isTriedAgainFromThere(t *testing.T) {
	t.Parallel()
	var seen []time.Time
	_, next := onDuty(t, func(at time.Duration, in contract.DutyInput) (contract.DutyResult, error) {
		if at > time.Hour && at < 20*time.Hour {
			return contract.DutyResult{}, temporal.NewNonRetryableApplicationError("the record is away", "x", errors.New("x"))
		}
		seen = append(seen, in.Since)
		in.Since = n0.Add(at)
		return contract.DutyResult{Next: in, Wait: 10 * time.Minute}, nil
	})
	gone := 0
	for i := 1; i < len(seen); i++ {
		require.False(t, seen[i].Before(seen[i-1]))
		gone = max(gone, int(seen[i].Sub(seen[i-1])/time.Hour))
	}
	require.GreaterOrEqual(t, gone, 18, "the look after the outage begins where the last good one ended")
	require.True(t, next.Since.After(n0.Add(23*time.Hour)))
}
