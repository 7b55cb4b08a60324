package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/workflows"
	"github.com/stormbell/stormbell/workflows/contract"
)

// What was certainly not taken is sent again; what nobody knows is not, for it may be a stranger's
// mailbox.
func TestOptIn_asksAgainOnlyWhatWasNotTaken(t *testing.T) {
	t.Parallel()
	refused := contract.SendResult{Outcome: delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "429"}}
	for name, c := range map[string]struct {
		answers []contract.SendResult
		dies    bool
		asked   []bool // whether each attempt was a repeated one
	}{
		"taken":       {answers: []contract.SendResult{{Outcome: delivery.Outcome{State: delivery.Accepted}}}, asked: []bool{false}},
		"busy":        {answers: []contract.SendResult{refused, refused, {Outcome: delivery.Outcome{State: delivery.Accepted}}}, asked: []bool{false, true, true}},
		"ambiguous":   {answers: []contract.SendResult{{Outcome: delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous}}}, asked: []bool{false}},
		"worker dead": {dies: true, asked: []bool{false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			env.RegisterWorkflowWithOptions(workflows.OptIn, workflow.RegisterOptions{Name: contract.OptIn})
			var asked []bool
			env.RegisterActivityWithOptions(func(_ context.Context, in contract.AskInput) (contract.SendResult, error) {
				require.Equal(t, "s1", in.Subscription)
				require.Equal(t, contract.OptInDelivery(in.Workflow), in.N)
				asked = append(asked, in.Again)
				if c.dies {
					return contract.SendResult{}, errors.New("gone")
				}
				return c.answers[len(asked)-1], nil
			}, activity.RegisterOptions{Name: contract.AskSubscriber})
			env.SetTestTimeout(10 * time.Second)
			env.ExecuteWorkflow(contract.OptIn, contract.OptInInput{Subscription: "s1"})
			require.True(t, env.IsWorkflowCompleted())
			require.Equal(t, c.dies, env.GetWorkflowError() != nil)
			require.Equal(t, c.asked, asked)
		})
	}
}
