package v1

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/record"
)

// OverrideRequest puts a person in front of a role for a while.
type OverrideRequest struct {
	Actor
	Role   string    `json:"role" minLength:"1" maxLength:"100" example:"business_lead"`
	Person string    `json:"person" minLength:"1" maxLength:"100" doc:"Person id" example:"anna"`
	From   time.Time `json:"from" doc:"When it begins; at most a day ago"`
	To     time.Time `json:"to,omitzero" doc:"When it ends; left out it means until further notice"`
	Why    string    `json:"why" minLength:"1" maxLength:"500" doc:"For whoever wonders later" example:"ill"`
}

func (s *server) overrides() {
	const tag, path = "people", "/overrides"
	huma.Register(s.api, operation(http.MethodGet, path, "list-overrides", tag, "Who stands in for whom, now and later"),
		func(ctx context.Context, in *struct {
			Over bool `query:"over" doc:"Also those that are over: the whole story"`
		}) (*answered[list[view.Override]], error) {
			all, err := s.Views.Overrides(ctx, in.Over)
			return answer(list[view.Override]{Items: all}, err)
		})
	add := operation(http.MethodPost, path, "add-override", tag, "Put a person in front of a role for a while")
	add.DefaultStatus = http.StatusCreated
	huma.Register(s.api, add, func(ctx context.Context, in *struct {
		RequestKey // the same role, person and time are the same override, with or without a key
		Body       OverrideRequest
	}) (*answered[view.Override], error) {
		return s.override(ctx, in.Body)
	})
	huma.Register(s.api, operation(http.MethodDelete, path+"/{id}", "end-override", tag, "End an override before its time; nothing is removed"),
		func(ctx context.Context, in *struct {
			RequestKey
			ID  int    `path:"id" minimum:"1" doc:"The override's number"`
			By  string `query:"by" maxLength:"100" doc:"Person id of whoever ends it"`
			Why string `query:"why" maxLength:"500" doc:"For whoever wonders later"`
		}) (*answered[view.Override], error) {
			return s.endOverride(ctx, in.ID, in.By, in.Why)
		})
	s.swaps()
}

func (s *server) override(ctx context.Context, b OverrideRequest) (*answered[view.Override], error) {
	w, err := who(ctx, b.By)
	if err != nil {
		return nil, err
	}
	added, err := s.Desk.Cover(ctx, w, roster.Override{Role: b.Role, Person: b.Person, From: b.From, To: b.To, Why: b.Why})
	if err != nil {
		return nil, mistaken("body", err)
	}
	return s.showOverride(ctx, added)
}

func (s *server) showOverride(ctx context.Context, o record.Override) (*answered[view.Override], error) {
	all, err := s.Views.ShowOverrides(ctx, []record.Override{o})
	if err != nil {
		return nil, problem.Of(err)
	}
	return answer(all[0], nil)
}

func (s *server) endOverride(ctx context.Context, id int, by, why string) (*answered[view.Override], error) {
	w, err := who(ctx, by)
	if err != nil {
		return nil, err
	}
	ended, err := s.Desk.Uncover(ctx, w, id, why)
	if err != nil {
		return nil, mistaken("query", err)
	}
	return s.showOverride(ctx, ended)
}

// mistaken says everything that is wrong with a request at once, each where it stands.
func mistaken(in string, err error) error {
	var all act.Mistakes
	if !errors.As(err, &all) {
		return problem.Of(err)
	}
	d := problem.New(problem.Code(refusal.Invalid), "")
	for _, m := range all {
		d.At(in+"."+m.Field, m.Text())
	}
	return wrong(d)
}

const nobody = "the plan knows nobody by that id; GET " + Base + "/people lists them"

// someone notes a mistake where whoever acts is not known; they may be left out.
func (s *server) someone(d *problem.Document, at, person string) bool {
	if _, ok := s.Views.Plan().Person(person); person == "" || ok {
		return true
	}
	d.At(at, nobody)
	return false
}

// wrong makes the first mistake the sentence of its document.
func wrong(d *problem.Document) error {
	d.Detail = d.Errors[0].Location + ": " + d.Errors[0].Message
	return d
}
