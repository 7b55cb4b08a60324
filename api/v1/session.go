package v1

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
)

// Guest is somebody who signed in without being on the plan.
type Guest struct {
	ID    string    `json:"id" doc:"How the timeline names them" example:"guest-3f2a9c0b1d"`
	Name  string    `json:"name"`
	Email string    `json:"email"`
	At    time.Time `json:"at" doc:"When they signed in last"`
}

// sessions are who is signed in.
func (s *server) sessions() {
	const tag = "people"
	huma.Register(s.api, operation(http.MethodGet, "/guests", "list-guests", tag, "Who signed in without being on the plan"),
		func(ctx context.Context, _ *struct{}) (*answered[list[Guest]], error) {
			known, err := s.Views.Record.Guests(ctx)
			all := list[Guest]{Items: []Guest{}}
			for _, g := range known {
				all.Items = append(all.Items, Guest(g))
			}
			return answer(all, err)
		})
	huma.Register(s.api, operation(http.MethodDelete, "/people/{id}/sessions", "end-sessions", tag, "Sign somebody out everywhere: a lost laptop, a person who left"),
		func(ctx context.Context, in *struct {
			ID string `path:"id" doc:"Person id, guest id, or break_glass" example:"anna" maxLength:"100"`
			RequestKey
		}) (*struct{}, error) {
			if err := s.Views.Record.EndSessions(ctx, in.ID); err != nil {
				return nil, problem.Of(err)
			}
			return nil, nil
		})
}
