package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/incident"
)

// TestConsole_wholeIncident_asAStandIn walks an incident from the first click to the end, by the
// forms of the console alone.
func TestConsole_wholeIncident_asAStandIn(t *testing.T) {
	t.Parallel()
	s := opened(t)
	s.press("/i/1/r/technical_slt", "accept", nil)
	s.press("/i/1/declare", "recommend", values("declare", "yes"))
	require.Contains(t, s.see("/i/1"), "recommends to declare a business incident", "DO NEXT says so")
	s.press("/i/1/declare", "assess", values("impact", "many", "minutes", "90"))
	require.Equal(t, 90*time.Minute, s.last().Command.(incident.Assess).Expected)
	s.press("/i/1/declare", "declare", values("reason", "payments fail"))
	d := s.last().Command.(incident.Declare)
	require.True(t, d.Actor.StandIn)
	require.Equal(t, "ben", d.Actor.Person, "nobody chosen: whoever it belongs to")

	needed := []string{"business_lead", "customer_liaison", "technical_slt"}
	for _, role := range needed {
		s.take(role)
	}
	require.Contains(t, s.see("/i/1"), "is not on the call yet")
	for _, role := range needed {
		s.press("/i/1/r/"+role, "attend", nil)
	}
	s.press("/i/1/briefing", "brief", values("answer.next_news", "04:30"))
	s.press("/i/1", "confirm", nil)
	s.press("/i/1/r/legal_officer", "appoint", values("person", "finn"))
	require.Equal(t, "finn", s.last().Command.(business.Appoint).Person)
	page := s.press("/i/1/page", "page", values("role", "support_lead", "reason", "phones are ringing"))
	require.Equal(t, "support_lead is called: phones are ringing", s.last().Command.(incident.AddNote).Text, "why somebody is rung is in the timeline")
	require.Contains(t, page, "phones are ringing")
	s.press("/i/1/r/support_lead", "pass", nil)
	for _, role := range []string{"marketing_officer", "messaging_officer", "elt_approver"} {
		s.take(role)
	}
	s.press("/i/1/t/stop_campaigns", "minutes", values("minutes", "20"))
	s.press("/i/1/t/stop_campaigns", "done", nil)
	page = s.press("/i/1/t/stop_paid_social", "blocked", values("reason", "no access"))
	require.Contains(t, page, "no access")
	s.press("/i/1/t/stop_paid_social", "drop", values("reason", "not tonight"))
	s.press("/i/1/add", "add", values("what", "Stop the newsletter", "role", "marketing_officer"))
	require.Equal(t, "Stop the newsletter", s.last().Command.(business.AddTask).What)
	page = s.press("/i/1/timeline", "note", values("text", "<b>looked</b> at it"))
	require.Contains(t, page, "&lt;b&gt;looked&lt;/b&gt; at it")

	const text = "/i/1/m/internal/investigation"
	s.press(text, "submit", nil)
	for _, name := range []string{"agree", "agree", "agree", "approve", "release"} {
		s.press(text, name, nil)
	}
	require.IsType(t, comms.Dispatch{}, s.last().Command)
	require.Contains(t, s.see("/i/1"), "Next update to")
	s.press(text, "order", nil)
	s.press(text, "skip", values("reason", "nothing new"))
	require.Contains(t, s.see("/i/1/phase"), "Starts ", "what a move begins is said before")
	s.press("/i/1/phase", "phase", nil)
	s.press("/i/1/resolve", "resolve", values("reason", "fixed"))
	require.IsType(t, incident.Resolve{}, s.last().Command)
	require.Contains(t, s.see("/i/1"), "Over, says Ben Ortiz")
}

// Every place can be read, in both languages, with all its words and nothing from outside in it.
func TestPlaces_allLanguages_hostileTitle(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	const hostile = `<script>alert(1)</script>"'` + "\u202e" + `{{.Secret}}`
	_, _, err := act.New(act.Config{Record: s.Record, Commands: s.Engine, Views: s.views}).Open(t.Context(), act.Act{Who: act.Who{Person: "ben", StandIn: true}}, act.Opening{Title: hostile})
	require.NoError(t, err)
	for _, path := range []string{
		"/", "/i/1", "/i/2", "/i/1/wall", "/i/2/wall", "/i/1/declare", "/i/1/phase", "/i/1/resolve", "/i/1/page", "/i/1/add", "/i/1/briefing", "/i/2/briefing",
		"/i/1/timeline", "/i/1/r/legal_officer", "/i/2/r/incident_commander", "/i/1/t/stop_campaigns", "/i/1/m/internal/investigation", "/i/1/m/internal/resolution",
	} {
		for _, lang := range []string{"en", "de"} {
			w := s.get(path, lang)
			require.Equal(t, http.StatusOK, w.Code, "%s %s", path, w.Body.String())
			page := w.Body.String()
			require.NotRegexp(t, missing, page, path)
			require.Contains(t, page, `<html lang="`+lang+`">`)
			require.NotContains(t, page, "alert(1)</script>", path)
			require.NotContains(t, page, "\u202e", path)
			require.Equal(t, 1, strings.Count(page, "<h1"), path)
			require.NotRegexp(t, ` style="| on[a-z]+="|<script>`, page, "nothing inline")
			require.Contains(t, w.Header().Get("Content-Security-Policy"), "script-src 'self'; connect-src 'self'")
		}
	}
	for _, path := range []string{"/i/3", "/i/1/nonsense", "/i/1/r/nobody", "/i/1/t/nothing", "/i/1/m/nobody/never", "/i/1/panels/nothing"} {
		require.Equal(t, http.StatusNotFound, s.get(path, "en").Code, path)
	}
}

// A panel that is fetched is the panel of the page.
func TestPanels_areThoseOfThePage(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	page := keys.ReplaceAllString(s.see("/i/1"), "")
	for _, name := range []string{"head", "promises", "next", "roles", "tasks", "board", "briefing", "alerts", "timeline"} {
		panel := keys.ReplaceAllString(s.see("/i/1/panels/"+name), "")
		require.True(t, strings.HasPrefix(panel, "<"), panel)
		require.Contains(t, page, panel, name)
		require.NotRegexp(t, `<input (?:name|type="(?:text|number|checkbox))|<textarea|<select`, panel, "nobody types in what may be swapped")
	}
	require.NotContains(t, s.see("/i/1/panels/next?wall=1"), "<button", "a wall has nothing to press")
	require.NotRegexp(t, `<button|<form`, s.see("/i/1/wall"))
}

func TestPage_withoutScripts_readsItselfAgain(t *testing.T) {
	t.Parallel()
	s := opened(t)
	require.Contains(t, s.see("/i/1"), `<noscript><meta http-equiv="refresh" content="10"></noscript>`)
	require.NotContains(t, s.see("/i/1/r/business_lead"), `http-equiv="refresh" content="10"></noscript><textarea`)
	s.press("/i/1/resolve", "cancel", values("reason", "a test"))
	page := s.see("/i/1")
	require.NotContains(t, page, "http-equiv", "a closed incident stands still")
	require.NotContains(t, body(page), "<form method=\"post\"", "and there is nothing left to press")
}

// body is a page without the masthead.
func body(page string) string { return page[strings.Index(page, "<main"):] }

// Who may only read sees everything and can press nothing; whoever has a right sees its button.
func TestRights_buttonsAreForWhoMay(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	paths := []string{"/", "/i/1", "/i/1/declare", "/i/1/phase", "/i/1/resolve", "/i/1/page", "/i/1/add", "/i/1/briefing", "/i/1/timeline", "/i/1/r/support_lead", "/i/1/t/stop_campaigns", "/i/1/m/internal/investigation"}
	s.as = visitor.Visitor{Person: "nobody-special", Rights: reader.Rights, Method: visitor.Company}
	for _, path := range paths {
		require.NotContains(t, body(s.see(path)), `method="post"`, path)
	}
	for _, name := range []string{"page", "assess", "note", "resend"} {
		calls := len(s.Calls())
		w := s.post("/i/1/"+name, values("role", "support_lead", "audience", "internal", "phase", "investigation"))
		require.Contains(t, w.Header().Get("Location"), "refused=forbidden", name)
		require.Len(t, s.Calls(), calls, name)
	}
	require.Equal(t, http.StatusForbidden, s.post("/i", values("title", "No")).Code)

	s.as.Rights = []actor.Right{actor.Read, actor.Page}
	require.Contains(t, s.see("/i/1/page"), `action="/i/1/page"`)
	require.NotContains(t, s.see("/i/1/resolve"), `action="/i/1/resolve"`)
	s.as = visitor.Visitor{Person: s.incident().Commander, Rights: reader.Rights, Method: visitor.Company}
	require.Contains(t, s.see("/i/1/resolve"), `action="/i/1/resolve"`, "the role in the incident brings the right")
}

// Addresses of receivers are for who may see them.
func TestMessage_receivers_onlyForAdministrators(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	const text = "/i/1/m/internal/investigation"
	s.press(text, "submit", nil)
	require.Contains(t, s.see(text), "http://127.0.0.1:8233/message:2026-1:investigation:internal", "and it leads to its workflow")
	for _, name := range []string{"agree", "agree", "agree", "approve", "release"} {
		s.press(text, name, nil)
	}
	s.as = reader
	require.NotContains(t, s.see(text), "@")
}

func TestTimeline_filterAndPages(t *testing.T) {
	t.Parallel()
	s := opened(t)
	for n := range 55 {
		s.press("/i/1/timeline", "note", values("text", fmt.Sprintf("note %03d", n)))
	}
	first := s.see("/i/1/timeline?kind=notes")
	require.Contains(t, first, "note 054")
	require.NotContains(t, first, "note 001")
	require.NotContains(t, first, "incident_opened")
	older := s.see("/i/1/timeline?before=" + oldest(t, first) + "&kind=notes")
	require.Contains(t, older, "note 001")
	require.NotContains(t, older, "note 010")
	require.Contains(t, s.see("/i/1/timeline?who=nobody"), "Nothing fits")
}

// oldest is where the next page of a timeline begins.
func oldest(t *testing.T, page string) string {
	t.Helper()
	_, after, found := strings.Cut(page, "timeline?before=")
	require.True(t, found, page)
	number, _, _ := strings.Cut(after, "&")
	return number
}

// What somebody typed survives a refusal, on the page where it was typed.
func TestRefused_wordsAreKept(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	w := s.post("/i/1/drop", values("task", "nothing", "reason", "my long and careful words", "back", "t/stop_campaigns"))
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Contains(t, w.Body.String(), "my long and careful words")
	require.Contains(t, w.Body.String(), `action="/i/1/drop"`)
	w = s.post("/i/1/done", values("task", "stop_campaigns", "back", "//evil.example/x"))
	require.Equal(t, "/i/1?said=done", w.Header().Get("Location"), "a form returns to a place of its incident or to none")
}

// No GET changes anything, however often machines look.
func TestGet_changesNothing(t *testing.T) {
	t.Parallel()
	s := emergency(t)
	before, err := s.Record.Version(t.Context(), 1)
	require.NoError(t, err)
	calls := len(s.Calls())
	for _, name := range []string{"declare", "phase", "resolve", "page", "add", "wall", "briefing", "timeline", "done", "approve", "release", "cancel", "panels/next", ""} {
		for range 3 {
			s.get("/i/1/"+name+"?"+url.Values{"task": {"stop_campaigns"}, "phase": {"monitoring"}}.Encode(), "en")
		}
	}
	require.Len(t, s.Calls(), calls)
	after, err := s.Record.Version(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestList_openOnesFirst_calmWhenThereIsNone(t *testing.T) {
	t.Parallel()
	s := open(t)
	require.Contains(t, s.see("/"), "No incident right now")
	s.press("/", "i", values("title", "A drill", "drill", "1"))
	page := s.see("/")
	require.Contains(t, page, "A drill")
	require.Contains(t, page, `<span class="tag drill">drill</span>`)
	s.press("/i/1/resolve", "cancel", nil)
	page = s.see("/")
	require.Contains(t, page, "No incident right now")
	require.Contains(t, page, `href="/i/1/report"`)
}
