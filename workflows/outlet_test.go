package workflows_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows"
	"github.com/stormbell/stormbell/workflows/contract"
)

// telling is one distribution whose outlets answer as a test says.
type telling struct {
	*testsuite.TestWorkflowEnvironment
	start time.Time
	ended time.Time // when the distribution had nothing more to say

	mu    sync.Mutex
	tries map[string]int
	terms activity.Info // of the latest try
}

func newTelling(t *testing.T, answer func(outlet string, try int) (delivery.Outcome, error)) *telling {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	x := &telling{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), tries: map[string]int{}, start: time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)}
	x.SetStartTime(x.start)
	x.SetTestTimeout(20 * time.Second)
	x.RegisterWorkflowWithOptions(workflows.Distribution, workflow.RegisterOptions{Name: contract.Distribution})
	x.RegisterWorkflowWithOptions(workflows.Outlet, workflow.RegisterOptions{Name: contract.Outlet})
	post := func(ctx context.Context, in contract.OutletInput) (contract.OutletResult, error) {
		x.mu.Lock()
		x.terms = activity.GetInfo(ctx)
		x.tries[in.Outlet]++
		try := x.tries[in.Outlet]
		x.mu.Unlock()
		outcome, err := answer(in.Outlet, try)
		return contract.OutletResult{Outcome: outcome}, err
	}
	nothing := func(_ context.Context, in contract.DistributionInput) (effect.Distributed, error) { return in.So, nil }
	for name, f := range map[string]any{
		contract.FindOutlets: func(context.Context, contract.DistributionInput) ([]string, error) {
			return []string{"chat", "webhook:statuspage"}, nil
		},
		contract.PostChat: post, contract.PostHook: post, contract.PublishRelease: nothing, contract.ReckonDistribution: nothing,
		contract.DistributeBatch: func(_ context.Context, in contract.BatchInput) (effect.Distributed, error) {
			return effect.Distributed{Sent: in.To - in.From}, nil
		},
		contract.AppendRecord: func(context.Context, contract.AppendInput) error {
			x.ended = x.Now()
			return nil
		},
	} {
		x.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name})
	}
	return x
}

func (x *telling) distribute(t *testing.T) (so effect.Distributed, took time.Duration) {
	t.Helper()
	x.ExecuteWorkflow(contract.Distribution, contract.DistributionInput{
		Year: 2026, Incident: 7, Phase: plan.Investigation, Audience: "internal", Send: []string{plan.SendEmail, plan.SendChat}, Release: 1,
		Texts: []effect.Text{{Language: "en", Subject: "s", Body: "b"}}, Recipients: 3, Edition: 3,
	})
	require.NoError(t, x.GetWorkflowError())
	require.NoError(t, x.GetWorkflowResult(&so))
	return so, x.ended.Sub(x.start)
}

var (
	taken    = delivery.Outcome{State: delivery.Delivered}
	notTaken = temporal.NewApplicationError("not taken yet: 503", "not_taken")
)

func TestDistribution_outlets_areToldBesideTheMails(t *testing.T) {
	t.Parallel()
	x := newTelling(t, func(string, int) (delivery.Outcome, error) { return taken, nil })
	so, took := x.distribute(t)
	require.Equal(t, effect.Distributed{Sent: 3}, so)
	require.Less(t, took, time.Second)
	require.Equal(t, map[string]int{"chat": 1, "webhook:statuspage": 1}, x.tries)
}

// A receiver that is away for a moment is no trouble; one that is away for longer is, and holds
// up nobody.
func TestDistribution_outletAway_isATroubleAfterAWhile(t *testing.T) {
	t.Parallel()
	x := newTelling(t, func(outlet string, try int) (delivery.Outcome, error) {
		if outlet == "chat" && try < 3 || outlet != "chat" {
			return delivery.Outcome{}, notTaken
		}
		return taken, nil
	})
	so, took := x.distribute(t)
	require.Equal(t, effect.Distributed{Sent: 3, Troubles: []string{"webhook:statuspage"}}, so)
	require.Equal(t, 3, x.tries["chat"])
	require.InDelta(t, 30, took.Seconds(), 2)
}

func TestDistribution_outletRefuses_isATrouble(t *testing.T) {
	t.Parallel()
	x := newTelling(t, func(outlet string, _ int) (delivery.Outcome, error) {
		if outlet == "chat" {
			return delivery.Outcome{State: delivery.Failed, Class: delivery.Account, Code: "invalid_auth"}, nil
		}
		return delivery.Outcome{State: delivery.Failed, Class: delivery.RateLimited, Code: "superseded"}, nil
	})
	so, took := x.distribute(t)
	require.Equal(t, []string{"chat"}, so.Troubles, "what a newer release has overtaken is none")
	require.Less(t, took, time.Second)
}

// Two days are tried, ever more rarely: the SDK's test environment ends after ten attempts, so
// the terms are looked at.
func TestOutlet_terms_areTwoDays(t *testing.T) {
	t.Parallel()
	for _, outlet := range []string{"chat", "webhook:statuspage"} {
		x := newTelling(t, func(string, int) (delivery.Outcome, error) { return taken, nil })
		x.ExecuteWorkflow(contract.Outlet, contract.OutletInput{Outlet: outlet})
		require.NoError(t, x.GetWorkflowError())
		require.Equal(t, 48*time.Hour, x.terms.ScheduleToCloseTimeout)
		require.Less(t, x.terms.StartToCloseTimeout, time.Minute, "a chat message is held for a minute")
	}
}
