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
				all = append(all, shown(p, r.Name, s))
			}
		}
	}
	return all, nil
}

func shown(p plan.Plan, role string, s roster.Shift) Shift {
	return Shift{Role: role, Person: s.Person, Name: name(p, s.Person), Gap: s.Gap, From: s.From.UTC(), Until: s.Until.UTC()}
}
