package browsertest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/browser"
)

// eye is a browser that looks at pages: a language and a colour scheme. Every page is seen by two:
// what depends on the words does not depend on the colours, so that two make four.
type eye struct {
	name, language string
	*browser.Tab
}

// look goes to addresses in a state of the incident, and holds each page against what every page
// must be: all of it on a wide screen, what the width decides on a phone's and on a small phone's.
func (s *site) look(eyes []eye, state string, addresses map[string]string) {
	s.t.Helper()
	for name, address := range addresses {
		pattern := s.pattern(address)
		s.visited[pattern] = true
		for _, e := range eyes {
			s.t.Run(state+" "+name+" "+e.name, func(t *testing.T) {
				tab := e.For(t)
				s.speak(e.language)
				tab.Resize(1200, 900)
				require.Less(t, tab.Goto(address), 500)
				tab.Shoot("pages/" + state + "-" + name + "-" + e.name + "-1200")
				tab.Check(target(pattern))
				for _, width := range []int64{390, 320} {
					tab.Resize(width, 844)
					tab.Measure(target(pattern))
				}
				tab.Resize(390, 844)
				tab.Shoot("pages/" + state + "-" + name + "-" + e.name + "-390")
			})
		}
	}
}

// target is how large what one presses is: a thumb at three in the morning, or a mouse.
func target(pattern string) int {
	for _, personal := range []string{"/r/", "/me/", "/c/", "/u/"} {
		if strings.HasPrefix(pattern, personal) {
			return 44
		}
	}
	return 24
}

// speak makes a language everybody's own, since personal pages speak their person's.
func (s *site) speak(language string) {
	for _, person := range s.Plan().People {
		require.NoError(s.t, s.Record.SetLanguage(s.t.Context(), person.ID, language))
	}
}

// silent are the addresses of files, feeds and machines: nothing of theirs is a page.
var silent = []string{
	"/-/", "/api/", "/assets/", "/healthz", "/hooks/", "/in/", "/metrics", "/version", "/v2/",
	"/me/:token/contact.vcf", "/status.atom", "/status.json", "/i/:n/events", "/i/:n/panels/", "/on-call/:file",
}

func TestPages_everyStateLanguageSchemeAndWidth(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it takes a minute")
	}
	s := newSite(t)
	s.prepare()
	b := browser.Start(t)
	eyes := []eye{
		{"en-light", "en", b.Open(t, browser.Look{Base: s.base, Language: "en"})},
		{"de-dark", "de", b.Open(t, browser.Look{Base: s.base, Language: "de", Dark: true})},
	}
	look := func(state string, addresses map[string]string) { s.look(eyes, state, addresses) }

	look("calm", map[string]string{
		"console": "/", "status": "/status", "subscribe": "/status/subscribe", "wrong-link": "/r/nonsense", "settings": s.settings("ben"),
		"confirm": s.subscription(), "confirm-wrong": "/c/nonsense", "leave": s.unsubscription(), "leave-wrong": "/u/nonsense",
		"problems": "/problems", "problem": "/problems/not-found", "no-incident": "/i/7", "own-updates": s.settings("ben") + "/status",
		"on-call": "/on-call", "people": "/people", "person": "/people/anna", "connect": "/connect", "setup": "/setup", "sign-in": "/sign-in", "signed-out": "/sign-out",
	})
	s.opened()
	look("suspicion", map[string]string{"incident": "/i/1", "declare": "/i/1/declare", "asked-to-judge": s.link("dev"), "status": "/status", "report": "/i/1/report"})
	s.declared()
	look("declared", map[string]string{"asked": s.link("carla"), "commander": s.link("ben"), "nothing": s.link("eva"), "status": "/status", "role": "/i/1/r/business_lead", "page": "/i/1/page"})
	s.gathered()
	look("briefing", map[string]string{"liaison": s.of("customer_liaison"), "expert": s.of("technical_slt"), "incident": "/i/1", "briefing": "/i/1/briefing"})
	s.emergency()
	marketing := s.of("marketing_officer")
	look("emergency", map[string]string{
		"tasks": marketing, "lead": s.of("business_lead"), "incident": "/i/1", "to-write": s.of("technical_slt"), "write": s.of("technical_slt") + "/m/internal/investigation",
		"status": "/status", "console": "/", "add": "/i/1/add", "task": "/i/1/t/stop_campaigns",
	})
	s.do(http.MethodPost, "/1/tasks/stop_campaigns/estimate", object{"minutes": 20})
	s.do(http.MethodPost, "/1/tasks/stop_paid_social/blocked", object{"reason": "I have no access"})
	s.Advance(t.Context(), 45*time.Minute)
	look("overdue", map[string]string{"tasks": marketing, "lead": s.of("business_lead"), "incident": "/i/1", "wall": "/i/1/wall"})
	s.checked()
	eva := s.of("elt_approver")
	look("approval", map[string]string{"approver": eva, "first-pin": eva + "/m/internal/investigation", "message": "/i/1/m/internal/investigation"})
	require.NoError(t, s.Record.SetPIN(t.Context(), s.holder("elt_approver"), "", "2749"))
	look("approval", map[string]string{"pin": eva + "/m/internal/investigation"})
	s.sent()
	look("published", map[string]string{"status": "/status", "own-status": marketing + "/status", "incident": "/i/1", "phase": "/i/1/phase", "timeline": "/i/1/timeline"})
	s.Advance(t.Context(), 2*time.Hour)
	look("promise-broken", map[string]string{"status": "/status", "incident": "/i/1", "lead": s.of("business_lead"), "wall": "/i/1/wall", "resolve": "/i/1/resolve", "report": "/i/1/report"})
	s.resolved()
	look("resolved", map[string]string{"restore": marketing, "incident": "/i/1", "status": "/status"})
	require.NoError(t, s.Record.CloseIncident(t.Context(), 1, s.Now()))
	look("closed", map[string]string{"ended": marketing, "status": "/status", "console": "/", "report": "/i/1/report", "incident": "/i/1"})

	for _, route := range s.routes {
		quiet := false
		for _, prefix := range silent {
			quiet = quiet || strings.HasPrefix(route, prefix)
		}
		require.True(t, quiet || s.visited[route], "nobody looks at %s: add it to the walk", route)
	}
}
