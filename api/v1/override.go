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
)

// OverrideRequest puts a person in front of a role for a while.
type OverrideRequest struct {
	Actor
	Role   string    `json:"role" minLength:"1" maxLength:"100" example:"business_lead"`
	Person string    `json:"person" minLength:"1" maxLength:"100" doc:"Person id" example:"anna"`
	From   time.Time `json:"from" doc:"When it begins; at most a day ago"`
	To     time.Time `json:"to,omitzero" doc:"When it ends; left out it means until further notice"`
	Why    string    `json:"why" minLength:"1" maxLength:"500" doc:"For whoever wonders later" example:"swapped with Ben"`
}

func (s *server) overrides() {
	const tag, path = "people", "/overrides"
	huma.Register(s.api, operation(http.MethodGet, path, "list-overrides", tag, "Who stands in for whom, now and later"),
		func(ctx context.Context, _ *struct{}) (*answered[list[view.Override]], error) {
			all, err := s.Views.Overrides(ctx)
			return answer(list[view.Override]{Items: all}, err)
		})
	add := operation(http.MethodPost, path, "add-override", tag, "Put a person in front of a role for a while; a swap is two of them")
	add.DefaultStatus = http.StatusCreated
	huma.Register(s.api, add, func(ctx context.Context, in *struct {
		RequestKey // the same role, person and time are the same override, with or without a key
		Body       OverrideRequest
	}) (*answered[view.Override], error) {
		return s.override(ctx, in.Body)
	})
}

func (s *server) override(ctx context.Context, b OverrideRequest) (*answered[view.Override], error) {
	if err := s.mistakes(b); err != nil {
		return nil, err
	}
	o := roster.Override{Role: b.Role, Person: b.Person, From: stored(b.From), To: stored(b.To), Why: strings.TrimSpace(b.Why)}
	if b.By != "" && b.By != b.Person {
		// Who did it belongs to the reason: nothing about an override is ever taken back.
		o.Why = fmt.Sprintf("%s (entered by %s)", o.Why, b.By)
	}
	if err := s.Views.Record.AddOverride(ctx, o); err != nil {
		return nil, problem.Of(err)
	}
	all, err := s.Views.Overrides(ctx)
	if err != nil {
		return nil, problem.Of(err)
	}
	for _, v := range all {
		if v.Role == o.Role && v.Person == o.Person && v.From.Equal(o.From) && v.To.Equal(o.To) {
			return answer(v, nil)
		}
	}
	return nil, problem.Of(fmt.Errorf("read the override that was added: it is over already"))
}

// mistakes says everything that is wrong with an override at once.
func (s *server) mistakes(b OverrideRequest) error {
	d := problem.New(problem.Code(refusal.Invalid), "")
	p, now := s.Views.Plan(), s.Views.Now()
	if _, ok := p.RoleByName(b.Role); !ok {
		d.At("body.role", fmt.Sprintf("the plan has no such role; GET %s/on-call lists them", Base))
	}
	if _, ok := p.Person(b.Person); !ok {
		d.At("body.person", fmt.Sprintf("the plan knows nobody by that id; GET %s/people lists them", Base))
	}
	if _, ok := p.Person(b.By); b.By != "" && !ok {
		d.At("body.by", fmt.Sprintf("the plan knows nobody by that id; GET %s/people lists them", Base))
	}
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
	d.Detail = d.Errors[0].Location + ": " + d.Errors[0].Message
	return d
}

// stored is a time with the record's precision, so that it is found again.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
