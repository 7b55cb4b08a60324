package devserver_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/internal/devserver"
)

const thirtyHours = 30 * time.Hour

func TestThirtyHoursPassInSeconds(t *testing.T) {
	t.Parallel()
	c := dial(t, sharedServer(t), devserver.TimeSkipping())
	queue := newQueue()
	work(t, c, queue, Sleep, Wake)

	for name, begin := range map[string]func() (client.WorkflowRun, error){
		"start": func() (client.WorkflowRun, error) {
			return c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: queue}, Sleep, thirtyHours)
		},
		"signal with start": func() (client.WorkflowRun, error) {
			return c.SignalWithStartWorkflow(t.Context(), newQueue(), "go", nil, client.StartWorkflowOptions{TaskQueue: queue}, Sleep, thirtyHours)
		},
		"update with start": func() (client.WorkflowRun, error) {
			start := c.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
				ID:                       newQueue(),
				TaskQueue:                queue,
				WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
			}, Wake, thirtyHours)
			_, err := c.UpdateWithStartWorkflow(t.Context(), client.UpdateWithStartWorkflowOptions{
				StartWorkflowOperation: start,
				UpdateOptions:          client.UpdateWorkflowOptions{UpdateName: "ready", WaitForStage: client.WorkflowUpdateStageCompleted},
			})
			if err != nil {
				return nil, err
			}
			return start.Get(t.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, err := begin()
			require.NoError(t, err)
			var slept time.Duration
			require.NoError(t, run.Get(deadline(t, 20*time.Second), &slept))
			require.GreaterOrEqual(t, slept, thirtyHours, "the workflow's own clock")
		})
	}
}

// Wake sleeps like Sleep and answers the update "ready" at once.
func Wake(ctx workflow.Context, d time.Duration) (time.Duration, error) {
	if err := workflow.SetUpdateHandler(ctx, "ready", func(workflow.Context) error { return nil }); err != nil {
		return 0, err
	}
	return Sleep(ctx, d)
}
