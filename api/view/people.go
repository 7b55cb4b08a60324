package view

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/record"
)

// Known is a person of the plan, without anything to reach them by.
type Known struct {
	ID       string   `json:"id" example:"anna"`
	Name     string   `json:"name" example:"Anna Vogel"`
	Language string   `json:"language,omitempty" doc:"As chosen by the person, else the plan's"`
	Roles    []string `json:"roles" doc:"Roles for which this person may be asked now, first or as a backup"`
	Texts    *Texts   `json:"texts,omitempty" doc:"Left out when no phone of theirs takes texts"`
	Channels []Reach  `json:"channels" doc:"The ways to reach this person, and whether each is proven to work"`
	// CardAt is when this person last fetched the contact card with our numbers.
	CardAt time.Time `json:"card_at,omitzero" doc:"When this person last fetched our contact card"`
	PIN    string    `json:"pin" enum:"none,set,locked" doc:"Locked: too many wrong ones were typed, and it must be cleared"`
}

// Reachable tells whether a page reaches this person for certain: a phone is proven to work, or
// where the plan has no phone of theirs the mail is.
func (k Known) Reachable() bool {
	phone := slices.ContainsFunc(k.Channels, func(r Reach) bool { return r.Channel != plan.Email })
	return slices.ContainsFunc(k.Channels, func(r Reach) bool { return r.Proven() && (r.Channel != plan.Email || !phone) })
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
	contacts, err := v.Record.Contacts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which contacts are confirmed: %w", err)
	}
	chosen, err := v.Record.Preferences(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what people have chosen: %w", err)
	}
	p := v.Plan()
	people := make([]Known, len(p.People))
	for i, x := range p.People {
		own := chosen[x.ID]
		people[i] = Known{
			ID: x.ID, Name: x.Name, Language: cmp.Or(own.Language, x.Language), Roles: []string{}, Texts: textsOf(x, p.Channels, stops),
			Channels: reaches(x, p.Channels.Pages.From, contacts, stops), CardAt: own.CardAt, PIN: pinState(own),
		}
		for _, d := range duty {
			if slices.ContainsFunc(d.Candidates, func(c Candidate) bool { return c.Person == x.ID }) {
				people[i].Roles = append(people[i].Roles, d.Role)
			}
		}
	}
	return people, nil
}

func pinState(p record.Preferences) string {
	switch {
	case p.PINAt.IsZero():
		return "none"
	case p.Locked:
		return "locked"
	}
	return "set"
}

// Known returns one person of the plan, or record.ErrNotFound.
func (v *Views) Known(ctx context.Context, person string) (Known, error) {
	people, err := v.People(ctx)
	if err != nil {
		return Known{}, err
	}
	i := slices.IndexFunc(people, func(k Known) bool { return k.ID == person })
	if i < 0 {
		return Known{}, fmt.Errorf("the plan knows nobody by that id: %w", record.ErrNotFound)
	}
	return people[i], nil
}

// Duty is who would be asked for a role.
type Duty struct {
	Role       string            `json:"role"`
	Title      map[string]string `json:"title"`
	Candidates []Candidate       `json:"candidates" doc:"In the order in which they are asked"`
	Next       *Shift            `json:"next,omitempty" doc:"Who is asked first after that, and from when on; left out when nothing changes within three months"`
	Calendars  []Calendar        `json:"calendars,omitempty" doc:"The calendars elsewhere that this rests on"`
}

// Candidate is somebody who may be asked for a role, and why.
type Candidate struct {
	Person string    `json:"person"`
	Name   string    `json:"name"`
	Why    string    `json:"why"`
	Until  time.Time `json:"until,omitzero"`
	// Override, Backup and Rotation are Why for pages, which say it in their own words.
	Override bool   `json:"-"`
	Backup   int    `json:"-"`
	Rotation string `json:"-"`
}

// OnCall tells who would be asked at an instant, for one role or with "" for all.
func (v *Views) OnCall(ctx context.Context, at time.Time, role string) ([]Duty, error) {
	overrides, err := v.Record.OverridesFrom(ctx, at)
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
			d.Candidates = append(d.Candidates, Candidate{Person: c.Person, Name: name(p, c.Person), Why: c.Why, Until: c.Until, Override: c.Override, Backup: c.Backup, Rotation: c.Rotation})
		}
		if next, ok := roster.Next(p, overrides, r.Name, at); ok {
			shift := shown(p, r.Name, next)
			d.Next = &shift
		}
		d.Calendars = v.calendars(p, r)
		duties = append(duties, d)
	}
	return duties, nil
}
