package intake

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/stormbell/stormbell/api/bearer"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// eventAnswer is PagerDuty's answer to an event, field by field.
type eventAnswer struct {
	Status   string   `json:"status"`
	Message  string   `json:"message"`
	DedupKey string   `json:"dedup_key,omitempty"`
	Errors   []string `json:"errors,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// event is what is read of an Events v2 event. Every field is taken as it comes, so that one
// of a wrong type does not hide the others.
type event struct {
	RoutingKey word `json:"routing_key"`
	Action     word `json:"event_action"`
	DedupKey   word `json:"dedup_key"`
	ClientURL  word `json:"client_url"`
	Payload    struct {
		Summary   word `json:"summary"`
		Severity  word `json:"severity"`
		Timestamp word `json:"timestamp"`
	} `json:"-"`
	RawPayload json.RawMessage `json:"payload"`
	Links      json.RawMessage `json:"links"`
}

// word is a text that may have been sent as something else.
type word string

// UnmarshalJSON takes texts as they are, numbers as they are written, and nothing else.
func (w *word) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*w = word(text)
		return nil
	}
	if c := raw[0]; c == '-' || c >= '0' && c <= '9' {
		*w = word(raw)
	}
	return nil
}

// enqueue is PagerDuty's Events v2: senders change the address and the key, nothing else.
func (in *intake) enqueue(w http.ResponseWriter, r *http.Request) {
	e, t, body, ok := in.event(w, r)
	if !ok {
		return
	}
	alert, warnings, err := e.alert(t, body)
	if err != nil {
		in.count(r, t.Name, "refused", err)
		invalidEvent(w, err.Error())
		return
	}
	key := alert.Key
	if _, err := in.accept(r, t, []record.Alert{alert}); errors.Is(err, record.ErrOverloaded) {
		w.Header().Set("Retry-After", "5")
		answer(w, http.StatusTooManyRequests, eventAnswer{
			Status: "throttle exceeded", Message: "Requests for this service are arriving too quickly. Please retry later.",
		})
		return
	} else if err != nil {
		problem.Write(w, r, problem.Of(err))
		return
	}
	answer(w, http.StatusAccepted, eventAnswer{Status: "success", Message: "Event processed", DedupKey: key, Warnings: warnings})
}

// change takes change events: they are acknowledged and tell nobody anything.
func (in *intake) change(w http.ResponseWriter, r *http.Request) {
	if _, t, _, ok := in.event(w, r); ok {
		in.count(r, t.Name, "ignored", nil)
		answer(w, http.StatusAccepted, eventAnswer{Status: "success", Message: "Change event processed"})
	}
}

// event reads an event and finds the trigger of its routing key, or answers why not.
func (in *intake) event(w http.ResponseWriter, r *http.Request) (e event, t plan.Trigger, body []byte, ok bool) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		in.count(r, "unknown", "refused", err)
		problem.Write(w, r, problem.Of(err))
		return e, t, nil, false
	}
	if err := object(body, &e); err != nil {
		in.count(r, "unknown", "refused", err)
		invalidEvent(w, "the body is not a JSON object")
		return e, t, nil, false
	}
	for _, candidate := range in.Plan().Triggers {
		// Every key is compared, so that the time it takes tells nothing about any of them.
		if candidate.Type == "events" && bearer.Matches(string(e.RoutingKey), candidate.Key) {
			t, ok = candidate, true
		}
	}
	switch {
	case e.RoutingKey == "":
		invalidEvent(w, "'routing_key' is missing or blank")
	case !ok:
		invalidEvent(w, "'routing_key' is not known here; the plan's triggers of type events have the valid ones")
	default:
		// A payload of the wrong shape leaves the fields empty.
		_ = json.Unmarshal(e.RawPayload, &e.Payload)
		return e, t, body, true
	}
	in.count(r, "unknown", "refused", nil)
	return e, t, nil, false
}

// alert turns an event into an alert. Only an event that nobody could mean as an alarm is an
// error; what is broken beyond understanding is an unreadable alert with a warning.
func (e event) alert(t plan.Trigger, body []byte) (a record.Alert, warnings []string, err error) {
	switch e.Action {
	case "acknowledge", "resolve":
		if e.DedupKey == "" {
			return a, nil, fmt.Errorf("'dedup_key' is required to %s", e.Action)
		}
		a.Status = map[word]record.AlertStatus{"acknowledge": record.Acknowledged, "resolve": record.Resolved}[e.Action]
		a.Key = string(e.DedupKey)
		return a, nil, nil
	case "trigger":
	default:
		warnings = append(warnings, "'event_action' must be trigger, acknowledge or resolve; taken as trigger")
	}
	if e.Payload.Summary == "" {
		warnings = append(warnings, "'payload.summary' is missing or blank; taken as an unreadable alert")
		a = unreadable(t, body)
	}
	a.Status, a.Title, a.Severity = record.Firing, string(e.Payload.Summary), string(e.Payload.Severity)
	a.StartedAt, a.Link = instant(string(e.Payload.Timestamp)), e.link()
	switch {
	case e.DedupKey != "":
		a.Key = string(e.DedupKey)
	case a.Key == "":
		a.Key = uuid()
	}
	return a, warnings, nil
}

// link is the first of the event's links, else the page of the client.
func (e event) link() string {
	var links []struct {
		Href word `json:"href"`
	}
	if json.Unmarshal(e.Links, &links) == nil {
		for _, l := range links {
			if href := link(string(l.Href)); href != "" {
				return href
			}
		}
	}
	return string(e.ClientURL)
}

func invalidEvent(w http.ResponseWriter, reasons ...string) {
	answer(w, http.StatusBadRequest, eventAnswer{Status: "invalid event", Message: "Event object is invalid", Errors: reasons})
}

// uuid is a random key for events that bring none, in the form PagerDuty gives them.
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
