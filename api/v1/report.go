package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/view/report"
)

// report looks back at an incident.
func (s *server) report() {
	huma.Register(s.api, operation(http.MethodGet, "/incidents/{n}/report", "get-report", "incidents", "The incident in retrospect; so far, while it goes on"),
		func(ctx context.Context, in *struct {
			IncidentPath
			Names string `query:"names" enum:"on,off" default:"on" doc:"off: roles in place of people; what people wrote stays as they wrote it"`
		}) (*answered[report.Report], error) {
			row, err := s.Views.Find(ctx, in.N)
			if err != nil {
				return nil, problem.Of(err)
			}
			return answer(s.Views.Report(ctx, row.Number, view.ReportOptions{NoNames: in.Names == "off"}))
		})
}
