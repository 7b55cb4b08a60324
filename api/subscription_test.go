package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// The whole life of a subscription by the API: asked, confirmed, listed, bounced, ended.
func TestSubscriptions_fromQuestionToEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	asked := s.must(http.StatusAccepted, "POST", "/api/v1/subscriptions", `{"channel":"email","address":"anna@acme.example","language":"en"}`)
	stranger := s.must(http.StatusAccepted, "POST", "/api/v1/subscriptions", `{"channel":"sms","address":"+4917604069099"}`)
	require.Equal(t, asked, stranger, "whoever asks learns nothing")
	calls := s.engine.Calls()
	require.Len(t, calls, 1)
	id := calls[0].Command.(contract.OptInInput).Subscription
	sub, err := s.engine.Record.Subscription(t.Context(), id)
	require.NoError(t, err)

	list := func() map[string]any {
		items := s.must(http.StatusOK, "GET", "/api/v1/subscriptions", "")["items"].([]any)
		require.Len(t, items, 1)
		return items[0].(map[string]any)
	}
	require.Equal(t, "unconfirmed", list()["state"])
	require.NotContains(t, s.do("GET", "/api/v1/subscriptions", "").body, sub.Token)
	for range 2 {
		require.Equal(t, "active", s.must(http.StatusOK, "POST", "/api/v1/subscriptions/"+sub.Token+"/confirm", "")["state"])
	}
	require.Equal(t, "active", list()["state"])
	require.Equal(t, "anna", list()["person"])
	require.Contains(t, s.do("GET", "/metrics", "").body, `stormbell_subscribers{channel="email"} 1`)

	token, err := s.engine.Record.UnsubscribeToken(t.Context(), "email", "anna@acme.example", 1)
	require.NoError(t, err)
	stop := "/api/v1/subscriptions/" + token + "/unsubscribe"
	s.must(http.StatusNoContent, "POST", stop, "")
	s.must(http.StatusNoContent, "POST", stop, "")
	require.Equal(t, "unsubscribed", list()["reason"])
	s.must(http.StatusNoContent, "POST", stop, `{"undo":true}`)
	require.Equal(t, "active", list()["state"])
	require.NoError(t, s.engine.Record.Suppress(t.Context(), "email", "anna@acme.example", record.Bounced, 0, s.engine.Now()))
	require.Equal(t, "bounced", list()["reason"])
	require.Contains(t, s.do("GET", "/metrics", "").body, `stormbell_subscribers{channel="email"} 0`)

	s.must(http.StatusNoContent, "DELETE", "/api/v1/subscriptions/"+id, "")
	s.must(http.StatusNotFound, "DELETE", "/api/v1/subscriptions/"+id, "")
	s.must(http.StatusNotFound, "POST", "/api/v1/subscriptions/"+sub.Token+"/confirm", "")
	s.must(http.StatusUnprocessableEntity, "POST", "/api/v1/subscriptions", `{"channel":"email","address":"nobody"}`)
	require.NotContains(t, s.log.String(), "anna@acme.example", "no address in the log")
}

// The token of a link is the only key it needs; everything else is for operators.
func TestSubscriptions_withoutAnOperatorsToken(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *api.Config) { c.Open, c.Tokens = false, []plan.Secret{"secret"} })
	joined, err := s.engine.Record.Join(t.Context(), record.Subscriber{Channel: "email", Address: "anna@acme.example"})
	require.NoError(t, err)
	token, err := s.engine.Record.UnsubscribeToken(t.Context(), "email", "anna@acme.example", 0)
	require.NoError(t, err)
	s.must(http.StatusUnauthorized, "GET", "/api/v1/subscriptions", "")
	s.must(http.StatusUnauthorized, "POST", "/api/v1/subscriptions", `{"channel":"email","address":"anna@acme.example"}`)
	s.must(http.StatusUnauthorized, "DELETE", "/api/v1/subscriptions/"+joined.ID, "")
	s.must(http.StatusUnauthorized, "GET", "/api/v1/status", "")
	answer := s.do("POST", "/api/v1/subscriptions/"+joined.Token+"/confirm", "")
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.NotContains(t, answer.body, "anna", "nor does it show anybody's address")
	s.must(http.StatusNoContent, "POST", "/api/v1/subscriptions/"+token+"/unsubscribe", "")
	s.must(http.StatusUnprocessableEntity, "POST", "/api/v1/subscriptions/"+token+"/unsubscribe", `{"only_this_incident":true}`)
	s.must(http.StatusNotFound, "POST", "/api/v1/subscriptions/nonsense/unsubscribe", "")
}

// One process asks so many addresses and no more, whoever they are.
func TestSubscriptions_flood_isSlowedDown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.engine.Plan()
	p.Status.Domains = []string{"acme.example"}
	s.engine.SetPlan(p)
	slowed := 0
	for i := range 100 {
		r := s.do("POST", "/api/v1/subscriptions", `{"channel":"email","address":"p`+string(rune('a'+i%26))+string(rune('a'+i/26))+`@acme.example"}`)
		if r.StatusCode == http.StatusTooManyRequests {
			require.NotEmpty(t, r.Header.Get("Retry-After"))
			slowed++
		}
	}
	require.Equal(t, 40, slowed)
}

func TestMaintenance_announcedAndCancelled(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	from, until := s.engine.Now().Add(time.Hour).Format(time.RFC3339), s.engine.Now().Add(2*time.Hour).Format(time.RFC3339)
	body := `{"title":{"en":"New database","de":"Neue Datenbank"},"from":"` + from + `","until":"` + until + `"}`
	first := s.must(http.StatusCreated, "POST", "/api/v1/maintenance", body, "Idempotency-Key: k")
	again := s.must(http.StatusCreated, "POST", "/api/v1/maintenance", body, "Idempotency-Key: k")
	require.Equal(t, first, again)
	require.Len(t, s.must(http.StatusOK, "GET", "/api/v1/maintenance", "")["items"], 1)
	require.Equal(t, "calm", s.must(http.StatusOK, "GET", "/api/v1/status", "")["state"])
	s.engine.Advance(t.Context(), time.Hour)
	require.Equal(t, "maintenance", s.must(http.StatusOK, "GET", "/api/v1/status", "")["state"])
	s.must(http.StatusNoContent, "DELETE", "/api/v1/maintenance/"+first["id"].(string), "")
	s.must(http.StatusNotFound, "DELETE", "/api/v1/maintenance/"+first["id"].(string), "")
	for _, wrong := range []string{
		`{"title":{"en":"Only English"},"from":"` + from + `","until":"` + until + `"}`,
		`{"title":{"en":"x","de":"x","fr":"x"},"from":"` + from + `","until":"` + until + `"}`,
		`{"title":{"en":"x","de":"x"},"from":"` + until + `","until":"` + from + `"}`,
		`{"title":{"en":"x","de":"x"},"services":["nonsense"],"from":"` + from + `","until":"` + until + `"}`,
	} {
		s.must(http.StatusUnprocessableEntity, "POST", "/api/v1/maintenance", wrong)
	}
}
