package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/stormbell/stormbell/api/bearer"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/domain/impact"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// MaxBody bounds an alert, in bytes; PagerDuty's own limit.
const MaxBody = 512 << 10

// maxAlerts bounds what one request may bring.
const maxAlerts = 100

// Inbox is where alerts go; *record.Record is one.
type Inbox interface {
	AcceptAlerts(ctx context.Context, alerts []record.Alert) ([]record.Accepted, error)
}

// Config is what the intake works with.
type Config struct {
	// Inbox takes the alerts; required.
	Inbox Inbox
	// Plan returns the plan in force, for its triggers; required.
	Plan func() plan.Plan
	// Open lets triggers without a key take alerts: a solo installation on the loopback.
	Open bool
	// Logger gets what became of each request, without its words; nil logs nothing.
	Logger *slog.Logger
	// Signals counts requests by source and outcome; nil counts nowhere.
	Signals *prometheus.CounterVec
	// Heard keeps when each trigger was last understood, for whoever connects a tool; nil keeps nothing.
	Heard func(ctx context.Context, trigger string) error
}

type intake struct {
	Config
	programs sync.Map // of generic triggers, by their text
}

// Register adds the addresses that take alerts.
func Register(engine gin.IRouter, c Config) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	in := &intake{Config: c}
	engine.POST("/v2/enqueue", gin.WrapF(in.enqueue))
	engine.POST("/v2/change/enqueue", gin.WrapF(in.change))
	engine.POST("/in/:name", in.webhook)
	engine.PUT("/in/:name", in.webhook)
	engine.OPTIONS("/in/:name", in.handshake)
}

// reading is what a sender's format yields: alerts that can be read, or an error that says
// why not. Nothing at all means that the sender had nothing to report.
type reading func(t plan.Trigger, r *http.Request, body []byte) ([]record.Alert, error)

// reading returns how a trigger of a type is read; events have an address of their own.
func (in *intake) reading(triggerType string) reading {
	switch triggerType {
	case "alertmanager", "grafana":
		return in.alertmanager
	case "pagerduty":
		return pagerduty
	case "cloudevents":
		return cloudevents
	case "generic":
		return in.generic
	}
	return nil
}

// webhook takes what a tool posts to /in/<name of a trigger>.
func (in *intake) webhook(c *gin.Context) {
	w, r := c.Writer, c.Request
	t, known := in.Plan().TriggerByName(c.Param("name"))
	read := in.reading(t.Type)
	if !known || read == nil {
		in.count(r, "unknown", "refused", nil)
		problem.Write(w, r, problem.New("not_found", "the plan has no trigger of this name"))
		return
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = in.admit(t, r, body)
	}
	if err != nil {
		in.count(r, t.Name, "refused", err)
		problem.Write(w, r, problem.Of(err))
		return
	}
	alerts, err := read(t, r, body)
	var refused *problem.Document
	if errors.As(err, &refused) {
		in.count(r, t.Name, "refused", err)
		problem.Write(w, r, refused)
		return
	}
	warning := ""
	if err != nil {
		warning = "it could not be read and was taken as an unreadable alert: " + err.Error()
		alerts = []record.Alert{unreadable(t, body)}
	}
	accepted, err := in.accept(r, t, alerts)
	if err != nil {
		problem.Write(w, r, problem.Of(err))
		return
	}
	answer(w, http.StatusAccepted, taken(accepted, warning))
}

// admit asks for the trigger's secret. One without a secret takes alerts on the loopback only.
func (in *intake) admit(t plan.Trigger, r *http.Request, body []byte) error {
	switch {
	case t.Key == "" && in.Open:
		return nil
	case t.Key == "":
		return problem.New(problem.Unauthorized, "this trigger has no token; give it one in the plan to use it here")
	case t.Type == "pagerduty":
		return signed(t, r, body)
	case bearer.Matches(bearer.Presented(r), t.Key):
		return nil
	}
	return problem.New(problem.Unauthorized, "").With("WWW-Authenticate", `Bearer realm="stormbell"`)
}

// accept puts alerts into the inbox.
func (in *intake) accept(r *http.Request, t plan.Trigger, alerts []record.Alert) ([]record.Accepted, error) {
	if len(alerts) == 0 {
		in.count(r, t.Name, "ignored", nil)
		return nil, nil
	}
	for i := range alerts {
		in.complete(t, &alerts[i])
	}
	accepted, err := in.Inbox.AcceptAlerts(r.Context(), alerts)
	if errors.Is(err, record.ErrOverloaded) {
		in.count(r, t.Name, "overloaded", err)
		return nil, err
	}
	if err != nil {
		in.count(r, t.Name, "failed", err)
		return nil, errors.Join(problem.New(problem.Unavailable, "the alert could not be stored; send it again").Because(err).With("Retry-After", "5"), err)
	}
	for i, a := range accepted {
		in.count(r, t.Name, outcome(i < len(alerts) && alerts[i].Unreadable, a), nil)
	}
	return accepted, nil
}

// outcome is what became of an alert, in one word for the metrics.
func outcome(unreadable bool, a record.Accepted) string {
	switch {
	case unreadable:
		return "unreadable"
	case a.Dropped:
		return "dropped"
	case a.Opened:
		return "opened"
	}
	return "joined"
}

// complete cleans an alert's words and grades it. Grades that a format chose itself stay.
func (in *intake) complete(t plan.Trigger, a *record.Alert) {
	a.Source = t.Name
	a.Title, a.Severity, a.Link = line(a.Title, maxTitle), line(a.Severity, maxWord), link(a.Link)
	if strings.Trim(a.Key, "\x00") == "" {
		a.Key, a.Unreadable = "unreadable", true
	}
	if a.Title == "" {
		a.Title = "alert from " + t.Name
	}
	if a.Unreadable {
		a.Title = "unreadable alert from " + t.Name
	}
	if a.Visibility == "" {
		a.Visibility, a.Impact = grade(t.Visibility, a.Severity), grade(t.Impact, a.Severity)
	}
}

// unreadable is the alert that stands for a body nobody understands. The same body is the
// same alert, so that a sender that tries again does not open another incident.
func unreadable(t plan.Trigger, body []byte) record.Alert {
	sum := sha256.Sum256(body)
	return record.Alert{
		Key: "unreadable:" + hex.EncodeToString(sum[:16]), Status: record.Firing, Unreadable: true,
		// It counts like the sender's worst: nobody can tell that it is less.
		Visibility: grade(t.Visibility, "critical"), Impact: grade(t.Impact, "critical"),
	}
}

// grade maps a sender's word by the plan; an unknown word gets the grade of no word at all.
func grade(grades map[string]string, word string) string {
	if g, known := grades[strings.ToLower(word)]; known {
		return g
	}
	return grades[""]
}

// worst grades an alert by the worst of several words.
func (in *intake) worst(t plan.Trigger, words ...string) (visibility, felt string) {
	severity := in.Plan().Severity
	for _, word := range words {
		visibility = impact.Worse(severity.Visibility, visibility, grade(t.Visibility, word))
		felt = impact.Worse(severity.Impact, felt, grade(t.Impact, word))
	}
	return visibility, felt
}

func (in *intake) count(r *http.Request, source, outcome string, err error) {
	if in.Signals != nil {
		in.Signals.WithLabelValues(source, outcome).Inc()
	}
	attributes := []any{"trigger", source, "outcome", outcome}
	if err != nil {
		attributes = append(attributes, "reason", err.Error())
	}
	in.Logger.DebugContext(r.Context(), "alert received", attributes...)
	if in.Heard == nil || outcome == "refused" || outcome == "overloaded" || outcome == "failed" {
		return
	}
	if err := in.Heard(r.Context(), source); err != nil {
		// What arrived is safe all the same.
		in.Logger.WarnContext(r.Context(), "it could not be kept that a trigger was heard", "trigger", source, "reason", err.Error())
	}
}

// receipt answers a sender whose format has no answer of its own.
type receipt struct {
	Status    string   `json:"status"`
	Incidents []string `json:"incidents,omitempty"`
	Warning   string   `json:"warning,omitempty"`
}

func taken(accepted []record.Accepted, warning string) receipt {
	a := receipt{Status: "ignored", Warning: warning}
	seen := map[string]bool{}
	for _, x := range accepted {
		a.Status = "accepted"
		if id := contract.IncidentID(x.Year, x.Incident); !x.Dropped && !seen[id] {
			seen[id] = true
			a.Incidents = append(a.Incidents, id)
		}
	}
	return a
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the sender may have gone: nobody is left to tell
}

// instant reads a sender's time; what makes no sense is no time.
func instant(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Year() < 2000 {
		return time.Time{}
	}
	return at.UTC()
}

// object reads a JSON object.
func object(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("the body is not the JSON expected here: %w", err)
	}
	return nil
}
