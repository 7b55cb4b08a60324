package view

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/internal/record"
)

// SubscriptionState is what became of a wish for updates.
type SubscriptionState string

// The states of a subscription.
const (
	// Unconfirmed waits for its address to agree, Active gets updates, Suppressed gets none: see the reason.
	Unconfirmed SubscriptionState = "unconfirmed"
	Active      SubscriptionState = "active"
	Suppressed  SubscriptionState = "suppressed"
)

// Subscription is who gets updates, and why not.
type Subscription struct {
	ID       string `json:"id"`
	Channel  string `json:"channel" enum:"email,sms,chat"`
	Address  string `json:"address"`
	Language string `json:"language"`
	Person   string `json:"person,omitempty" doc:"Person id, when it is one of the plan's people"`
	Service  string `json:"service,omitempty" doc:"Left out for all services"`
	Region   string `json:"region,omitempty" doc:"Left out for all regions"`
	Incident int    `json:"incident,omitempty" doc:"Left out for all incidents"`

	State       SubscriptionState `json:"state" enum:"unconfirmed,active,suppressed"`
	Reason      string            `json:"reason,omitempty" enum:"bounced,spam_report,dropped,stop,unsubscribed,stopped_incident" doc:"Why nothing is sent; the gravest reason where there are several"`
	Since       time.Time         `json:"since,omitzero" doc:"Since when that is so"`
	AskedAt     time.Time         `json:"asked_at"`
	ConfirmedAt time.Time         `json:"confirmed_at,omitzero"`
}

// Subscriptions lists up to limit subscriptions after an id, and the id to go on with; empty
// means that these were the last.
func (v *Views) Subscriptions(ctx context.Context, after string, limit int) (all []Subscription, next string, err error) {
	rows, err := v.Record.Subscriptions(ctx, after, limit+1)
	if err != nil {
		return nil, "", fmt.Errorf("list the subscriptions: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = rows[limit-1].ID
	}
	all = make([]Subscription, len(rows))
	for i, r := range rows {
		all[i] = ShowSubscription(r)
	}
	return all, next, nil
}

// ShowSubscription is one subscription as operators see it.
func ShowSubscription(r record.Subscription) Subscription {
	s := Subscription{
		ID: r.ID, Channel: r.Channel, Address: r.Address, Language: r.Language, Person: r.Person, Service: r.Service, Region: r.Region,
		Incident: r.Incident, State: Active, AskedAt: r.AskedAt, ConfirmedAt: r.ConfirmedAt, Reason: r.Reason(),
	}
	switch {
	case s.Reason != "":
		s.State = Suppressed
		for _, x := range r.Stopped {
			if x.Reason == s.Reason {
				s.Since = x.At
				break
			}
		}
	case r.ConfirmedAt.IsZero():
		s.State = Unconfirmed
	}
	return s
}
