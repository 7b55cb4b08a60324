package record

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"
)

// AlertBatch is what one incident has not been told yet.
type AlertBatch struct {
	Incident, Year int
	// Opened says that no batch of this incident was finished yet: its workflow may have to be started.
	Opened bool
	// Alerts are state changes in their order, or, when there are none, keys that only repeated.
	Alerts []AlertState
	// Claim goes to FinishAlerts when the batch was handed on.
	Claim Claim
}

// Claim is the right to hand on one batch until its lease ends.
type Claim struct {
	incident int
	token    string
	changes  []int64
	counts   []AlertState
}

// $1 is now, $2 the latest hand-over that does not hold the next one back, the last one how many.
const (
	// Steps from source to source over the index, however many changes each has waiting.
	waitingSources = `
		WITH RECURSIVE sources (name) AS (
			SELECT MIN(source) FROM alert_changes
			UNION ALL SELECT (SELECT MIN(c.source) FROM alert_changes c WHERE c.source > sources.name) FROM sources WHERE sources.name IS NOT NULL)
		SELECT name FROM sources WHERE name IS NOT NULL`
	waitingChanges = `
		SELECT c.incident, c.since FROM alert_changes c JOIN alert_queue q ON q.incident = c.incident
		WHERE q.claim_until <= $1 AND q.handed_at <= $2 AND c.source = $3 ORDER BY c.since, c.incident LIMIT $4`
	waitingRepeats = `
		SELECT q.incident FROM alert_queue q
		WHERE q.claim_until <= $1 AND q.handed_at <= $2
			AND q.incident IN (SELECT incident FROM alert_keys WHERE times > handed AND released = 0)
			AND NOT EXISTS (SELECT 1 FROM alert_changes c WHERE c.incident = q.incident)
		ORDER BY q.handed_at, q.incident LIMIT $3`
)

// ready returns the incidents that may be handed on now, in the order in which they are
// due. Sources take turns, so that a storm from one tool never delays the first alert of another.
func (r *Record) ready(ctx context.Context, now time.Time, most int) ([]int, error) {
	type place struct {
		turn, incident int
		since          int64
	}
	sources, err := list(ctx, r.reads, value[string], waitingSources)
	if err != nil {
		return nil, err
	}
	var places []place
	seen := map[int]bool{}
	for _, source := range sources {
		changes, err := list(ctx, r.reads, func(row scanner) (p place, err error) {
			err = row.Scan(&p.incident, &p.since)
			return p, err
		}, waitingChanges, micros(now), micros(now.Add(-r.changeEvery)), source, most)
		if err != nil {
			return nil, err
		}
		turn := 0
		for _, p := range changes {
			if !seen[p.incident] {
				seen[p.incident] = true
				p.turn, turn = turn, turn+1
				places = append(places, p)
			}
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.turn, b.turn), cmp.Compare(a.since, b.since), cmp.Compare(a.incident, b.incident))
	})
	var ready []int
	for _, p := range places[:min(most, len(places))] {
		ready = append(ready, p.incident)
	}
	if len(ready) == most {
		return ready, nil
	}
	repeats, err := list(ctx, r.reads, value[int], waitingRepeats, micros(now), micros(now.Add(-r.repeatEvery)), most-len(ready))
	return append(ready, repeats...), err
}

// ClaimAlerts returns up to most batches for owner to hand on, at most one per incident:
// state changes before mere repeats, oldest first, sources taking turns. A batch that is
// not finished within the lease is handed out again, perhaps to another process.
func (r *Record) ClaimAlerts(ctx context.Context, owner string, most int, lease time.Duration) ([]AlertBatch, error) {
	now := r.now()
	ready, err := r.ready(ctx, now, most)
	if err != nil {
		return nil, fmt.Errorf("claim alerts: %w", err)
	}
	if len(ready) == 0 {
		return nil, nil
	}
	var batches []AlertBatch
	err = r.writeLazily(ctx, func(ctx context.Context, t *tx) (err error) {
		batches, err = claimAlerts(ctx, t, ready, owner+"/"+rand.Text(), now, now.Add(lease))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim alerts: %w", err)
	}
	return batches, nil
}

// claimAlerts claims those of the incidents that nobody else claimed meanwhile.
func claimAlerts(ctx context.Context, t *tx, ready []int, token string, now, until time.Time) ([]AlertBatch, error) {
	if err := t.hold(ctx, inboxLock); err != nil {
		return nil, err
	}
	batches := map[int]*AlertBatch{}
	for part := range slices.Chunk(ready, 64) {
		in, args := placeholders(part, token, micros(until), micros(now))
		claimed, err := list(ctx, t, func(row scanner) (b AlertBatch, err error) {
			err = row.Scan(&b.Incident, &b.Opened)
			return b, err
		}, "UPDATE alert_queue SET claim = $1, claim_until = $2, handed_at = $3 WHERE claim_until <= $3 AND incident IN "+in+" RETURNING incident, opened", args...)
		if err != nil {
			return nil, err
		}
		for _, b := range claimed {
			b.Claim = Claim{incident: b.Incident, token: token}
			batches[b.Incident] = &b
		}
		if err := fillBatches(ctx, t, part, batches); err != nil {
			return nil, err
		}
	}
	var filled []AlertBatch
	for _, incident := range ready {
		switch b := batches[incident]; {
		case b == nil:
		case len(b.Alerts) == 0: // somebody else handed it on meanwhile
			if err := release(ctx, t, b.Claim); err != nil {
				return nil, err
			}
		default:
			filled = append(filled, *b)
		}
	}
	return filled, nil
}

// fillBatches puts the waiting changes, or else the repeated keys, of the incidents into their batches.
func fillBatches(ctx context.Context, t *tx, incidents []int, batches map[int]*AlertBatch) error {
	type waiting struct {
		*keyRow
		status AlertStatus
		id     int64
	}
	in, args := placeholders(incidents)
	changes, err := list(ctx, t, func(row scanner) (w waiting, err error) {
		w.keyRow, err = scanKey(prefixed{row, []any{&w.id, &w.status}})
		return w, err
	}, `SELECT c.id, c.status, k.source, k.dedup_key, c.incident, k.year, k.released, k.status, k.title, k.severity, k.visibility, k.impact,
			k.link, k.unreadable, k.started_at, k.last_at, k.times, k.handed
		FROM alert_changes c JOIN alert_keys k ON k.source = c.source AND k.dedup_key = c.dedup_key
		WHERE c.incident IN `+in+" ORDER BY c.id", args...)
	if err != nil {
		return err
	}
	for _, w := range changes {
		if b := batches[w.incident]; b != nil {
			b.Claim.changes = append(b.Claim.changes, w.id)
			w.Status = w.status
			b.add(w.keyRow)
		}
	}
	repeats, err := list(ctx, t, scanKey, "SELECT "+keyColumns+" FROM alert_keys WHERE times > handed AND released = 0 AND incident IN "+in+" ORDER BY last_at, source, dedup_key", args...)
	if err != nil {
		return err
	}
	for _, k := range repeats {
		if b := batches[k.incident]; b != nil && len(b.Claim.changes) == 0 {
			b.add(k)
		}
	}
	return nil
}

func (b *AlertBatch) add(k *keyRow) {
	b.Year = k.year
	b.Alerts = append(b.Alerts, k.AlertState)
	b.Claim.counts = append(b.Claim.counts, k.AlertState)
}

// prefixed scans some columns before those that another scan function knows.
type prefixed struct {
	scanner
	before []any
}

func (p prefixed) Scan(into ...any) error { return p.scanner.Scan(append(p.before, into...)...) }

// FinishAlerts says that the batch was handed on. What arrived for the incident in the
// meantime stays for the next batch.
func (r *Record) FinishAlerts(ctx context.Context, c Claim) error {
	var more int
	err := r.writeLazily(ctx, func(ctx context.Context, t *tx) (err error) {
		if err := t.hold(ctx, inboxLock); err != nil {
			return err
		}
		for part := range slices.Chunk(c.changes, 64) {
			in, args := placeholders(part)
			if _, err := t.ExecContext(ctx, "DELETE FROM alert_changes WHERE id IN "+in, args...); err != nil {
				return err
			}
		}
		for _, k := range c.counts {
			if _, err := t.ExecContext(ctx, "UPDATE alert_keys SET handed = $1 WHERE source = $2 AND dedup_key = $3 AND incident = $4 AND handed < $1",
				k.Count, k.Source, k.Key, c.incident); err != nil {
				return err
			}
		}
		if _, err := t.ExecContext(ctx, "UPDATE alert_queue SET opened = 0 WHERE incident = $1", c.incident); err != nil {
			return err
		}
		if err := release(ctx, t, c); err != nil {
			return err
		}
		more, err = first(ctx, t, value[int], "SELECT COUNT(*) FROM alert_changes WHERE incident = $1", c.incident)
		return err
	})
	if err != nil {
		return fmt.Errorf("finish alerts: %w", err)
	}
	if more > 0 {
		time.AfterFunc(r.changeEvery, func() { nudge(r.wake) })
	}
	return nil
}

// release gives a claim up, unless its lease has ended and somebody else holds the incident.
func release(ctx context.Context, t *tx, c Claim) error {
	_, err := t.ExecContext(ctx, "UPDATE alert_queue SET claim = '', claim_until = 0 WHERE incident = $1 AND claim = $2", c.incident, c.token)
	return err
}
