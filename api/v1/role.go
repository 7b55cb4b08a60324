package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
)

// RolePath names one role of an incident.
type RolePath struct {
	IncidentPath
	Role string `path:"role" doc:"The role's name" example:"marketing_officer" maxLength:"100"`
}

// PlainRequest says nothing but who acts.
type PlainRequest struct{ Actor }

// PageRequest reaches somebody for a role.
type PageRequest struct {
	Actor
	Both bool `json:"both,omitempty" doc:"Reach the primary and the first backup side by side"`
}

// AcceptRequest takes a role.
type AcceptRequest struct {
	Actor
	Minutes int `json:"minutes,omitempty" minimum:"0" maximum:"1440" doc:"How long the first task will take"`
}

// HolderRequest gives a role to a person.
type HolderRequest struct {
	Actor
	Person string `json:"person" minLength:"1" maxLength:"100" doc:"Person id" example:"anna"`
}

func (s *server) roles() {
	const tag, path = "roles", "/incidents/{n}/roles"
	huma.Register(s.api, operation(http.MethodGet, path, "list-roles", tag, "Who holds what, and who is being reached"),
		func(ctx context.Context, in *IncidentPath) (*answered[list[view.Role]], error) {
			i, err := s.get(ctx, in.N)
			if err != nil {
				return nil, err
			}
			return answer(list[view.Role]{Items: i.Body.Roles}, nil)
		})
	roleCommand(s, http.MethodPost, "page", "Reach somebody for the role", func(ctx context.Context, a act.Act, role string, b PageRequest) error {
		return s.Desk.Page(ctx, a, role, b.Both)
	})
	roleCommand(s, http.MethodPost, "presence", "The holder is on the call", func(ctx context.Context, a act.Act, role string, _ PlainRequest) error {
		return s.Desk.Attend(ctx, a, role)
	})
	roleCommand(s, http.MethodPost, "accept", "Take the role", func(ctx context.Context, a act.Act, role string, b AcceptRequest) error {
		return s.Desk.Accept(ctx, a, role, b.Minutes)
	})
	roleCommand(s, http.MethodPost, "decline", "Pass the page on", func(ctx context.Context, a act.Act, role string, b ReasonRequest) error {
		return s.Desk.Decline(ctx, a, role, b.Reason)
	})
	roleCommand(s, http.MethodPut, "proxy", "Name who is on the call for the holder", func(ctx context.Context, a act.Act, role string, b HolderRequest) error {
		return s.Desk.NameProxy(ctx, a, role, b.Person)
	})
	roleCommand(s, http.MethodPost, "still-here", "A sign of life of the holder", func(ctx context.Context, a act.Act, role string, _ PlainRequest) error {
		return s.Desk.StillHere(ctx, a, role)
	})
	huma.Register(s.api, operation(http.MethodPost, "/incidents/{n}/handover", "hand-over", tag, "The liaison has handed the engineers' call over to the backup, who is there"),
		func(ctx context.Context, in *struct {
			IncidentPath
			RequestKey
			Body *PlainRequest
		}) (*answered[view.Incident], error) {
			return do(ctx, s, in.IncidentPath, in.RequestKey, in.Body, func(a act.Act, _ PlainRequest) error { return s.Desk.HandOver(ctx, a) })
		})
	roleCommand(s, http.MethodPut, "holder", "Give the role to a person", func(ctx context.Context, a act.Act, role string, b HolderRequest) error {
		return s.Desk.Appoint(ctx, a, role, b.Person)
	})
}

// roleCommand registers a command about one role.
func roleCommand[B request](s *server, method, name, summary string, carryOut func(context.Context, act.Act, string, B) error) {
	huma.Register(s.api, operation(method, "/incidents/{n}/roles/{role}/"+name, name+"-role", "roles", summary),
		func(ctx context.Context, in *struct {
			RolePath
			RequestKey
			Body *B
		}) (*answered[view.Incident], error) {
			return do(ctx, s, in.IncidentPath, in.RequestKey, in.Body, func(a act.Act, b B) error { return carryOut(ctx, a, in.Role, b) })
		})
}

func (s *server) people() {
	const tag = "people"
	huma.Register(s.api, operation(http.MethodGet, "/people", "list-people", tag, "The people of the plan, without contact data"),
		func(ctx context.Context, _ *struct{}) (*answered[list[view.Known]], error) {
			people, err := s.Views.People(ctx)
			return answer(list[view.Known]{Items: people}, err)
		})
	huma.Register(s.api, operation(http.MethodGet, "/on-call", "list-on-call", tag, "Who would be asked, in which order, and why"),
		func(ctx context.Context, in *struct {
			At   string `query:"at" format:"date-time" doc:"Left out it means now"`
			Role string `query:"role" maxLength:"100" doc:"Only this role"`
		}) (*answered[list[view.Duty]], error) {
			at, err := s.instant(in.At)
			if err != nil {
				return nil, err
			}
			if err := plausible(at); err != nil {
				return nil, err
			}
			duties, err := s.Views.OnCall(ctx, at, in.Role)
			if err == nil && in.Role != "" && len(duties) == 0 {
				return nil, problem.New("not_found", "the plan has no such role")
			}
			return answer(list[view.Duty]{Items: duties}, err)
		})
}
