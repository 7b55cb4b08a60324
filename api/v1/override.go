package v1

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

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
			return s.endOverride(ctx, in.ID, in.By, strings.TrimSpace(in.Why))
		})
	s.swaps()
}

func (s *server) override(ctx context.Context, b OverrideRequest) (*answered[view.Override], error) {
	if err := s.mistakes(b); err != nil {
		return nil, err
	}
	o := roster.Override{Role: b.Role, Person: b.Person, From: stored(b.From), To: stored(b.To), Why: strings.TrimSpace(b.Why)}
	added, err := s.Views.Record.AddOverrides(ctx, b.By, o)
	if err != nil {
		return nil, problem.Of(err)
	}
	s.Desk.DutyChanged(ctx)
	return s.showOverride(ctx, added[0])
}

func (s *server) showOverride(ctx context.Context, o record.Override) (*answered[view.Override], error) {
	all, err := s.Views.ShowOverrides(ctx, []record.Override{o})
	if err != nil {
		return nil, problem.Of(err)
	}
	return answer(all[0], nil)
}

func (s *server) endOverride(ctx context.Context, id int, by, why string) (*answered[view.Override], error) {
	if d := problem.New(problem.Code(refusal.Invalid), ""); !s.someone(d, "query.by", by) {
		return nil, wrong(d)
	}
	o, err := s.Views.Record.Override(ctx, id)
	if err != nil {
		return nil, problem.Of(err)
	}
	if o.EndedAt.IsZero() && s.Views.Over(o) {
		return nil, problem.New(problem.Code(refusal.Ended), "override %d was over at %s by itself", id, o.To.Format(time.RFC3339))
	}
	if o, err = s.Views.Record.EndOverride(ctx, id, by, why); err != nil {
		return nil, problem.Of(err)
	}
	s.Desk.DutyChanged(ctx)
	return s.showOverride(ctx, o)
}

// mistakes says everything that is wrong with an override at once.
func (s *server) mistakes(b OverrideRequest) error {
	d := problem.New(problem.Code(refusal.Invalid), "")
	p, now := s.Views.Plan(), s.Views.Now()
	if _, ok := p.RoleByName(b.Role); !ok {
		d.At("body.role", fmt.Sprintf("the plan has no such role; GET %s/on-call lists them", Base))
	}
	if _, ok := p.Person(b.Person); !ok {
		d.At("body.person", nobody)
	}
	s.someone(d, "body.by", b.By)
	if strings.TrimSpace(b.Why) == "" {
		d.At("body.why", "is empty; say it for whoever wonders later")
	}
	if b.From.Before(now.AddDate(0, 0, -1)) {
		d.At("body.from", "is more than a day ago; what was is not changed, begin now")
	}
	horizon := now.AddDate(10, 0, 0)
	if b.From.After(horizon) {
		d.At("body.from", "is more than ten years ahead")
	}
	switch {
	case b.To.IsZero():
	case !b.To.After(b.From):
		d.At("body.to", "must be after from")
	case !b.To.After(now):
		d.At("body.to", "is over already; it must be in the future")
	case b.To.After(horizon):
		d.At("body.to", "is more than ten years ahead; leave it out for until further notice")
	}
	if len(d.Errors) == 0 {
		return nil
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

// stored is a time with the record's precision, so that it is found again.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
