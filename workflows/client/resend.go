package client

import (
	"context"

	"go.temporal.io/sdk/client"

	"github.com/stormbell/stormbell/workflows/contract"
)

// SendAgain goes on with a distribution whose unproven sends were reopened. While it is still
// under way this does nothing.
func (c *Client) SendAgain(ctx context.Context, in contract.DistributionInput) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	id := contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release) + ":again"
	_, err := c.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: contract.TaskQueue, StaticSummary: "Send again what is unproven",
	}, contract.Distribution, in)
	return unavailable(err)
}
