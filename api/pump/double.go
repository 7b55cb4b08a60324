package pump

import (
	"context"
	"errors"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Phone ends calls; the adapter of the provider is one.
type Phone interface {
	// EndDouble leaves one of two calls that were made for one purpose, and says which.
	EndDouble(ctx context.Context, one, two string) (keep string, err error)
}

// doubled notices that one send became two: the provider speaks of another text or call than
// the ledger knows. Of two calls the younger is ended while it waits or rings; a text cannot be
// called back. It tells whether the word is about the one that the ledger does not follow.
func (p *Pump) doubled(ctx context.Context, in Receipt) (stray bool, err error) {
	d, err := p.Record.Delivery(ctx, in.N)
	if errors.Is(err, record.ErrNotFound) {
		return false, nil
	}
	other := in.Outcome.ProviderID
	if err != nil || other == "" || d.ProviderID == "" || other == d.ProviderID || d.Channel == string(plan.Email) {
		return false, err
	}
	keep := d.ProviderID
	if d.Channel == string(plan.Call) && p.Phone != nil {
		if keep, err = p.Phone.EndDouble(ctx, d.ProviderID, other); err != nil {
			// Not tried again: the words that come behind would wait, and the call ends by itself.
			p.Logger.WarnContext(ctx, "one of two calls for one purpose could not be ended", "delivery", in.N, "reason", err)
			keep = d.ProviderID
		}
	}
	_, err = p.Record.Doubled(ctx, in.N, keep)
	return keep != other, err
}
