package roster

import (
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// Side is one half of a swap: somebody, and the shift they give away.
type Side struct {
	Person string
	// At is any instant of that shift; zero means their next one, or the one that is running.
	At time.Time
}

// Swap returns the two overrides by which two people take each other's shift of a role: of one
// that is running, what is left of it. It refuses when somebody has no such shift, or one
// without an end.
func Swap(p plan.Plan, overrides []Override, role string, a, b Side, now time.Time) ([]Override, error) {
	if a.Person == b.Person {
		return nil, refusal.New(refusal.Invalid, "%s cannot swap with themselves", a.Person)
	}
	given, err := shiftOf(p, overrides, role, a, now)
	if err != nil {
		return nil, err
	}
	taken, err := shiftOf(p, overrides, role, b, now)
	if err != nil {
		return nil, err
	}
	why := fmt.Sprintf("%s and %s swap", a.Person, b.Person)
	return []Override{
		{Role: role, Person: b.Person, From: given.From, To: given.Until, Why: why},
		{Role: role, Person: a.Person, From: taken.From, To: taken.Until, Why: why},
	}, nil
}

// shiftOf finds the shift that one side of a swap gives away.
func shiftOf(p plan.Plan, overrides []Override, role string, s Side, now time.Time) (Shift, error) {
	horizon := now.AddDate(1, 0, 0)
	for _, shift := range Shifts(p, overrides, role, now, horizon) {
		covers := !s.At.Before(shift.From) && s.At.Before(shift.Until)
		switch mine := shift.Person == s.Person && !shift.Gap; {
		case mine && (covers || s.At.IsZero()) && shift.Until.Equal(horizon):
			return Shift{}, refusal.New(refusal.Invalid, "the shift of %s as %s has no end in the next year; add an override with an end instead", s.Person, role)
		case mine && (covers || s.At.IsZero()):
			return shift, nil
		case covers && shift.Gap:
			return Shift{}, refusal.New(refusal.Invalid, "nobody has a shift as %s at %s", role, s.At.Format(time.RFC3339))
		case covers:
			return Shift{}, refusal.New(refusal.Invalid, "the shift as %s at %s belongs to %s, not to %s", role, s.At.Format(time.RFC3339), shift.Person, s.Person)
		}
	}
	if !s.At.IsZero() {
		return Shift{}, refusal.New(refusal.Invalid, "%s is over, or more than a year ahead", s.At.Format(time.RFC3339))
	}
	return Shift{}, refusal.New(refusal.Invalid, "%s has no shift as %s in the next year", s.Person, role)
}
