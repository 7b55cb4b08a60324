package calendar

import (
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// zone turns what a clock on the wall shows into an instant and back. Clock times are written as
// if they were UTC, where every day has 24 hours.
type zone interface {
	instant(wall time.Time) time.Time
	wall(t time.Time) time.Time
}

// place is a zone that the machine knows.
type place struct{ *time.Location }

func (p place) wall(t time.Time) time.Time { return asUTC(t.In(p.Location)) }

// instant returns the first moment at which the clock shows a time or more: the earlier one where
// it comes twice, the end of the hour where it is skipped. time.Date promises neither.
func (p place) instant(wall time.Time) time.Time {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, p.Location)
	// No clock is changed by more than a day.
	for _, offset := range p.offsets(t) {
		early := wall.Add(-offset).In(p.Location)
		if asUTC(early).Equal(wall) && early.Before(t) {
			t = early
		}
	}
	if asUTC(t).Equal(wall) {
		return t
	}
	begin, end := t.ZoneBounds()
	if asUTC(t).After(wall) {
		return begin.In(p.Location)
	}
	return end.In(p.Location)
}

// offsets are those before and after the change that is nearest to an instant.
func (p place) offsets(t time.Time) (all []time.Duration) {
	for _, around := range []time.Time{t.AddDate(0, 0, -1), t, t.AddDate(0, 0, 1)} {
		_, seconds := around.In(p.Location).Zone()
		all = append(all, time.Duration(seconds)*time.Second)
	}
	return all
}

func asUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// drawn is a zone that the calendar draws itself, because its name is nowhere else: some
// programs call Berlin "W. Europe Standard Time".
type drawn []change

// change is when a drawn zone's clock is set.
type change struct {
	at       time.Time // on the wall, before it is set
	from, to time.Duration
}

func (d drawn) instant(wall time.Time) time.Time {
	t := wall.Add(-d[0].from)
	for _, c := range d {
		if wall.Before(c.at) {
			break
		}
		t = wall.Add(-c.to)
		if set := c.at.Add(-c.from); t.Before(set) { // the clock skips this time
			t = set
		}
	}
	return t
}

func (d drawn) wall(t time.Time) time.Time {
	offset := d[0].from
	for _, c := range d {
		if t.Before(c.at.Add(-c.from)) {
			break
		}
		offset = c.to
	}
	return t.UTC().Add(offset)
}

// zones finds the zones that a calendar's events name.
type zones struct {
	// usual is for times that name none.
	usual place
	drawn map[string]zone
}

func zonesOf(c *ics.Calendar, usual *time.Location, until time.Time) zones {
	all := zones{usual: place{usual}, drawn: map[string]zone{}}
	for _, z := range c.Timezones() {
		name := z.GetProperty(ics.ComponentPropertyTzid)
		if name == nil {
			continue
		}
		if known := z.GetProperty("X-LIC-LOCATION"); known != nil {
			if l, err := load(known.Value); err == nil {
				all.drawn[name.Value] = place{l}
				continue
			}
		}
		if d := draw(z, until); len(d) > 0 {
			all.drawn[name.Value] = d
		}
	}
	return all
}

// find returns the zone of a name. What the machine knows counts more than a drawing.
func (z zones) find(name string) (zone, bool) {
	if l, err := load(name); err == nil {
		return place{l}, true
	}
	d, ok := z.drawn[name]
	return d, ok
}

func load(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errUnknownZone
	}
	return time.LoadLocation(strings.TrimPrefix(name, "/"))
}

// draw works out when a zone's clock is set, from its description.
func draw(z *ics.VTimezone, until time.Time) drawn {
	var all drawn
	for _, part := range z.Components {
		var b ics.ComponentBase
		switch part := part.(type) {
		case *ics.Standard:
			b = part.ComponentBase
		case *ics.Daylight:
			b = part.ComponentBase
		default:
			continue
		}
		from, fromOK := offset(b.GetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom)))
		to, toOK := offset(b.GetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto)))
		start, err := stamp(text(b.GetProperty(ics.ComponentPropertyDtStart)))
		if !fromOK || !toOK || err != nil {
			return nil
		}
		onsets := []time.Time{start.at}
		if rule := b.GetProperty(ics.ComponentPropertyRrule); rule != nil {
			onsets, err = occurrences(rule.Value, start.at, until, place{time.UTC})
			if err != nil {
				return nil
			}
		}
		for _, at := range onsets {
			all = append(all, change{at: at, from: from, to: to})
		}
	}
	slices.SortFunc(all, func(a, b change) int { return a.at.Compare(b.at) })
	// Some zones are drawn from the year 1601 on; nobody is asked who was on duty then.
	for len(all) > 1 && all[1].at.Before(until.AddDate(-drawnYears, 0, 0)) {
		all = all[1:]
	}
	return all
}

// drawnYears is how many years before its end a drawn zone is true to the hour.
const drawnYears = 5

// offset reads +0130 and -08.
func offset(p *ics.IANAProperty) (time.Duration, bool) {
	for _, layout := range []string{"-0700", "-070000", "-07"} {
		if t, err := time.Parse(layout, text(p)); err == nil {
			_, seconds := t.Zone()
			return time.Duration(seconds) * time.Second, true
		}
	}
	return 0, false
}

func text(p *ics.IANAProperty) string {
	if p == nil {
		return ""
	}
	return strings.TrimSpace(p.Value)
}
