package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
)

// PersonPath names one person of the plan.
type PersonPath struct {
	ID string `path:"id" doc:"Person id" example:"anna" maxLength:"100"`
}

// TestRequest says by which channels to ask a person.
type TestRequest struct {
	By []plan.Channel `json:"by,omitempty" maxItems:"3" enum:"sms,call,email" doc:"Left out it means the first phone, by text where it takes texts"`
}

// contacts are the tests of whether people can be reached.
func (s *server) contacts() {
	const tag, path = "people", "/people/{id}/"
	ask := func(op huma.Operation, invite bool) {
		op.DefaultStatus = http.StatusAccepted
		huma.Register(s.api, op, func(ctx context.Context, in *struct {
			PersonPath
			RequestKey // a test that is under way is answered with, with or without a key
			Body       *TestRequest
		}) (*answered[list[view.ContactTest]], error) {
			var by []plan.Channel
			if in.Body != nil {
				by = in.Body.By
			}
			if err := s.Desk.Test(ctx, in.ID, by, invite); err != nil {
				return nil, problem.Of(err)
			}
			return s.tests(ctx, in.ID)
		})
	}
	ask(operation(http.MethodPost, path+"test-page", "test-person", tag, "Ask a person to prove that we reach them. Nothing is wrong; every word says so"), false)
	ask(operation(http.MethodPost, path+"invite", "invite-person", tag, "Tell a person that they are in the plan, and where their settings are; it tests the phone too"), true)
	huma.Register(s.api, operation(http.MethodGet, path+"test-page", "list-tests", tag, "What became of the latest tests of a person's phone and mail"),
		func(ctx context.Context, in *PersonPath) (*answered[list[view.ContactTest]], error) {
			return s.tests(ctx, in.ID)
		})
	huma.Register(s.api, operation(http.MethodDelete, path+"pin", "clear-pin", tag, "Take a forgotten or locked PIN away; the person sets another one"),
		func(ctx context.Context, in *struct {
			PersonPath
			RequestKey // clearing twice is clearing once
		}) (*answered[view.Known], error) {
			if err := s.Views.Record.ClearPIN(ctx, in.ID); err != nil {
				return nil, problem.Of(err)
			}
			return answer(s.Views.Known(ctx, in.ID))
		})
}

func (s *server) tests(ctx context.Context, person string) (*answered[list[view.ContactTest]], error) {
	if _, known := s.Views.Plan().Person(person); !known {
		return nil, problem.New("not_found", "the plan knows nobody by that id; GET %s/people lists them", Base)
	}
	tests, err := s.Views.Tests(ctx, person)
	return answer(list[view.ContactTest]{Items: tests}, err)
}
