package login_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

func TestSession_idleAndTooOld_ends(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	s.is("ben@acme.example")
	s.signIn("/")
	for range 9 { // somebody at work stays signed in
		s.Advance(t.Context(), 50*time.Minute)
		s.see("/")
	}
	s.Advance(t.Context(), 50*time.Minute)
	require.Contains(t, s.goes(s.visit("/", nil)), "/sign-in", "but not for ever")

	s.signIn("/")
	s.Advance(t.Context(), 61*time.Minute)
	require.Contains(t, s.goes(s.visit("/", nil)), "/sign-in", "who is away is signed out")
}

func TestSession_endedElsewhere_isOver(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	s.is("ben@acme.example")
	s.signIn("/")
	one := maps.Clone(s.cookies)
	clear(s.cookies)
	s.signIn("/")
	r := s.visit("/api/v1/people/ben/sessions", nil)
	require.Equal(t, http.StatusMethodNotAllowed, r.Code)
	require.NoError(t, s.Record.EndSessions(t.Context(), "ben"))
	require.Contains(t, s.goes(s.visit("/", nil)), "/sign-in")
	s.cookies = one
	require.Contains(t, s.goes(s.visit("/", nil)), "/sign-in")
}

// What somebody may do follows the plan of now, and so does who they are.
func TestSession_planChanges_rightsFollowAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	s.is("ben@acme.example", "admins")
	s.signIn("/")
	require.Equal(t, http.StatusOK, s.visit("/api/v1/subscriptions", nil).Code)
	p := s.Plan()
	p.Login.Rights = nil
	s.SetPlan(p)
	require.Equal(t, http.StatusForbidden, s.visit("/api/v1/subscriptions", nil).Code)
	p.People = p.People[2:]
	s.SetPlan(p)
	require.Equal(t, http.StatusUnauthorized, s.visit("/api/v1/incidents", nil).Code)
}

func TestGlass_opensEverythingAndAlarms(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	try := func(password string) string {
		return s.goes(s.visit("/sign-in/break-glass", url.Values{"password": {password}, "to": {"/setup"}}))
	}
	require.Equal(t, "/sign-in?refused=wrong&to=%2Fsetup", try("guess"))
	require.NotContains(t, s.log.String(), "guess")
	require.Equal(t, "/setup", try(" "+glassPassword+" "))
	meters, err := s.meters.Gather()
	require.NoError(t, err)
	require.Equal(t, "stormbell_break_glass_total", meters[0].GetName())
	require.InDelta(t, 1, meters[0].GetMetric()[0].GetCounter().GetValue(), 0)
	require.Contains(t, s.log.String(), `level=WARN msg="the glass was broken`)
	items, err := s.Record.ClaimItems(t.Context(), "test", 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, items, 1, "the alarm is on disk before anybody is in")
	require.Equal(t, record.ItemGlass, items[0].Kind)

	page := s.see("/")
	require.Contains(t, page, "Signed in with the emergency password")
	require.Contains(t, page, `action="/as"`)
	require.Contains(t, s.goes(s.visit("/i", url.Values{"title": {"Checkout is down"}, "key": {"k"}})), "/i/1")
	require.Equal(t, "/i/1", s.goes(s.visit("/as", url.Values{"person": {"carla"}, "to": {"/i/1"}})))
	require.Contains(t, s.see("/"), `value="carla" selected`)
	require.Equal(t, http.StatusOK, s.visit("/api/v1/subscriptions", nil).Code)
}

func TestGlass_manyTries_areSlow(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	try := func() string {
		return s.goes(s.visit("/sign-in/break-glass", url.Values{"password": {"guess"}}))
	}
	for range 5 {
		require.Contains(t, try(), "refused=wrong")
	}
	require.Contains(t, try(), "refused=slow")
	s.Advance(t.Context(), time.Minute)
	require.Contains(t, try(), "refused=wrong", "nobody can lock it for good")
}

func TestGlass_none_opensNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly, func(p *plan.Plan) { p.Login.BreakGlass = "" })
	require.NotContains(t, s.see("/sign-in"), "break-glass")
	require.Contains(t, s.goes(s.visit("/sign-in/break-glass", url.Values{"password": {""}})), "refused=wrong")
}

// A form of another site signs nobody in, and nobody out.
func TestForms_ofAnotherSite_areRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	for _, path := range []string{"/sign-in/break-glass", "/sign-out", "/as", "/language"} {
		w := s.visit(path, url.Values{"password": {glassPassword}}, "Sec-Fetch-Site: cross-site", "Origin: https://evil.example")
		require.Equal(t, http.StatusForbidden, w.Code, path)
		require.Empty(t, s.cookies)
	}
	s.is("ben@acme.example")
	out := s.goes(s.visit("/sign-in/company", nil, "Sec-Fetch-Site: cross-site"))
	require.Equal(t, "/", s.goes(s.visit(s.issuer.authorize(out), nil, "Sec-Fetch-Site: cross-site")), "the company's login is another site, and leads back all the same")
}

// A part of a page that a script fetches is refused, not replaced by a sign-in page.
func TestReaders_scripts_hearThatSomethingIsMissing(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	require.Equal(t, http.StatusUnauthorized, s.visit("/i/1/panels/roles", nil, "Sec-Fetch-Dest: empty").Code)
	require.Equal(t, http.StatusUnauthorized, s.visit("/i/1", nil, "Accept: application/json").Code)
}

func TestLanguage_isRemembered(t *testing.T) {
	t.Parallel()
	s := serve(t, plainly)
	require.Equal(t, "/", s.goes(s.visit("/language", url.Values{"language": {"de"}, "to": {"https://evil.example"}})))
	require.Contains(t, s.see("/sign-in"), `<html lang="de">`)
	s.visit("/language", url.Values{"language": {"xx"}})
	require.Contains(t, s.see("/sign-in"), `<html lang="en">`)
}
