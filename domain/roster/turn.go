package roster

import (
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// Turn is one person's duty in a rotation, from From until just before Until.
type Turn struct {
	Person      string
	From, Until time.Time
}

// TurnAt returns the turn that an instant falls into, and whether the rotation has anybody at
// all. From and Until are in the rotation's time zone.
func TurnAt(r plan.Rotation, t time.Time) (Turn, bool) {
	every := int64(r.Every / time.Second)
	if len(r.People) == 0 || every < 1 {
		return Turn{}, false
	}
	zone := location(r)
	first := wall(r.Start.In(zone))
	begin := func(k int64) time.Time { return instant(time.Unix(first.Unix()+k*every, 0).UTC(), zone) }

	// At most a few turns off. Turns that the clocks skip altogether have no length and are
	// passed by.
	k := (wall(t.In(zone)).Unix() - first.Unix()) / every
	for t.Before(begin(k)) {
		k--
	}
	for !t.Before(begin(k + 1)) {
		k++
	}
	people := int64(len(r.People))
	return Turn{Person: r.People[(k%people+people)%people], From: begin(k), Until: begin(k + 1)}, true
}

// location is the rotation's time zone. Start already carries it, unless the plan came out
// of a form that keeps only offsets.
func location(r plan.Rotation) *time.Location {
	if r.Start.Location().String() == r.Timezone {
		return r.Start.Location()
	}
	if zone, err := time.LoadLocation(r.Timezone); err == nil {
		return zone
	}
	return r.Start.Location()
}

// wall returns what the clock on the wall shows at t, written down as if it were UTC, where
// every day has 24 hours and calendar arithmetic is exact.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// instant returns the first moment at which the clock in a zone shows clock or more: the
// earlier one where a clock time comes twice, and the end of the gap where it is skipped.
// time.Date promises neither.
func instant(clock time.Time, zone *time.Location) time.Time {
	// No zone is more than a day away from UTC, so the answer lies after this.
	span := clock.Add(-48 * time.Hour).In(zone)
	for {
		begin, _ := span.ZoneBounds()
		end := bound(span)
		_, offset := span.Zone()
		t := clock.Add(-time.Duration(offset) * time.Second).In(zone)
		if !begin.IsZero() && t.Before(begin) {
			return begin.In(zone)
		}
		if end.IsZero() || t.Before(end) {
			return t
		}
		span = end.In(zone)
	}
}

// bound returns the instant after t up to which the zone's clock runs evenly at least; zero
// means for ever. ZoneBounds alone stands still on the last day of a leap year, because it
// takes years to have 365 days; there the end of the year is a bound just as true.
func bound(t time.Time) time.Time {
	_, end := t.ZoneBounds()
	if end.IsZero() || end.After(t) {
		return end
	}
	return time.Date(t.UTC().Year()+1, 1, 1, 0, 0, 0, 0, time.UTC)
}
