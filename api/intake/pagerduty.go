package intake

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// incidentEvent is what is read of a PagerDuty webhook (version 3).
type incidentEvent struct {
	Event struct {
		Type string `json:"event_type"`
		Data struct {
			ID        string `json:"id"`
			Type      string `json:"type"`
			URL       string `json:"html_url"`
			Title     string `json:"title"`
			Status    string `json:"status"`
			Urgency   string `json:"urgency"`
			CreatedAt word   `json:"created_at"`
			Priority  struct {
				Summary string `json:"summary"`
			} `json:"priority"`
		} `json:"data"`
	} `json:"event"`
}

// pagerduty follows PagerDuty's incidents. Every event of one tells its whole state, so it
// does not matter which events are subscribed, or in which order they come.
func pagerduty(_ plan.Trigger, _ *http.Request, body []byte) ([]record.Alert, error) {
	var e incidentEvent
	if err := object(body, &e); err != nil {
		return nil, err
	}
	d := e.Event.Data
	switch {
	case e.Event.Type == "":
		return nil, errors.New("event.event_type is missing")
	case d.Type != "incident":
		return nil, nil // a note, a status update, a test: nothing that anybody must be woken for
	case d.ID == "":
		return nil, errors.New("event.data.id is missing")
	}
	status, known := map[string]record.AlertStatus{"acknowledged": record.Acknowledged, "resolved": record.Resolved}[d.Status]
	if !known {
		status = record.Firing
	}
	return []record.Alert{{
		Key: d.ID, Status: status, Title: d.Title, Severity: cmp.Or(d.Priority.Summary, d.Urgency), Link: d.URL,
		StartedAt: instant(string(d.CreatedAt)),
	}}, nil
}

// signed checks PagerDuty's signature, of which there are several while a secret is replaced.
func signed(t plan.Trigger, r *http.Request, body []byte) error {
	mac := hmac.New(sha256.New, []byte(t.Key.Reveal()))
	mac.Write(body)
	want := mac.Sum(nil)
	for signature := range strings.SplitSeq(r.Header.Get("X-PagerDuty-Signature"), ",") {
		version, digest, _ := strings.Cut(strings.TrimSpace(signature), "=")
		if given, err := hex.DecodeString(digest); err == nil && version == "v1" && hmac.Equal(given, want) {
			return nil
		}
	}
	return problem.New(problem.Unauthorized, "the header X-PagerDuty-Signature is missing or does not fit the trigger's secret")
}
