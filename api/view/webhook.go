package view

import (
	"context"
	"net/url"
	"time"

	"github.com/stormbell/stormbell/internal/record"
)

// Webhook is another system that is told of releases. Its address may be as good as a password,
// so only where it leads is shown.
type Webhook struct {
	Name      string   `json:"name"`
	Host      string   `json:"host" doc:"Where its address leads; the rest may be a secret" example:"status.acme.example"`
	Format    string   `json:"format" enum:"cloudevents,statuspage"`
	Audiences []string `json:"audiences" doc:"Those whose releases it is told of"`
	Private   bool     `json:"private,omitempty" doc:"Its address may lead into a private network"`
}

// Webhooks are those of the plan.
func (v *Views) Webhooks() []Webhook {
	all, p := []Webhook{}, v.Plan()
	for _, h := range p.Hooks {
		w := Webhook{Name: h.Name, Format: h.Format, Audiences: []string{}, Private: h.Private}
		if u, err := url.Parse(h.URL.Reveal()); err == nil {
			w.Host = u.Host
		}
		for _, a := range p.Audiences {
			if h.Hears(a.Name, a.Send) {
				w.Audiences = append(w.Audiences, a.Name)
			}
		}
		all = append(all, w)
	}
	return all
}

// WebhookDelivery is one event on its way to a webhook, or there.
type WebhookDelivery struct {
	ID       string `json:"id"`
	Event    string `json:"event" doc:"Its webhook-id, which the receiver knows it by; the same when it is delivered again"`
	Incident int    `json:"incident"`
	Audience string `json:"audience"`
	Phase    string `json:"phase"`
	Release  int    `json:"release" doc:"0 is a holding text"`
	// State is how far it has come.
	State     string    `json:"state" enum:"attempting,unknown,delivered,failed" doc:"It goes on while it is attempting, unknown, or failed because it was not_processed: for two days"`
	Class     string    `json:"class,omitempty" doc:"Why it failed, such as permanent, or rate_limited when a newer release has overtaken it"`
	Code      string    `json:"code,omitempty" doc:"The status that was answered, or a word for why there was none"`
	Attempts  int       `json:"attempts"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// WebhookDeliveries are the newest deliveries to a webhook, newest first.
func (v *Views) WebhookDeliveries(ctx context.Context, name string) ([]WebhookDelivery, error) {
	const newest = 100
	rows, err := v.Record.HookDeliveries(ctx, name, newest)
	all := []WebhookDelivery{}
	for _, d := range rows {
		all = append(all, webhookDelivery(d))
	}
	return all, err
}

func webhookDelivery(d record.HookDelivery) WebhookDelivery {
	return WebhookDelivery{
		ID: d.N, Event: d.Event.N, Incident: d.Event.Incident, Audience: d.Event.Audience, Phase: d.Event.Phase, Release: d.Event.Release,
		State: string(d.State), Class: string(d.Class), Code: d.Code, Attempts: d.Attempts, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}
