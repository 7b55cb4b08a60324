package client

import (
	"context"

	"github.com/stormbell/stormbell/workflows/contract"
)

// Courtesy answers the text that the carrier knows by an id; doing it again changes nothing.
func (c *Client) Courtesy(ctx context.Context, text string, in contract.CourtesyInput) error {
	return c.once(ctx, contract.CourtesyID(text), "Answer a text: "+string(in.Notice.Kind), contract.Courtesy, in)
}
