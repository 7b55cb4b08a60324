package client

import (
	"context"
	"errors"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/stormbell/stormbell/workflows/contract"
)

// TestContact starts a test of a contact. One id is one test for ever: starting it again does nothing.
func (c *Client) TestContact(ctx context.Context, id string, in contract.ContactTestInput) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	_, err := c.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: contract.TaskQueue, StaticSummary: "Test of a contact by " + string(in.Channel),
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
	}, contract.ContactTest, in)
	var over *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &over) {
		return nil
	}
	return unavailable(err)
}

// Confirmed tells a test that the person has answered.
func (c *Client) Confirmed(ctx context.Context, test string, in contract.Confirmation) error {
	return c.signal(ctx, test, contract.ContactConfirmed, in)
}
