package view

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/roster"
)

// Known is a person of the plan, without anything to reach them by.
type Known struct {
	ID       string   `json:"id" example:"anna"`
	Name     string   `json:"name" example:"Anna Vogel"`
	Language string   `json:"language,omitempty"`
	Roles    []string `json:"roles" doc:"Roles for which this person may be asked now, first or as a backup"`
	Texts    *Texts   `json:"texts,omitempty" doc:"Left out when no phone of theirs takes texts"`
}

// People lists the people of the plan in its order.
func (v *Views) People(ctx context.Context) ([]Known, error) {
	duty, err := v.OnCall(ctx, v.Now(), "")
	if err != nil {
		return nil, err
	}
	stops, err := v.Record.OptOuts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who wants no texts: %w", err)
	}
	p := v.Plan()
	people := make([]Known, len(p.People))
	for i, x := range p.People {
		people[i] = Known{ID: x.ID, Name: x.Name, Language: x.Language, Roles: []string{}, Texts: textsOf(x, p.Channels, stops)}
		for _, d := range duty {
			if slices.ContainsFunc(d.Candidates, func(c Candidate) bool { return c.Person == x.ID }) {
				people[i].Roles = append(people[i].Roles, d.Role)
			}
		}
	}
	return people, nil
}

// Duty is who would be asked for a role.
type Duty struct {
	Role       string            `json:"role"`
	Title      map[string]string `json:"title"`
	Candidates []Candidate       `json:"candidates" doc:"In the order in which they are asked"`
}

// Candidate is somebody who may be asked for a role, and why.
type Candidate struct {
	Person string    `json:"person"`
	Name   string    `json:"name"`
	Why    string    `json:"why"`
	Until  time.Time `json:"until,omitzero"`
}

// OnCall tells who would be asked at an instant, for one role or with "" for all.
func (v *Views) OnCall(ctx context.Context, at time.Time, role string) ([]Duty, error) {
	overrides, err := v.Record.Overrides(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("read who is on call: %w", err)
	}
	p := v.Plan()
	duties := []Duty{}
	for _, r := range p.Roles {
		if role != "" && r.Name != role {
			continue
		}
		d := Duty{Role: r.Name, Title: inWords(r.Title), Candidates: []Candidate{}}
		for _, c := range roster.Candidates(p, overrides, r.Name, at) {
			d.Candidates = append(d.Candidates, Candidate{Person: c.Person, Name: name(p, c.Person), Why: c.Why, Until: c.Until})
		}
		duties = append(duties, d)
	}
	return duties, nil
}
