package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSession_lastsUntilItIsOverOrEnded(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		ctx := t.Context()
		put := func(token, subject string, lasts time.Duration) {
			require.NoError(t, b.PutSession(ctx, Session{Token: token, Subject: subject, Content: "{}", ExpiresAt: b.at.Add(lasts)}))
		}
		gone := func(token string) {
			t.Helper()
			_, err := b.Session(ctx, token)
			require.ErrorIs(t, err, ErrNotFound, token)
		}
		put("a", "anna", time.Hour)
		put("b", "anna", 2*time.Hour)
		put("c", "ben", 2*time.Hour)
		require.NoError(t, b.TouchSession(ctx, "a", "seen"))
		s, err := b.Session(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, Session{Token: "a", Subject: "anna", Content: "seen", ExpiresAt: stored(b.at.Add(time.Hour))}, s)

		b.at = b.at.Add(time.Hour)
		gone("a")
		require.NoError(t, b.EndSessions(ctx, "anna"))
		gone("b")
		require.NoError(t, b.EndSession(ctx, "c"))
		require.NoError(t, b.EndSession(ctx, "c"), "ended is ended")
		gone("c")
		require.NoError(t, b.TouchSession(ctx, "c", "back again"))
		gone("c")

		require.NoError(t, b.PutGuest(ctx, Guest{ID: "guest-1", Name: "Gina", Email: "gina@acme.example"}))
		require.NoError(t, b.PutGuest(ctx, Guest{ID: "guest-1", Name: "Gina Rossi", Email: "gina@acme.example"}))
		guests, err := b.Guests(ctx)
		require.NoError(t, err)
		require.Equal(t, []Guest{{ID: "guest-1", Name: "Gina Rossi", Email: "gina@acme.example", At: stored(b.at)}}, guests)
	})
}
