package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestEvening_playedAloneWithEmptyBodies goes through a whole incident the way somebody does
// who has only curl: every act is answered with the incident as it is after it.
func TestEvening_playedAloneWithEmptyBodies(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.open(`{"title": "Checkout is down", "visibility": "core", "impact": "most", "expected_minutes": 90}`)
	require.Equal(t, "/api/v1/incidents/1", n)

	i := s.must(200, http.MethodGet, n, "")
	require.Equal(t, "incident:2026-1", i["id"])
	require.EqualValues(t, 27, i["score"], "3 × 3 × 3")
	require.Equal(t, "recommend", at(t, i, "assessment", "verdict"))
	require.Equal(t, "ben", i["commander"])
	require.Equal(t, "investigation", i["phase"])
	require.Equal(t, "texted", at(t, i, "roles", "role=technical_slt", "state"), "the score asks for an expert")
	require.Equal(t, "http://127.0.0.1:8233/namespaces/default/workflows/incident:2026-1", at(t, i, "links", "temporal"))

	i = s.must(200, http.MethodPost, n+"/roles/technical_slt/accept", "")
	require.Equal(t, "taken", at(t, i, "roles", "role=technical_slt", "state"))
	require.Equal(t, "dev", at(t, i, "roles", "role=technical_slt", "holder"))
	require.Equal(t, "Dev Anand", at(t, i, "roles", "role=technical_slt", "holder_name"))

	i = s.must(200, http.MethodPost, n+"/recommend", "")
	require.Equal(t, true, at(t, i, "recommendation", "declare"))
	require.Equal(t, "dev", at(t, i, "recommendation", "by"))

	i = s.must(200, http.MethodPost, n+"/declare", "")
	require.Equal(t, "severe", i["severity"])
	require.Equal(t, "ben", at(t, i, "declared", "by"))
	require.Equal(t, true, at(t, i, "declared", "stand_in"))
	require.Equal(t, "gathering", i["stage"])

	s.must(200, http.MethodPost, n+"/roles/business_lead/accept", "")
	i = s.must(200, http.MethodPost, n+"/roles/customer_liaison/accept", `{"by": "carla", "minutes": 10}`)
	require.Equal(t, "gathering", i["stage"], "a role taken by text is nobody on the call")
	require.Equal(t, true, at(t, i, "roles", "role=customer_liaison", "awaited"))
	for _, role := range []string{"business_lead", "technical_slt", "customer_liaison"} {
		i = s.must(200, http.MethodPost, n+"/roles/"+role+"/presence", "")
		require.Equal(t, "present", at(t, i, "roles", "role="+role, "state"))
	}
	require.Equal(t, "briefing", i["stage"])
	require.Equal(t, "open", at(t, i, "briefing", "state"))

	i = s.must(200, http.MethodPut, n+"/briefing", `{"answers": [{"question": "triggering_error", "text": "a bad release"}, {"question": "worst_case", "unknown": true}]}`)
	require.Equal(t, "a bad release", at(t, i, "briefing", "answers", "question=triggering_error", "text"))
	require.Equal(t, true, at(t, i, "briefing", "answers", "question=worst_case", "unknown"))
	require.Equal(t, "carla", at(t, i, "briefing", "answers", "question=worst_case", "by"), "the briefing is the liaison's")

	i = s.must(200, http.MethodPost, n+"/briefing/confirm", "")
	require.Equal(t, "emergency", i["mode"])
	require.Equal(t, "emergency", s.must(200, http.MethodGet, "/api/v1/mode", "")["mode"])
	require.Equal(t, "waiting", at(t, i, "tasks", "id=stop_campaigns", "state"))
	require.Equal(t, "Stop all outbound campaigns", at(t, i, "tasks", "id=stop_campaigns", "what", "en"))

	s.must(200, http.MethodPost, n+"/roles/marketing_officer/accept", "")
	i = s.must(200, http.MethodPost, n+"/tasks/stop_campaigns/estimate", `{"minutes": 20}`)
	require.Equal(t, "promised", at(t, i, "tasks", "id=stop_campaigns", "state"))
	require.Equal(t, "anna", at(t, i, "tasks", "id=stop_campaigns", "person"))
	i = s.must(200, http.MethodPost, n+"/tasks/stop_campaigns/done", "")
	require.Equal(t, "anna", at(t, i, "tasks", "id=stop_campaigns", "done_by"))

	// The first message: the internal one, then the next opens by itself.
	m := n + "/messages/internal/investigation"
	first := s.do(http.MethodGet, m, "")
	require.Equal(t, 200, first.StatusCode)
	tag := first.Header.Get("ETag")
	require.Regexp(t, `^"[0-9a-f]{16}"$`, tag)
	s.must(200, http.MethodPut, m, `{"texts": [{"language": "en", "body": "Payments fail."}]}`, "If-Match: "+tag)
	require.Equal(t, "stale", s.must(412, http.MethodPut, m, `{"texts": [{"language": "en", "body": "Late."}]}`, "If-Match: "+tag)["code"])
	s.must(200, http.MethodPost, m+"/submit", "")
	for s.must(200, http.MethodGet, m, "")["stage"] == "checking" || s.must(200, http.MethodGet, m, "")["stage"] == "reviewing" {
		s.must(200, http.MethodPost, m+"/agree", "")
	}
	if s.must(200, http.MethodGet, m, "")["stage"] == "approving" {
		s.must(200, http.MethodPost, m+"/approve", "")
	}
	if s.must(200, http.MethodGet, m, "")["stage"] == "releasing" {
		s.must(200, http.MethodPost, m+"/release", "")
	}
	message := s.must(200, http.MethodGet, m, "")
	require.Equal(t, "sent", message["state"])
	i = s.must(200, http.MethodGet, n, "")
	require.Equal(t, "internal", at(t, i, "promises", "audience=internal", "audience"))

	// Everybody else gets nothing tonight.
	for _, x := range at(t, i, "messages").([]any) {
		if state := at(t, x, "state"); state == "to_write" || state == "open" {
			s.must(200, http.MethodPost, n+"/messages/"+at(t, x, "audience").(string)+"/"+at(t, x, "phase").(string)+"/skip", `{"reason": "a test"}`)
		}
	}
	s.must(200, http.MethodPost, n+"/phase", `{"phase": "monitoring"}`)
	i = s.must(200, http.MethodPost, n+"/resolve", "")
	require.Equal(t, "resolution", i["phase"])
	require.Equal(t, "ben", at(t, i, "resolved", "by"))
	require.Equal(t, "restoring", i["mode"], "every resolution message was skipped")
	i = s.must(200, http.MethodPost, n+"/tasks/undo_stop_campaigns/done", "")
	require.Equal(t, "normal", i["mode"])
	i = s.must(200, http.MethodPost, n+"/tasks/preliminary_analysis/done", "")
	require.Equal(t, "analysis", i["phase"])
	i = s.must(200, http.MethodPost, n+"/phase", `{"phase": "publishing"}`)
	require.Equal(t, true, i["closed"])

	gone := s.must(409, http.MethodPost, n+"/declare", "")
	require.Equal(t, "ended", gone["code"])

	// The timeline is read in pages without a gap.
	var kinds []string
	for cursor, last := "", 0.0; ; {
		page := s.must(200, http.MethodGet, n+"/timeline?limit=10&cursor="+cursor, "")
		for _, e := range page["items"].([]any) {
			require.EqualValues(t, last+1, at(t, e, "position"))
			last++
			kinds = append(kinds, at(t, e, "kind").(string))
		}
		next, more := page["next_cursor"].(string)
		if !more {
			break
		}
		cursor = next
	}
	require.Subset(t, kinds, []string{"incident_opened", "recommended", "declared", "role_taken", "briefing_confirmed", "mode_changed", "task_done", "released", "resolved", "incident_closed"})
}

func TestRoles_pageMovesOn_statesSayWhatHappens(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.open(`{"title": "Checkout is down", "declare": true}`)
	state := func() any { return at(t, s.must(200, http.MethodGet, n, ""), "roles", "role=business_lead", "state") }
	require.Equal(t, "texted", state())
	require.Equal(t, "not_asked", at(t, s.must(200, http.MethodGet, n+"/roles", ""), "items", "role=legal_officer", "state"))

	s.engine.Advance(t.Context(), 3*time.Minute)
	require.Equal(t, "ringing", state(), "the second step calls")
	i := s.must(200, http.MethodPost, n+"/roles/business_lead/decline", "")
	require.Equal(t, "anna", at(t, i, "roles", "role=business_lead", "asked", "person=anna", "person"), "passed on to the backup")
	i = s.must(200, http.MethodPost, n+"/roles/business_lead/accept", "")
	require.Equal(t, "anna", at(t, i, "roles", "role=business_lead", "holder"))

	taken := s.must(409, http.MethodPost, n+"/roles/business_lead/accept", `{"by": "eva"}`)
	require.Equal(t, "role_already_taken", taken["code"])
	require.Equal(t, "anna", at(t, taken, "current", "holder"))
	s.must(200, http.MethodPost, n+"/roles/business_lead/accept", `{"by": "anna"}`)

	i = s.must(200, http.MethodPost, n+"/roles/business_lead/presence", "")
	require.Equal(t, "present", at(t, i, "roles", "role=business_lead", "state"))
	i = s.must(200, http.MethodPut, n+"/roles/business_lead/holder", `{"person": "eva"}`)
	require.Equal(t, "eva", at(t, i, "roles", "role=business_lead", "holder"))
	i = s.must(200, http.MethodPost, n+"/roles/support_lead/accept", "")
	require.Equal(t, "finn", at(t, i, "roles", "role=support_lead", "holder"), "nobody was asked: whoever is on call takes it")
	i = s.must(200, http.MethodPost, n+"/roles/legal_officer/page", "")
	require.Equal(t, "texted", at(t, i, "roles", "role=legal_officer", "state"))
	require.NotEmpty(t, s.must(200, http.MethodGet, n+"/deliveries", "")["items"])
}
