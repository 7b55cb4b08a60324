package roster

import (
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// importedAt returns the duty of a calendar that an instant falls into, if there is one.
func importedAt(r plan.Rotation, t time.Time) (Turn, bool) {
	for _, d := range r.Imported.Duties {
		if !t.Before(d.From) && t.Before(d.Until) {
			return Turn(d), true
		}
	}
	return Turn{}, false
}

// imported returns every duty of a calendar that touches a time, in order.
func imported(r plan.Rotation, from, until time.Time) []Turn {
	var all []Turn
	for _, d := range r.Imported.Duties {
		if d.Until.After(from) && d.From.Before(until) {
			all = append(all, Turn(d))
		}
	}
	return all
}

// following returns who has duty after somebody's turn, in their order.
func following(r plan.Rotation, turn Turn) []string {
	var people []string
	for _, d := range r.Imported.Duties {
		if !d.From.Before(turn.Until) {
			people = append(people, d.Person)
		}
	}
	if r.ICal != nil {
		return people
	}
	turn, _ = TurnAt(r, turn.From)
	for range r.People {
		turn, _ = TurnAt(r, turn.Until)
		people = append(people, turn.Person)
	}
	return people
}
