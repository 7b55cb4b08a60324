package record

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/roster"
)

// PutPlan keeps a plan's text under its hash for ever. Putting it again changes nothing.
func (r *Record) PutPlan(ctx context.Context, hash string, body []byte) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, "INSERT INTO plans (hash, body, at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING", hash, string(body), micros(r.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the plan: %w", err)
	}
	return nil
}

// Plan returns the text of the plan with this hash, or ErrNotFound.
func (r *Record) Plan(ctx context.Context, hash string) ([]byte, error) {
	return first(ctx, r.reads, value[[]byte], "SELECT body FROM plans WHERE hash = $1", hash)
}

// AddOverride keeps an override. The same role, person and time again change only why.
func (r *Record) AddOverride(ctx context.Context, o roster.Override) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO overrides (role, person, starts_at, ends_at, why, added_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (role, person, starts_at, ends_at) DO UPDATE SET why = excluded.why`,
			o.Role, o.Person, micros(o.From), micros(o.To), clean(o.Why), micros(r.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("add an override: %w", err)
	}
	return nil
}

// Overrides returns the overrides in force at an instant, in the order they were added.
func (r *Record) Overrides(ctx context.Context, at time.Time) ([]roster.Override, error) {
	return r.overrides(ctx, "starts_at <= $1 AND (ends_at = 0 OR ends_at > $1)", micros(at))
}

// OverridesFrom returns the overrides that are in force at an instant or will be later, in the
// order they were added.
func (r *Record) OverridesFrom(ctx context.Context, at time.Time) ([]roster.Override, error) {
	return r.overrides(ctx, "ends_at = 0 OR ends_at > $1", micros(at))
}

func (r *Record) overrides(ctx context.Context, where string, at int64) ([]roster.Override, error) {
	return list(ctx, r.reads, func(row scanner) (o roster.Override, err error) {
		err = row.Scan(&o.Role, &o.Person, moment{&o.From}, moment{&o.To}, &o.Why)
		return o, err
	}, "SELECT role, person, starts_at, ends_at, why FROM overrides WHERE "+where+" ORDER BY added_at, role, person, starts_at", at)
}
