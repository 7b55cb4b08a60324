package roster

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// OnDuty returns the duty that an instant falls into: the turn, cut to the hours to which the
// rotation is restricted. It reports false when nobody is on duty. Turns go on outside of
// these hours, so that a restriction never changes whose week it is.
func OnDuty(r plan.Rotation, t time.Time) (Turn, bool) {
	if r.ICal != nil {
		return importedAt(r, t)
	}
	turn, ok := TurnAt(r, t)
	if !ok {
		return Turn{}, false
	}
	for _, d := range within(r, turn) {
		if !t.Before(d.From) && t.Before(d.Until) {
			return d, true
		}
	}
	return Turn{}, false
}

// Duties returns every duty that touches the time from one instant until another, in order:
// who is next, and when duty is handed over.
func Duties(r plan.Rotation, from, until time.Time) []Turn {
	if r.ICal != nil {
		return imported(r, from, until)
	}
	var all []Turn
	for turn, ok := TurnAt(r, from); ok && turn.From.Before(until); turn, ok = TurnAt(r, turn.Until) {
		for _, d := range within(r, turn) {
			if d.Until.After(from) && d.From.Before(until) {
				all = append(all, d)
			}
		}
	}
	return all
}

// within cuts a turn to the rotation's hours. Hours that touch each other are one duty; hours
// that the clocks skip altogether are none.
func within(r plan.Rotation, turn Turn) []Turn {
	if len(r.Only) == 0 {
		return []Turn{turn}
	}
	zone := location(r)
	// Hours that began up to two days earlier may reach into the turn, and a clock that is put
	// back may show yesterday again.
	day := wall(turn.From).Truncate(24*time.Hour).AddDate(0, 0, -2)
	last := wall(turn.Until).AddDate(0, 0, 1)

	var found []Turn
	for ; !day.After(last); day = day.AddDate(0, 0, 1) {
		for _, h := range r.Only {
			from, to, ok := h.On(day)
			if !ok {
				continue
			}
			d := Turn{Person: turn.Person, From: later(instant(from, zone), turn.From), Until: earlier(instant(to, zone), turn.Until)}
			if d.From.Before(d.Until) {
				found = append(found, d)
			}
		}
	}
	slices.SortFunc(found, func(a, b Turn) int { return a.From.Compare(b.From) })
	return joined(found)
}

// joined makes one of duties that touch or overlap; they are in order and of one person.
func joined(duties []Turn) []Turn {
	var all []Turn
	for _, d := range duties {
		if n := len(all); n > 0 && !d.From.After(all[n-1].Until) {
			all[n-1].Until = later(all[n-1].Until, d.Until)
			continue
		}
		all = append(all, d)
	}
	return all
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
