package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

const annasTest = "/api/v1/people/anna/test-page"

func (s *site) person(id string) map[string]any {
	s.t.Helper()
	return at(s.t, s.must(200, "GET", "/api/v1/people", ""), "items", "id="+id).(map[string]any)
}

func TestTestPage_isAskedOnceAndShowsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Equal(t, []any{}, s.must(200, "GET", annasTest, "")["items"])
	asked := items(t, s.must(202, "POST", annasTest, "", "Idempotency-Key: a"))
	require.Len(t, asked, 1, "by text, unless something else is wanted")
	require.Equal(t, []any{"sms", "sent"}, []any{asked[0]["channel"], asked[0]["state"]})
	require.Equal(t, asked, items(t, s.must(202, "POST", annasTest, "{}")), "the one that is under way")
	calls := s.engine.Calls()
	require.Equal(t, contract.ContactTestInput{Person: "anna", Channel: plan.SMS, Role: calls[0].Command.(contract.ContactTestInput).Role, Lasts: 24 * time.Hour, Settle: s.engine.Plan().Settle}, calls[0].Command)
	require.Regexp(t, `^test:[a-z0-9]{26}$`, calls[0].Workflow)
	require.NotEmpty(t, calls[0].Command.(contract.ContactTestInput).Role)

	s.engine.Advance(t.Context(), 12*time.Second)
	require.NoError(t, s.engine.Answer(t.Context(), "anna", plan.SMS))
	answered := items(t, s.must(200, "GET", annasTest, ""))[0]
	require.Equal(t, []any{"confirmed", 12.0}, []any{answered["state"], answered["after_seconds"]})
	require.NotEqual(t, asked[0]["id"], items(t, s.must(202, "POST", annasTest, ""))[0]["id"], "the next one is another one")

	both := items(t, s.must(202, "POST", "/api/v1/people/ben/test-page", `{"by": ["sms", "call", "email"]}`))
	require.Equal(t, []any{"sms", "call", "email"}, []any{both[0]["channel"], both[1]["channel"], both[2]["channel"]})
	_, _, err := s.engine.Record.Settle(t.Context(), contract.TestDelivery(both[1]["id"].(string), contract.TestAsks),
		delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "busy"})
	require.NoError(t, err)
	s.engine.Advance(t.Context(), 24*time.Hour+time.Second)
	after := items(t, s.must(200, "GET", "/api/v1/people/ben/test-page", ""))
	require.Equal(t, []any{"unanswered", "failed", "not_reached", "busy"}, []any{after[0]["state"], after[1]["state"], after[1]["class"], after[1]["code"]})
}

// A start that Temporal never saw is made good by asking again.
func TestTestPage_engineGone_isMendedByAskingAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.engine.Break(client.ErrUnavailable)
	s.must(503, "POST", annasTest, "")
	require.Equal(t, "sending", items(t, s.must(200, "GET", annasTest, ""))[0]["state"])
	s.engine.Break(nil)
	require.Equal(t, "sent", items(t, s.must(202, "POST", annasTest, ""))[0]["state"])
}

func TestInvite_goesByTextAndMail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.engine.Plan()
	p.People[0].Phones[0].NoText = true
	p.People[1].Phones = nil
	s.engine.SetPlan(p)
	channels := func(person string) (by []any) {
		for _, one := range items(t, s.must(202, "POST", "/api/v1/people/"+person+"/invite", "")) {
			by = append(by, one["channel"])
		}
		return by
	}
	require.Equal(t, []any{"sms", "email"}, channels("carla"))
	require.Equal(t, []any{"call", "email"}, channels("anna"), "a landline is called")
	require.Equal(t, []any{"email"}, channels("ben"))
	for _, c := range s.engine.Calls() {
		require.True(t, c.Command.(contract.ContactTestInput).Invites)
	}
	s.must(404, "POST", "/api/v1/people/nobody/invite", "")
	s.must(404, "GET", "/api/v1/people/nobody/test-page", "")
	s.must(422, "POST", "/api/v1/people/ben/test-page", `{"by": ["call"]}`)
	s.must(422, "POST", "/api/v1/people/carla/test-page", `{"by": ["fax"]}`)
}

// "Teams found out in the incident that people had no verified phone": everybody can see it
// before, and nobody sees a number.
func TestPeople_showWhatIsConfirmed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Equal(t, []any{map[string]any{"channel": "sms"}, map[string]any{"channel": "call"}, map[string]any{"channel": "email"}}, s.person("anna")["channels"])
	require.NoError(t, s.engine.Answer(t.Context(), "anna", plan.SMS))
	now := s.engine.Now().UTC().Format(time.RFC3339)
	require.Equal(t, map[string]any{"channel": "sms", "confirmed_at": now}, s.person("anna")["channels"].([]any)[0])

	require.NoError(t, s.engine.Record.SetLanguage(t.Context(), "anna", "en"))
	require.Equal(t, "en", s.person("anna")["language"])
	require.Equal(t, "none", s.person("anna")["pin"])
	require.NoError(t, s.engine.Record.SetPIN(t.Context(), "anna", "", "2749"))
	require.Equal(t, "set", s.person("anna")["pin"])
	require.Equal(t, "none", s.must(200, "DELETE", "/api/v1/people/anna/pin", "")["pin"])
	s.must(404, "DELETE", "/api/v1/people/nobody/pin", "")

	p := s.engine.Plan()
	p.People[0].Phones[0].Number = "+4917604069099"
	s.engine.SetPlan(p)
	require.Equal(t, map[string]any{"channel": "sms"}, s.person("anna")["channels"].([]any)[0], "a new number is unconfirmed")
	body := s.do("GET", "/api/v1/people", "").body
	for _, person := range p.People {
		require.NotContains(t, body, strings.TrimPrefix(person.Phones[0].Number, "+"))
		require.NotContains(t, body, person.Email)
	}
}
