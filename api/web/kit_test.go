package web_test

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
	"github.com/stormbell/stormbell/api/web"
)

// site is the pages over a record in memory, with a browser of sorts.
type site struct {
	*apitest.Engine
	t       *testing.T
	handler http.Handler
	views   *view.Views
}

func open(t *testing.T) *site { return serve(t, true) }

func serve(t *testing.T, everybody bool) *site {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	views := view.New(view.Config{Record: engine.Record, Plan: engine.Plan, Now: engine.Now})
	desk := act.New(act.Config{Record: engine.Record, Commands: engine, Views: views, Patience: 100 * time.Millisecond})
	pages, err := web.New(web.Config{
		Views: views, Desk: desk, Record: engine.Record, Plan: engine.Plan, Now: engine.Now, Open: everybody,
		LabURL: "http://127.0.0.1:8090/lab", TemporalUI: "http://127.0.0.1:8233",
	})
	require.NoError(t, err)
	router := gin.New()
	pages.Register(router)
	return &site{Engine: engine, t: t, handler: router, views: views}
}

// get reads a page; language is what the browser asks for.
func (s *site) get(path, language string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// see reads a page that must be there.
func (s *site) see(path string) string {
	s.t.Helper()
	w := s.get(path, "en")
	require.Equal(s.t, http.StatusOK, w.Code, w.Body.String())
	return w.Body.String()
}

// seeAll reads a personal page and the messages it leads to.
func (s *site) seeAll(path string) string {
	s.t.Helper()
	page := s.see(path)
	for _, letter := range letters.FindAllStringSubmatch(page, -1) {
		page += s.see(html.UnescapeString(letter[1]))
	}
	return page
}

// letters are the ways from a personal page to messages.
var letters = regexp.MustCompile(`href="(/r/[^"/]+/m/[^"]+)"`)

func (s *site) post(path string, fields url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// link is the address of a person's page.
func (s *site) link(person string) string {
	s.t.Helper()
	token, err := s.Record.Link(s.t.Context(), 1, person)
	require.NoError(s.t, err)
	return "/r/" + token
}

var (
	forms     = regexp.MustCompile(`(?s)<form method="post" action="([^"]*)"[^>]*>(.*?)</form>`)
	inputs    = regexp.MustCompile(`<input[^>]*>`)
	textareas = regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>`)
	selects   = regexp.MustCompile(`(?s)<select name="([^"]*)">\s*<option value="([^"]*)"`)
	buttons   = regexp.MustCompile(`<button[^>]*>`)
	attribute = regexp.MustCompile(` (name|value|type|formaction)="([^"]*)"`)
)

// fields are the values that a browser would send of a form nobody touched.
func fields(form string) url.Values {
	sent := url.Values{}
	for _, input := range inputs.FindAllString(form, -1) {
		a := attributes(input)
		if a["type"] != "checkbox" && a["type"] != "radio" && a["name"] != "" {
			sent.Add(a["name"], a["value"])
		}
	}
	for _, area := range textareas.FindAllStringSubmatch(form, -1) {
		sent.Set(area[1], strings.ReplaceAll(html.UnescapeString(area[2]), "\n", "\r\n"))
	}
	for _, choice := range selects.FindAllStringSubmatch(form, -1) {
		sent.Set(choice[1], choice[2])
	}
	return sent
}

func attributes(tag string) map[string]string {
	found := map[string]string{}
	for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
		found[a[1]] = html.UnescapeString(a[2])
	}
	return found
}

// form finds a form on a page by the last part of its address and some of its values, and
// returns where it goes and what it sends.
func (s *site) form(page, name string, with url.Values) (to string, sent url.Values) {
	s.t.Helper()
	for _, f := range forms.FindAllStringSubmatch(page, -1) {
		to, sent = html.UnescapeString(f[1]), fields(f[2])
		for _, button := range buttons.FindAllString(f[2], -1) {
			if a := attributes(button); strings.HasSuffix(a["formaction"], "/"+name) {
				to = a["formaction"]
			}
		}
		fits := strings.HasSuffix(to, "/"+name)
		for field, values := range with {
			if sent.Has(field) && strings.HasPrefix(f[2], `<input type="hidden" name="key"`) && hidden(f[2], field) {
				fits = fits && sent.Get(field) == values[0]
			}
		}
		if fits {
			for field, values := range with {
				sent[field] = values
			}
			return to, sent
		}
	}
	require.FailNow(s.t, "no such form", "%s %v in\n%s", name, with, page)
	return "", nil
}

func hidden(form, field string) bool {
	return strings.Contains(form, `type="hidden" name="`+field+`"`)
}

// press reads a page, presses a button and returns the page that follows.
func (s *site) press(path, name string, with url.Values) string {
	s.t.Helper()
	to, sent := s.form(s.seeAll(path), name, with)
	w := s.post(to, sent)
	require.Equal(s.t, http.StatusSeeOther, w.Code, w.Body.String())
	next := w.Header().Get("Location")
	require.NotContains(s.t, next, "refused=", "%s %v", name, with)
	return s.see(next)
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

func (s *site) roles() []view.Role {
	s.t.Helper()
	i, err := s.views.Incident(s.t.Context(), 1)
	require.NoError(s.t, err)
	return i.Roles
}

// served returns a visitor of other pages.
func (s *site) served(pages *web.Pages) func(path string) *httptest.ResponseRecorder {
	router := gin.New()
	pages.Register(router)
	return func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, path, nil))
		return w
	}
}
