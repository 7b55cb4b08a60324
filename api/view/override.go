package view

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/record"
)

// Override is somebody put in front of a role for a while.
type Override struct {
	ID      int       `json:"id" example:"12"`
	Role    string    `json:"role" example:"business_lead"`
	Person  string    `json:"person" example:"anna"`
	Name    string    `json:"name" example:"Anna Vogel"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to,omitzero" doc:"Left out it means until further notice"`
	Why     string    `json:"why"`
	First   bool      `json:"first" doc:"This person is asked first now, or when it begins; false where a later override stands in front, and when it is over"`
	AddedAt time.Time `json:"added_at"`
	AddedBy string    `json:"added_by,omitempty" doc:"Person id; left out when nobody was named" example:"ben"`

	EndedAt  time.Time `json:"ended_at,omitzero" doc:"When it was ended before its time"`
	EndedBy  string    `json:"ended_by,omitempty"`
	EndedWhy string    `json:"ended_why,omitempty"`
}

// Overrides lists the overrides that are in force now or will be, in the order they were
// added; with those that are over, too, it is the whole story.
func (v *Views) Overrides(ctx context.Context, over bool) ([]Override, error) {
	kept, err := v.Record.AllOverrides(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the overrides: %w", err)
	}
	shown := []record.Override{}
	for _, o := range kept {
		if over || !v.Over(o) {
			shown = append(shown, o)
		}
	}
	return v.ShowOverrides(ctx, shown)
}

// Over says whether an override has no effect any more, because its time is up or because
// somebody ended it.
func (v *Views) Over(o record.Override) bool {
	return !o.EndedAt.IsZero() || !o.To.IsZero() && !o.To.After(v.Now())
}

// ShowOverrides returns overrides of the record as people read them.
func (v *Views) ShowOverrides(ctx context.Context, kept []record.Override) ([]Override, error) {
	now := v.Now()
	inForce, err := v.Record.OverridesFrom(ctx, now)
	if err != nil {
		return nil, fmt.Errorf("read the overrides: %w", err)
	}
	p := v.Plan()
	all := make([]Override, len(kept))
	for i, o := range kept {
		at := o.From
		if at.Before(now) {
			at = now
		}
		holder, _ := roster.Holder(p, inForce, o.Role, at)
		all[i] = Override{
			ID: o.ID, Role: o.Role, Person: o.Person, Name: name(p, o.Person), From: o.From, To: o.To, Why: o.Why,
			First: holder.Person == o.Person && !v.Over(o), AddedAt: o.AddedAt, AddedBy: o.AddedBy,
			EndedAt: o.EndedAt, EndedBy: o.EndedBy, EndedWhy: o.EndedWhy,
		}
	}
	return all, nil
}
