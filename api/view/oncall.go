package view

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

// Shift is a time during which the same person is asked first for a role.
type Shift struct {
	Role   string    `json:"role" example:"business_lead"`
	Person string    `json:"person,omitempty" doc:"Empty when there is nobody at all" example:"anna"`
	Name   string    `json:"name,omitempty" example:"Anna Vogel"`
	Gap    bool      `json:"gap,omitempty" doc:"Nobody is primary then; whoever is named is a backup"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until" doc:"When it is handed over to the next in the list, or where the list ends"`
}

// Shifts tells who is asked first from one instant until another, role by role in the plan's
// order and without holes. An empty role or person means all of them.
func (v *Views) Shifts(ctx context.Context, role, person string, from, until time.Time) ([]Shift, error) {
	return v.shifts(ctx, roster.Shifts, role, person, from, until)
}

// Gaps tells when nobody is primary for a role from one instant until another, and which
// backup is asked first then.
func (v *Views) Gaps(ctx context.Context, from, until time.Time) ([]Shift, error) {
	return v.shifts(ctx, roster.Gaps, "", "", from, until)
}

type timetable func(p plan.Plan, overrides []roster.Override, role string, from, until time.Time) []roster.Shift

func (v *Views) shifts(ctx context.Context, of timetable, role, person string, from, until time.Time) ([]Shift, error) {
	overrides, err := v.Record.OverridesFrom(ctx, from)
	if err != nil {
		return nil, fmt.Errorf("read who will be on call: %w", err)
	}
	p := v.Plan()
	all := []Shift{}
	for _, r := range p.Roles {
		if role != "" && r.Name != role {
			continue
		}
		for _, s := range of(p, overrides, r.Name, from, until) {
			if person == "" || s.Person == person {
				all = append(all, Shift{
					Role: r.Name, Person: s.Person, Name: name(p, s.Person), Gap: s.Gap, From: s.From.UTC(), Until: s.Until.UTC(),
				})
			}
		}
	}
	return all, nil
}

// Override is somebody put in front of a role for a while.
type Override struct {
	Role   string    `json:"role" example:"business_lead"`
	Person string    `json:"person" example:"anna"`
	Name   string    `json:"name" example:"Anna Vogel"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero" doc:"Left out it means until further notice"`
	Why    string    `json:"why"`
	First  bool      `json:"first" doc:"This person is asked first now, or when it begins; false where a later override stands in front"`
}

// Overrides lists the overrides that are in force now or will be, in the order they were added.
func (v *Views) Overrides(ctx context.Context) ([]Override, error) {
	now := v.Now()
	overrides, err := v.Record.OverridesFrom(ctx, now)
	if err != nil {
		return nil, fmt.Errorf("read the overrides: %w", err)
	}
	p := v.Plan()
	all := make([]Override, len(overrides))
	for i, o := range overrides {
		at := o.From
		if at.Before(now) {
			at = now
		}
		holder, _ := roster.Holder(p, overrides, o.Role, at)
		all[i] = Override{
			Role: o.Role, Person: o.Person, Name: name(p, o.Person), From: o.From.UTC(), Why: o.Why,
			First: holder.Person == o.Person,
		}
		if !o.To.IsZero() {
			all[i].To = o.To.UTC()
		}
	}
	return all, nil
}
