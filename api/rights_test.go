package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/carrier"
	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/record"
)

// gate is what an address asks of its visitor.
type gate string

const (
	// anybody: it is public, or wants a proof of its own such as a link, a key or a signature. Who is
	// signed in makes no difference.
	anybody gate = "anybody"
	// readers: everybody who may read; what they do there is decided behind it.
	readers gate = "readers"
	// roles: a command that only roles in the incident bring, and nobody's sign-in.
	roles gate = "roles"
	// rights: the rights listed, and nobody else who has no role.
	rights gate = "rights"
)

// door is one address with what it asks.
type door struct {
	gate gate
	body string // JSON for the API, a form for pages; when there is one, whoever may succeeds
	may  []actor.Right
}

func by(body string, may ...actor.Right) door { return door{rights, body, may} }

const (
	one    = "/api/v1/incidents/:n"
	letter = one + "/messages/:audience/:phase"
)

// doors are all addresses of the server. A new one belongs in here.
var doors = map[string]door{
	// What needs no sign-in.
	"GET /-/healthy": {gate: anybody}, "GET /-/ready": {gate: anybody}, "GET /healthz": {gate: anybody}, "GET /metrics": {gate: anybody}, "GET /version": {gate: anybody},
	"GET /problems": {gate: anybody}, "GET /problems/:code": {gate: anybody}, "GET /api/openapi.json": {gate: anybody}, "GET /api/openapi.yaml": {gate: anybody},
	"GET /assets/:file": {gate: anybody}, "POST /language": {gate: anybody}, "POST /as": {gate: anybody},
	"GET /sign-in": {gate: anybody}, "GET /sign-in/company": {gate: anybody}, "GET /sign-in/return": {gate: anybody}, "POST /sign-in/break-glass": {gate: anybody},
	"GET /sign-out": {gate: anybody}, "POST /sign-out": {gate: anybody},
	"GET /status": {gate: anybody}, "GET /status.atom": {gate: anybody}, "GET /status.json": {gate: anybody}, "GET /status/subscribe": {gate: anybody}, "POST /status/subscribe": {gate: anybody},
	// Links, keys and signatures are proofs of their own.
	"GET /r/:token": {gate: anybody}, "POST /r/:token/:act": {gate: anybody}, "GET /r/:token/m/:audience/:phase": {gate: anybody}, "GET /r/:token/status": {gate: anybody},
	"GET /me/:token": {gate: anybody}, "POST /me/:token/:act": {gate: anybody}, "GET /me/:token/contact.vcf": {gate: anybody}, "GET /me/:token/status": {gate: anybody},
	"GET /c/:token": {gate: anybody}, "POST /c/:token": {gate: anybody}, "GET /u/:token": {gate: anybody}, "POST /u/:token": {gate: anybody}, "GET /on-call/:file": {gate: anybody},
	"POST /api/v1/subscriptions/:token/confirm": {gate: anybody}, "POST /api/v1/subscriptions/:token/unsubscribe": {gate: anybody},
	"OPTIONS /in/:name": {gate: anybody}, "POST /in/:name": {gate: anybody}, "PUT /in/:name": {gate: anybody}, "POST /v2/enqueue": {gate: anybody}, "POST /v2/change/enqueue": {gate: anybody},
	"POST /hooks/sendgrid/events": {gate: anybody}, "POST /hooks/sendgrid/inbound": {gate: anybody}, "POST /hooks/sendgrid/inbound/:key": {gate: anybody},
	"POST /hooks/twilio/call": {gate: anybody}, "GET /hooks/twilio/fallback.xml": {gate: anybody}, "POST /hooks/twilio/keys": {gate: anybody}, "POST /hooks/twilio/reply": {gate: anybody}, "POST /hooks/twilio/status": {gate: anybody},

	// Pages.
	"GET /": {gate: readers}, "GET /i/:n": {gate: readers}, "GET /i/:n/add": {gate: readers}, "GET /i/:n/briefing": {gate: readers}, "GET /i/:n/declare": {gate: readers},
	"GET /i/:n/events": {gate: readers}, "GET /i/:n/m/:audience/:phase": {gate: readers}, "GET /i/:n/page": {gate: readers}, "GET /i/:n/panels/:panel": {gate: readers}, "GET /i/:n/phase": {gate: readers},
	"GET /i/:n/r/:role": {gate: readers}, "GET /i/:n/report": {gate: readers}, "GET /i/:n/resolve": {gate: readers}, "GET /i/:n/t/:task": {gate: readers}, "GET /i/:n/timeline": {gate: readers}, "GET /i/:n/wall": {gate: readers},
	"GET /connect": {gate: readers}, "GET /setup": {gate: readers}, "GET /on-call": {gate: readers}, "GET /people": {gate: readers}, "GET /people/:id": {gate: readers},
	"POST /on-call/:act":     by("", actor.Page, actor.Administer), // everybody's shifts in a calendar; whose duty it is may more, which the desk decides
	"POST /people":           by("", actor.Page, actor.Administer),
	"POST /people/:id/:act":  by("by=sms", actor.Page, actor.Administer), // a test
	"POST /i":                by("title=Checkout+is+down", actor.Declare),
	"POST /i/:n/:act":        by("role=legal_officer", actor.Page), // a page; the other acts are those of the API
	"POST /api/v1/incidents": by(`{"title": "Checkout is down"}`, actor.Declare),

	// What is read by programs.
	"GET /api/v1/company": {gate: readers}, "GET /api/v1/incidents": {gate: readers}, "GET " + one: {gate: readers}, "GET " + one + "/briefing": {gate: readers}, "GET " + one + "/deliveries": {gate: readers},
	"GET " + one + "/messages": {gate: readers}, "GET " + letter: {gate: readers}, "GET " + one + "/report": {gate: readers}, "GET " + one + "/roles": {gate: readers}, "GET " + one + "/tasks": {gate: readers},
	"GET " + one + "/timeline": {gate: readers}, "GET /api/v1/maintenance": {gate: readers}, "GET /api/v1/mode": {gate: readers}, "GET /api/v1/on-call": {gate: readers}, "GET /api/v1/on-call.ics": {gate: readers},
	"GET /api/v1/on-call/gaps": {gate: readers}, "GET /api/v1/on-call/shifts": {gate: readers}, "GET /api/v1/overrides": {gate: readers}, "GET /api/v1/people": {gate: readers},
	"GET /api/v1/people/:id/test-page": {gate: readers}, "GET /api/v1/status": {gate: readers}, "GET /api/v1/templates/preview": {gate: readers},
	"GET " + letter + "/recipients": by("", actor.Administer), "GET /api/v1/calendar-links": by("", actor.Administer), "GET /api/v1/guests": by("", actor.Administer),
	"GET /api/v1/subscriptions": by("", actor.Administer), "GET /api/v1/webhooks": by("", actor.Administer), "GET /api/v1/webhooks/:name/deliveries": by("", actor.Administer),

	// What belongs to no incident.
	"DELETE /api/v1/calendar-links": by("", actor.Administer), "POST /api/v1/calendar-links": by("{}", actor.Administer),
	"POST /api/v1/maintenance": by("", actor.Administer), "DELETE /api/v1/maintenance/:id": by("", actor.Administer),
	"POST /api/v1/overrides":      by(`{"role": "business_lead", "person": "ben", "from": "2026-11-23T03:00:00Z", "to": "2026-11-24T03:00:00Z", "why": "ill"}`, actor.Page, actor.Administer),
	"POST /api/v1/overrides/swap": by(`{"role": "rotation:slt", "person": "dev", "other": "finn"}`, actor.Page, actor.Administer), "DELETE /api/v1/overrides/:id": by("", actor.Page, actor.Administer),
	"POST /api/v1/people/:id/invite": by("", actor.Page, actor.Administer), "POST /api/v1/people/:id/test-page": by("", actor.Page, actor.Administer),
	"DELETE /api/v1/people/:id/pin": by("", actor.Administer), "DELETE /api/v1/people/:id/sessions": by("", actor.Administer),
	"POST /api/v1/subscriptions": by(`{"channel": "email", "address": "gina@acme.example"}`, actor.Administer), "DELETE /api/v1/subscriptions/:id": by("", actor.Administer),
	"POST /api/v1/webhooks/:name/deliveries/:id/redeliver": by("", actor.Administer),

	// Commands to an incident.
	"POST " + one + "/assess":                        by(`{"impact": "most"}`, actor.Declare),
	"POST " + one + "/declare":                       by(`{"reason": "bad"}`, actor.Declare),
	"POST " + one + "/scope":                         by(`{}`, actor.Declare),
	"POST " + one + "/updates":                       by(`{}`, actor.Declare),
	"POST " + one + "/phase":                         by(`{"phase": "identification"}`, actor.Resolve),
	"POST " + one + "/resolve":                       by(`{}`, actor.Resolve),
	"POST " + one + "/cancel":                        by(`{}`, actor.Resolve),
	"POST " + one + "/roles/:role/page":              by(`{}`, actor.Page),
	"PUT " + one + "/roles/:role/holder":             by(`{"person": "carla"}`, actor.Page),
	"POST " + one + "/notes":                         by(`{"text": "x"}`, actor.AllRights()...),
	"POST " + one + "/recommend":                     {gate: roles},
	"PUT " + one + "/briefing":                       {gate: roles},
	"POST " + one + "/briefing/confirm":              {gate: roles},
	"POST " + one + "/handover":                      {gate: roles},
	"POST " + one + "/roles/:role/accept":            {gate: roles},
	"POST " + one + "/roles/:role/decline":           {gate: roles},
	"POST " + one + "/roles/:role/presence":          {gate: roles},
	"PUT " + one + "/roles/:role/proxy":              {gate: roles},
	"POST " + one + "/roles/:role/still-here":        {gate: roles},
	"POST " + one + "/tasks":                         {gate: roles},
	"POST " + one + "/tasks/:task/blocked":           {gate: roles},
	"POST " + one + "/tasks/:task/done":              {gate: roles},
	"POST " + one + "/tasks/:task/drop":              {gate: roles},
	"POST " + one + "/tasks/:task/estimate":          {gate: roles},
	"PUT " + letter:                                  {gate: roles},
	"POST " + letter + "/agree":                      {gate: roles},
	"POST " + letter + "/approve":                    {gate: roles},
	"POST " + letter + "/deliver":                    {gate: roles},
	"POST " + letter + "/estimate":                   {gate: roles},
	"POST " + letter + "/object":                     {gate: roles},
	"POST " + letter + "/order":                      {gate: roles},
	"POST " + letter + "/recipients/resend-unproven": by("", actor.Release),
	"POST " + letter + "/release":                    {gate: roles}, // the right to release is the message's to ask: domain/comms
	"POST " + letter + "/settle":                     {gate: roles},
	"POST " + letter + "/size":                       {gate: roles},
	"POST " + letter + "/skip":                       {gate: roles},
	"POST " + letter + "/submit":                     {gate: roles},
	"POST " + letter + "/take-back":                  {gate: roles},
}

// kind is a kind of visitor.
type kind struct {
	name  string
	right actor.Right // of a session that has this one, and with it the right to read
	token bool
	solo  bool
}

func kinds() []kind {
	all := []kind{{name: "nobody"}, {name: "a token", token: true}, {name: "solo", solo: true}}
	for _, r := range actor.AllRights() {
		all = append(all, kind{name: string(r), right: r})
	}
	return all
}

// building is the whole server with everything behind it.
type building struct {
	*site
	t *testing.T
}

func build(t *testing.T, open bool) *building {
	t.Helper()
	b := &building{t: t}
	b.site = newSite(t, func(c *api.Config) {
		groups := map[actor.Right][]string{}
		for _, r := range actor.AllRights() {
			groups[r] = []string{string(r)}
		}
		p := c.Plan()
		p.Login = plan.Login{OIDC: plan.OIDC{Issuer: "http://127.0.0.1:1"}, Rights: groups, Idle: time.Hour, Session: time.Hour}
		engine := c.Commands.(interface{ SetPlan(p plan.Plan) })
		engine.SetPlan(p)
		c.Open, c.Tokens = open, []plan.Secret{"token"}
		var err error
		c.Login, err = login.New(login.Config{Plan: c.Plan, Record: c.Record, Open: open, Tokens: c.Tokens, Now: c.Now})
		require.NoError(t, err)
		views := view.New(view.Config{Record: c.Record, Plan: c.Plan, Now: c.Now})
		desk := act.New(act.Config{Record: c.Record, Commands: c.Commands, Views: views, Patience: c.Patience})
		pages, err := web.New(web.Config{Views: views, Desk: desk, Record: c.Record, Plan: c.Plan, Now: c.Now, Open: open, Login: c.Login})
		require.NoError(t, err)
		c.Web = pages.Register
		c.Carrier = carrier.New(carrier.Config{Record: c.Record, Plan: c.Plan}).Register
	})
	_, err := b.engine.Record.AddOverrides(t.Context(), "ben", roster.Override{Role: plan.LegalOfficer, Person: "ben", From: b.engine.Now()})
	require.NoError(t, err)
	return b
}

// session is what the door keeps of a guest with one right.
func (b *building) session(right actor.Right) string {
	b.t.Helper()
	token := "session-of-" + string(right)
	now := b.engine.Now()
	content, err := json.Marshal(map[string]any{"method": "company", "guest": "guest-0123456789", "name": "Gina", "groups": []string{string(right)}, "since": now, "seen": now})
	require.NoError(b.t, err)
	sum := sha256.Sum256([]byte(token))
	require.NoError(b.t, b.engine.Record.PutSession(b.t.Context(), record.Session{Token: hex.EncodeToString(sum[:]), Subject: "g", Content: string(content), ExpiresAt: now.Add(time.Hour)}))
	return token
}

// fresh opens an incident of its own for a try.
func (b *building) fresh() string {
	b.t.Helper()
	r := b.do(http.MethodPost, "/api/v1/incidents", `{"title": "Reports are slow"}`, "Authorization: Bearer token")
	require.Equal(b.t, http.StatusCreated, r.StatusCode, r.body)
	return r.Header.Get("Location")[len("/api/v1/incidents/"):]
}

// try goes through a door as a visitor and tells how that ended: "in", "out" (nobody is signed in),
// "no" (it is not theirs to do) or "wrong" (anything else that is refused).
func (b *building) try(route string, d door, k kind) (how string, status int) {
	method, path, _ := strings.Cut(route, " ")
	isAPI := strings.HasPrefix(path, "/api/")
	n := "1"
	if strings.Contains(path, ":n") {
		n = b.fresh()
	}
	path = strings.NewReplacer(":n", n, ":role", "incident_commander", ":audience", "internal", ":phase", "investigation", ":task", "stop_campaigns", ":id/:act", "ben/test", ":id", "ben",
		"/on-call/:act", "/on-call/link", ":act", "page", ":panel", "roles", ":token", "nonsense", ":file", "page.css", ":code", "invalid", ":key", "k", ":name", "alertmanager").Replace(path)
	if strings.Contains(path, "overrides/ben") {
		path = strings.ReplaceAll(path, "ben", "1")
	}
	patience := 10 * time.Second
	if strings.HasSuffix(path, "/events") {
		patience = 100 * time.Millisecond // it never ends by itself
	}
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(d.body))
	r.Host = "127.0.0.1:8080"
	if isAPI {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "text/html")
	}
	if k.right != "" {
		r.AddCookie(&http.Cookie{Name: "stormbell", Value: b.session(k.right)})
	}
	if k.token {
		r.Header.Set("Authorization", "Bearer token")
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	to := w.Header().Get("Location")
	switch {
	case w.Code == http.StatusUnauthorized, strings.HasPrefix(to, "/sign-in") && !strings.HasPrefix(path, "/sign-in"):
		return "out", w.Code
	case w.Code == http.StatusForbidden, strings.Contains(to, "refused=forbidden"):
		return "no", w.Code
	case w.Code >= http.StatusBadRequest, strings.Contains(to, "refused="):
		return "wrong", w.Code
	}
	return "in", w.Code
}

// TestRights_everyAddress_everyKindOfVisitor fails for an address that nobody has thought about.
func TestRights_everyAddress_everyKindOfVisitor(t *testing.T) {
	t.Parallel()
	closed, solo := build(t, false), build(t, true)
	seen := map[string]bool{}
	for _, r := range closed.handler.(*gin.Engine).Routes() {
		route := strings.Replace(r.Method, http.MethodHead, http.MethodGet, 1) + " " + r.Path
		if strings.HasPrefix(r.Path, "/assets/") {
			route = "GET /assets/:file"
		}
		if seen[route] {
			continue
		}
		seen[route] = true
		d, known := doors[route]
		require.True(t, known, "say in doors who may use %s", route)
		first, _ := closed.try(route, d, kind{name: "nobody"})
		for _, k := range kinds() {
			b := closed
			if k.solo {
				b = solo
			}
			how, status := b.try(route, d, k)
			what := fmt.Sprintf("%s by %s: %s (%d)", route, k.name, how, status)
			api := strings.HasPrefix(r.Path, "/api/")
			boss := k.solo || k.token && api
			signedIn := k.right != ""
			switch {
			case d.gate == anybody:
				if !k.solo { // which takes alerts without a key
					require.Equal(t, first, how, what)
				}
			case !boss && !signedIn:
				require.Equal(t, "out", how, what)
			case d.gate == readers:
				require.NotContains(t, []string{"out", "no"}, how, what)
			case d.gate == roles && boss, d.gate == rights && (boss || slices.Contains(d.may, k.right)):
				require.NotContains(t, []string{"out", "no"}, how, what)
				if d.body != "" {
					require.Equal(t, "in", how, what)
				}
			case d.gate == roles:
				require.Contains(t, []string{"no", "wrong"}, how, what)
			default:
				require.Equal(t, "no", how, what)
			}
		}
	}
	for route := range doors {
		require.True(t, seen[route], "%s is no address any more", route)
	}
}

// A personal link is no sign-in: what its person may do is what their roles bring, and nothing more.
func TestRights_personalLink_bringsOnlyRoles(t *testing.T) {
	t.Parallel()
	b := build(t, false)
	n := b.fresh()
	token, err := b.engine.Record.Link(t.Context(), 1, "carla") // who holds no role
	require.NoError(t, err)
	require.Equal(t, "1", n)
	for act, form := range map[string]string{
		"page": "role=legal_officer", "assess": "impact=most", "declare": "", "phase": "phase=identification", "resolve": "", "cancel": "", "recommend": "declare=yes",
		"appoint": "role=legal_officer&person=carla", "resend": "audience=internal&phase=investigation",
	} {
		before := len(b.engine.Calls())
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/r/"+token+"/"+act, strings.NewReader(form))
		r.Host = "127.0.0.1:8080"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		require.True(t, w.Code == http.StatusForbidden || strings.Contains(w.Header().Get("Location"), "refused=forbidden"), "%s: %d %s", act, w.Code, w.Header().Get("Location"))
		require.LessOrEqual(t, len(b.engine.Calls())-before, 1)
	}
	i := b.must(http.StatusOK, http.MethodGet, "/api/v1/incidents/1", "", "Authorization: Bearer token")
	require.Nil(t, i["declared"])
}
