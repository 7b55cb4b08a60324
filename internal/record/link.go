package record

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"
)

// Link is the way of one person to one incident without a login.
type Link struct {
	Incident             int
	Person               string
	CreatedAt, RevokedAt time.Time // RevokedAt is zero while it is good
}

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

// Link returns the token of the person's link to the incident and makes one when there is
// none that is good: 16 Crockford base32 characters, 80 random bits.
func (r *Record) Link(ctx context.Context, incident int, person string) (token string, err error) {
	const current = "SELECT token FROM links WHERE incident = $1 AND person = $2 AND revoked_at = 0"
	known, err := list(ctx, r.reads, value[string], current, incident, person)
	if err != nil || len(known) > 0 {
		return strings.Join(known, ""), err
	}
	var random [10]byte
	_, _ = rand.Read(random[:]) // never fails
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.ExecContext(ctx, "INSERT INTO links (token, incident, person, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (incident, person) WHERE revoked_at = 0 DO NOTHING",
			crockford.EncodeToString(random[:]), incident, person, micros(r.now())); err != nil {
			return err
		}
		token, err = first(ctx, t, value[string], current, incident, person)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make a link: %w", err)
	}
	return token, nil
}

// ByToken returns the link of a token, revoked or not, or ErrNotFound. Lower case is as
// good, and so are O for 0 and I or L for 1.
func (r *Record) ByToken(ctx context.Context, token string) (Link, error) {
	token = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(token))
	return first(ctx, r.reads, func(row scanner) (l Link, err error) {
		err = row.Scan(&l.Incident, &l.Person, moment{&l.CreatedAt}, moment{&l.RevokedAt})
		return l, err
	}, "SELECT incident, person, created_at, revoked_at FROM links WHERE token = $1", token)
}

// RevokeLink ends the person's link to the incident; the next Link is another one.
func (r *Record) RevokeLink(ctx context.Context, incident int, person string) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, "UPDATE links SET revoked_at = $1 WHERE incident = $2 AND person = $3 AND revoked_at = 0", micros(r.now()), incident, person)
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke a link: %w", err)
	}
	return nil
}
