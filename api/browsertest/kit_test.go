package browsertest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web"
)

// site is the whole product over an engine in memory, on a port of its own.
type site struct {
	*apitest.Engine
	t      *testing.T
	base   string
	server *httptest.Server
	views  *view.Views
	// routes are the addresses that a browser can open, visited those that were looked at.
	routes  []string
	visited map[string]bool
}

func newSite(t *testing.T) *site {
	t.Helper()
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	s := &site{Engine: engine, t: t, visited: map[string]bool{}}
	s.views = view.New(view.Config{Record: engine.Record, Plan: engine.Plan, Now: engine.Now})
	pages, err := web.New(web.Config{
		Views: s.views, Desk: act.New(act.Config{Record: engine.Record, Commands: engine, Views: s.views, Patience: time.Second}),
		Record: engine.Record, Plan: engine.Plan, Now: engine.Now, Open: true, LabURL: "http://127.0.0.1:8090", TemporalUI: "http://127.0.0.1:8233",
	})
	require.NoError(t, err)
	handler, err := api.New(api.Config{
		Record: engine.Record, Commands: engine, Plan: engine.Plan, Now: engine.Now, Open: true, Patience: time.Second, Web: pages.Register,
	})
	require.NoError(t, err)
	for _, r := range handler.(interface{ Routes() gin.RoutesInfo }).Routes() {
		if r.Method == http.MethodGet {
			s.routes = append(s.routes, r.Path)
		}
	}
	server := httptest.NewServer(handler)
	s.base, s.server = server.URL, server
	t.Cleanup(func() { pages.Close(); server.Close(); require.NoError(t, engine.Record.Close()) })
	return s
}

// do is a command by the API that must succeed.
func (s *site) do(method, path string, body any) {
	s.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(s.t, err)
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.base+"/api/v1/incidents"+path, bytes.NewReader(raw))
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Close = true // no line of an earlier request, which a test may have cut
	answer, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	require.Less(s.t, answer.StatusCode, 300, "%s %s: %s", method, path, said)
}

func (s *site) roles() []view.Role {
	s.t.Helper()
	i, err := s.views.Incident(s.t.Context(), 1)
	require.NoError(s.t, err)
	return i.Roles
}

func (s *site) holder(role string) string {
	s.t.Helper()
	for _, r := range s.roles() {
		if r.Role == role {
			require.NotEmpty(s.t, r.Holder, role)
			return r.Holder
		}
	}
	require.FailNow(s.t, "no such role", role)
	return ""
}

// link is the address of a person's own page, of is that of whoever holds a role.
func (s *site) link(person string) string {
	s.t.Helper()
	token, err := s.Record.Link(s.t.Context(), 1, person)
	require.NoError(s.t, err)
	return "/r/" + token
}

func (s *site) of(role string) string { return s.link(s.holder(role)) }

// pattern is the route of an address: the most literal of those that fit.
func (s *site) pattern(path string) (best string) {
	path, _, _ = strings.Cut(path, "?")
	for _, route := range s.routes {
		fits := regexp.MustCompile(`^` + regexp.MustCompile(`[:*][a-z]+`).ReplaceAllString(regexp.QuoteMeta(route), `[^/]+`) + `$`)
		if fits.MatchString(path) && (best == "" || strings.Count(route, ":") < strings.Count(best, ":")) {
			best = route
		}
	}
	require.NotEmpty(s.t, best, "nothing is served at %s", path)
	return best
}
