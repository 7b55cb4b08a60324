package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// OptOut is what a phone said to a sender number with a word that the carrier acts on.
type OptOut struct {
	// Phone and Sender are numbers in E.164. What one sender hears is nothing to another.
	Phone, Sender string
	// Stopped says that the carrier now refuses every text from Sender to Phone.
	Stopped bool
	// Item is the id of the inbox item that brought the word: tried again late, an older word
	// does not undo a newer one.
	Item int64
}

// PutOptOut keeps the newest word of a phone to a sender.
func (r *Record) PutOptOut(ctx context.Context, o OptOut) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO opt_outs (channel, stopped, item, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (channel) DO UPDATE SET stopped = excluded.stopped, item = excluded.item, at = excluded.at WHERE opt_outs.item < excluded.item`,
			channel(o.Phone, o.Sender), flag(o.Stopped), o.Item, micros(r.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep who wants no texts: %w", err)
	}
	return nil
}

// lagging is how long a carrier may take to hear a START that we have heard already.
const lagging = time.Minute

// PutRefused keeps that the carrier refused a text from a sender to a phone, as if STOP had
// been seen; asked is when it was asked. A START of that moment or later counts more: at
// worst the carrier is asked, and refuses, once more.
func (r *Record) PutRefused(ctx context.Context, phone, sender string, asked time.Time) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO opt_outs (channel, stopped, item, at) VALUES ($1, 1, 0, $2)
			ON CONFLICT (channel) DO UPDATE SET stopped = 1, at = excluded.at WHERE opt_outs.at < $3`,
			channel(phone, sender), micros(r.now()), micros(asked.Add(-lagging)))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep who wants no texts: %w", err)
	}
	return nil
}

// OptedOut tells whether a phone wants no texts from a sender now, both in E.164.
func (r *Record) OptedOut(ctx context.Context, phone, sender string) (bool, error) {
	found, err := list(ctx, r.reads, value[int], "SELECT 1 FROM opt_outs WHERE channel = $1 AND stopped = 1", channel(phone, sender))
	return len(found) > 0, err
}

// OptOuts knows which phones have opted out of which senders.
type OptOuts struct{ channels map[string]bool }

// Has tells whether a phone has opted out of a sender, both in E.164.
func (o OptOuts) Has(phone, sender string) bool { return o.channels[channel(phone, sender)] }

// OptOuts returns who wants no texts now.
func (r *Record) OptOuts(ctx context.Context) (OptOuts, error) {
	all, err := list(ctx, r.reads, value[string], "SELECT channel FROM opt_outs WHERE stopped = 1")
	if err != nil {
		return OptOuts{}, err
	}
	o := OptOuts{make(map[string]bool, len(all))}
	for _, c := range all {
		o.channels[c] = true
	}
	return o, nil
}

// channel names the way from a sender to a phone without naming either.
func channel(phone, sender string) string {
	sum := sha256.Sum256([]byte(sender + " " + phone))
	return hex.EncodeToString(sum[:16])
}
