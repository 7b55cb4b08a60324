package record

import (
	"context"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// SentBefore returns what the person of a send was sent before it, since a moment. Of sends
// that began together each sees those in front of it, so that a limit lets the same ones
// through whoever asks first.
func (r *Record) SentBefore(ctx context.Context, d Delivery, since time.Time) ([]delivery.Sent, error) {
	rows, err := list(ctx, r.reads, scanDelivery, "SELECT "+deliveryColumns+` FROM deliveries
		WHERE person = $1 AND person <> '' AND created_at > $2 AND (created_at < $3 OR created_at = $3 AND n < $4)`,
		d.Person, micros(since), micros(d.CreatedAt), d.N)
	if err != nil {
		return nil, err
	}
	sent := make([]delivery.Sent, len(rows))
	for i, row := range rows {
		sent[i] = delivery.Sent{
			Page: row.Workflow, Channel: plan.Channel(row.Channel), Urgency: notice.Kind(row.Purpose).Urgency(), At: row.CreatedAt, Outcome: row.Outcome(),
		}
	}
	return sent, nil
}
