package pump

import (
	"context"
	"errors"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// complaints are the words of events after which an address gets no updates any more.
var complaints = map[string]string{
	"bounce": record.Bounced, "dropped": record.Dropped, "spamreport": record.Complained,
	"unsubscribe": record.Unsubscribed, "group_unsubscribe": record.Unsubscribed,
}

// undeliverable keeps that updates no longer reach an address, or are not wanted there. Pages
// are never stopped by it: their people are called.
func (p *Pump) undeliverable(ctx context.Context, d record.Delivery, o delivery.Outcome) error {
	if d.List == "" || o.Class != delivery.Permanent && o.Class != delivery.OptedOut {
		return nil
	}
	reason := complaints[o.Code]
	if d.Channel == string(plan.SMS) {
		reason = record.Bounced
		if o.Class == delivery.OptedOut {
			reason = record.Stopped
		}
	}
	if reason == "" {
		return nil
	}
	to, err := p.Record.RecipientOf(ctx, d)
	if errors.Is(err, record.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.Record.Suppress(ctx, d.Channel, to.Address, reason, 0, p.Now())
}
