package record

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// LiveCalls returns the calls to some people that are not known to be over and of which there
// was news since then, oldest first. Calls of closed incidents are over.
func (r *Record) LiveCalls(ctx context.Context, people []string, since time.Time) ([]Delivery, error) {
	if len(people) == 0 {
		return nil, nil
	}
	var args []any
	for _, p := range people {
		args = append(args, p)
	}
	args = append(args, string(plan.Call), micros(since))
	all, err := list(ctx, r.reads, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE person IN "+tuples(1, len(people))+
		" AND incident IN (SELECT number FROM incidents WHERE closed_at = 0) AND channel = $"+strconv.Itoa(len(people)+1)+
		" AND updated_at >= $"+strconv.Itoa(len(people)+2)+
		" AND state IN ('attempting', 'unknown', 'accepted', 'delivered', 'answered') ORDER BY created_at, n", args...)
	if err != nil {
		return nil, fmt.Errorf("look for calls under way: %w", err)
	}
	return all, nil
}

// Doubled notes that the provider made a delivery twice, and which of the two goes on as this one.
func (r *Record) Doubled(ctx context.Context, n, keep string) (now Delivery, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		now, err = first(ctx, t, scanDelivery, "UPDATE deliveries SET possible_duplicate = 1, provider_id = $2, updated_at = $3 WHERE n = $1 RETURNING "+deliveryColumns,
			n, clean(keep), micros(r.now()))
		if err == nil {
			t.touch(now.Incident)
		}
		return err
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("note a double sending: %w", err)
	}
	return now, nil
}
