package client

import (
	"context"

	"github.com/stormbell/stormbell/workflows/contract"
)

// TestContact starts a test of a contact. One id is one test for ever: starting it again does nothing.
func (c *Client) TestContact(ctx context.Context, id string, in contract.ContactTestInput) error {
	return c.once(ctx, id, "Test of a contact by "+string(in.Channel), contract.ContactTest, in)
}

// Confirmed tells a test that the person has answered.
func (c *Client) Confirmed(ctx context.Context, test string, in contract.Confirmation) error {
	return c.signal(ctx, test, contract.ContactConfirmed, in)
}
