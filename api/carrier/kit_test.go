package carrier

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

func init() { gin.SetMode(gin.ReleaseMode) }

const (
	public   = "https://bell.example.com"
	pageID   = "page:2026-1:marketing_officer:1"
	annas    = "+4917604069001"
	statusAt = "/hooks/twilio/status?n=n1"
	replyAt  = "/hooks/twilio/reply"
	keysAt   = "/hooks/twilio/keys?n=n1"
	callAt   = "/hooks/twilio/call"
	mailAt   = "/hooks/sendgrid/events"
)

// site is the door under test: the routes as a server mounts them, over a real record in
// which Anna is being called (delivery n1) for a role.
type site struct {
	*record.Record
	t        *testing.T
	hooks    *Hooks
	handler  http.Handler
	mailKey  *ecdsa.PrivateKey
	db       *sql.DB // what somebody with a database client sees
	log      bytes.Buffer
	revision int64
}

func newSite(t *testing.T, page escalation.State) *site {
	t.Helper()
	file := filepath.Join(t.TempDir(), "record.db")
	r, err := record.Open(t.Context(), record.Config{URL: "sqlite:" + file})
	require.NoError(t, err)
	s := &site{Record: r, t: t, mailKey: newKey(t, elliptic.P256())}
	s.db, err = sql.Open("sqlite", file)
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = s.db.Close(), r.Close() })
	s.hooks = New(Config{
		Record: r, Plan: func() plan.Plan { return company }, Tokens: []string{"new", "token"}, MailKey: &s.mailKey.PublicKey,
		PublicURL: public, Logger: slog.New(slog.NewTextHandler(&s.log, nil)), Now: func() time.Time { return now }, Patience: 20 * time.Second,
	})
	if !page.Over() {
		s.hooks.Patience = time.Millisecond // nothing will decide it
	}
	engine := gin.New()
	s.hooks.Register(engine.Group("/hooks"))
	s.handler = engine

	_, err = r.AcceptAlerts(t.Context(), []record.Alert{{Source: "s", Key: "k", Status: record.Firing}})
	require.NoError(t, err)
	s.becomes(page)
	_, _, err = r.Begin(t.Context(), record.Delivery{N: "n1", Incident: 1, Workflow: pageID, Step: "rung-0-anna-call", Person: "anna", Channel: string(plan.Call), Purpose: "page"}, false)
	require.NoError(t, err)
	_, _, err = r.Settle(t.Context(), "n1", delivery.Outcome{State: delivery.Accepted, ProviderID: "CA1"})
	require.NoError(t, err)
	return s
}

// company has a hostile name, as far as markup goes.
var company = plan.Plan{
	Company: plan.Company{Name: `A&B <Say>"GmbH"`, Languages: []string{"en"}, HelpPhone: "+49 30 23125 000", Conference: "+493023125001", ConferencePIN: "4711"},
	People: []plan.Person{
		{ID: "anna", Name: `Anna </Say><Dial>+49900123456</Dial> O'Vogel`, Language: "en", Phones: []plan.Phone{{Number: annas}}},
		{ID: "ben", Name: "Ben Ortiz", Language: "en"},
	},
	Roles: []plan.Role{{Name: "marketing_officer", Title: map[string]string{"en": "Marketing & Sales"}}},
}

// becomes appends what the page's workflow decided, and what it asks of people now.
func (s *site) becomes(page escalation.State, asks ...record.Ask) {
	s.t.Helper()
	page.Page.Incident, page.Page.Role = 1, "marketing_officer"
	body, err := json.Marshal(page)
	require.NoError(s.t, err)
	s.revision++
	require.NoError(s.t, s.Append(s.t.Context(), record.Append{Incident: 1, Workflow: pageID, Run: "r", Kind: record.KindPage, Revision: s.revision, Snapshot: body, Asks: asks}))
}

// call is one request of somebody who may be a provider.
type call struct {
	method, target, body string
	header               map[string]string
	stream               bool // say nothing of the length
}

// twilio returns a call-back as Twilio signs it.
func twilio(target string, form url.Values) call {
	return call{http.MethodPost, target, form.Encode(), map[string]string{TwilioSignature: sign("token", public+target, form)}, false}
}

// sendgrid returns a batch as SendGrid signs it at some time.
func (s *site) sendgrid(at time.Time, body string) call {
	ts := fmt.Sprint(at.Unix())
	return call{http.MethodPost, mailAt, body, map[string]string{
		SendGridTimestamp: ts, SendGridSignature: base64.StdEncoding.EncodeToString(signBatch(s.t, s.mailKey, ts, body)),
	}, false}
}

// do sends it to an address of the sender's choice: only what is configured counts.
func (s *site) do(c call) (status int, body string) {
	r := httptest.NewRequest(c.method, c.target, strings.NewReader(c.body))
	r.Host = "evil.example"
	r.Header.Set("X-Forwarded-Host", "evil.example")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	if c.stream {
		r.ContentLength = -1
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// trace is every row of every table: what a call-back left behind is what differs.
func (s *site) trace() (rows []string) {
	s.t.Helper()
	for _, table := range s.texts("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
		columns := s.texts("SELECT 'quote(' || name || ')' FROM pragma_table_info('" + table + "')")
		for _, row := range s.texts("SELECT " + strings.Join(columns, " || ' ' || ") + " FROM " + table + " ORDER BY 1") {
			rows = append(rows, table+": "+row)
		}
	}
	require.Greater(s.t, len(rows), 4, "the record is not seen")
	return rows
}

// inbox is what waits for the pump.
func (s *site) inbox() []string {
	s.t.Helper()
	return s.texts("SELECT kind || ' ' || item_key || ' ' || body FROM inbox_items ORDER BY id")
}

func (s *site) texts(query string) (all []string) {
	s.t.Helper()
	rows, err := s.db.QueryContext(s.t.Context(), query)
	require.NoError(s.t, err)
	defer rows.Close()
	for rows.Next() {
		var one string
		require.NoError(s.t, rows.Scan(&one))
		all = append(all, one)
	}
	require.NoError(s.t, rows.Err())
	return all
}
