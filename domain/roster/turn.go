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
	if len(r.People) == 0 || r.Days < 1 {
		return Turn{}, false
	}
	zone := location(r)
	first := wall(r.Start.In(zone))
	begin := func(k int) time.Time { return instant(first.AddDate(0, 0, k*r.Days), zone) }

	k := int(wall(t.In(zone)).Sub(first)/(24*time.Hour)) / r.Days // at most a few turns off
	for t.Before(begin(k)) {
		k--
	}
	for !t.Before(begin(k + 1)) {
		k++
	}
	person := ((k % len(r.People)) + len(r.People)) % len(r.People)
	return Turn{Person: r.People[person], From: begin(k), Until: begin(k + 1)}, true
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
		begin, end := span.ZoneBounds()
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
