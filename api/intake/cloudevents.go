package intake

import (
	"cmp"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// cloudEvent is what is read of a CloudEvent (1.0).
type cloudEvent struct {
	ID       word            `json:"id"`
	Source   word            `json:"source"`
	Type     word            `json:"type"`
	Subject  word            `json:"subject"`
	Time     word            `json:"time"`
	Severity word            `json:"severity"`
	Data     json.RawMessage `json:"data"`
}

// cloudevents reads events in all three ways they are sent over HTTP.
func cloudevents(_ plan.Trigger, r *http.Request, body []byte) ([]record.Alert, error) {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var events []cloudEvent
	var err error
	switch {
	case mediaType == "application/cloudevents+json":
		events = make([]cloudEvent, 1)
		err = object(body, &events[0])
	case mediaType == "application/cloudevents-batch+json":
		err = object(body, &events)
	case r.Header.Get("ce-specversion") != "":
		events = []cloudEvent{binary(r, body)}
	default:
		return nil, problem.New(problem.UnsupportedMedia, "send a CloudEvent as application/cloudevents+json, as application/cloudevents-batch+json, or with ce- headers")
	}
	if err != nil {
		return nil, err
	}
	if len(events) > maxAlerts {
		return nil, problem.New(problem.TooLarge, "send at most %d events at once", maxAlerts)
	}
	var alerts []record.Alert
	for _, e := range events {
		if e.ID == "" || e.Source == "" {
			return nil, errors.New("an event needs id and source")
		}
		alerts = append(alerts, e.alert())
	}
	return alerts, nil
}

// binary reads an event whose attributes are headers and whose data is the body.
func binary(r *http.Request, body []byte) cloudEvent {
	attribute := func(name string) word {
		value, err := url.PathUnescape(r.Header.Get("ce-" + name))
		if err != nil {
			return word(r.Header.Get("ce-" + name))
		}
		return word(value)
	}
	return cloudEvent{
		ID: attribute("id"), Source: attribute("source"), Type: attribute("type"), Subject: attribute("subject"),
		Time: attribute("time"), Severity: attribute("severity"), Data: body,
	}
}

// alert makes an alert of an event: source and id together are unique by CloudEvents' rules.
func (e cloudEvent) alert() record.Alert {
	var data struct {
		Title    word `json:"title"`
		Summary  word `json:"summary"`
		Message  word `json:"message"`
		Severity word `json:"severity"`
		URL      word `json:"url"`
	}
	_ = json.Unmarshal(e.Data, &data) // data of any other kind has no words for us
	return record.Alert{
		Key: string(e.Source) + " " + string(e.ID), Status: record.Firing,
		Title:    string(cmp.Or(data.Title, data.Summary, data.Message, e.Subject, e.Type)),
		Severity: string(cmp.Or(e.Severity, data.Severity)), Link: string(data.URL), StartedAt: instant(string(e.Time)),
	}
}

// handshake lets a sender of CloudEvents ask whether it is welcome.
func (in *intake) handshake(c *gin.Context) {
	if t, known := in.Plan().TriggerByName(c.Param("name")); !known || t.Type != "cloudevents" {
		problem.Write(c.Writer, c.Request, problem.New(problem.MethodNotAllowed, "").With("Allow", "POST, PUT"))
		return
	}
	c.Header("WebHook-Allowed-Origin", "*")
	c.Header("WebHook-Allowed-Rate", "120")
	c.Header("Allow", "POST")
	c.Status(http.StatusOK)
}
