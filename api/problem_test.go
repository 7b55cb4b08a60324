package api_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/client"
)

// TestProblems_everyWrongRequest_isAnsweredWithADocument is the scenario table of what goes
// wrong: every answer is a problem document with a type that can be looked up, and none
// repeats what was sent.
func TestProblems_everyWrongRequest_isAnsweredWithADocument(t *testing.T) {
	t.Parallel()
	const incidents = "/api/v1/incidents"
	shared := newSite(t, func(c *api.Config) {
		c.Web = func(r gin.IRouter) {
			r.GET("/panic", func(*gin.Context) { panic("+4915111111111") })
		}
		c.Carrier = func(r gin.IRouter) { r.POST("/echo", func(*gin.Context) {}) }
	})
	shared.open(`{"title": "Checkout is down"}`)
	large := `{"title": "` + strings.Repeat("x", 300<<10) + `"}`
	for _, c := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		code                       string
		contains                   string
		header                     string
	}{
		{"no such page", "GET", "/nowhere", "", nil, 404, "not_found", "", ""},
		{"no such incident", "GET", incidents + "/77", "", nil, 404, "not_found", "", ""},
		{"no number", "GET", incidents + "/seven", "", nil, 404, "not_found", "", ""},
		{"an id of another year", "GET", incidents + "/incident:1999-1", "", nil, 404, "not_found", "", ""},
		{"no such call", "POST", incidents + "/1/explode", "", nil, 404, "not_found", "", ""},
		{"wrong method", "DELETE", incidents + "/1", "", nil, 405, "method_not_allowed", "", "Allow: GET"},
		{"wrong method, two are right", "DELETE", incidents, "", nil, 405, "method_not_allowed", "", "Allow: GET, POST"},
		{"not JSON", "POST", incidents, `{"title`, nil, 400, "bad_request", "unexpected end of JSON input", ""},
		{"no body where one is needed", "POST", incidents, "", nil, 400, "bad_request", "body is required", ""},
		{"another format", "POST", incidents, `title=x`, []string{"Content-Type: text/plain"}, 415, "unsupported_media_type", "", ""},
		{"too large", "POST", incidents, large, nil, 413, "too_large", "", ""},
		{"too large without saying so", "POST", incidents, large, []string{"Length: hidden"}, 413, "too_large", "", ""},
		{"unknown field", "POST", incidents, `{"title": "x", "secret-field": "+4915111111111"}`, nil, 422, "invalid", "body.secret-field", ""},
		{"missing field", "POST", incidents, `{}`, nil, 422, "invalid", "title", ""},
		{"wrong type", "POST", incidents, `{"title": {"phone": "+4915111111111"}}`, nil, 422, "invalid", "body.title: expected string", ""},
		{"unknown grade", "POST", incidents, `{"title": "x", "impact": "+4915111111111"}`, nil, 422, "invalid", "", ""},
		{"unknown person", "POST", incidents + "/1/declare", `{"by": "+4915111111111"}`, nil, 422, "invalid", "GET /api/v1/people", ""},
		{"wrong word in a path", "POST", incidents + "/1/messages/internal/tomorrow/submit", "", nil, 422, "invalid", "path.phase", ""},
		{"limit", "GET", incidents + "?limit=201", "", nil, 422, "invalid", "query.limit", ""},
		{"cursor", "GET", incidents + "?cursor=next", "", nil, 422, "invalid", "query.cursor", ""},
		{"too early", "POST", incidents + "/1/briefing/confirm", "", nil, 409, "too_early", "declare the business incident first", ""},
		{"too early to read", "GET", incidents + "/1/briefing", "", nil, 409, "too_early", "", ""},
		{"too early to write", "POST", incidents + "/1/messages/internal/investigation/submit", "", nil, 409, "too_early", "", ""},
		{"no such message", "GET", incidents + "/1/messages/internal/investigation", "", nil, 404, "not_found", "", ""},
		{"no such role", "POST", incidents + "/1/roles/jester/accept", "", nil, 404, "not_found", "", ""},
		{"nobody was asked", "POST", incidents + "/1/roles/legal_officer/decline", "", nil, 409, "too_early", "", ""},
		{"phases go on only", "POST", incidents + "/1/phase", `{"phase": "analysis"}`, nil, 409, "too_early", "", ""},
		{"empty note", "POST", incidents + "/1/notes", `{"text": "  "}`, nil, 422, "invalid", "", ""},
		{"no such role on call", "GET", "/api/v1/on-call?role=jester", "", nil, 404, "not_found", "", ""},
		{"no time", "GET", "/api/v1/on-call?at=tomorrow", "", nil, 422, "invalid", "query.at", ""},
		{"another site", "POST", incidents, `{"title": "x"}`, []string{"Sec-Fetch-Site: cross-site"}, 403, "cross_origin", "", ""},
		{"another site, old browser", "POST", incidents, `{"title": "x"}`, []string{"Origin: https://evil.example"}, 403, "cross_origin", "", ""},
		{"a name a stranger may own", "GET", incidents, "", []string{"Host: rebound.example:8080"}, 421, "misdirected", "", ""},
		{"no such trigger", "POST", "/in/nothing", `{}`, nil, 404, "not_found", "", ""},
		{"events are not a webhook", "POST", "/in/events", `{}`, nil, 404, "not_found", "", ""},
		{"an alert of 5 MB", "POST", "/in/alertmanager", strings.Repeat(" ", 5<<20), nil, 413, "too_large", "", ""},
		{"an event of 5 MB", "POST", "/v2/enqueue", strings.Repeat(" ", 5<<20), nil, 413, "too_large", "", ""},
		{"a call-back of 65 KiB", "POST", "/hooks/echo", strings.Repeat(" ", 65<<10), nil, 413, "too_large", "", ""},
		{"reading alerts", "GET", "/in/alertmanager", "", nil, 405, "method_not_allowed", "", "Allow: POST"},
		{"no such problem", "GET", "/problems/boredom", "", nil, 404, "not_found", "", ""},
		{"a panic", "GET", "/panic", "", nil, 500, "internal", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := *shared
			s.t = t
			var r reply
			if len(c.headers) == 1 && c.headers[0] == "Length: hidden" {
				r = s.stream(c.method, c.target, c.body)
			} else {
				r = s.do(c.method, c.target, c.body, c.headers...)
			}
			require.Equal(t, c.status, r.StatusCode, r.body)
			require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"))
			require.NotContains(t, r.body, "+49151")
			require.NotContains(t, s.log.String(), "+49151")
			require.Contains(t, r.body, c.contains)
			var d problem.Document
			require.NoError(t, json.Unmarshal([]byte(r.body), &d))
			require.EqualValues(t, c.code, d.Code)
			require.Equal(t, c.status, d.Status)
			require.NotEmpty(t, d.Title)
			require.NotEmpty(t, d.Detail)
			require.Equal(t, "trace:"+r.Header.Get("X-Request-Id"), d.Instance)
			if name, value, ok := strings.Cut(c.header, ": "); ok {
				require.Contains(t, r.Header.Get(name), value)
			}
			page := s.do("GET", d.Type, "", "Accept: text/html")
			require.Equal(t, 200, page.StatusCode, d.Type)
			require.Contains(t, page.body, d.Title)
		})
	}
}

func TestProblems_browser_getsAPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.do("GET", "/nowhere", "", "Accept: text/html,application/xhtml+xml")
	require.Equal(t, 404, r.StatusCode)
	require.Equal(t, "text/html; charset=utf-8", r.Header.Get("Content-Type"))
	require.Contains(t, r.body, `<a href="/problems/not-found">`)

	own := newSite(t, func(c *api.Config) {
		c.ProblemPage = func(w http.ResponseWriter, _ *http.Request, d *problem.Document) {
			w.WriteHeader(d.Status)
			_, _ = w.Write([]byte("our page: " + d.Title))
		}
	})
	require.Equal(t, "our page: Not here", own.do("GET", "/nowhere", "", "Accept: text/html").body)
}

func TestProblems_engineAway_commandsWaitReadsGoOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.open(`{"title": "Checkout is down"}`)
	s.engine.Break(errors.Join(client.ErrUnavailable, errors.New("dial tcp 10.0.0.1: refused")))

	r := s.do("POST", n+"/declare", "")
	require.Equal(t, 503, r.StatusCode)
	require.Equal(t, "5", r.Header.Get("Retry-After"))
	require.NotContains(t, r.body, "10.0.0.1")
	require.Contains(t, s.log.String(), "10.0.0.1", "the log says why")
	require.Equal(t, "Checkout is down", s.must(200, "GET", n, "")["title"])

	before := len(s.must(200, "GET", "/api/v1/incidents", "")["items"].([]any))
	r = s.do("POST", "/api/v1/incidents", `{"title": "x"}`, "Idempotency-Key: k1")
	require.Equal(t, 503, r.StatusCode)
	require.Contains(t, r.body, "Idempotency-Key: k1")
	require.Len(t, s.must(200, "GET", "/api/v1/incidents", "")["items"], before, "no number is spent on what cannot begin")

	require.Equal(t, 503, s.do("GET", "/-/ready", "").StatusCode)
	require.Equal(t, 202, s.do("POST", "/in/alertmanager", `{"groupKey": "k", "status": "firing"}`).StatusCode, "alerts are taken all the same")

	s.engine.Break(client.ErrNotRunning)
	require.Equal(t, "not_running", s.must(409, "POST", n+"/declare", "")["code"])
}

func TestTokens_closedServer_asksForOne(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *api.Config) { c.Open, c.Tokens = false, []plan.Secret{"first-token", "second-token"} })
	for _, c := range []struct {
		header string
		status int
	}{
		{"Accept: */*", 401},
		{"Authorization: Bearer wrong-token", 401},
		{"Authorization: Bearer ", 401},
		{"Authorization: Bearer first-token", 200},
		{"Authorization: bearer second-token", 200},
	} {
		r := s.do("GET", "/api/v1/mode", "", c.header, "Host: stormbell.example.com")
		require.Equal(t, c.status, r.StatusCode, c.header)
		require.Equal(t, c.status == 401, r.Header.Get("WWW-Authenticate") != "")
	}
	require.NotContains(t, s.log.String(), "-token")
	for _, open := range []string{"/-/healthy", "/healthz", "/-/ready", "/version", "/metrics", "/api/openapi.json", "/api/openapi.yaml", "/problems"} {
		require.Equal(t, 200, s.do("GET", open, "").StatusCode, open)
	}
	require.Equal(t, 401, s.do("POST", "/in/alertmanager", `{"groupKey": "k", "status": "firing"}`).StatusCode, "a trigger without a token is closed here")

	engine := s.engine
	_, err := api.New(api.Config{Record: engine.Record, Commands: engine, Plan: engine.Plan})
	require.ErrorContains(t, err, "token")
	_, err = api.New(api.Config{})
	require.Error(t, err)
	_, err = api.New(api.Config{Record: engine.Record, Commands: engine, Plan: engine.Plan, Open: true, PublicURL: "stormbell"})
	require.ErrorContains(t, err, "https://")
}

func TestHeaders_everyAnswer_allowsLittle(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *api.Config) { c.PublicURL = "https://stormbell.example.com" })
	r := s.do("GET", "/-/healthy", "", "Host: stormbell.example.com")
	require.Equal(t, 200, r.StatusCode)
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
		"Cache-Control": "no-store", "Strict-Transport-Security": "max-age=31536000",
	} {
		require.Equal(t, want, r.Header.Get(name), name)
	}
	require.Contains(t, r.Header.Get("Content-Security-Policy"), "default-src 'none'")
	trace := "4bf92f3577b34da6a3ce929d0e0e4736"
	r = s.do("GET", "/-/healthy", "", "Traceparent: 00-"+trace+"-00f067aa0ba902b7-01")
	require.Equal(t, trace, r.Header.Get("X-Request-Id"))
	require.Equal(t, 404, s.do("POST", "/api/v1/incidents/1/declare", "", "Origin: https://stormbell.example.com").StatusCode, "the public name is no other site")
	require.Equal(t, 404, s.do("POST", "/r/token/accept", "", "Origin: null").StatusCode, "an old phone's own form is no other site's")
	require.Equal(t, 403, s.do("POST", "/i/1/declare", "", "Origin: null").StatusCode)
}

func TestLog_requests_nameTheRouteOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *api.Config) {
		c.Web = func(r gin.IRouter) { r.GET("/r/:token", func(g *gin.Context) { g.Status(204) }) }
	})
	s.do("GET", "/r/SECRETTOKEN?code=SECRETCODE", "", "Authorization: Bearer SECRETHEADER", "Cookie: SECRETCOOKIE=1")
	require.Contains(t, s.log.String(), "route=/r/:token")
	require.NotContains(t, s.log.String(), "SECRET")
	metrics := s.do("GET", "/metrics", "").body
	require.Contains(t, metrics, `stormbell_http_request_duration_seconds_count{method="GET",route="/r/:token",status="204"} 1`)
	require.Contains(t, metrics, `stormbell_build_info{go="go`)
	require.NotContains(t, metrics, "SECRET")
	require.JSONEq(t, `{"status": "ready"}`, s.do("GET", "/-/ready", "").body)
	require.Contains(t, s.do("GET", "/version", "").body, `"version":"1.2.3"`)
}
