package record

import (
	"context"

	"github.com/stormbell/stormbell/domain/delivery"
)

// Fared is how many sends of one workflow have fared alike.
type Fared struct {
	Workflow, Channel string
	State             delivery.State
	Class             delivery.Class
	Count             int
}

// TallyRecipients counts the sends to the recipients of an incident's messages, of whom there may
// be thousands.
func (r *Record) TallyRecipients(ctx context.Context, incident int) ([]Fared, error) {
	return list(ctx, r.reads, func(row scanner) (t Fared, err error) {
		err = row.Scan(&t.Workflow, &t.Channel, &t.State, &t.Class, &t.Count)
		return t, err
	}, `SELECT workflow, channel, state, class, COUNT(*) FROM deliveries WHERE incident = $1 AND recipient > 0
		GROUP BY workflow, channel, state, class ORDER BY workflow, channel, state, class`, incident)
}
