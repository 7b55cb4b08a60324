package client

import (
	"context"

	"github.com/stormbell/stormbell/workflows/contract"
)

// TellAgain tells a webhook once more of an event. The same event and wish again do nothing.
func (c *Client) TellAgain(ctx context.Context, in contract.OutletInput) error {
	return c.once(ctx, contract.RedeliveryID(in.Event, in.Once), "Tell "+in.Outlet+" again", contract.Outlet, in)
}
