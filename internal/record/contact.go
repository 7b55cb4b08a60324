package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// Contact is one way to reach a person.
type Contact struct {
	Person  string
	Channel plan.Channel
	// Address is the number in E.164, or the mail address. The record keeps a digest of it.
	Address string
}

// digest names the contact without showing its address.
func (c Contact) digest() string {
	sum := sha256.Sum256([]byte(c.Person + " " + string(c.Channel) + " " + c.Address))
	return hex.EncodeToString(sum[:16])
}

const (
	// freshProof is how long a proof is not renewed: people who answer every minute need not be
	// written down every minute.
	freshProof = 24 * time.Hour
	// answerWithin is how long a test can be answered.
	answerWithin = 24 * time.Hour
)

// Confirm keeps that the person has answered over the contact, which proves that it works, and
// confirms the test that asks for it. Once a day is enough to keep the date.
func (r *Record) Confirm(ctx context.Context, c Contact) error {
	const asks = "person = $1 AND contact = $2 AND confirmed_at = 0 AND started_at > $3"
	now, contact := r.now(), c.digest()
	open := []any{c.Person, contact, micros(now.Add(-answerWithin))}
	known, err := list(ctx, r.reads, value[int], "SELECT 1 FROM contacts WHERE contact = $2 AND confirmed_at > $4 AND NOT EXISTS (SELECT 1 FROM contact_tests WHERE "+asks+")",
		append(open, micros(now.Add(-freshProof)))...)
	if err != nil || len(known) > 0 {
		return err
	}
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.ExecContext(ctx, `INSERT INTO contacts (contact, confirmed_at) VALUES ($1, $2)
			ON CONFLICT (contact) DO UPDATE SET confirmed_at = excluded.confirmed_at WHERE contacts.confirmed_at < excluded.confirmed_at`, contact, micros(now)); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, "UPDATE contact_tests SET confirmed_at = $4 WHERE "+asks, append(open, micros(now))...)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep that a contact works: %w", err)
	}
	return nil
}

// Contacts knows when people have answered over their contacts.
type Contacts struct{ confirmed map[string]time.Time }

// Confirmed tells when a contact was last proven to work; zero means never.
func (c Contacts) Confirmed(contact Contact) time.Time { return c.confirmed[contact.digest()] }

// Contacts returns what was proven of all contacts.
func (r *Record) Contacts(ctx context.Context) (Contacts, error) {
	type proof struct {
		contact string
		at      time.Time
	}
	all, err := list(ctx, r.reads, func(row scanner) (p proof, err error) {
		err = row.Scan(&p.contact, moment{&p.at})
		return p, err
	}, "SELECT contact, confirmed_at FROM contacts")
	if err != nil {
		return Contacts{}, err
	}
	c := Contacts{make(map[string]time.Time, len(all))}
	for _, p := range all {
		c.confirmed[p.contact] = p.at
	}
	return c, nil
}
