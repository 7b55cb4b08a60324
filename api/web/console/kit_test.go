package console_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/api/web/console"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/internal/record"
)

// site is the console over a record in memory, with a browser of sorts.
type site struct {
	*apitest.Engine
	t       *testing.T
	handler http.Handler
	console *console.Console
	views   *view.Views
	// as is who sits in front of the browser.
	as visitor.Visitor
}

// anybody may act for everybody; reader may look.
var (
	anybody = visitor.Visitor{StandIn: true, Method: visitor.Loopback}
	reader  = visitor.Visitor{Person: "finn", Name: "Finn", Rights: []actor.Right{actor.Read}, Method: visitor.Company}
)

func open(t *testing.T) *site { return openOn(t, "") }

// openOn opens the console over a record of its own, or over one in memory.
func openOn(t *testing.T, url string) *site {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	if url != "" {
		require.NoError(t, engine.Record.Close())
		engine.Record, err = record.Open(t.Context(), record.Config{URL: url, Now: engine.Now})
		require.NoError(t, err)
	}
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	views := view.New(view.Config{Record: engine.Record, Plan: engine.Plan, Now: engine.Now, TemporalUI: "http://127.0.0.1:8233"})
	press, err := sheet.New(sheet.Config{Plan: engine.Plan, Now: engine.Now, Open: true})
	require.NoError(t, err)
	s := &site{Engine: engine, t: t, views: views, as: anybody}
	s.console, err = console.New(console.Config{
		Press: press, Views: views, Record: engine.Record, Poll: 20 * time.Millisecond, Streams: 3,
		Desk: act.New(act.Config{Record: engine.Record, Commands: engine, Views: views, Patience: 100 * time.Millisecond}),
	})
	require.NoError(t, err)
	t.Cleanup(s.console.Close)
	router := gin.New()
	router.Use(func(c *gin.Context) { c.Request = c.Request.WithContext(visitor.With(c.Request.Context(), s.as)) })
	s.console.Register(router)
	press.Register(router)
	s.handler = router
	return s
}

// opened has one incident.
func opened(t *testing.T) *site {
	t.Helper()
	s := open(t)
	s.press("/", "i", values("title", "Checkout is down", "visibility", "core", "impact", "most"))
	return s
}

// emergency has emergency mode on, and everybody in their roles, by the console alone.
func emergency(t *testing.T) *site {
	t.Helper()
	s := opened(t)
	s.press("/i/1/r/technical_slt", "accept", nil)
	s.press("/i/1/declare", "declare", values("reason", "payments fail"))
	needed := []string{"business_lead", "customer_liaison", "technical_slt"}
	for _, role := range needed {
		s.take(role)
	}
	for _, role := range needed {
		s.press("/i/1/r/"+role, "attend", nil)
	}
	s.press("/i/1/briefing", "brief", values("answer.start_time", "02:51", "unknown.worst_case", "1"))
	s.press("/i/1", "confirm", nil)
	for _, role := range []string{"marketing_officer", "messaging_officer", "legal_officer", "elt_approver", "social_officer"} {
		s.take(role)
	}
	return s
}

func (s *site) take(role string) {
	s.t.Helper()
	if r := s.role(role); r.Holder == "" && len(r.Asked) > 0 {
		s.press("/i/1/r/"+role, "accept", nil)
	}
}

func (s *site) incident() view.Incident {
	s.t.Helper()
	i, err := s.views.Incident(s.t.Context(), 1)
	require.NoError(s.t, err)
	return i
}

func (s *site) role(name string) view.Role {
	s.t.Helper()
	for _, r := range s.incident().Roles {
		if r.Role == name {
			return r
		}
	}
	require.FailNow(s.t, "no such role", name)
	return view.Role{}
}

func (s *site) get(path, language string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// see reads a page that must be there, and has all its words.
func (s *site) see(path string) string {
	s.t.Helper()
	w := s.get(path, "en")
	require.Equal(s.t, http.StatusOK, w.Code, "%s: %s", path, w.Body.String())
	require.NotRegexp(s.t, missing, w.Body.String(), path)
	return w.Body.String()
}

func (s *site) post(path string, fields url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

var (
	missing   = regexp.MustCompile(`\[[a-z_]+\.[a-z_.]+\]|&lt;no value|<no value|%!`)
	forms     = regexp.MustCompile(`(?s)<form method="post" action="([^"]*)"[^>]*>(.*?)</form>`)
	inputs    = regexp.MustCompile(`<input[^>]*>`)
	textareas = regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>`)
	selects   = regexp.MustCompile(`(?s)<select name="([^"]*)">\s*<option value="([^"]*)"`)
	attribute = regexp.MustCompile(` (name|value|type)="([^"]*)"`)
	keys      = regexp.MustCompile(`name="key" value="[^"]*"`)
)

// fields are the values that a browser would send of a form nobody touched.
func fields(form string) url.Values {
	sent := url.Values{}
	for _, input := range inputs.FindAllString(form, -1) {
		a := map[string]string{}
		for _, pair := range attribute.FindAllStringSubmatch(input, -1) {
			a[pair[1]] = html.UnescapeString(pair[2])
		}
		if a["type"] != "checkbox" && a["name"] != "" {
			sent.Add(a["name"], a["value"])
		}
	}
	for _, area := range textareas.FindAllStringSubmatch(form, -1) {
		sent.Set(area[1], html.UnescapeString(area[2]))
	}
	for _, choice := range selects.FindAllStringSubmatch(form, -1) {
		sent.Set(choice[1], choice[2])
	}
	return sent
}

// press reads a page, presses a button of the form with that address and returns the next page.
func (s *site) press(path, name string, with url.Values) string {
	s.t.Helper()
	page := s.see(path)
	for _, f := range forms.FindAllStringSubmatch(page, -1) {
		if to := html.UnescapeString(f[1]); strings.HasSuffix(to, "/"+name) {
			sent := fields(f[2])
			for field, values := range with {
				sent[field] = values
			}
			w := s.post(to, sent)
			require.Equal(s.t, http.StatusSeeOther, w.Code, w.Body.String())
			next := w.Header().Get("Location")
			require.NotContains(s.t, next, "refused=", "%s %v", name, with)
			return s.see(next)
		}
	}
	require.FailNow(s.t, "no such form", "%s on %s\n%s", name, path, page)
	return ""
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// last is the latest command that arrived.
func (s *site) last() apitest.Call {
	s.t.Helper()
	calls := s.Calls()
	require.NotEmpty(s.t, calls)
	return calls[len(calls)-1]
}
