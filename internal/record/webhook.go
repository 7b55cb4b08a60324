package record

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// HookChannel is the channel of deliveries to webhooks; their Step is the event's N.
const HookChannel = "webhook"

// HookEvent is what a webhook is told of one release, word for word.
type HookEvent struct {
	// N is its id, which the receiver knows it by.
	N, Hook         string
	Incident        int
	Audience, Phase string
	Release         int
	// At orders the events of an audience.
	At time.Time
	// Media is the media type of Body.
	Media, Body string
}

const hookEventColumns = "e.n, e.hook, e.incident, e.audience, e.phase, e.release, e.at, e.media, e.body"

func (e *HookEvent) fields() []any {
	return []any{&e.N, &e.Hook, &e.Incident, &e.Audience, &e.Phase, &e.Release, moment{&e.At}, &e.Media, &e.Body}
}

func scanHookEvent(row scanner) (e HookEvent, err error) {
	err = row.Scan(e.fields()...)
	return e, err
}

// KeepHookEvent keeps an event and returns it; one that is known already stays as it is.
func (r *Record) KeepHookEvent(ctx context.Context, e HookEvent) (kept HookEvent, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO hook_events (n, hook, incident, audience, phase, release, at, media, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (n) DO NOTHING`, e.N, e.Hook, e.Incident, e.Audience, e.Phase, e.Release, micros(e.At), e.Media, clean(e.Body))
		if err == nil {
			kept, err = first(ctx, t, scanHookEvent, "SELECT "+hookEventColumns+" FROM hook_events e WHERE e.n = $1", e.N)
		}
		return err
	})
	if err != nil {
		return HookEvent{}, fmt.Errorf("keep a webhook event: %w", err)
	}
	return kept, nil
}

// HookEvent returns one event, or ErrNotFound.
func (r *Record) HookEvent(ctx context.Context, n string) (HookEvent, error) {
	return first(ctx, r.reads, scanHookEvent, "SELECT "+hookEventColumns+" FROM hook_events e WHERE e.n = $1", n)
}

// HookEventSuperseded tells whether the webhook has, or is about to get, a newer event of the
// same audience of the incident.
func (r *Record) HookEventSuperseded(ctx context.Context, e HookEvent) (bool, error) {
	newer, err := list(ctx, r.reads, value[string], "SELECT n FROM hook_events WHERE hook = $1 AND incident = $2 AND audience = $3 AND at > $4 LIMIT 1",
		e.Hook, e.Incident, e.Audience, micros(e.At))
	return len(newer) > 0, err
}

// HookDelivery is an event on its way to its webhook, or there.
type HookDelivery struct {
	Event HookEvent
	Delivery
}

// HookDeliveries returns up to limit deliveries to a webhook, newest first.
func (r *Record) HookDeliveries(ctx context.Context, hook string, limit int) ([]HookDelivery, error) {
	return list(ctx, r.reads, func(row scanner) (d HookDelivery, err error) {
		d.Delivery, err = scanDelivery(behind{d.Event.fields(), row})
		return d, err
	}, "SELECT "+hookEventColumns+", d."+strings.ReplaceAll(deliveryColumns, ", ", ", d.")+` FROM hook_events e JOIN deliveries d ON d.channel = 'webhook' AND d.step = e.n
		WHERE e.hook = $1 ORDER BY d.created_at DESC, d.n LIMIT $2`, hook, limit)
}

// behind scans the columns that come after some others.
type behind struct {
	others []any
	row    scanner
}

// Scan scans the others as well.
func (b behind) Scan(into ...any) error { return b.row.Scan(append(b.others, into...)...) }
