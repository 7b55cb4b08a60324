package record

import (
	"context"
	"fmt"
	"time"
)

// Chat is the one message that shows an incident in the company's chat.
type Chat struct {
	Incident int
	// Message is the chat's name of it; empty while there is none.
	Message string
	// Subject is what was said last, NextUpdate what was promised with it, and SaidAt when.
	Subject            string
	NextUpdate, SaidAt time.Time
	// until is when the hold ends, which proves at the end whose it is.
	until int64
}

// HoldChat lets nobody else touch an incident's chat message for so long, or until KeepChat. It
// tells whether the caller holds it now; otherwise somebody else does.
func (r *Record) HoldChat(ctx context.Context, incident int, long time.Duration) (c Chat, held bool, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.ExecContext(ctx, "INSERT INTO chats (incident) VALUES ($1) ON CONFLICT (incident) DO NOTHING", incident); err != nil {
			return err
		}
		now := r.now()
		all, err := list(ctx, t, func(row scanner) (c Chat, err error) {
			err = row.Scan(&c.Incident, &c.Message, &c.Subject, moment{&c.NextUpdate}, moment{&c.SaidAt}, &c.until)
			return c, err
		}, "UPDATE chats SET busy_until = $2 WHERE incident = $1 AND busy_until < $3 RETURNING incident, message, subject, next_update, said_at, busy_until",
			incident, micros(now.Add(long)), micros(now))
		if held = len(all) > 0; held {
			c = all[0]
		}
		return err
	})
	if err != nil {
		return Chat{}, false, fmt.Errorf("hold a chat message: %w", err)
	}
	return c, held, nil
}

// KeepChat writes what the holder of a chat message made of it, and lets go of it. Who held it
// for too long changes nothing any more.
func (r *Record) KeepChat(ctx context.Context, c Chat) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, "UPDATE chats SET message = $3, subject = $4, next_update = $5, said_at = $6, busy_until = 0 WHERE incident = $1 AND busy_until = $2",
			c.Incident, c.until, clean(c.Message), clean(c.Subject), micros(c.NextUpdate), micros(c.SaidAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a chat message: %w", err)
	}
	return nil
}
