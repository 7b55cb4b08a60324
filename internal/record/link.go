package record

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"
)

// Door is the way by which somebody comes with a token. It belongs to the token, so nobody
// on the way can take it off.
type Door string

// The doors.
const (
	// TextDoor is a link in a text: only a person opens it.
	TextDoor Door = "text"
	// MailDoor is a link in a mail: gateways open it too, and some press its buttons.
	MailDoor Door = "mail"
	// ReplyDoor is the address a mail is answered to. It opens no page.
	ReplyDoor Door = "reply"
)

// Link is the way of one person to one incident without a login.
type Link struct {
	Incident             int
	Person               string
	Door                 Door
	CreatedAt, RevokedAt time.Time // RevokedAt is zero while it is good
}

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

// Link returns the token of the person's link to the incident, for texts, and makes one when
// there is none that is good: 16 Crockford base32 characters, 80 random bits.
func (r *Record) Link(ctx context.Context, incident int, person string) (token string, err error) {
	return r.link(ctx, TextDoor, incident, person)
}

// MailLink is Link for mails.
func (r *Record) MailLink(ctx context.Context, incident int, person string) (token string, err error) {
	return r.link(ctx, MailDoor, incident, person)
}

// ReplyToken is what proves, in the address of an answer, that its sender got the mail.
func (r *Record) ReplyToken(ctx context.Context, incident int, person string) (token string, err error) {
	return r.link(ctx, ReplyDoor, incident, person)
}

func (r *Record) link(ctx context.Context, door Door, incident int, person string) (token string, err error) {
	const current = "SELECT token FROM links WHERE incident = $1 AND person = $2 AND door = $3 AND revoked_at = 0"
	known, err := list(ctx, r.reads, value[string], current, incident, person, string(door))
	if err != nil || len(known) > 0 {
		return strings.Join(known, ""), err
	}
	var random [10]byte
	_, _ = rand.Read(random[:]) // never fails
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.ExecContext(ctx, "INSERT INTO links (token, incident, person, door, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (incident, person, door) WHERE revoked_at = 0 DO NOTHING",
			crockford.EncodeToString(random[:]), incident, person, string(door), micros(r.now())); err != nil {
			return err
		}
		token, err = first(ctx, t, value[string], current, incident, person, string(door))
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
	return first(ctx, r.reads, func(row scanner) (l Link, err error) {
		err = row.Scan(&l.Incident, &l.Person, &l.Door, moment{&l.CreatedAt}, moment{&l.RevokedAt})
		return l, err
	}, "SELECT incident, person, door, created_at, revoked_at FROM links WHERE token = $1", typed(token))
}

// typed is a token as it was made, from how somebody may have typed it.
func typed(token string) string {
	return strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(token))
}

// RevokeLink ends all of the person's ways to the incident; the next ones are others.
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
