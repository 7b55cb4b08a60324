package record

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

// MaxPolls is how often a send without a last word is asked for before it is given up.
const MaxPolls = 3

// pollsLock keeps two workers from asking for the same sends.
const pollsLock = "polls"

// askFrom is the moment from which on it counts how long the provider says nothing more: now,
// as long as it has the send and may have more to say. Only who carries texts and calls is asked.
func (d Delivery) askFrom(o delivery.Outcome, now time.Time) time.Time {
	channel := plan.Channel(d.Channel)
	if o.ProviderID == "" || channel != plan.SMS && channel != plan.Call || d.Polls >= MaxPolls || delivery.Final(channel, o) {
		return time.Time{}
	}
	return now
}

// ClaimSilent returns up to most sends of which the provider has said nothing for a while
// although it took them, those first that wait longest. Each is the caller's to ask for, and
// nobody else's for a longer while: a minute after it was taken, five minutes later, half an
// hour later, and never again. Minute is the length of a minute in the plan.
func (r *Record) ClaimSilent(ctx context.Context, minute time.Duration, most int) ([]Delivery, error) {
	const silent = `FROM deliveries WHERE asked_at > 0
		AND (polls = 0 AND asked_at <= $1 OR polls = 1 AND asked_at <= $2 OR polls = 2 AND asked_at <= $3)`
	now := r.now()
	args := []any{micros(now.Add(-minute)), micros(now.Add(-5 * minute)), micros(now.Add(-30 * minute))}
	// An idle poll only reads.
	if some, err := list(ctx, r.reads, value[string], "SELECT n "+silent+" LIMIT 1", args...); err != nil || len(some) == 0 {
		return nil, err
	}
	var claimed []Delivery
	err := r.writeLazily(ctx, func(ctx context.Context, t *tx) (err error) {
		if err := t.hold(ctx, pollsLock); err != nil {
			return err
		}
		claimed, err = list(ctx, t, scanDelivery, "UPDATE deliveries SET polls = polls + 1, asked_at = CASE WHEN polls + 1 < $4 THEN CAST($5 AS BIGINT) ELSE 0 END"+
			" WHERE n IN (SELECT n "+silent+" ORDER BY asked_at, n LIMIT $6) RETURNING "+deliveryColumns, append(args, MaxPolls, micros(now), most)...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim sends without a last word: %w", err)
	}
	return claimed, nil
}

// NoReceipt tells that the provider took the send, was asked often enough what became of it,
// and has no last word.
func (d Delivery) NoReceipt() bool {
	return d.Polls >= MaxPolls && !delivery.Final(plan.Channel(d.Channel), d.Outcome())
}
