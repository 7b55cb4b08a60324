package login_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
)

const glassPassword = "ABCDE-FGHIJ-KLMNO"

// site is the whole server with a company's login, and a browser that keeps its cookies.
type site struct {
	*apitest.Engine
	t       *testing.T
	issuer  *issuer
	handler http.Handler
	log     *bytes.Buffer
	meters  *prometheus.Registry
	cookies map[string]*http.Cookie
}

// serve starts it; the public address decides whether cookies want https.
func serve(t *testing.T, public string, change ...func(*plan.Plan)) *site {
	t.Helper()
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	s := &site{t: t, Engine: engine, issuer: newIssuer(t, engine.Now), log: &bytes.Buffer{}, meters: prometheus.NewRegistry(), cookies: map[string]*http.Cookie{}}
	hash, err := bcrypt.GenerateFromPassword([]byte(glassPassword), bcrypt.MinCost)
	require.NoError(t, err)
	p := engine.Plan()
	p.Company.URL = public
	p.Login = plan.Login{
		OIDC:       plan.OIDC{Issuer: s.issuer.server.URL, ClientID: "stormbell", Secret: "s3cret", Groups: "groups", Scopes: []string{"groups"}},
		Rights:     map[actor.Right][]string{actor.Declare: {"managers"}, actor.Administer: {"admins"}},
		BreakGlass: plan.Secret(hash), Idle: time.Hour, Session: 8 * time.Hour,
	}
	for _, f := range change {
		f(&p)
	}
	engine.SetPlan(p)
	logger := slog.New(slog.NewTextHandler(s.log, nil))
	door, err := login.New(login.Config{
		Plan: engine.Plan, Record: engine.Record, PublicURL: public, Registry: s.meters, Logger: logger, Now: engine.Now, Tokens: []plan.Secret{"token"},
	})
	require.NoError(t, err)
	views := view.New(view.Config{Record: engine.Record, Plan: engine.Plan, Now: engine.Now})
	desk := act.New(act.Config{Record: engine.Record, Commands: engine, Views: views, Patience: 50 * time.Millisecond})
	pages, err := web.New(web.Config{Views: views, Desk: desk, Record: engine.Record, Plan: engine.Plan, Now: engine.Now, Login: door, Logger: logger})
	require.NoError(t, err)
	s.handler, err = api.New(api.Config{
		Record: engine.Record, Commands: engine, Plan: engine.Plan, Now: engine.Now, Login: door, PublicURL: public, Logger: logger,
		Web: func(r gin.IRouter) { pages.Register(r) }, Patience: 50 * time.Millisecond,
	})
	require.NoError(t, err)
	return s
}

// visit sends what the browser would; a form makes it a POST.
func (s *site) visit(address string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r := httptest.NewRequestWithContext(s.t.Context(), method, address, strings.NewReader(body))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept", "text/html")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	for _, c := range s.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(s.cookies, c.Name)
			continue
		}
		s.cookies[c.Name] = c
	}
	return w
}

// goes insists on a redirect and returns where it leads.
func (s *site) goes(w *httptest.ResponseRecorder) string {
	s.t.Helper()
	require.Contains(s.t, []int{http.StatusFound, http.StatusSeeOther}, w.Code, w.Body.String())
	return w.Header().Get("Location")
}

// signIn walks to the company's login and back, and returns where that ends.
func (s *site) signIn(to string) string {
	s.t.Helper()
	out := s.goes(s.visit(login.CompanyPath+"?to="+url.QueryEscape(to), nil))
	return s.goes(s.visit(s.issuer.authorize(out), nil))
}

// is makes the company's login know the visitor by a mail address and groups.
func (s *site) is(email string, groups ...string) {
	s.issuer.says = map[string]any{"email": email, "email_verified": true, "name": "Somebody", "groups": groups}
}

func (s *site) see(path string) string {
	s.t.Helper()
	w := s.visit(path, nil)
	require.Equal(s.t, http.StatusOK, w.Code, w.Body.String())
	return w.Body.String()
}
