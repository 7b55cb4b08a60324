package record

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// CalendarLink is a secret address under which a calendar program reads shifts.
type CalendarLink struct {
	Token string
	// Role and Person say whose shifts; empty means all of them.
	Role, Person string
	CreatedAt    time.Time
	// CreatedBy is a person id, empty when nobody was named.
	CreatedBy string
}

const currentCalendarLink = "SELECT token, role, person, created_at, created_by FROM calendar_links WHERE revoked_at = 0"

func scanCalendarLink(row scanner) (l CalendarLink, err error) {
	err = row.Scan(&l.Token, &l.Role, &l.Person, moment{&l.CreatedAt}, &l.CreatedBy)
	return l, err
}

// CalendarLink returns the link to somebody's shifts, and makes one when there is none.
func (r *Record) CalendarLink(ctx context.Context, role, person, by string) (l CalendarLink, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.ExecContext(ctx, `INSERT INTO calendar_links (token, role, person, created_at, created_by) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (role, person) WHERE revoked_at = 0 DO NOTHING`, rand.Text(), role, person, micros(r.now()), by); err != nil {
			return err
		}
		l, err = first(ctx, t, scanCalendarLink, currentCalendarLink+" AND role = $1 AND person = $2", role, person)
		return err
	})
	if err != nil {
		return CalendarLink{}, fmt.Errorf("make a calendar link: %w", err)
	}
	return l, nil
}

// CalendarLinks returns the links that are good, in the order they were made.
func (r *Record) CalendarLinks(ctx context.Context) ([]CalendarLink, error) {
	return list(ctx, r.reads, scanCalendarLink, currentCalendarLink+" ORDER BY created_at, role, person")
}

// CalendarByToken returns the link with a token, or ErrNotFound when there is none that is good.
func (r *Record) CalendarByToken(ctx context.Context, token string) (CalendarLink, error) {
	return first(ctx, r.reads, scanCalendarLink, currentCalendarLink+" AND token = $1", token)
}

// RevokeCalendarLink ends the link to somebody's shifts; the next one is another. When there
// is none it is ErrNotFound.
func (r *Record) RevokeCalendarLink(ctx context.Context, role, person, by string) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := first(ctx, t, value[string], "UPDATE calendar_links SET revoked_at = $1, revoked_by = $2 WHERE role = $3 AND person = $4 AND revoked_at = 0 RETURNING role",
			micros(r.now()), by, role, person)
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke a calendar link: %w", err)
	}
	return nil
}
