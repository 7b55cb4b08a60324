package people_test

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
	"github.com/stormbell/stormbell/api/web/people"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
)

// site is the pages over a record in memory, with a browser of sorts and a visitor who can be changed.
type site struct {
	*apitest.Engine
	t       *testing.T
	handler http.Handler
	views   *view.Views
	desk    *act.Desk
	visitor visitor.Visitor
}

// boss may change everything, anna is somebody of the plan, guest may only read.
var (
	boss  = visitor.Visitor{Name: "Boss", Method: visitor.Company, Rights: actor.AllRights()}
	anna  = visitor.Visitor{Person: "anna", Name: "Anna Vogel", Method: visitor.Company, Rights: []actor.Right{actor.Read}}
	guest = visitor.Visitor{Name: "Guest", Method: visitor.Company, Rights: []actor.Right{actor.Read}}
)

func open(t *testing.T) *site {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	views := view.New(view.Config{Record: engine.Record, Plan: engine.Plan, Now: engine.Now, PublicURL: "http://127.0.0.1:8080"})
	desk := act.New(act.Config{Record: engine.Record, Commands: engine, Views: views, Patience: 100 * time.Millisecond})
	press, err := sheet.New(sheet.Config{Plan: engine.Plan, Now: engine.Now})
	require.NoError(t, err)
	pages, err := people.New(people.Config{Press: press, Views: views, Desk: desk})
	require.NoError(t, err)
	s := &site{Engine: engine, t: t, views: views, desk: desk, visitor: boss}
	router := gin.New()
	router.Use(func(c *gin.Context) {
		c.Request = c.Request.WithContext(visitor.With(c.Request.Context(), s.visitor))
	})
	pages.Register(router)
	s.handler = router
	return s
}

func (s *site) do(method, path, language string, fields url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Accept-Language", language)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

var unworded = regexp.MustCompile(`\[[a-z]+[_.][a-z_.]+\]`)

// see reads a page that must be there, in a language, with every word of it known.
func (s *site) see(path, language string) string {
	s.t.Helper()
	w := s.do(http.MethodGet, path, language, nil)
	require.Equal(s.t, http.StatusOK, w.Code, w.Body.String())
	return s.read(w)
}

func (s *site) read(w *httptest.ResponseRecorder) string {
	s.t.Helper()
	page := w.Body.String()
	require.NotRegexp(s.t, unworded, page, "a word is missing")
	require.NotContains(s.t, page, "<script")
	require.NotContains(s.t, page, "style=")
	return html.UnescapeString(page)
}

func (s *site) post(path string, pairs ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.do(http.MethodPost, path, "en", values(pairs...))
}

// press posts a form that is carried out, and returns the page that follows.
func (s *site) press(path string, pairs ...string) string {
	s.t.Helper()
	w := s.post(path, pairs...)
	require.Equal(s.t, http.StatusSeeOther, w.Code, w.Body.String())
	require.NotContains(s.t, w.Header().Get("Location"), "refused=")
	return s.see(w.Header().Get("Location"), "en")
}

// refused posts a form that is not carried out, and returns the page that says so.
func (s *site) refused(path string, pairs ...string) string {
	s.t.Helper()
	w := s.post(path, pairs...)
	require.Equal(s.t, http.StatusSeeOther, w.Code, w.Body.String())
	require.Contains(s.t, w.Header().Get("Location"), "refused=")
	return s.see(w.Header().Get("Location"), "en")
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}
