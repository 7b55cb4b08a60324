package client

import (
	"context"

	"github.com/stormbell/stormbell/workflows/contract"
)

// OptIn asks a subscriber to confirm. One id is one question for ever: starting it again does nothing.
func (c *Client) OptIn(ctx context.Context, id string, in contract.OptInInput) error {
	return c.once(ctx, id, "Ask a subscriber to confirm", contract.OptIn, in)
}
