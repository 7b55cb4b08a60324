package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"
)

func day(s *site, days, hours int) string {
	return s.engine.Now().UTC().Truncate(time.Hour).AddDate(0, 0, days).Add(time.Duration(hours) * time.Hour).Format(time.RFC3339)
}

func items(t *testing.T, answer map[string]any) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, i := range answer["items"].([]any) {
		all = append(all, i.(map[string]any))
	}
	return all
}

// TestOverrides_areShownAtOnceWhereverOneLooks names the complaint that overrides were saved
// but not shown.
func TestOverrides_areShownAtOnceWhereverOneLooks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Empty(t, items(t, s.must(200, "GET", "/api/v1/overrides", "")))
	body := fmt.Sprintf(`{"role": "legal_officer", "person": "finn", "from": %q, "to": %q, "why": " swapped ", "by": "carla"}`, day(s, 2, 0), day(s, 3, 0))
	added := s.must(201, "POST", "/api/v1/overrides", body, "Idempotency-Key: a")
	require.Equal(t, []any{1.0, "swapped", "carla"}, []any{added["id"], added["why"], added["added_by"]}, "the record says who did it")
	require.Equal(t, true, added["first"])
	require.Equal(t, added, s.must(201, "POST", "/api/v1/overrides", body), "once more is the same override")
	require.Equal(t, []map[string]any{added}, items(t, s.must(200, "GET", "/api/v1/overrides", "")))

	duty := s.must(200, "GET", "/api/v1/on-call?role=legal_officer&at="+day(s, 2, 1), "")
	require.Equal(t, "finn", at(t, duty, "items", "role=legal_officer", "candidates").([]any)[0].(map[string]any)["person"])
	shifts := items(t, s.must(200, "GET", "/api/v1/on-call/shifts?days=7&role=legal_officer", ""))
	require.Len(t, shifts, 3, "the primary, the override, and the primary again")
	require.Equal(t, []any{"finn", "Finn Maurer", day(s, 2, 0), day(s, 3, 0)}, []any{shifts[1]["person"], shifts[1]["name"], shifts[1]["from"], shifts[1]["until"]})
	mine := items(t, s.must(200, "GET", "/api/v1/on-call/shifts?days=7&role=legal_officer&person=finn", ""))
	require.Equal(t, shifts[1:2], mine)

	// A later one stands in front, and the first one says so.
	s.engine.Advance(t.Context(), time.Second)
	open := s.must(201, "POST", "/api/v1/overrides", fmt.Sprintf(`{"role": "legal_officer", "person": "dev", "from": %q, "why": "ill", "by": "dev"}`, day(s, 1, 0)))
	require.NotContains(t, open, "to", "until further notice")
	require.Equal(t, []any{false, true}, []any{
		items(t, s.must(200, "GET", "/api/v1/overrides", ""))[0]["first"], items(t, s.must(200, "GET", "/api/v1/overrides", ""))[1]["first"],
	})
}

func TestOverrides_mistakes_areSaidAllAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, c := range []struct{ name, body, at, says string }{
		{"no role", fmt.Sprintf(`{"role": "jester", "person": "finn", "from": %q, "why": "x"}`, day(s, 1, 0)), "body.role", "GET /api/v1/on-call"},
		{"no person", fmt.Sprintf(`{"role": "legal_officer", "person": "nobody", "from": %q, "why": "x"}`, day(s, 1, 0)), "body.person", "GET /api/v1/people"},
		{"no such author", fmt.Sprintf(`{"role": "legal_officer", "person": "finn", "from": %q, "why": "x", "by": "nobody"}`, day(s, 1, 0)), "body.by", "GET /api/v1/people"},
		{"no reason", fmt.Sprintf(`{"role": "legal_officer", "person": "finn", "from": %q, "why": "  "}`, day(s, 1, 0)), "body.why", "empty"},
		{"long ago", fmt.Sprintf(`{"role": "legal_officer", "person": "finn", "from": %q, "why": "x"}`, day(s, -2, 0)), "body.from", "more than a day ago"},
		{"backwards", fmt.Sprintf(`{"role": "legal_officer", "person": "finn", "from": %q, "to": %q, "why": "x"}`, day(s, 1, 0), day(s, 1, 0)), "body.to", "after from"},
		{"over already", fmt.Sprintf(`{"role": "legal_officer", "person": "finn", "from": %q, "to": %q, "why": "x"}`, day(s, 0, -9), day(s, 0, -8)), "body.to", "over already"},
		{"in the far future", fmt.Sprintf(`{"role": "legal_officer", "person": "finn", "from": %q, "to": "9999-12-31T23:59:59-01:00", "why": "x"}`, day(s, 1, 0)), "body.to", "ten years"},
		{"no time", `{"role": "legal_officer", "person": "finn", "from": "tomorrow", "why": "x"}`, "body.from", ""},
		{"nothing", `{}`, "body", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := s.must(422, "POST", "/api/v1/overrides", c.body)
			require.Equal(t, "invalid", d["code"])
			first := d["errors"].([]any)[0].(map[string]any)
			require.Equal(t, c.at, first["location"])
			require.Contains(t, first["message"], c.says)
		})
	}
	d := s.must(422, "POST", "/api/v1/overrides", fmt.Sprintf(`{"role": "jester", "person": "nobody", "from": %q, "why": "x"}`, day(s, -9, 0)))
	require.Len(t, d["errors"], 3)
	require.Empty(t, items(t, s.must(200, "GET", "/api/v1/overrides", "")), "nothing was kept")
}

func TestShifts_questionsAboutNobody_areRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.must(404, "GET", "/api/v1/on-call/shifts?role=jester", "")
	s.must(404, "GET", "/api/v1/on-call/shifts?person=nobody", "")
	s.must(422, "GET", "/api/v1/on-call/shifts?days=367", "")
	s.must(422, "GET", "/api/v1/on-call/gaps?days=0", "")
	require.Empty(t, items(t, s.must(200, "GET", "/api/v1/on-call/gaps", "")), "the built-in plan has none")
	next := items(t, s.must(200, "GET", "/api/v1/on-call/shifts?role=business_lead&days=21", ""))
	require.GreaterOrEqual(t, len(next), 3, "weeks go round")
	require.NotEqual(t, next[0]["person"], next[1]["person"])
	require.Equal(t, next[0]["until"], next[1]["from"])
}

func TestCalendar_aRoleOrAPerson_canBeSubscribedTo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	get := func(query string) (events []*ics.VEvent) {
		r := s.do("GET", "/api/v1/on-call.ics"+query, "", "Accept: text/calendar")
		require.Equal(t, 200, r.StatusCode, r.body)
		require.Equal(t, "text/calendar; charset=utf-8", r.Header.Get("Content-Type"))
		c, err := ics.ParseCalendar(strings.NewReader(r.body))
		require.NoError(t, err)
		return c.Events()
	}
	lead := get("?role=business_lead")
	require.Greater(t, len(lead), 20, "weeks go round")
	var end time.Time
	for _, e := range lead {
		from, err := e.GetStartAt()
		require.NoError(t, err)
		require.True(t, end.IsZero() || from.Equal(end), "no holes")
		end, err = e.GetEndAt()
		require.NoError(t, err)
		require.Contains(t, e.GetProperty(ics.ComponentPropertySummary).Value, s.engine.Plan().Roles[2].Title["en"])
	}
	id := lead[5].Id()
	s.engine.Advance(t.Context(), 26*time.Hour)
	require.Equal(t, id, get("?role=business_lead")[5].Id(), "tomorrow it is the same event")

	anna := get("?person=anna")
	require.NotEmpty(t, anna)
	for _, e := range anna {
		require.Contains(t, e.GetProperty(ics.ComponentPropertySummary).Value, "Anna Vogel")
	}
	require.Less(t, len(get("?role=business_lead&person=anna")), len(lead))
	for _, p := range s.engine.Plan().People {
		require.NotContains(t, s.do("GET", "/api/v1/on-call.ics", "").body, p.Email)
	}
	s.must(404, "GET", "/api/v1/on-call.ics?role=jester", "")
	s.must(404, "GET", "/api/v1/on-call.ics?person=nobody", "")
}

// TestOnCall_anyYear_isAnsweredAtOnce: rotations are counted, not walked. A year that no
// answer could be written for is refused.
func TestOnCall_anyYear_isAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, at := range []string{"0001-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00"} {
		s.must(422, "GET", "/api/v1/on-call?at="+at, "")
	}
	for _, at := range []string{"2000-01-01T00:00:00Z", "2028-12-31T12:00:00Z", "2199-12-31T23:59:59Z"} {
		require.Len(t, items(t, s.must(200, "GET", "/api/v1/on-call?role=business_lead&at="+at, "")), 1)
	}
}
