package record

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// acceptance is what one caller hands to the inbox.
type acceptance struct {
	alerts   []Alert
	items    []Item
	accepted []Accepted
}

func (a *acceptance) size() int { return len(a.alerts) + len(a.items) }

// acceptWithin is how long a database that does not answer may keep senders waiting; they
// give up about then as well.
const acceptWithin = 10 * time.Second

// acceptTogether takes many callers' alerts and items in one transaction.
func (r *Record) acceptTogether(lot []*acceptance) []error {
	ctx, cancel := context.WithTimeout(context.Background(), acceptWithin)
	defer cancel()
	errs := make([]error, len(lot))
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		var names []keyName
		var items []Item
		for _, a := range lot {
			items = append(items, a.items...)
			for _, alert := range a.alerts {
				names = append(names, keyName{alert.Source, alert.Key})
			}
		}
		in, err := newIntake(ctx, t, r.now(), names)
		if err != nil {
			return err
		}
		for _, a := range lot {
			a.accepted = make([]Accepted, len(a.alerts))
			for i, alert := range a.alerts {
				a.accepted[i] = in.alert(alert)
			}
		}
		in.items = items
		if in.joined {
			// A batch of the incident may just have been handed on, which holds the next one back.
			time.AfterFunc(r.changeEvery, func() { nudge(r.wake) })
		}
		return in.store(ctx, t)
	})
	for i := range errs {
		errs[i] = err
	}
	return errs
}

type keyName struct{ source, key string }

// keyRow is what the record knows of a dedup key.
type keyRow struct {
	AlertState
	incident, year int
	released       bool
	// handed is how many of Count the pump has handed on.
	handed int64
	dirty  bool
}

const keyColumns = "source, dedup_key, incident, year, released, status, title, severity, visibility, impact, link, unreadable, started_at, last_at, times, handed"

func scanKey(row scanner) (*keyRow, error) {
	var k keyRow
	return &k, row.Scan(&k.Source, &k.Key, &k.incident, &k.year, &k.released, &k.Status, &k.Title, &k.Severity, &k.Visibility,
		&k.Impact, &k.Link, &k.Unreadable, moment{&k.StartedAt}, moment{&k.LastAt}, &k.Count, &k.handed)
}

func (k *keyRow) row() []any {
	return []any{k.Source, k.Key, k.incident, k.year, flag(k.released), k.Status, k.Title, k.Severity, k.Visibility,
		k.Impact, k.Link, flag(k.Unreadable), micros(k.StartedAt), micros(k.LastAt), k.Count, k.handed}
}

// intake decides about a lot of alerts in memory: what it knows was read with one query,
// and what it decided is written with a few, however many alerts there are.
type intake struct {
	now    time.Time
	number int // of the newest incident
	keys   map[keyName]*keyRow

	opened  []*keyRow
	byHand  bool
	changes []waitingChange
	joined  bool // whether a change belongs to an incident that was open before
	items   []Item
}

type waitingChange struct {
	key    *keyRow
	status AlertStatus
}

// newIntake keeps other processes out and reads what is known of the keys.
func newIntake(ctx context.Context, t *tx, now time.Time, names []keyName) (*intake, error) {
	in := &intake{now: stored(now), keys: map[keyName]*keyRow{}}
	if err := t.hold(ctx, inboxLock); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return in, nil
	}
	var err error
	if in.number, err = newestIncident(ctx, t); err != nil {
		return nil, err
	}
	slices.SortFunc(names, func(a, b keyName) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.key, b.key))
	})
	for part := range slices.Chunk(slices.Compact(names), 64) {
		part = padded(part)
		var args []any
		for _, n := range part {
			args = append(args, n.source, n.key)
		}
		known, err := list(ctx, t, scanKey, "SELECT "+keyColumns+" FROM alert_keys WHERE (source, dedup_key) IN (VALUES "+tuples(len(part), 2)+")", args...)
		if err != nil {
			return nil, err
		}
		for _, k := range known {
			in.keys[keyName{k.Source, k.Key}] = k
		}
	}
	return in, nil
}

func newestIncident(ctx context.Context, t *tx) (int, error) {
	return first(ctx, t, value[int], "SELECT COALESCE(MAX(number), 0) FROM incidents")
}

// alert decides what becomes of one alert.
func (in *intake) alert(a Alert) Accepted {
	k := in.keys[keyName{a.Source, a.Key}]
	switch {
	case (k == nil || k.released) && a.Status != Firing:
		return Accepted{Dropped: true}
	case k == nil || k.released:
		k = in.open(a)
		in.changes = append(in.changes, waitingChange{k, a.Status})
		return Accepted{Incident: k.incident, Year: k.year, Opened: true}
	}
	if k.Status != a.Status {
		in.joined = true
		in.changes = append(in.changes, waitingChange{k, a.Status})
		k.Status = a.Status
	}
	if !a.Unreadable {
		k.Unreadable = false
		k.Title, k.Severity, k.Link = cmp.Or(a.Title, k.Title), cmp.Or(a.Severity, k.Severity), cmp.Or(a.Link, k.Link)
		k.Visibility, k.Impact = cmp.Or(a.Visibility, k.Visibility), cmp.Or(a.Impact, k.Impact)
		if !a.StartedAt.IsZero() {
			k.StartedAt = a.StartedAt
		}
	}
	k.Count, k.LastAt, k.dirty = k.Count+1, in.now, true
	return Accepted{Incident: k.incident, Year: k.year}
}

func (in *intake) open(a Alert) *keyRow {
	in.number++
	k := &keyRow{incident: in.number, year: in.now.Year(), dirty: true, AlertState: AlertState{
		Source: a.Source, Key: a.Key, Status: a.Status, Title: a.Title, Severity: a.Severity, Visibility: a.Visibility,
		Impact: a.Impact, Link: a.Link, Unreadable: a.Unreadable, StartedAt: a.StartedAt, LastAt: in.now, Count: 1,
	}}
	in.keys[keyName{a.Source, a.Key}] = k
	in.opened = append(in.opened, k)
	return k
}

// openByHand leaves nothing for the pump to hand on.
func (in *intake) openByHand(a Alert) Accepted {
	k := in.open(a)
	k.handed, in.byHand = k.Count, true
	return Accepted{Incident: k.incident, Year: k.year, Opened: true}
}

// store writes what was decided.
func (in *intake) store(ctx context.Context, t *tx) error {
	var incidents, queue, keys [][]any
	for _, k := range in.opened {
		incidents = append(incidents, []any{k.incident, k.year, k.Title, micros(in.now)})
		queue = append(queue, []any{k.incident, flag(!in.byHand)})
		t.touch(k.incident)
	}
	for _, k := range in.keys {
		if k.dirty {
			keys = append(keys, k.row())
		}
	}
	if err := t.insert(ctx, "incidents (number, year, title, opened_at)", "", incidents); err != nil {
		return err
	}
	if err := t.insert(ctx, "alert_queue (incident, opened)", "", queue); err != nil {
		return err
	}
	if err := t.insert(ctx, "alert_keys ("+keyColumns+")", `ON CONFLICT (source, dedup_key) DO UPDATE SET
		incident = excluded.incident, year = excluded.year, released = excluded.released, status = excluded.status,
		title = excluded.title, severity = excluded.severity, visibility = excluded.visibility, impact = excluded.impact,
		link = excluded.link, unreadable = excluded.unreadable, started_at = excluded.started_at,
		last_at = excluded.last_at, times = excluded.times, handed = excluded.handed`, keys); err != nil {
		return err
	}
	return in.storeWaiting(ctx, t)
}

// storeWaiting writes what the pump will hand on.
func (in *intake) storeWaiting(ctx context.Context, t *tx) error {
	if len(in.changes)+len(in.items) == 0 {
		return nil
	}
	t.waiting = true
	last, err := first(ctx, t, value[int64], "UPDATE counters SET value = value + $1 WHERE name = 'inbox' RETURNING value", len(in.changes)+len(in.items))
	if err != nil {
		return err
	}
	id := last - int64(len(in.changes)+len(in.items))
	// Of many changes to the same status only the latest is worth handing on. Its
	// place in the queue stays that of the first, so that flapping gains and loses nothing.
	latest := map[waitingChange]int64{}
	for _, c := range in.changes {
		id++
		latest[c] = id
	}
	var changes, items [][]any
	for c, id := range latest {
		changes = append(changes, []any{c.key.incident, c.key.Source, c.key.Key, c.status, id, micros(in.now)})
	}
	if err := t.insert(ctx, "alert_changes (incident, source, dedup_key, status, id, since)",
		"ON CONFLICT (incident, source, dedup_key, status) DO UPDATE SET id = excluded.id", changes); err != nil {
		return err
	}
	for _, i := range in.items {
		id++
		items = append(items, []any{id, string(i.Kind), i.Key, i.Kind.lane(), string(i.Body)})
	}
	return t.insert(ctx, "inbox_items (id, kind, item_key, lane, body)", "ON CONFLICT (kind, item_key) DO NOTHING", items)
}
