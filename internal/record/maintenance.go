package record

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Maintenance is planned work that the status page shows before and while it lasts (R145).
type Maintenance struct {
	ID string
	// Titles say what is done, by language.
	Titles map[string]string
	// Services are the names of the business services it touches.
	Services    []string
	From, Until time.Time
	CreatedAt   time.Time
	// CreatedBy is a person id, empty when nobody was named.
	CreatedBy string
}

// Maintain announces planned work and returns it with the id it was given. The same key again is
// the same announcement; an empty one is always a new one.
func (r *Record) Maintain(ctx context.Context, key string, m Maintenance) (Maintenance, error) {
	m.ID, m.CreatedAt, m.From, m.Until = rand.Text(), stored(r.now()), stored(m.From), stored(m.Until)
	if key != "" {
		sum := sha256.Sum256([]byte(key))
		m.ID = hex.EncodeToString(sum[:13])
	}
	titles, err := json.Marshal(m.Titles)
	if err != nil {
		return m, fmt.Errorf("announce maintenance: %w", err)
	}
	services, err := json.Marshal(m.Services)
	if err != nil {
		return m, fmt.Errorf("announce maintenance: %w", err)
	}
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		t.touch(0)
		_, err := t.ExecContext(ctx, "INSERT INTO maintenance (id, titles, services, starts_at, ends_at, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
			m.ID, string(titles), string(services), micros(m.From), micros(m.Until), micros(m.CreatedAt), m.CreatedBy)
		return err
	})
	if err != nil {
		return m, fmt.Errorf("announce maintenance: %w", err)
	}
	return m, nil
}

// CancelMaintenance takes an announcement back, or is ErrNotFound.
func (r *Record) CancelMaintenance(ctx context.Context, id string) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		t.touch(0)
		_, err := first(ctx, t, value[string], "DELETE FROM maintenance WHERE id = $1 RETURNING id", id)
		return err
	})
	if err != nil {
		return fmt.Errorf("cancel maintenance: %w", err)
	}
	return nil
}

// Maintenance returns what is planned and what goes on: all that ends after a moment, in the
// order in which it begins.
func (r *Record) Maintenance(ctx context.Context, after time.Time) ([]Maintenance, error) {
	return list(ctx, r.reads, func(row scanner) (m Maintenance, err error) {
		var titles, services []byte
		if err = row.Scan(&m.ID, &titles, &services, moment{&m.From}, moment{&m.Until}, moment{&m.CreatedAt}, &m.CreatedBy); err == nil {
			err = errors.Join(json.Unmarshal(titles, &m.Titles), json.Unmarshal(services, &m.Services))
		}
		return m, err
	}, "SELECT id, titles, services, starts_at, ends_at, created_at, created_by FROM maintenance WHERE ends_at > $1 ORDER BY starts_at, id", micros(after))
}
