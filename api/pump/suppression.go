package pump

import (
	"context"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Suppression is a provider's word that an address wants or takes no updates any more.
type Suppression struct {
	To     record.Destination `json:"to"`
	Reason string             `json:"reason"`
	At     time.Time          `json:"at"`
}

// stopUpdates ends a phone's updates, or lets them begin again, as its latest word to the number
// of updates says. What it is paged by is another number's.
func (p *Pump) stopUpdates(ctx context.Context, in Text) error {
	stopped, err := p.Record.OptedOut(ctx, in.From, in.To)
	if err != nil {
		return err
	}
	to := record.DestinationOf(string(plan.SMS), in.From)
	if stopped {
		return p.Record.Block(ctx, to, record.Stopped, 0, p.Now())
	}
	return p.Record.Unblock(ctx, to, 0, record.Stopped)
}
