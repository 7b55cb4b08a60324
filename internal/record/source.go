package record

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// hearAgain is how long a source that was heard is not written down again: a storm of alerts
// must not become a storm of writes.
const hearAgain = time.Second

// hearing is when this process last wrote down that a source was heard.
type hearing struct {
	mu sync.Mutex
	at map[string]time.Time
}

// due tells whether a source is to be written down now.
func (h *hearing) due(source string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if last, known := h.at[source]; known && now.Sub(last) < hearAgain {
		return false
	}
	if h.at == nil {
		h.at = map[string]time.Time{}
	}
	h.at[source] = now
	return true
}

// Hear keeps that a source of alerts said something that was understood, be it nothing to report.
func (r *Record) Hear(ctx context.Context, source string) error {
	now := r.now()
	if !r.hearing.due(source, now) {
		return nil
	}
	err := r.writeLazily(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO sources (source, heard_at) VALUES ($1, $2)
			ON CONFLICT (source) DO UPDATE SET heard_at = excluded.heard_at WHERE sources.heard_at < excluded.heard_at`, clean(source), micros(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep that a source was heard: %w", err)
	}
	return nil
}

// Heard returns when each source of alerts was last heard.
func (r *Record) Heard(ctx context.Context) (map[string]time.Time, error) {
	heard := map[string]time.Time{}
	_, err := list(ctx, r.reads, func(row scanner) (source string, err error) {
		var at time.Time
		err = row.Scan(&source, moment{&at})
		heard[source] = at
		return source, err
	}, "SELECT source, heard_at FROM sources")
	return heard, err
}

// Lately returns the latest sends to people by a channel, newest first; those to the recipients of
// messages are not among them.
func (r *Record) Lately(ctx context.Context, channel string, limit int) ([]Delivery, error) {
	return list(ctx, r.reads, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE channel = $1 AND purpose <> 'update' ORDER BY created_at DESC LIMIT $2", channel, limit)
}
