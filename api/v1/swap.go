package v1

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/view"
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
	w, err := who(ctx, b.By)
	if err != nil {
		return nil, err
	}
	added, err := s.Desk.Swap(ctx, w, b.Role, roster.Side{Person: b.Person, At: b.At}, roster.Side{Person: b.Other, At: b.OtherAt}, b.Why)
	if err != nil {
		return nil, mistaken("body", err)
	}
	return s.Views.ShowOverrides(ctx, added)
}
