package v1

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/roster"
)

// SwapRequest lets two people take each other's shift.
type SwapRequest struct {
	Actor
	Role    string    `json:"role" minLength:"1" maxLength:"100" doc:"A role, or rotation:NAME for every role whose primary it is" example:"rotation:leads"`
	Person  string    `json:"person" minLength:"1" maxLength:"100" doc:"Person id" example:"anna"`
	At      time.Time `json:"at,omitzero" doc:"Any time within the shift this person gives away; left out it is their next one"`
	Other   string    `json:"other" minLength:"1" maxLength:"100" doc:"Person id of who takes that shift" example:"ben"`
	OtherAt time.Time `json:"other_at,omitzero" doc:"Any time within the shift the other gives away; left out it is their next one"`
	Why     string    `json:"why,omitempty" maxLength:"500" doc:"Left out it says who swaps with whom"`
}

func (s *server) swaps() {
	swap := operation(http.MethodPost, "/overrides/swap", "swap-shifts", "people", "Let two people take each other's shift: two overrides, added together")
	swap.DefaultStatus = http.StatusCreated
	huma.Register(s.api, swap, func(ctx context.Context, in *struct {
		RequestKey // the same two shifts are the same swap as long as neither has begun
		Body       SwapRequest
	}) (*answered[list[view.Override]], error) {
		added, err := s.swap(ctx, in.Body)
		return answer(list[view.Override]{Items: added}, err)
	})
}

func (s *server) swap(ctx context.Context, b SwapRequest) ([]view.Override, error) {
	d := problem.New(problem.Code(refusal.Invalid), "")
	p, now := s.Views.Plan(), stored(s.Views.Now())
	roles := rolesBehind(p, b.Role)
	if len(roles) == 0 {
		d.At("body.role", "the plan has no such role, and no role whose primary is such a rotation; GET "+Base+"/on-call lists the roles")
	}
	s.someone(d, "body.person", b.Person)
	s.someone(d, "body.other", b.Other)
	s.someone(d, "body.by", b.By)
	if len(d.Errors) > 0 {
		return nil, wrong(d)
	}
	inForce, err := s.Views.Record.OverridesFrom(ctx, now)
	if err != nil {
		return nil, err
	}
	var all []roster.Override
	for _, role := range roles {
		pair, err := roster.Swap(p, inForce, role, roster.Side{Person: b.Person, At: b.At}, roster.Side{Person: b.Other, At: b.OtherAt}, now)
		if err != nil {
			return nil, err
		}
		all = append(all, pair...)
	}
	for i := range all {
		all[i].From, all[i].To = stored(all[i].From), stored(all[i].To)
		all[i].Why = cmp.Or(strings.TrimSpace(b.Why), all[i].Why)
	}
	added, err := s.Views.Record.AddOverrides(ctx, b.By, all...)
	if err != nil {
		return nil, err
	}
	s.Desk.DutyChanged(ctx)
	return s.Views.ShowOverrides(ctx, added)
}

// rolesBehind returns the role of a name, or every role whose primary is a rotation.
func rolesBehind(p plan.Plan, ref string) []string {
	var all []string
	_, isRotation := plan.RotationName(ref)
	for _, r := range p.Roles {
		if r.Name == ref || isRotation && r.Primary == ref {
			all = append(all, r.Name)
		}
	}
	return all
}
