package intake_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/intake"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
)

const routingKey = "00000000000000000000000000000001"

// box keeps what arrives, and refuses with err.
type box struct {
	alerts []record.Alert
	err    error
}

func (b *box) AcceptAlerts(_ context.Context, alerts []record.Alert) ([]record.Accepted, error) {
	if b.err != nil {
		return nil, b.err
	}
	accepted := make([]record.Accepted, len(alerts))
	for i, a := range alerts {
		b.alerts = append(b.alerts, a)
		accepted[i] = record.Accepted{Incident: 7, Year: 2026, Opened: true}
		if a.Status != record.Firing {
			accepted[i] = record.Accepted{Dropped: true}
		}
	}
	return accepted, nil
}

type door struct {
	box
	plan    plan.Plan
	open    bool
	signals *prometheus.CounterVec
	engine  *gin.Engine
}

// counted returns what Prometheus sees.
func (d *door) counted(t *testing.T) string {
	t.Helper()
	registry := prometheus.NewRegistry()
	require.NoError(t, registry.Register(d.signals))
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func newDoor(t testing.TB) *door {
	t.Helper()
	p, err := planfile.Parse("built-in plan", planfile.Example(), planfile.Options{Lenient: true})
	require.NoError(t, err)
	return &door{plan: p, open: true, signals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "signals"}, []string{"source", "outcome"})}
}

func (d *door) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	if d.engine == nil {
		d.engine = gin.New()
		intake.Register(d.engine, intake.Config{Inbox: &d.box, Plan: func() plan.Plan { return d.plan }, Open: d.open, Signals: d.signals})
	}
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.engine.ServeHTTP(w, r)
	return w
}

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	m.Run()
}

// TestEnqueue_answersLikePagerDuty is the table of Events v2: the answer byte for byte, and
// the alert that came of it.
func TestEnqueue_answersLikePagerDuty(t *testing.T) {
	t.Parallel()
	const invalid = `{"status":"invalid event","message":"Event object is invalid","errors":[%s]}`
	event := func(fields string) string { return `{"routing_key": "` + routingKey + `", ` + fields + `}` }
	for _, c := range []struct {
		name, body string
		status     int
		answer     string
		alert      *record.Alert
	}{
		{
			"trigger", event(`"event_action": "trigger", "dedup_key": "srv/http", "client_url": "https://mon.example",
				"links": [{"href": "javascript:alert(1)"}, {"href": "https://runbook.example/1"}],
				"payload": {"summary": "Checkout down", "source": "srv", "severity": "warning", "timestamp": "2026-11-22T02:51:00.000+0000", "custom_details": {"a": [1]}}`),
			202, `{"status":"success","message":"Event processed","dedup_key":"srv/http"}`,
			&record.Alert{Source: "events", Key: "srv/http", Status: record.Firing, Title: "Checkout down", Severity: "warning", Visibility: "important", Impact: "many", Link: "https://runbook.example/1"},
		},
		{
			"trigger with a time", event(`"event_action": "trigger", "dedup_key": "k", "payload": {"summary": "x", "severity": "CRITICAL", "timestamp": "2026-11-22T02:51:00Z"}`),
			202, `{"status":"success","message":"Event processed","dedup_key":"k"}`,
			&record.Alert{Source: "events", Key: "k", Status: record.Firing, Title: "x", Severity: "CRITICAL", Visibility: "core", Impact: "most", StartedAt: time.Date(2026, 11, 22, 2, 51, 0, 0, time.UTC)},
		},
		{
			"a word nobody knows counts like none", event(`"event_action": "trigger", "dedup_key": "k", "payload": {"summary": "x", "severity": "meh"}`),
			202, `{"status":"success","message":"Event processed","dedup_key":"k"}`,
			&record.Alert{Source: "events", Key: "k", Status: record.Firing, Title: "x", Severity: "meh", Visibility: "core", Impact: "most"},
		},
		{
			"acknowledge", event(`"event_action": "acknowledge", "dedup_key": "k"`),
			202, `{"status":"success","message":"Event processed","dedup_key":"k"}`,
			&record.Alert{Source: "events", Key: "k", Status: record.Acknowledged, Title: "alert from events", Visibility: "core", Impact: "most"},
		},
		{
			"resolve", event(`"event_action": "resolve", "dedup_key": "k"`),
			202, `{"status":"success","message":"Event processed","dedup_key":"k"}`,
			&record.Alert{Source: "events", Key: "k", Status: record.Resolved, Title: "alert from events", Visibility: "core", Impact: "most"},
		},
		{"resolve what", event(`"event_action": "resolve"`), 400, fmt.Sprintf(invalid, `"'dedup_key' is required to resolve"`), nil},
		{
			"no summary", event(`"event_action": "trigger", "dedup_key": "k", "payload": {"severity": "info"}`),
			202, `{"status":"success","message":"Event processed","dedup_key":"k","warnings":["'payload.summary' is missing or blank; taken as an unreadable alert"]}`,
			&record.Alert{Source: "events", Key: "k", Status: record.Firing, Title: "unreadable alert from events", Severity: "info", Visibility: "core", Impact: "most", Unreadable: true},
		},
		{
			"a payload of another shape", event(`"event_action": "trigger", "dedup_key": "k", "payload": ["x"]`),
			202, `{"status":"success","message":"Event processed","dedup_key":"k","warnings":["'payload.summary' is missing or blank; taken as an unreadable alert"]}`,
			&record.Alert{Source: "events", Key: "k", Status: record.Firing, Title: "unreadable alert from events", Visibility: "core", Impact: "most", Unreadable: true},
		},
		{
			"an action nobody knows", event(`"event_action": "shout", "dedup_key": 5, "payload": {"summary": "x"}`),
			202, `{"status":"success","message":"Event processed","dedup_key":"5","warnings":["'event_action' must be trigger, acknowledge or resolve; taken as trigger"]}`,
			&record.Alert{Source: "events", Key: "5", Status: record.Firing, Title: "x", Visibility: "core", Impact: "most"},
		},
		{"no key", `{"event_action": "trigger"}`, 400, fmt.Sprintf(invalid, `"'routing_key' is missing or blank"`), nil},
		{"unknown key", `{"routing_key": "00000000000000000000000000000002"}`, 400, fmt.Sprintf(invalid, `"'routing_key' is not known here; the plan's triggers of type events have the valid ones"`), nil},
		{"broken", `{"routing_key": "` + routingKey, 400, fmt.Sprintf(invalid, `"the body is not a JSON object"`), nil},
		{"empty", ``, 400, fmt.Sprintf(invalid, `"the body is not a JSON object"`), nil},
		{"a list", `[]`, 400, fmt.Sprintf(invalid, `"the body is not a JSON object"`), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDoor(t)
			w := d.do("POST", "/v2/enqueue", c.body)
			require.Equal(t, c.status, w.Code)
			require.Equal(t, c.answer+"\n", w.Body.String())
			if c.alert == nil {
				require.Empty(t, d.alerts)
				return
			}
			require.Equal(t, []record.Alert{*c.alert}, d.alerts)
		})
	}
}

func TestEnqueue_withoutKey_inventsNewOnesButKnowsTheUnreadableAgain(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	whole := `{"routing_key": "` + routingKey + `", "event_action": "trigger", "payload": {"summary": "x"}}`
	broken := `{"routing_key": "` + routingKey + `", "event_action": "trigger"}`
	for _, body := range []string{whole, whole, broken, broken} {
		require.Equal(t, 202, d.do("POST", "/v2/enqueue", body).Code)
	}
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, d.alerts[0].Key)
	require.NotEqual(t, d.alerts[0].Key, d.alerts[1].Key)
	require.Equal(t, d.alerts[2].Key, d.alerts[3].Key, "a sender that tries again opens nothing new")
	require.Contains(t, d.alerts[2].Key, "unreadable:")

	require.JSONEq(t, `{"status": "success", "message": "Change event processed"}`, d.do("POST", "/v2/change/enqueue", whole).Body.String())
	require.Len(t, d.alerts, 4, "a change wakes nobody")
}

func TestOverload_everySender_hearsItsOwnWord(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.err = fmt.Errorf("accept alerts: %w", record.ErrOverloaded)
	w := d.do("POST", "/v2/enqueue", `{"routing_key": "`+routingKey+`", "event_action": "trigger", "payload": {"summary": "x"}}`)
	require.Equal(t, 429, w.Code)
	require.NotEmpty(t, w.Header().Get("Retry-After"))
	require.Contains(t, w.Body.String(), `"status":"throttle exceeded"`)
	for _, target := range []string{"/in/alertmanager", "/in/grafana"} {
		w = d.do("POST", target, `{"groupKey": "k", "status": "firing"}`)
		require.Equal(t, 503, w.Code, "a real Alertmanager repeats after a 503 only")
		require.NotEmpty(t, w.Header().Get("Retry-After"))
	}
	d.err = errors.New("disk full")
	w = d.do("POST", "/in/alertmanager", `{"groupKey": "k", "status": "firing"}`)
	require.Equal(t, 503, w.Code)
	require.NotContains(t, w.Body.String(), "disk")
	require.Equal(t, 503, d.do("POST", "/v2/enqueue", `{"routing_key": "`+routingKey+`", "event_action": "trigger", "payload": {"summary": "x"}}`).Code)
	require.Contains(t, d.counted(t), `signals{outcome="overloaded",source="events"} 1`)
	require.Contains(t, d.counted(t), `signals{outcome="failed",source="alertmanager"} 1`)
}

const firing = `{"version": "4", "groupKey": "{}:{alertname=\"High\"}", "status": "firing", "receiver": "stormbell", "truncatedAlerts": 0,
	"groupLabels": {"alertname": "High"}, "commonLabels": {"alertname": "High"}, "commonAnnotations": {%s}, "externalURL": "http://am.example",
	"alerts": [
		{"status": "resolved", "labels": {"severity": "critical"}, "annotations": {"summary": "over"}, "startsAt": "2026-11-22T01:00:00Z"},
		{"status": "firing", "labels": {"alertname": "High", "severity": "info"}, "annotations": {}, "startsAt": "2026-11-22T02:51:00.5Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://prom.example/g"},
		{"status": "firing", "labels": {"severity": "warning"}, "startsAt": "2026-11-22T02:45:00Z", "fingerprint": "f", "new_field": {}}
	]}`

func TestAlertmanager_group_isOneAlertOfItsWorst(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"/in/alertmanager", "/in/grafana"} {
		d := newDoor(t)
		w := d.do("POST", target, fmt.Sprintf(firing, `"summary": "Checkout \u202eis\u0007 down"`))
		require.Equal(t, 202, w.Code)
		require.JSONEq(t, `{"status": "accepted", "incidents": ["incident:2026-7"]}`, w.Body.String())
		require.Equal(t, []record.Alert{{
			Source: strings.TrimPrefix(target, "/in/"), Key: `{}:{alertname="High"}`, Status: record.Firing, Title: "Checkout is down", Severity: "info",
			Visibility: "important", Impact: "many", Link: "http://prom.example/g", StartedAt: time.Date(2026, 11, 22, 2, 45, 0, 0, time.UTC),
		}}, d.alerts)
	}
	d := newDoor(t)
	require.Equal(t, 202, d.do("PUT", "/in/grafana", fmt.Sprintf(firing, ``)).Code)
	require.Equal(t, "High", d.alerts[0].Title, "without a summary the name of the alert has to do")
	require.Equal(t, 202, d.do("POST", "/in/alertmanager", strings.Replace(fmt.Sprintf(firing, ``), `"status": "firing"`, `"status": "resolved"`, 1)).Code)
	require.Equal(t, record.Resolved, d.alerts[1].Status)
}

// TestWebhooks_unreadable_pagesAllTheSame: silence is the one wrong answer.
func TestWebhooks_unreadable_pagesAllTheSame(t *testing.T) {
	t.Parallel()
	for target, bodies := range map[string][]string{
		"/in/alertmanager": {``, `{`, `[]`, `{"status": "firing"}`, `{"groupKey": "k", "status": "melting"}`, `{"groupKey": 5, "status": "firing"}`},
		"/in/grafana":      {`null`},
		"/in/pagerduty":    {`{}`, `{"event": {"event_type": "incident.triggered", "data": {"type": "incident"}}}`},
		"/in/cloudevents":  {`{"id": "1"}`, `{`},
		"/in/webhook":      {`nonsense`, `{"status": "down"}`, `{"status": "down", "check": {"deep": 1}}`, `[]`},
	} {
		for _, body := range bodies {
			d := newDoor(t)
			w := d.do("POST", target, body, "Content-Type: application/cloudevents+json")
			require.Equal(t, 202, w.Code, "%s %s: %s", target, body, w.Body)
			require.Len(t, d.alerts, 1, "%s %s", target, body)
			name := strings.TrimPrefix(target, "/in/")
			require.Equal(t, "unreadable alert from "+name, d.alerts[0].Title)
			require.True(t, d.alerts[0].Unreadable)
			require.Equal(t, record.Firing, d.alerts[0].Status)
			require.Equal(t, "core", d.alerts[0].Visibility)
			require.Contains(t, w.Body.String(), "unreadable alert")
			require.Contains(t, d.counted(t), `signals{outcome="unreadable",source="`+name+`"} 1`)
		}
	}
}

func TestWebhooks_token_isAskedFor(t *testing.T) {
	t.Parallel()
	body := `{"groupKey": "k", "status": "firing"}`
	d := newDoor(t)
	for i := range d.plan.Triggers {
		if d.plan.Triggers[i].Name == "alertmanager" {
			d.plan.Triggers[i].Key = "s3cret-token"
		}
	}
	for _, c := range []struct {
		header string
		status int
	}{
		{"Accept: */*", 401},
		{"Authorization: Bearer wrong", 401},
		{"Authorization: Bearer s3cret-token", 202},
		{"Authorization: Basic Z3JhZmFuYTpzM2NyZXQtdG9rZW4=", 202}, // grafana:s3cret-token
	} {
		w := d.do("POST", "/in/alertmanager", body, c.header)
		require.Equal(t, c.status, w.Code, c.header)
		require.NotContains(t, w.Body.String(), "s3cret")
	}
	require.Len(t, d.alerts, 2)
	require.Equal(t, 202, d.do("POST", "/in/grafana", body).Code, "the loopback is trusted when the plan says so")
	d.open, d.engine = false, nil
	require.Equal(t, 401, d.do("POST", "/in/grafana", body).Code)
	require.Equal(t, 401, d.do("POST", "/in/grafana", body, "Authorization: Bearer ").Code)
	require.Equal(t, 401, d.do("POST", "/in/alertmanager", `{`).Code, "what comes without a token pages nobody")
	require.Equal(t, 404, d.do("POST", "/in/nobody", body).Code)
}

func TestPagerDuty_incidentEvents_followItsState(t *testing.T) {
	t.Parallel()
	event := func(eventType, fields string) string {
		return `{"event": {"id": "1", "event_type": "` + eventType + `", "resource_type": "incident", "data": {` + fields + `}}}`
	}
	const incident = `"type": "incident", "id": "PGR0VU2", "title": "Checkout down", "html_url": "https://acme.pagerduty.com/incidents/PGR0VU2", "urgency": "high", "created_at": "2026-11-22T02:51:00Z"`
	for _, c := range []struct {
		name, body string
		want       []record.Alert
	}{
		{"triggered", event("incident.triggered", incident+`, "status": "triggered", "priority": {"summary": "critical"}`), []record.Alert{{
			Source: "pagerduty", Key: "PGR0VU2", Status: record.Firing, Title: "Checkout down", Severity: "critical", Visibility: "core", Impact: "most",
			Link: "https://acme.pagerduty.com/incidents/PGR0VU2", StartedAt: time.Date(2026, 11, 22, 2, 51, 0, 0, time.UTC),
		}}},
		{"resolved", event("incident.resolved", incident+`, "status": "resolved", "priority": null`), []record.Alert{{
			Source: "pagerduty", Key: "PGR0VU2", Status: record.Resolved, Title: "Checkout down", Severity: "high", Visibility: "core", Impact: "most",
			Link: "https://acme.pagerduty.com/incidents/PGR0VU2", StartedAt: time.Date(2026, 11, 22, 2, 51, 0, 0, time.UTC),
		}}},
		{"a note", event("incident.annotated", `"type": "incident_note", "id": "N"`), nil},
		{"a test", event("pagey.ping", `"type": "ping", "message": "Hello from your friend Pagey!"`), nil},
	} {
		d := newDoor(t)
		require.Equal(t, 202, d.do("POST", "/in/pagerduty", c.body).Code, c.name)
		require.Equal(t, c.want, d.alerts, c.name)
	}
}

func TestPagerDuty_signature_anyOfSeveralFits(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for i := range d.plan.Triggers {
		if d.plan.Triggers[i].Name == "pagerduty" {
			d.plan.Triggers[i].Key = "signing-secret"
		}
	}
	body := `{"event": {"event_type": "pagey.ping", "data": {"type": "ping"}}}`
	mac := hmac.New(sha256.New, []byte("signing-secret"))
	mac.Write([]byte(body))
	good := "v1=" + hex.EncodeToString(mac.Sum(nil))
	require.Equal(t, 202, d.do("POST", "/in/pagerduty", body, "X-PagerDuty-Signature: v1=00,"+good).Code)
	for _, wrong := range []string{"", "v1=", "v1=zz", "v2=" + good[3:], good[:len(good)-2] + "00"} {
		require.Equal(t, 401, d.do("POST", "/in/pagerduty", body, "X-PagerDuty-Signature: "+wrong).Code, wrong)
	}
	require.Equal(t, 401, d.do("POST", "/in/pagerduty", body+" ", "X-PagerDuty-Signature: "+good).Code, "every byte counts")
	require.Equal(t, 401, d.do("POST", "/in/pagerduty", body, "Authorization: Bearer signing-secret").Code)
}

func TestCloudEvents_allThreeWays_areRead(t *testing.T) {
	t.Parallel()
	want := record.Alert{
		Source: "cloudevents", Key: "//mon/1 a-1", Status: record.Firing, Title: "Checkout down", Severity: "warning", Visibility: "important", Impact: "many",
		StartedAt: time.Date(2026, 11, 22, 2, 51, 0, 0, time.UTC),
	}
	const attributes = `"specversion": "1.0", "id": "a-1", "source": "//mon/1", "type": "alert", "time": "2026-11-22T02:51:00Z"`
	const structured = `{` + attributes + `, "data": {"summary": "Checkout down", "severity": "warning"}}`
	for name, send := range map[string]func(*door) *httptest.ResponseRecorder{
		"structured": func(d *door) *httptest.ResponseRecorder {
			return d.do("POST", "/in/cloudevents", structured, "Content-Type: application/cloudevents+json; charset=utf-8")
		},
		"batch": func(d *door) *httptest.ResponseRecorder {
			return d.do("POST", "/in/cloudevents", `[`+structured+`]`, "Content-Type: application/cloudevents-batch+json")
		},
		"binary": func(d *door) *httptest.ResponseRecorder {
			return d.do("POST", "/in/cloudevents", `{"summary": "Checkout down", "severity": "warning"}`, "Content-Type: application/json", "ce-specversion: 1.0",
				"ce-id: a-1", "ce-source: //mon/1", "ce-type: alert", "ce-time: 2026-11-22T02:51:00Z")
		},
	} {
		d := newDoor(t)
		require.Equal(t, 202, send(d).Code, name)
		require.Equal(t, []record.Alert{want}, d.alerts, name)
	}
	d := newDoor(t)
	require.Equal(t, 415, d.do("POST", "/in/cloudevents", structured, "Content-Type: text/plain").Code)
	require.Equal(t, 202, d.do("POST", "/in/cloudevents", `[]`, "Content-Type: application/cloudevents-batch+json").Code)
	require.Equal(t, 413, d.do("POST", "/in/cloudevents", `[`+strings.Repeat(structured+",", 100)+structured+`]`, "Content-Type: application/cloudevents-batch+json").Code)
	require.Empty(t, d.alerts)
	w := d.do("OPTIONS", "/in/cloudevents", "", "WebHook-Request-Origin: eventgrid.example")
	require.Equal(t, 200, w.Code)
	require.Equal(t, "*", w.Header().Get("WebHook-Allowed-Origin"))
	require.Equal(t, 405, d.do("OPTIONS", "/in/alertmanager", "").Code)
}

func TestGeneric_expressions_mapTheBody(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	for i := range d.plan.Triggers {
		if d.plan.Triggers[i].Name == "webhook" {
			d.plan.Triggers[i].Severity = `body.severity ?? headers["x-severity"] ?? ""`
		}
	}
	for _, c := range []struct {
		body, header string
		status       string
		want         *record.Alert
	}{
		{`{"check": "shop", "status": "down", "severity": "info"}`, "", "accepted", &record.Alert{Source: "webhook", Key: "shop", Status: record.Firing, Title: "shop is down", Severity: "info", Visibility: "side_product", Impact: "few"}},
		{`{"check": "shop", "status": "down"}`, "X-Severity: warning", "accepted", &record.Alert{Source: "webhook", Key: "shop", Status: record.Firing, Title: "shop is down", Severity: "warning", Visibility: "important", Impact: "many"}},
		{`{"check": "shop", "status": "up"}`, "", "accepted", &record.Alert{Source: "webhook", Key: "shop", Status: record.Resolved, Title: "shop is up", Visibility: "core", Impact: "most"}},
		{`{"check": 5, "status": "down"}`, "", "accepted", &record.Alert{Source: "webhook", Key: "5", Status: record.Firing, Title: "unreadable alert from webhook", Visibility: "core", Impact: "most", Unreadable: true}},
		{`{"check": "shop", "status": "fine"}`, "", "ignored", nil},
	} {
		d.alerts = nil
		w := d.do("POST", "/in/webhook", c.body, c.header)
		require.Equal(t, 202, w.Code)
		require.Contains(t, w.Body.String(), `"status":"`+c.status+`"`)
		if c.want == nil {
			require.Empty(t, d.alerts)
			continue
		}
		require.Equal(t, []record.Alert{*c.want}, d.alerts, c.body)
	}
}

func TestWords_fromOutside_areCleanedAndCapped(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	body, err := json.Marshal(map[string]any{
		"routing_key": routingKey, "event_action": "trigger", "dedup_key": "\x00",
		"client_url": "https://user:pass@mon.example/" + strings.Repeat("x", 3000),
		"payload":    map[string]any{"summary": "a\r\nb\u202e\u200b" + strings.Repeat("ü", 3000), "severity": strings.Repeat("s", 500)},
	})
	require.NoError(t, err)
	require.Equal(t, 202, d.do("POST", "/v2/enqueue", string(body)).Code)
	a := d.alerts[0]
	require.Equal(t, "unreadable", a.Key)
	require.Empty(t, a.Link)
	require.Len(t, []rune(a.Severity), 100)

	require.Equal(t, 202, d.do("POST", "/v2/enqueue", strings.Replace(string(body), `\u0000`, "k", 1)).Code)
	a = d.alerts[1]
	require.Len(t, []rune(a.Title), 1024)
	require.Equal(t, "a büü", a.Title[:7])
}

// FuzzIntake throws bytes at every decoder: none may panic or answer anything but what its
// sender understands, and every alert that comes of it can be stored.
func FuzzIntake(f *testing.F) {
	d := newDoor(f)
	for _, seed := range []string{
		`{"routing_key": "` + routingKey + `", "event_action": "trigger", "dedup_key": 7, "links": 5, "payload": {"summary": [], "severity": {}}}`,
		fmt.Sprintf(firing, `"summary": 5`), `{"groupKey": "\u0000", "status": "firing", "alerts": [null, {}]}`,
		`{"event": {"event_type": "incident.triggered", "data": {"type": "incident", "id": "x", "created_at": -1}}}`,
		`{"id": "\u0000", "source": "\u0000", "data": "x", "time": 5}`, `{"check": null, "status": "down", "severity": 5}`,
		`null`, `"x"`, `[[[[`, "\xff\xfe", `{"status": "down", "check": "a", "check": "b"}`,
	} {
		f.Add(seed)
	}
	targets := []string{"/v2/enqueue", "/v2/change/enqueue", "/in/alertmanager", "/in/grafana", "/in/pagerduty", "/in/cloudevents", "/in/webhook"}
	f.Fuzz(func(t *testing.T, body string) {
		for _, target := range targets {
			d.alerts = nil
			w := d.do("POST", target, body, "Content-Type: application/cloudevents+json")
			require.Contains(t, []int{202, 400}, w.Code, "%s", target)
			require.True(t, json.Valid(w.Body.Bytes()))
			if strings.HasPrefix(target, "/in/") {
				require.Equal(t, 202, w.Code, "%s", target)
			}
			for _, a := range d.alerts {
				require.NotEmpty(t, strings.Trim(a.Key, "\x00"), "the record refuses an alert without a key")
				require.Contains(t, []string{record.Firing, record.Acknowledged, record.Resolved}, a.Status)
				require.NotEmpty(t, a.Title)
			}
		}
	})
}
