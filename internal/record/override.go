package record

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/roster"
)

// Override is an override with its own story. What was is never changed: one that ended early
// stays, with who ended it, when and why.
type Override struct {
	roster.Override
	// ID counts from 1, in the order in which overrides were added.
	ID      int
	AddedAt time.Time
	// AddedBy and EndedBy are person ids, empty when nobody was named.
	AddedBy string
	// EndedAt is when it was ended before its time; zero while it was not.
	EndedAt           time.Time
	EndedBy, EndedWhy string
}

const overrideColumns = "id, role, person, starts_at, ends_at, why, added_at, added_by, ended_at, ended_by, ended_why"

func scanOverride(row scanner) (o Override, err error) {
	err = row.Scan(&o.ID, &o.Role, &o.Person, moment{&o.From}, moment{&o.To}, &o.Why, moment{&o.AddedAt}, &o.AddedBy, moment{&o.EndedAt}, &o.EndedBy, &o.EndedWhy)
	return o, err
}

// AddOverrides keeps overrides, all of them or none: a swap is two. One that is there already,
// with the same role, person and time, stays as it is.
func (r *Record) AddOverrides(ctx context.Context, by string, all ...roster.Override) (added []Override, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		added = nil
		if err := t.hold(ctx, "overrides"); err != nil {
			return err
		}
		for _, o := range all {
			if _, err := t.ExecContext(ctx, `INSERT INTO overrides (id, role, person, starts_at, ends_at, why, added_at, added_by)
				SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM overrides WHERE true
				ON CONFLICT (role, person, starts_at, ends_at) WHERE ended_at = 0 DO NOTHING`,
				o.Role, o.Person, micros(o.From), micros(o.To), clean(o.Why), micros(r.now()), by); err != nil {
				return err
			}
			kept, err := first(ctx, t, scanOverride, "SELECT "+overrideColumns+" FROM overrides WHERE role = $1 AND person = $2 AND starts_at = $3 AND ends_at = $4 AND ended_at = 0",
				o.Role, o.Person, micros(o.From), micros(o.To))
			if err != nil {
				return err
			}
			added = append(added, kept)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("add an override: %w", err)
	}
	return added, nil
}

// EndOverride ends an override now, before its time, and returns it. One that was ended before
// stays as it is. An unknown id is ErrNotFound.
func (r *Record) EndOverride(ctx context.Context, id int, by, why string) (o Override, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.ExecContext(ctx, "UPDATE overrides SET ended_at = $2, ended_by = $3, ended_why = $4 WHERE id = $1 AND ended_at = 0",
			id, micros(r.now()), by, clean(why)); err != nil {
			return err
		}
		o, err = first(ctx, t, scanOverride, "SELECT "+overrideColumns+" FROM overrides WHERE id = $1", id)
		return err
	})
	if err != nil {
		return Override{}, fmt.Errorf("end an override: %w", err)
	}
	return o, nil
}

// Override returns one override, or ErrNotFound.
func (r *Record) Override(ctx context.Context, id int) (Override, error) {
	return first(ctx, r.reads, scanOverride, "SELECT "+overrideColumns+" FROM overrides WHERE id = $1", id)
}

// AllOverrides returns every override there ever was, in the order they were added.
func (r *Record) AllOverrides(ctx context.Context) ([]Override, error) {
	return list(ctx, r.reads, scanOverride, "SELECT "+overrideColumns+" FROM overrides ORDER BY id")
}

// effectiveEnd is when an override ends, be it early; 0 means until further notice.
const effectiveEnd = "CASE WHEN ended_at > 0 AND (ends_at = 0 OR ended_at < ends_at) THEN ended_at ELSE ends_at END"

// Overrides returns the overrides in force at an instant, in the order they were added. What
// was ended early was in force until then.
func (r *Record) Overrides(ctx context.Context, at time.Time) ([]roster.Override, error) {
	return r.inForce(ctx, "starts_at <= $1 AND (ends = 0 OR ends > $1)", at)
}

// OverridesFrom returns the overrides that are in force at an instant or will be later, in the
// order they were added.
func (r *Record) OverridesFrom(ctx context.Context, at time.Time) ([]roster.Override, error) {
	return r.inForce(ctx, "ends = 0 OR ends > $1", at)
}

func (r *Record) inForce(ctx context.Context, where string, at time.Time) ([]roster.Override, error) {
	return list(ctx, r.reads, func(row scanner) (o roster.Override, err error) {
		err = row.Scan(&o.Role, &o.Person, moment{&o.From}, moment{&o.To}, &o.Why)
		return o, err
	}, "SELECT role, person, starts_at, ends, why FROM (SELECT id, role, person, starts_at, why, "+effectiveEnd+" AS ends FROM overrides) AS o WHERE (ends = 0 OR ends > starts_at) AND ("+where+") ORDER BY id", micros(at))
}
