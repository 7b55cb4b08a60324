package v1

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
)

// WebhookPath names one webhook of the plan.
type WebhookPath struct {
	Name string `path:"name" doc:"Name in the plan" example:"statuspage" maxLength:"40"`
}

// webhooks are the other systems that are told of releases.
func (s *server) webhooks() {
	const tag, path = "webhooks", "/webhooks"
	huma.Register(s.api, operation(http.MethodGet, path, "list-webhooks", tag, "The other systems that are told of releases"),
		func(context.Context, *struct{}) (*answered[list[view.Webhook]], error) {
			return answer(list[view.Webhook]{Items: s.Views.Webhooks()}, nil)
		})
	huma.Register(s.api, operation(http.MethodGet, path+"/{name}/deliveries", "list-webhook-deliveries", tag, "What a webhook was told, the newest 100 first"),
		func(ctx context.Context, in *WebhookPath) (*answered[list[view.WebhookDelivery]], error) {
			return s.deliveries(ctx, in.Name)
		})
	again := operation(http.MethodPost, path+"/{name}/deliveries/{id}/redeliver", "redeliver-webhook", tag, "Tell a webhook once more, word for word and under the same webhook-id")
	again.DefaultStatus = http.StatusAccepted
	huma.Register(s.api, again, func(ctx context.Context, in *struct {
		WebhookPath
		RequestKey
		ID string `path:"id" doc:"Id of the delivery" maxLength:"64"`
	}) (*answered[list[view.WebhookDelivery]], error) {
		if err := s.Desk.Redeliver(ctx, in.Name, in.ID, in.Key); err != nil {
			return nil, problem.Of(err)
		}
		return s.deliveries(ctx, in.Name)
	})
}

func (s *server) deliveries(ctx context.Context, name string) (*answered[list[view.WebhookDelivery]], error) {
	if !slices.ContainsFunc(s.Views.Webhooks(), func(w view.Webhook) bool { return w.Name == name }) {
		return nil, problem.New("not_found", "the plan has no such webhook; GET %s/webhooks lists them", Base)
	}
	all, err := s.Views.WebhookDeliveries(ctx, name)
	return answer(list[view.WebhookDelivery]{Items: all}, err)
}
