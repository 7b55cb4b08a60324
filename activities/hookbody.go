package activities

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// cloudEvent is a release in the form of CloudEvents 1.0.
type cloudEvent struct {
	Version string    `json:"specversion"`
	ID      string    `json:"id"`
	Source  string    `json:"source"`
	Type    string    `json:"type"`
	Subject string    `json:"subject"`
	Time    time.Time `json:"time"`
	Media   string    `json:"datacontenttype"`
	Data    release   `json:"data"`
}

// releasedType is the type of the event.
const releasedType = "com.stormbell.message.released.v1"

// release has the released words and nothing else: no words of an alert, no names of people.
type release struct {
	Incident   int                 `json:"incident"`
	Title      string              `json:"title"`
	Phase      plan.Phase          `json:"phase"`
	Audience   string              `json:"audience"`
	Texts      map[string]saidText `json:"texts"`
	NextUpdate time.Time           `json:"next_update,omitzero"`
	Drill      bool                `json:"drill,omitempty"`
}

type saidText struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// pageEvent is a release in the form in which Statuspage tells of incidents.
type pageEvent struct {
	Meta     pageMeta     `json:"meta"`
	Incident pageIncident `json:"incident"`
}

type pageMeta struct {
	GeneratedAt time.Time `json:"generated_at"`
}

type pageIncident struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Status  string       `json:"status"`
	Body    string       `json:"body"`
	Updated time.Time    `json:"updated_at"`
	Updates []pageUpdate `json:"incident_updates"`
}

type pageUpdate struct {
	ID       string    `json:"id"`
	Incident string    `json:"incident_id"`
	Status   string    `json:"status"`
	Body     string    `json:"body"`
	Created  time.Time `json:"created_at"`
}

// eventBody writes what a webhook is told, in the form that the plan asks for.
func eventBody(hook plan.Hook, p plan.Plan, lang, n string, in contract.OutletInput, texts []effect.Text) (media, body string, err error) {
	first := pick(texts, lang)
	var said any
	switch hook.Format {
	case plan.FormatStatuspage:
		media = "application/json"
		incident, status := fmt.Sprintf("incident-%d", in.Incident), pageStatus(in.Phase)
		said = pageEvent{pageMeta{in.At}, pageIncident{
			ID: incident, Name: first.Subject, Status: status, Body: first.Body, Updated: in.At,
			Updates: []pageUpdate{{ID: n, Incident: incident, Status: status, Body: first.Body, Created: in.At}},
		}}
	default: // cloudevents; the plan knows no third
		media = "application/cloudevents+json"
		data := release{
			Incident: in.Incident, Title: first.Subject, Phase: in.Phase, Audience: in.Audience, Texts: map[string]saidText{},
			NextUpdate: in.NextUpdate, Drill: in.Drill,
		}
		for _, t := range texts {
			data.Texts[t.Language] = saidText{t.Subject, t.Body}
		}
		said = cloudEvent{
			Version: "1.0", ID: n, Source: p.Company.URL, Type: releasedType, Subject: fmt.Sprintf("incidents/%d", in.Incident),
			Time: in.At, Media: "application/json", Data: data,
		}
	}
	raw, err := json.Marshal(said)
	return media, string(raw), err
}

// pageStatus is Statuspage's word for a phase.
func pageStatus(phase plan.Phase) string {
	switch phase {
	case plan.Detection, plan.Investigation, plan.Holding:
		return "investigating"
	case plan.Identification:
		return "identified"
	case plan.Monitoring:
		return "monitoring"
	case plan.Resolution, plan.Analysis, plan.Publishing:
		return "resolved"
	}
	return "investigating"
}
