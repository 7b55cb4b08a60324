package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/domain/plan"
)

// TestOverrides_endedEarly_nothingVanishes: who added and who ended it, when and why, stays.
func TestOverrides_endedEarly_nothingVanishes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	add := func(person string, from, to int) string {
		body := fmt.Sprintf(`{"role": "legal_officer", "person": %q, "from": %q, "to": %q, "why": "ill", "by": "carla"}`, person, day(s, 0, from), day(s, 0, to))
		return fmt.Sprintf("/api/v1/overrides/%v", s.must(201, "POST", "/api/v1/overrides", body)["id"])
	}
	running, ahead := add("dev", 0, 10), add("eva", 20, 30)
	s.engine.Advance(t.Context(), 2*time.Hour)
	ended := s.must(200, "DELETE", running+"?by=dev&why=well+again", "")
	require.Equal(t, []any{"dev", "well again", "carla", false}, []any{ended["ended_by"], ended["ended_why"], ended["added_by"], ended["first"]})
	require.Equal(t, ended, s.must(200, "DELETE", running+"?by=eva", ""), "once more changes nothing")
	require.Len(t, items(t, s.must(200, "GET", "/api/v1/overrides", "")), 1)
	story := items(t, s.must(200, "GET", "/api/v1/overrides?over=true", ""))
	require.Len(t, story, 2)
	require.Equal(t, ended, story[0])

	asked := func(when string) any {
		duty := s.must(200, "GET", "/api/v1/on-call?role=legal_officer&at="+when, "")
		return at(t, duty, "items", "role=legal_officer", "candidates").([]any)[0].(map[string]any)["person"]
	}
	require.Equal(t, "dev", asked(day(s, 0, -1)), "it was in force until then")
	require.NotEqual(t, "dev", asked(day(s, 0, 1)))
	s.engine.Advance(t.Context(), 48*time.Hour)
	require.Equal(t, "ended", s.must(409, "DELETE", ahead, "")["code"], "its time was up by itself")
	s.must(404, "DELETE", "/api/v1/overrides/99", "")
	require.Equal(t, "query.by", s.must(422, "DELETE", ahead+"?by=nobody", "")["errors"].([]any)[0].(map[string]any)["location"])
}

func TestSwap_twoPeopleTakeEachOthersShift(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	shifts := func() []map[string]any {
		return items(t, s.must(200, "GET", "/api/v1/on-call/shifts?role=business_lead&days=40", ""))
	}
	before := shifts()
	first, second, third := before[0], before[1], before[2]
	body := fmt.Sprintf(`{"role": "rotation:leads", "person": %q, "other": %q, "other_at": %q, "by": "dev"}`, first["person"], second["person"], second["from"])
	pair := items(t, s.must(201, "POST", "/api/v1/overrides/swap", body))
	roles := 0
	for _, r := range s.engine.Plan().Roles {
		if r.Primary == "rotation:leads" {
			roles++
		}
	}
	require.Len(t, pair, 2*roles, "two for every role of the rotation")
	require.Equal(t, "dev", pair[0]["added_by"])
	require.Contains(t, pair[0]["why"], "swap")
	after := shifts()
	require.Equal(t, []any{second["person"], first["person"]}, []any{after[0]["person"], after[1]["person"]})
	require.Equal(t, second["from"], after[1]["from"])
	// The first of them has the third week by turn, so the two weeks become one.
	require.Equal(t, third["until"], after[1]["until"])

	d := s.must(422, "POST", "/api/v1/overrides/swap", fmt.Sprintf(`{"role": "business_lead", "person": "dev", "other": %q}`, first["person"]))
	require.Equal(t, "invalid", d["code"])
	require.Contains(t, d["detail"], "dev has no shift as business_lead")
	require.Len(t, s.must(422, "POST", "/api/v1/overrides/swap", `{"role": "jester", "person": "x", "other": "y", "by": "z"}`)["errors"], 4)
	require.Len(t, items(t, s.must(200, "GET", "/api/v1/overrides", "")), 2*roles, "nothing more was kept")
}

func TestOnCall_saysWhoIsNext(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	shifts := items(t, s.must(200, "GET", "/api/v1/on-call/shifts?role=business_lead&days=20", ""))
	duties := items(t, s.must(200, "GET", "/api/v1/on-call", ""))
	for _, d := range duties {
		if d["role"] == "business_lead" {
			next := d["next"].(map[string]any)
			require.Equal(t, []any{shifts[1]["person"], shifts[1]["from"]}, []any{next["person"], next["from"]})
		}
		if d["role"] == plan.IncidentCommander {
			require.NotContains(t, d, "next", "it is always the same")
		}
	}
	company := s.must(200, "GET", "/api/v1/company", "")
	require.Equal(t, []any{"ACME", "Europe/Berlin"}, []any{company["name"], company["timezone"]})
}

// A calendar program sends no token: the address is the secret, and can be revoked.
func TestCalendarLink_withoutAToken_showsShiftsAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *api.Config) { c.Open, c.Tokens = false, []plan.Secret{"t0ken"} })
	const token = "Authorization: Bearer t0ken"
	s.must(401, "POST", "/api/v1/calendar-links", `{"person": "anna"}`)
	link := s.must(201, "POST", "/api/v1/calendar-links", `{"person": "anna", "by": "anna"}`, token)
	require.Equal(t, link["url"], s.must(201, "POST", "/api/v1/calendar-links", `{"person": "anna"}`, token)["url"])
	u, err := url.Parse(link["url"].(string))
	require.NoError(t, err)

	r := s.do("GET", u.Path, "")
	require.Equal(t, 200, r.StatusCode, r.body)
	require.Equal(t, "text/calendar; charset=utf-8", r.Header.Get("Content-Type"))
	require.Contains(t, r.body, "Anna Vogel")
	for _, p := range s.engine.Plan().People {
		require.NotContains(t, r.body, p.Email)
		require.NotContains(t, r.body, p.Phones[0].Number)
	}
	require.NotContains(t, s.log.String(), strings.TrimSuffix(strings.TrimPrefix(u.Path, "/on-call/"), ".ics"), "the secret is in no log")
	for _, path := range []string{strings.TrimSuffix(u.Path, ".ics"), "/on-call/X.ics", "/on-call/.ics", u.Path + "/"} {
		require.Equal(t, 404, s.do("GET", path, "").StatusCode, path)
	}
	require.Equal(t, 405, s.do("POST", u.Path, "{}").StatusCode)

	require.Len(t, items(t, s.must(200, "GET", "/api/v1/calendar-links", "", token)), 1)
	require.Equal(t, 204, s.do("DELETE", "/api/v1/calendar-links?person=anna&by=dev", "", token).StatusCode)
	require.Equal(t, 404, s.do("GET", u.Path, "").StatusCode, "revoked")
	s.must(404, "DELETE", "/api/v1/calendar-links?person=anna", "", token)
	s.must(404, "POST", "/api/v1/calendar-links", `{"person": "nobody"}`, token)
	all := s.must(201, "POST", "/api/v1/calendar-links", `{}`, token)
	require.NotEqual(t, link["url"], all["url"])
}
