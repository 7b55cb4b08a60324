package record

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLink_onePerPersonAndIncident(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		var mu sync.Mutex
		tokens := map[string]bool{}
		together(t, 20, func(int) {
			token, err := b.Link(t.Context(), 7, "anna")
			require.NoError(t, err)
			mu.Lock()
			defer mu.Unlock()
			tokens[token] = true
		})
		require.Len(t, tokens, 1)
		var token string
		for token = range tokens {
			require.Regexp(t, "^[0-9A-HJKMNP-TV-Z]{16}$", token)
		}
		for _, typed := range []string{token, strings.ToLower(token), strings.ReplaceAll(strings.ReplaceAll(token, "0", "o"), "1", "l")} {
			l, err := b.ByToken(t.Context(), typed)
			require.NoError(t, err)
			require.Equal(t, Link{Incident: 7, Person: "anna", Door: TextDoor, CreatedAt: noon}, l)
		}
		for _, person := range []struct {
			incident int
			id       string
		}{{7, "ben"}, {8, "anna"}} {
			other, err := b.Link(t.Context(), person.incident, person.id)
			require.NoError(t, err)
			require.NotEqual(t, token, other)
		}
		require.NoError(t, b.RevokeLink(t.Context(), 7, "anna"))
		l, err := b.ByToken(t.Context(), token)
		require.NoError(t, err)
		require.Equal(t, noon, l.RevokedAt)
		next, err := b.Link(t.Context(), 7, "anna")
		require.NoError(t, err)
		require.NotEqual(t, token, next)
		_, err = b.ByToken(t.Context(), "0000000000000000")
		require.ErrorIs(t, err, ErrNotFound)
	})
}

// Every door has a token of its own; all of a person's are shut together.
func TestLink_everyDoor_hasItsOwnToken(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		doors := map[Door]func(context.Context, int, string) (string, error){TextDoor: b.Link, MailDoor: b.MailLink, ReplyDoor: b.ReplyToken}
		tokens := map[string]Door{}
		for door, make := range doors {
			token, err := make(t.Context(), 7, "anna")
			require.NoError(t, err)
			again, err := make(t.Context(), 7, "anna")
			require.NoError(t, err)
			require.Equal(t, token, again)
			tokens[token] = door
		}
		require.Len(t, tokens, 3)
		require.NoError(t, b.RevokeLink(t.Context(), 7, "anna"))
		for token, door := range tokens {
			l, err := b.ByToken(t.Context(), token)
			require.NoError(t, err)
			require.Equal(t, Link{Incident: 7, Person: "anna", Door: door, CreatedAt: noon, RevokedAt: noon}, l)
		}
	})
}

func TestPlan_isKeptUnderItsHash(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		require.NoError(t, b.PutPlan(t.Context(), "h1", []byte("company: Ümlaut\n")))
		require.NoError(t, b.PutPlan(t.Context(), "h1", []byte("other")))
		body, err := b.Plan(t.Context(), "h1")
		require.NoError(t, err)
		require.Equal(t, "company: Ümlaut\n", string(body))
		_, err = b.Plan(t.Context(), "h2")
		require.ErrorIs(t, err, ErrNotFound)
	})
}

func TestPublications_openIncidentsFirst(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "a", Firing)
		b.alert(t, "s", "b", Firing)
		publish := func(id string, incident int, after time.Duration) Publication {
			p := Publication{ID: id, Incident: incident, Phase: "investigation", Audience: "internal", At: noon.Add(after),
				Texts: map[string]Text{"en": {"Checkout", "We look <into> it."}, "de": {"Kasse", "Wir prüfen."}}}
			require.NoError(t, b.Publish(t.Context(), p))
			return p
		}
		old := publish("1", 1, 0)
		promised := Publication{ID: "2", Incident: 1, At: noon.Add(time.Minute), NextUpdate: noon.Add(time.Hour), Texts: map[string]Text{}, Facts: map[string]string{"impact": "No <payments>."}}
		require.NoError(t, b.Publish(t.Context(), promised))
		newest := publish("3", 2, 2*time.Minute)
		require.NoError(t, b.Publish(t.Context(), Publication{ID: "1", Incident: 2}), "the same again")
		require.NoError(t, b.CloseIncident(t.Context(), 2, noon))

		all, err := b.Publications(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Equal(t, []Publication{promised, old, newest}, all)
		some, err := b.Publications(t.Context(), 0, 1)
		require.NoError(t, err)
		require.Equal(t, []Publication{promised}, some)
		one, err := b.Publications(t.Context(), 2, 10)
		require.NoError(t, err)
		require.Equal(t, []Publication{newest}, one)
	})
}
