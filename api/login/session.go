package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/internal/record"
)

// session is what a sign-in brought.
type session struct {
	Method visitor.Method `json:"method"`
	// Person is on the plan, Guest is not; the glass knows neither.
	Person string   `json:"person,omitempty"`
	Guest  string   `json:"guest,omitempty"`
	Name   string   `json:"name,omitempty"`
	Groups []string `json:"groups,omitempty"`
	// Since is when it began, Seen when it was last used, roughly.
	Since    time.Time `json:"since"`
	Seen     time.Time `json:"seen"`
	ProvedAt time.Time `json:"proved_at,omitzero"`
}

// subject is whose sessions are ended together.
func (s session) subject() string {
	switch {
	case s.Person != "":
		return s.Person
	case s.Guest != "":
		return s.Guest
	}
	return string(s.Method)
}

// session is the one that a request belongs to. Whoever was idle for too long is signed out.
func (d *Door) session(r *http.Request) (session, bool) {
	token := d.token(r)
	if token == "" {
		return session{}, false
	}
	ctx := r.Context()
	row, err := d.Record.Session(ctx, hashed(token))
	var s session
	if err == nil {
		err = json.Unmarshal([]byte(row.Content), &s)
	}
	if err != nil {
		if !errors.Is(err, record.ErrNotFound) {
			d.Logger.WarnContext(ctx, "a session cannot be read", "reason", err.Error())
		}
		return session{}, false
	}
	idle, now := d.Plan().Login.Idle, d.Now()
	switch unused := now.Sub(s.Seen); {
	case unused > idle:
		if err := d.Record.EndSession(ctx, row.Token); err != nil {
			d.Logger.WarnContext(ctx, "an idle session cannot be ended", "reason", err.Error())
		}
		return session{}, false
	case unused > idle/20: // not with every request: each is a write
		s.Seen = now
		if err := d.touch(ctx, row.Token, s); err != nil {
			d.Logger.WarnContext(ctx, "a session cannot be kept alive", "reason", err.Error())
		}
	}
	return s, true
}

func (d *Door) touch(ctx context.Context, token string, s session) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return d.Record.TouchSession(ctx, token, string(text))
}

// signIn begins a session under a new token; the browser's old session ends.
func (d *Door) signIn(w http.ResponseWriter, r *http.Request, s session) error {
	s.Since = d.Now()
	s.Seen = s.Since
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("begin a session: %w", err)
	}
	if err := d.forget(r); err != nil {
		return err
	}
	token, lasts := rand.Text(), d.Plan().Login.Session
	err = d.Record.PutSession(r.Context(), record.Session{Token: hashed(token), Subject: s.subject(), Content: string(text), ExpiresAt: s.Since.Add(lasts)})
	if err != nil {
		return err
	}
	d.remember(w, cookie, token, lasts)
	d.ActAs(w, "")
	return nil
}

// SignOut ends the browser's session.
func (d *Door) SignOut(w http.ResponseWriter, r *http.Request) error {
	d.remember(w, cookie, "", 0)
	d.ActAs(w, "")
	return d.forget(r)
}

// forget ends the session that a request came with; its token is of no use to anybody any more.
func (d *Door) forget(r *http.Request) error {
	if token := d.token(r); token != "" {
		return d.Record.EndSession(r.Context(), hashed(token))
	}
	return nil
}

func (d *Door) token(r *http.Request) string {
	c, err := r.Cookie(d.cookieName(cookie))
	if err != nil {
		return ""
	}
	return c.Value
}

// hashed is how the record knows a token: who reads the database must not get in by it.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
