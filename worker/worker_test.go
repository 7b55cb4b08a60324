package worker_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/worker"
	"github.com/stormbell/stormbell/workflows/contract"
)

// both are the queues and what is polled on them. Workflows are not run on the queue of sends.
var both = []string{"activities of stormbell", "activities of stormbell-send", "workflows of stormbell"}

func TestPool_startAndStop_pollsBothQueuesAndLetsGo(t *testing.T) {
	t.Parallel()
	f, c := newFrontend(t)
	p := worker.New(c, activities.New(activities.Config{}))
	f.await(t) // nothing runs before Start
	require.NoError(t, p.Start())
	f.await(t, both...)
	began := time.Now()
	p.Stop()
	f.await(t)
	require.Less(t, time.Since(began), 10*time.Second, "who has nothing to finish does not wait")
}

func TestPool_namespaceMissing_saysSoAndLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	f, c := newFrontend(t)
	f.missing = true
	require.ErrorContains(t, worker.New(c, activities.New(activities.Config{})).Start(), "start the sending worker")
	f.await(t)
}

// slow is a carrier that takes a text and is slow to say so.
type slow struct {
	activities.Phone
	asked, answer chan struct{}
}

func (s *slow) Text(ctx context.Context, _ twilio.Text) (provider.Result, error) {
	close(s.asked)
	select {
	case <-s.answer:
		return provider.Result{Outcome: delivery.Outcome{State: delivery.Accepted, ProviderID: "SM1"}}, nil
	case <-ctx.Done():
		return provider.Result{Outcome: delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous}}, nil
	}
}

func TestPool_stopDuringSend_waitsForTheLedger(t *testing.T) {
	t.Parallel()
	f, c := newFrontend(t)
	r, err := record.Open(t.Context(), record.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "record.db")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	example, err := planfile.Parse("built-in plan", planfile.Example(), planfile.Options{Lenient: true})
	require.NoError(t, err)
	carrier := &slow{asked: make(chan struct{}), answer: make(chan struct{})}

	in, err := converter.GetDefaultDataConverter().ToPayloads(contract.SendInput{
		N: "n1", Incident: 1, Workflow: "page:1", Step: "rung-0", Person: "ben", Notice: notice.Notice{Kind: notice.Page, Incident: 1, Role: plan.IncidentCommander},
	})
	require.NoError(t, err)
	now := timestamppb.Now()
	f.task = &workflowservice.PollActivityTaskQueueResponse{
		TaskToken: []byte("token"), ActivityId: "1", ActivityType: &commonpb.ActivityType{Name: contract.SendText}, Input: in, Attempt: 1,
		WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "page:1", RunId: "r"}, WorkflowType: &commonpb.WorkflowType{Name: contract.Page},
		ScheduledTime: now, CurrentAttemptScheduledTime: now, StartedTime: now,
		StartToCloseTimeout: durationpb.New(time.Minute), ScheduleToCloseTimeout: durationpb.New(time.Minute),
	}
	p := worker.New(c, activities.New(activities.Config{Record: r, Plan: func() plan.Plan { return example }, Pages: carrier}))
	require.NoError(t, p.Start())
	<-carrier.asked
	f.await(t, both...)
	stopped := make(chan struct{})
	go func() { p.Stop(); close(stopped) }()
	f.await(t) // nothing new is fetched
	select {
	case <-stopped:
		t.Fatal("it stopped between the carrier's yes and the ledger")
	default:
	}
	close(carrier.answer)
	<-stopped
	var result contract.SendResult
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads((<-f.answered).Result, &result))
	require.Equal(t, delivery.Outcome{State: delivery.Accepted, ProviderID: "SM1"}, result.Outcome)
	row, err := r.Delivery(t.Context(), "n1")
	require.NoError(t, err)
	require.Equal(t, result.Outcome, row.Outcome())
}
