package record

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// ItemKind says what an inbox item is.
type ItemKind string

// The kinds of inbox items.
const (
	ItemReply   ItemKind = "reply"   // an SMS from a person
	ItemKey     ItemKind = "key"     // a key pressed in a call
	ItemReceipt ItemKind = "receipt" // a provider's word on a text or call
	ItemMail    ItemKind = "mail"    // a provider's word on an e-mail

	ItemMailReply ItemKind = "mail_reply" // a person's answer to an e-mail

	ItemSuppression ItemKind = "suppression" // a provider's word that an address wants or takes no updates

	ItemGlass ItemKind = "glass" // somebody signed in with the password behind the glass
)

// lane puts what people did before what machines report: one pressed key never waits
// behind the receipts of a whole distribution.
func (k ItemKind) lane() int {
	switch k {
	case ItemReply, ItemKey, ItemMailReply, ItemGlass:
		return 0
	case ItemReceipt, ItemMail, ItemSuppression:
		return 1
	}
	return 1
}

// rememberItems is how long the key of an item that was handed on is kept to recognise a
// repeat; providers repeat a call-back for a day at most.
const rememberItems = 7 * 24 * time.Hour

// Item is one call-back from outside. Kind and Key (the provider's id) together are
// unique: a repeat is ignored. Body is erased when the item is finished.
type Item struct {
	Kind ItemKind
	Key  string
	Body json.RawMessage
}

// ClaimedItem is an item that the pump is to hand on.
type ClaimedItem struct {
	ID int64
	Item
}

// AcceptItems takes items; they are on disk when it returns without an error. A full
// queue is ErrOverloaded, and nothing was taken.
func (r *Record) AcceptItems(ctx context.Context, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	cleaned := make([]Item, len(items))
	for i, item := range items {
		if item.Kind == "" || item.Key == "" {
			return fmt.Errorf("accept items: an item needs a kind and a key")
		}
		cleaned[i] = Item{Kind: item.Kind, Key: shortKey(item.Key), Body: json.RawMessage(clean(string(item.Body)))}
	}
	if err := r.inbox.do(ctx, &acceptance{items: cleaned}, false); err != nil {
		return fmt.Errorf("accept items: %w", err)
	}
	return nil
}

// ClaimItems returns up to most items for owner to hand on, people's acts first and
// oldest first. Items not finished within the lease are handed out again.
func (r *Record) ClaimItems(ctx context.Context, owner string, most int, lease time.Duration) ([]ClaimedItem, error) {
	const waiting = "FROM inbox_items WHERE done_at = 0 AND claim_until <= $1"
	now := r.now()
	// An idle poll only reads.
	if some, err := list(ctx, r.reads, value[int64], "SELECT id "+waiting+" LIMIT 1", micros(now)); err != nil || len(some) == 0 {
		return nil, err
	}
	type claimed struct {
		ClaimedItem
		lane int
	}
	var all []claimed
	err := r.writeLazily(ctx, func(ctx context.Context, t *tx) (err error) {
		if err := t.hold(ctx, inboxLock); err != nil {
			return err
		}
		all, err = list(ctx, t, func(row scanner) (c claimed, err error) {
			err = row.Scan(&c.ID, &c.Kind, &c.Key, &c.lane, (*[]byte)(&c.Body))
			return c, err
		}, "UPDATE inbox_items SET owner = $2, claim_until = $3 WHERE id IN (SELECT id "+waiting+" ORDER BY lane, id LIMIT $4) RETURNING id, kind, item_key, lane, body",
			micros(now), owner, micros(now.Add(lease)), most)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim items: %w", err)
	}
	slices.SortFunc(all, func(a, b claimed) int { return cmp.Or(cmp.Compare(a.lane, b.lane), cmp.Compare(a.ID, b.ID)) })
	items := make([]ClaimedItem, len(all))
	for i, c := range all {
		items[i] = c.ClaimedItem
	}
	return items, nil
}

// FinishItems says that the items were handed on. Their bodies are erased.
func (r *Record) FinishItems(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	err := r.writeLazily(ctx, func(ctx context.Context, t *tx) error {
		if err := t.hold(ctx, inboxLock); err != nil {
			return err
		}
		for part := range slices.Chunk(ids, 64) {
			in, args := placeholders(part, micros(r.now()))
			if _, err := t.ExecContext(ctx, "UPDATE inbox_items SET done_at = $1, body = '' WHERE id IN "+in, args...); err != nil {
				return err
			}
		}
		_, err := t.ExecContext(ctx, "DELETE FROM inbox_items WHERE done_at > 0 AND done_at < $1", micros(r.now().Add(-rememberItems)))
		return err
	})
	if err != nil {
		return fmt.Errorf("finish items: %w", err)
	}
	return nil
}
