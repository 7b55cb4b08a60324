package view

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/roster"
)

// Timetable is who is on call day by day, for people to read.
type Timetable struct {
	// Days are the days, in the company's zone.
	Days []Day
	// Steady are the roles that one person has all the time, as one shift each.
	Steady []Shift
	// Turning are the columns of the days: roles that go from one to another, those that always
	// go together in one column.
	Turning [][]string
	// Handovers are when a duty goes from one to another, the next one first.
	Handovers []Change
	// Gaps are what somebody must mend: a calendar elsewhere names nobody, or nobody at all can be asked.
	Gaps []Shift
}

// Day is one day of a timetable; where the clocks change it has 23 or 25 hours.
type Day struct {
	From, Until time.Time
	// Duty is who is asked first, by column, in the order of the day.
	Duty [][]Shift
}

// Hours is how long the day is, in whole hours.
func (d Day) Hours() int { return int(d.Until.Sub(d.From) / time.Hour) }

// Change is a duty that goes from one to another.
type Change struct {
	At    time.Time
	Roles []string
	// From had it until then and To has it from then on; empty is nobody at all. Gap says that
	// To is a backup because nobody is primary.
	From, To string
	Gap      bool
}

// Timetable tells who is asked first for every role from the start of today on.
func (v *Views) Timetable(ctx context.Context, days int) (Timetable, error) {
	p, now := v.Plan(), v.Now()
	zone, err := time.LoadLocation(p.Company.Timezone)
	if err != nil {
		zone = time.UTC // the plan's check refuses any other
	}
	midnight := func(day int) time.Time {
		y, m, d := now.In(zone).Date()
		return time.Date(y, m, d+day, 0, 0, 0, 0, zone)
	}
	overrides, err := v.Record.OverridesFrom(ctx, midnight(0))
	if err != nil {
		return Timetable{}, fmt.Errorf("read who will be on call: %w", err)
	}
	t := Timetable{Days: make([]Day, days)}
	for i := range t.Days {
		t.Days[i] = Day{From: midnight(i), Until: midnight(i + 1)}
	}
	var columns [][]Shift
	for _, r := range p.Roles {
		var shifts []Shift
		for _, s := range roster.Shifts(p, overrides, r.Name, midnight(0), midnight(days)) {
			shifts = append(shifts, shown(p, r.Name, s))
		}
		if len(shifts) == 1 {
			t.Steady = append(t.Steady, shifts[0])
			continue
		}
		if i := slices.IndexFunc(columns, func(c []Shift) bool { return slices.EqualFunc(c, shifts, together) }); i >= 0 {
			t.Turning[i] = append(t.Turning[i], r.Name)
			continue
		}
		columns, t.Turning = append(columns, shifts), append(t.Turning, []string{r.Name})
	}
	for i, shifts := range columns {
		for d := range t.Days {
			t.Days[d].Duty = append(t.Days[d].Duty, within(shifts, t.Days[d]))
		}
		for j := 1; j < len(shifts); j++ {
			if s := shifts[j]; s.From.After(now) {
				t.Handovers = append(t.Handovers, Change{At: s.From, Roles: t.Turning[i], From: shifts[j-1].Name, To: s.Name, Gap: s.Gap})
			}
		}
	}
	slices.SortStableFunc(t.Handovers, func(a, b Change) int { return a.At.Compare(b.At) })
	for _, g := range roster.Alarming(p, overrides, now) {
		t.Gaps = append(t.Gaps, shown(p, g.Role, roster.Shift{Person: g.Backup, Gap: true, From: g.From, Until: g.Until}))
	}
	return t, nil
}

// together tells whether shifts of two roles are of the same person at the same time.
func together(a, b Shift) bool {
	return a.Person == b.Person && a.Gap == b.Gap && a.From.Equal(b.From) && a.Until.Equal(b.Until)
}

// within cuts shifts to a day.
func within(shifts []Shift, d Day) []Shift {
	var all []Shift
	for _, s := range shifts {
		if !s.Until.After(d.From) || !s.From.Before(d.Until) {
			continue
		}
		if s.From.Before(d.From) {
			s.From = d.From
		}
		if s.Until.After(d.Until) {
			s.Until = d.Until
		}
		all = append(all, s)
	}
	return all
}
