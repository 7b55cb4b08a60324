package record

import (
	"context"
	"fmt"
	"time"
)

// Session is one sign-in that lasts.
type Session struct {
	// Token names the session; keep only the hash of what the browser has here.
	Token string
	// Subject is who signed in: a person's id, or any other name of theirs.
	Subject string
	// Content is the caller's own.
	Content   string
	ExpiresAt time.Time
}

// PutSession keeps a session, and forgets those that are over.
func (r *Record) PutSession(ctx context.Context, s Session) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.ExecContext(ctx, "DELETE FROM sessions WHERE expires_at <= $1", micros(r.now())); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, `INSERT INTO sessions (token, subject, content, expires_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (token) DO UPDATE SET subject = excluded.subject, content = excluded.content, expires_at = excluded.expires_at`,
			s.Token, s.Subject, clean(s.Content), micros(s.ExpiresAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	return nil
}

// TouchSession replaces the content of a session that still lasts. One that was ended meanwhile
// stays ended.
func (r *Record) TouchSession(ctx context.Context, token, content string) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, "UPDATE sessions SET content = $1 WHERE token = $2", clean(content), token)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	return nil
}

// Session returns a session that is not over, or ErrNotFound.
func (r *Record) Session(ctx context.Context, token string) (Session, error) {
	return first(ctx, r.reads, func(row scanner) (s Session, err error) {
		err = row.Scan(&s.Token, &s.Subject, &s.Content, moment{&s.ExpiresAt})
		return s, err
	}, "SELECT token, subject, content, expires_at FROM sessions WHERE token = $1 AND expires_at > $2", token, micros(r.now()))
}

// EndSession ends one session; one that is not there is ended already.
func (r *Record) EndSession(ctx context.Context, token string) error {
	return r.endSessions(ctx, "DELETE FROM sessions WHERE token = $1", token)
}

// EndSessions ends all sessions of somebody.
func (r *Record) EndSessions(ctx context.Context, subject string) error {
	return r.endSessions(ctx, "DELETE FROM sessions WHERE subject = $1", subject)
}

func (r *Record) endSessions(ctx context.Context, query, which string) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, query, which)
		return err
	})
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// Guest is somebody who signed in and is not on the plan.
type Guest struct {
	ID, Name, Email string
	// At is when they came last.
	At time.Time
}

// PutGuest keeps who is behind the id of a guest.
func (r *Record) PutGuest(ctx context.Context, g Guest) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO guests (id, name, email, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, at = excluded.at`,
			g.ID, clean(g.Name), clean(g.Email), micros(r.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a guest: %w", err)
	}
	return nil
}

// Guests lists who signed in without being on the plan, whoever came last first.
func (r *Record) Guests(ctx context.Context) ([]Guest, error) {
	return list(ctx, r.reads, func(row scanner) (g Guest, err error) {
		err = row.Scan(&g.ID, &g.Name, &g.Email, moment{&g.At})
		return g, err
	}, "SELECT id, name, email, at FROM guests ORDER BY at DESC, id LIMIT 200")
}
