package roster_test

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // every zone, wherever the test runs

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

//go:embed testdata/zones.txt
var zoneNames string

// transition is a change of a zone's clock.
type transition struct {
	zone *time.Location
	at   time.Time
}

// transitions finds every change of every zone's clock from 2020 to 2040. Zones that share
// their changes are tried once.
func transitions(t *testing.T) []transition {
	t.Helper()
	var all []transition
	seen := map[string]bool{}
	for name := range strings.Lines(zoneNames) {
		z, err := time.LoadLocation(strings.TrimSpace(name))
		require.NoError(t, err)
		for at := time.Date(2020, 1, 1, 0, 0, 0, 0, z); ; {
			_, end := at.ZoneBounds()
			if end.IsZero() || end.Year() > 2040 {
				break
			}
			if !end.After(at) { // the last day of a leap year, on which ZoneBounds stands still
				end = at.AddDate(0, 0, 2)
			}
			at = end
			_, before := end.Add(-1).Zone()
			_, after := end.Zone()
			if key := fmt.Sprint(end.Unix(), before, after); before != after && !seen[key] {
				seen[key] = true
				all = append(all, transition{z, end})
			}
		}
	}
	return all
}

// rotations returns groups of rotations; of each group exactly one person must be on duty at
// every instant. Hand-overs lie on, before, in and behind the minutes that are skipped or
// come twice.
func rotations(c transition) [][]plan.Rotation {
	name := c.zone.String()
	// What the clock shows on both sides of the change, as times of the day.
	before, after := sinceMidnight(c.at.Add(-1))+1, sinceMidnight(c.at)
	clocks := []time.Duration{before, after, ((before + after) / 2).Truncate(time.Minute), after + time.Minute, 9 * time.Hour}
	var groups [][]plan.Rotation
	hourly := plan.Rotation{
		People: []string{"anna", "ben", "carla"}, Start: time.Date(2020, 1, 6, 0, 30, 0, 0, c.zone), Timezone: name, Every: time.Hour,
	}
	groups = append(groups, []plan.Rotation{hourly})
	for _, clock := range clocks {
		clock %= day
		day0 := time.Date(2020, 1, 6, 0, 0, 0, 0, time.UTC).Add(clock)
		start := time.Date(2020, 1, 6, day0.Hour(), day0.Minute(), 0, 0, c.zone)
		always := plan.Rotation{People: []string{"anna", "ben", "carla"}, Start: start, Timezone: name}
		for _, every := range []time.Duration{12 * time.Hour, day, 7 * day} {
			r := always
			r.Every = every
			groups = append(groups, []plan.Rotation{r})
		}
		early, late := always, always
		early.Every, late.Every = day, day
		late.Start = start.Add(17 * time.Hour) // handed over in the middle of the night
		early.Only = []plan.Hours{{Days: weekdays(0, 7), From: clock, To: (clock + 11*time.Hour) % day}}
		late.Only = []plan.Hours{{Days: weekdays(0, 7), From: (clock + 11*time.Hour) % day, To: clock}}
		groups = append(groups, []plan.Rotation{early, late})
	}
	week, weekend := hourly, hourly
	week.Every, weekend.Every = 7*day, 7*day
	week.Only = []plan.Hours{{Days: weekdays(1, 6), To: day}}
	weekend.Only = []plan.Hours{{Days: []time.Weekday{time.Saturday, time.Sunday}, To: day}}
	return append(groups, []plan.Rotation{week, weekend})
}

func weekdays(from, until time.Weekday) []time.Weekday {
	var all []time.Weekday
	for d := from; d < until; d++ {
		all = append(all, d)
	}
	return all
}

// TestDuties_everyClockChangeOfTheWorld_exactlyOnePersonIsOnDuty names the complaints that a
// shift across a clock change left an hour's hole, and that a change moved every schedule.
func TestDuties_everyClockChangeOfTheWorld_exactlyOnePersonIsOnDuty(t *testing.T) {
	t.Parallel()
	all := transitions(t)
	require.Greater(t, len(all), 500, "the zones have clock changes")
	t.Logf("%d clock changes", len(all))
	for _, c := range all {
		for _, group := range rotations(c) {
			oneOnDuty(t, group, c.at.Add(-13*time.Hour), c.at.Add(13*time.Hour), c.at)
		}
	}
}

// oneOnDuty checks every minute at which something can happen, and the moment before it.
func oneOnDuty(t *testing.T, group []plan.Rotation, from, until, change time.Time) {
	t.Helper()
	var duties []roster.Turn
	for _, r := range group {
		duties = append(duties, roster.Duties(r, from, until)...)
	}
	instants := []time.Time{from, change.Add(-time.Hour), change.Add(-1), change, change.Add(time.Hour)}
	for _, d := range duties {
		for _, at := range []time.Time{d.From, d.Until, d.From.Add(-1), d.Until.Add(-1)} {
			if !at.Before(from) && at.Before(until) {
				instants = append(instants, at)
			}
		}
	}
	for _, at := range instants {
		var listed, asked []string
		for _, d := range duties {
			if !at.Before(d.From) && at.Before(d.Until) {
				listed = append(listed, d.Person)
			}
		}
		for _, r := range group {
			if d, ok := roster.OnDuty(r, at); ok {
				asked = append(asked, d.Person)
			}
		}
		if len(listed) != 1 || len(asked) != 1 || listed[0] != asked[0] {
			t.Fatalf("%s, change at %s, every %s, only %v: at %s the list has %v, on duty are %v",
				group[0].Timezone, change, group[0].Every, group[0].Only, at, listed, asked)
		}
	}
}
