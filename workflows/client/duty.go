package client

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/stormbell/stormbell/workflows/contract"
)

// DutyChanged lets people hear at once of a change of duty.
func (c *Client) DutyChanged(ctx context.Context) error {
	return c.signal(ctx, contract.DutyID, contract.DutyChanged, nil)
}

// WatchDuty makes sure that the workflow runs that tells of hand-overs and gaps. Every process
// may ask for it; there is never more than one.
func (c *Client) WatchDuty(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	_, err := c.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: contract.DutyID, TaskQueue: contract.TaskQueue, StaticSummary: "Who is on call: hand-overs and gaps",
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, contract.Duty, contract.DutyInput{})
	return unavailable(err)
}
