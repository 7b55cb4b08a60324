package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
)

func (s *server) timeline() {
	huma.Register(s.api, operation(http.MethodGet, "/incidents/{n}/timeline", "get-timeline", "incidents", "What happened, oldest first"),
		func(ctx context.Context, in *struct {
			IncidentPath
			Paging
		}) (*answered[list[view.Entry]], error) {
			row, err := s.Views.Find(ctx, in.N)
			if err != nil {
				return nil, problem.Of(err)
			}
			items, err := s.Views.Timeline(ctx, row.Number, in.after(), in.Limit+1)
			return answer(paged(items, in.Limit, func(e view.Entry) int64 { return e.Position }), err)
		})
	huma.Register(s.api, operation(http.MethodGet, "/incidents/{n}/deliveries", "list-deliveries", "incidents", "Every send, newest last"),
		func(ctx context.Context, in *struct {
			IncidentPath
			Paging
		}) (*answered[list[view.Delivery]], error) {
			row, err := s.Views.Find(ctx, in.N)
			if err != nil {
				return nil, problem.Of(err)
			}
			all, err := s.Views.Deliveries(ctx, row.Number)
			// The ledger has no numbering of its own: the cursor counts.
			from := min(int(in.after()), len(all))
			page := all[from:min(from+in.Limit+1, len(all))]
			return answer(paged(page, in.Limit, func(view.Delivery) int64 { return int64(from + in.Limit) }), err)
		})
}
