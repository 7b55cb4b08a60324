package calendar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/stormbell/stormbell/domain/plan"
)

// Limits of what a calendar may ask of this machine.
const (
	maxEvents   = 5000
	maxShown    = 20
	readWithin  = 10 * time.Second
	maxDuration = 366 * 24 * time.Hour
)

// Read returns what a calendar says of a rotation from one instant until another: who is on
// duty, without overlaps, and what in it puts nobody there. It fails when the text is no calendar
// or asks too much; a calendar without events is none of both.
func Read(ctx context.Context, body string, r plan.Rotation, people []plan.Person, from, until time.Time) ([]plan.Duty, []string, error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	in, err := time.LoadLocation(r.Timezone)
	if err != nil {
		return nil, nil, fmt.Errorf("the rotation's time zone is not known: %w", err)
	}
	c, err := parse(body)
	if err != nil {
		return nil, nil, err
	}
	events := c.Events()
	if len(events) > maxEvents {
		return nil, nil, fmt.Errorf("it has more than %d events; narrow it to the rotation", maxEvents)
	}
	t := timetable{byName: r.ICal != nil && r.ICal.ByName, people: people, from: from, until: until}
	zones := zonesOf(c, in, until)
	for _, v := range events {
		e, err := zones.read(v)
		t.events = append(t.events, entry{e, err})
	}
	if err := t.fill(ctx); err != nil {
		return nil, nil, err
	}
	return t.duties(in), t.shown(), nil
}

// parse takes a calendar apart. One that was cut off on the way is none.
func parse(body string) (c *ics.Calendar, err error) {
	defer func() {
		if recover() != nil { // it is a stranger's text and somebody else's parser
			err = errNoCalendar
		}
	}()
	if c, err = ics.ParseCalendar(strings.NewReader(body)); err != nil || !strings.HasSuffix(strings.TrimSpace(body), "END:VCALENDAR") {
		return nil, errNoCalendar
	}
	return c, nil
}

var errNoCalendar = errors.New("it is no whole calendar (RFC 5545)")

type entry struct {
	event
	err error
}

// timetable gathers who is on duty when.
type timetable struct {
	byName      bool
	people      []plan.Person
	from, until time.Time
	events      []entry
	claims      []claim
	findings    []string
}

// claim is one event's word that somebody is on duty.
type claim struct {
	plan.Duty
	uid string
}

// fill works every event out.
func (t *timetable) fill(ctx context.Context) error {
	// What stands for one occurrence of another event takes its place, also by cancelling it.
	moved := map[string][]time.Time{}
	for _, e := range t.events {
		if e.err == nil && !e.instead.IsZero() {
			moved[e.uid] = append(moved[e.uid], e.instead)
		}
	}
	for _, e := range t.events {
		if ctx.Err() != nil {
			return errors.New("it takes too long to work out")
		}
		if e.cancelled {
			continue
		}
		if e.err != nil {
			t.finding(e.event, e.err)
			continue
		}
		spans, err := e.spans(t.until)
		if err != nil {
			t.finding(e.event, err)
			continue
		}
		replaced := moved[e.uid]
		if !e.instead.IsZero() {
			replaced = nil
		}
		spans = slices.DeleteFunc(spans, func(s span) bool {
			return !s.until.After(t.from) || !s.from.Before(t.until) || slices.ContainsFunc(replaced, s.from.Equal)
		})
		if len(spans) == 0 {
			continue // nothing of it concerns anybody now
		}
		person, err := match(e.event, t.people, t.byName)
		if err == nil && e.end.Sub(e.start) > maxDuration {
			err = errors.New("it lasts longer than a year")
		}
		if err != nil {
			t.finding(e.event, err)
			continue
		}
		for _, s := range spans {
			t.claims = append(t.claims, claim{plan.Duty{Person: person, From: s.from, Until: s.until}, e.uid})
		}
		if len(t.claims) > 4*maxEvents {
			return errTooOften
		}
	}
	return nil
}

func (t *timetable) finding(e event, err error) {
	t.findings = append(t.findings, e.name()+": "+err.Error())
}

// shown are the first findings, and how many more there are.
func (t *timetable) shown() []string {
	n := len(t.findings)
	if n <= maxShown {
		return t.findings
	}
	return append(t.findings[:maxShown:maxShown], fmt.Sprintf("and %d more", n-maxShown))
}
