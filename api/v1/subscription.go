package v1

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
)

// SubscriptionRequest asks an address whether it wants updates.
type SubscriptionRequest struct {
	Channel  string `json:"channel" enum:"email,sms,chat"`
	Address  string `json:"address" minLength:"1" maxLength:"254" doc:"Mail address, number in E.164, or the chat's id of a user or channel" example:"anna@acme.example"`
	Language string `json:"language,omitempty" enum:"de,en" doc:"Left out it is the company's"`
	Service  string `json:"service,omitempty" maxLength:"100" doc:"Only updates that concern this business service"`
	Region   string `json:"region,omitempty" maxLength:"100" doc:"Only updates that concern this region"`
	Incident int    `json:"incident,omitempty" minimum:"1" doc:"Only updates about this incident"`
}

// TokenPath is the secret out of a question or of an unsubscribe link.
type TokenPath struct {
	Token string `path:"token" maxLength:"60" doc:"The last part of the link in the mail or text"`
}

// UnsubscribeRequest says what to stop.
type UnsubscribeRequest struct {
	Only bool `json:"only_this_incident,omitempty" doc:"Stop only updates about the incident whose mail held the link"`
	Undo bool `json:"undo,omitempty" doc:"Begin again"`
}

// Agreed is what a confirmation came to.
type Agreed struct {
	State  view.SubscriptionState `json:"state" enum:"unconfirmed,active,suppressed"`
	Reason string                 `json:"reason,omitempty" doc:"Why nothing is sent all the same, such as stop"`
	Lifted []string               `json:"lifted,omitempty" doc:"What had stopped updates before and does no more, such as bounced"`
}

// Question is the same whatever the address is.
type Question struct {
	Detail string `json:"detail"`
}

func (s *server) subscriptions() {
	const tag, path = "updates", "/subscriptions"
	huma.Register(s.api, operation(http.MethodGet, path, "list-subscriptions", tag, "Who gets updates, and why somebody gets none"),
		func(ctx context.Context, in *struct {
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
			Cursor string `query:"cursor" maxLength:"40" doc:"next_cursor of the answer before"`
		}) (*answered[list[view.Subscription]], error) {
			all, next, err := s.Views.Subscriptions(ctx, in.Cursor, in.Limit)
			l := list[view.Subscription]{Items: all}
			if next != "" {
				l.Next = &next
			}
			return answer(l, err)
		})
	ask := operation(http.MethodPost, path, "subscribe", tag, "Ask an address whether it wants updates. The answer is the same whether it may get any or not")
	ask.DefaultStatus = http.StatusAccepted
	huma.Register(s.api, ask, func(ctx context.Context, in *struct {
		RequestKey // an address is asked a few times a day at most, with or without a key
		Body       SubscriptionRequest
	}) (*answered[Question], error) {
		b := in.Body
		if b.Language == "" {
			b.Language = s.Views.Plan().Company.Languages[0]
		}
		err := s.Desk.Subscribe(ctx, record.Subscriber{
			Channel: b.Channel, Address: b.Address, Language: b.Language, Service: b.Service, Region: b.Region, Incident: b.Incident,
		})
		return answer(Question{"If this address may get updates, it is asked to confirm within 24 hours."}, err)
	})
	huma.Register(s.api, operation(http.MethodDelete, path+"/{id}", "end-subscription", tag, "Forget a subscription and its address"),
		func(ctx context.Context, in *struct {
			RequestKey
			ID string `path:"id" maxLength:"40"`
		}) (*struct{}, error) {
			if err := s.Views.Record.EndSubscription(ctx, in.ID); err != nil {
				return nil, problem.Of(err)
			}
			return nil, nil
		})
	s.subscribers(tag, path)
}

// subscribers are the calls of whoever has got a link: the token is the key, no other is needed.
func (s *server) subscribers(tag, path string) {
	huma.Register(s.api, public(operation(http.MethodPost, path+"/{token}/confirm", "confirm-subscription", tag, "Agree to updates, with the token of the question")),
		func(ctx context.Context, in *struct {
			TokenPath
			RequestKey // twice is as good as once
		}) (*answered[Agreed], error) {
			found, lifted, err := s.Views.Record.ConfirmSubscription(ctx, in.Token)
			if errors.Is(err, record.ErrExpired) {
				return nil, problem.New(problem.Expired, "the confirmation has expired; ask for updates again")
			}
			if err != nil {
				return nil, problem.Of(err)
			}
			shown := view.ShowSubscription(found)
			a := Agreed{State: shown.State, Reason: shown.Reason}
			for _, x := range lifted {
				a.Lifted = append(a.Lifted, x.Reason)
			}
			return answer(a, nil)
		})
	huma.Register(s.api, public(operation(http.MethodPost, path+"/{token}/unsubscribe", "unsubscribe", tag, "Stop updates, with the token of an unsubscribe link")),
		func(ctx context.Context, in *struct {
			TokenPath
			RequestKey // twice is as good as once
			Body       *UnsubscribeRequest
		}) (*struct{}, error) {
			link, err := s.Views.Record.ByUnsubscribeToken(ctx, in.Token)
			b := UnsubscribeRequest{}
			if in.Body != nil {
				b = *in.Body
			}
			switch {
			case err != nil:
			case b.Undo:
				err = s.Desk.ResumeUpdates(ctx, link)
			case b.Only && link.Incident == 0:
				err = refusal.New(refusal.Invalid, "that link is about no incident in particular")
			default:
				err = s.Desk.StopUpdates(ctx, link, !b.Only)
			}
			if err != nil {
				return nil, problem.Of(err)
			}
			return nil, nil
		})
}

// public opens an operation to whoever knows the secret in its path.
func public(o huma.Operation) huma.Operation {
	o.Security = []map[string][]string{{}}
	return o
}

// isPublic tells whether an operation wants no token.
func isPublic(o *huma.Operation) bool { return len(o.Security) == 1 && len(o.Security[0]) == 0 }
