package v1

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/internal/record"
)

// recipients are those whom a message goes to. Their names and addresses are for those who may
// command the incident, as everybody may who gets here.
func (s *server) recipients() {
	const path = "/incidents/{n}/messages/{audience}/{phase}/recipients"
	huma.Register(s.api, operation(http.MethodGet, path, "list-recipients", "messages", "Who gets a message and how; once it goes out, what became of each"),
		func(ctx context.Context, in *struct {
			MessagePath
			Paging
		}) (*answered[list[view.Recipient]], error) {
			row, err := s.Views.Find(ctx, in.N)
			if err != nil {
				return nil, problem.Of(err)
			}
			all, err := s.Views.Recipients(ctx, row.Number, in.Audience, in.Phase, int(in.after()), in.Limit+1)
			if errors.Is(err, record.ErrNotFound) {
				return nil, problem.New("not_found", "this message has no list of recipients yet; it is drawn up when drafting begins")
			}
			if err != nil {
				return nil, problem.Of(err)
			}
			return answer(paged(all, in.Limit, func(r view.Recipient) int64 { return int64(r.Position) }), nil)
		})
	huma.Register(s.api, operation(http.MethodPost, path+"/resend-unproven", "resend-unproven", "messages", "Send once more to those of whom nobody can tell whether they got it; some may get it twice"),
		func(ctx context.Context, in *messageInput[PlainRequest]) (*answered[view.Incident], error) {
			return onMessage(ctx, s, in, func(a act.Act, _ PlainRequest) error { return s.Desk.ResendUnproven(ctx, a, in.letter()) })
		})
}
