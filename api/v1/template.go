package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/internal/planfile"
)

func (s *server) templates() {
	huma.Register(s.api, operation(http.MethodGet, "/templates/preview", "preview-templates", "messages", "The plan's messages with sample facts, and what could be better about them"),
		func(_ context.Context, in *struct {
			Audience string `query:"audience" maxLength:"100" doc:"Only this audience's" example:"internal"`
			Phase    string `query:"phase" maxLength:"40" doc:"Only this phase's, or holding" example:"investigation"`
			Language string `query:"language" maxLength:"10" doc:"Only this language's" example:"en"`
			Service  string `query:"service" maxLength:"100" doc:"What an incident of this service or failure mode would send"`
		}) (*answered[list[view.Preview]], error) {
			all, err := s.Views.Previews(planfile.Shown{Audience: in.Audience, Phase: in.Phase, Language: in.Language, Service: in.Service})
			return answer(list[view.Preview]{Items: all}, err)
		})
}
