package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/stormbell/stormbell/domain/delivery"
)

// Recipient is one address on a list: who gets a message, and by which way.
type Recipient struct {
	// Channel is "email", "sms" or "chat", Address what belongs to it.
	Channel, Address string
	Name, Language   string
	// Person is set when it is one of the plan's people.
	Person string
	// Shared says that several people read it, none of whom can take it off the list alone (R140).
	Shared bool
}

// PutRecipients keeps a list and returns its name, which is made of what is in it: the same
// recipients in the same order have the same name, and nothing ever changes a list.
func (r *Record) PutRecipients(ctx context.Context, all []Recipient) (list string, err error) {
	content, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("keep a list of recipients: %w", err)
	}
	sum := sha256.Sum256(content)
	list = hex.EncodeToString(sum[:16])
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		done, err := t.ExecContext(ctx, "INSERT INTO recipient_lists (list, size, created_at) VALUES ($1, $2, $3) ON CONFLICT (list) DO NOTHING", list, len(all), micros(r.now()))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err // it is there, as a whole
		}
		rows := make([][]any, len(all))
		for i, x := range all {
			rows[i] = []any{list, i, x.Channel, clean(x.Address), clean(x.Name), x.Language, x.Person, flag(x.Shared)}
		}
		return t.insert(ctx, "recipients (list, position, channel, address, name, language, person, shared)", "", rows)
	})
	if err != nil {
		return "", fmt.Errorf("keep a list of recipients: %w", err)
	}
	return list, nil
}

const recipientColumns = "r.channel, r.address, r.name, r.language, r.person, r.shared"

func (x *Recipient) fields() []any {
	return []any{&x.Channel, &x.Address, &x.Name, &x.Language, &x.Person, &x.Shared}
}

// Recipients returns the recipients from ≤ position < to of a list. One that is not there is empty.
func (r *Record) Recipients(ctx context.Context, name string, from, to int) ([]Recipient, error) {
	return list(ctx, r.reads, func(row scanner) (x Recipient, err error) {
		err = row.Scan(x.fields()...)
		return x, err
	}, "SELECT "+recipientColumns+" FROM recipients r WHERE r.list = $1 AND r.position >= $2 AND r.position < $3 ORDER BY r.position", name, from, to)
}

// Addressed is a recipient with what became of the message to them.
type Addressed struct {
	Recipient
	// Position counts from 0.
	Position int
	// Send is what the ledger says; without a State nothing was tried yet.
	Send delivery.Outcome
}

// AddressedBy returns up to limit recipients of a list from a position on, with what became of
// the sends that a distribution made.
func (r *Record) AddressedBy(ctx context.Context, distribution, name string, from, limit int) ([]Addressed, error) {
	return list(ctx, r.reads, func(row scanner) (x Addressed, err error) {
		err = row.Scan(append(x.fields(), &x.Position, &x.Send.State, &x.Send.Class, &x.Send.Code, &x.Send.ProviderID)...)
		return x, err
	}, "SELECT "+recipientColumns+`, r.position, COALESCE(d.state, ''), COALESCE(d.class, ''), COALESCE(d.code, ''), COALESCE(d.provider_id, '')
		FROM recipients r LEFT JOIN deliveries d ON d.workflow = $1 AND d.recipient = r.position + 1 AND d.recipient > 0 AND d.list = r.list
		WHERE r.list = $2 AND r.position >= $3 ORDER BY r.position LIMIT $4`, distribution, name, from, limit)
}

// RecipientOf returns who a send of a distribution went to, or ErrNotFound.
func (r *Record) RecipientOf(ctx context.Context, d Delivery) (Recipient, error) {
	found, err := r.Recipients(ctx, d.List, d.Recipient-1, d.Recipient)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Recipient{}, err
	}
	return found[0], nil
}
