package roster

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// Shift is a time during which the same person is the first to be asked for a role.
type Shift struct {
	// Person is asked first; empty means that there is nobody at all.
	Person string
	// Gap says that nobody is primary then: neither an override nor the role's primary stands
	// in front, so that Person is a backup.
	Gap bool
	// From is included, Until is not.
	From, Until time.Time
}

// Shifts returns who is asked first for a role from one instant until another, without holes:
// each shift begins where the one before it ends. A hand-over to the same person is none.
func Shifts(p plan.Plan, overrides []Override, role string, from, until time.Time) []Shift {
	var all []Shift
	changes := changes(p, overrides, role, from, until)
	for i, at := range changes {
		end := until
		if i+1 < len(changes) {
			end = changes[i+1]
		}
		next := Shift{From: at, Until: end, Gap: len(front(p, overrides, role, at).found) == 0}
		if first, ok := Holder(p, overrides, role, at); ok {
			next.Person = first.Person
		}
		if n := len(all); n > 0 && all[n-1].Person == next.Person && all[n-1].Gap == next.Gap {
			all[n-1].Until = end
			continue
		}
		all = append(all, next)
	}
	return all
}

// Gaps returns the times from one instant until another when nobody is primary for a role.
func Gaps(p plan.Plan, overrides []Override, role string, from, until time.Time) []Shift {
	return slices.DeleteFunc(Shifts(p, overrides, role, from, until), func(s Shift) bool { return !s.Gap })
}

// quarter is how far ahead Next looks, in days.
const quarter = 92

// Next returns the shift that follows the one at an instant, and whether there is one in the
// next three months: who is next, and when.
func Next(p plan.Plan, overrides []Override, role string, t time.Time) (Shift, bool) {
	for _, days := range []int{2, 16, quarter} { // most hand-overs are near
		if all := Shifts(p, overrides, role, t, t.AddDate(0, 0, days)); len(all) > 1 {
			from := all[1].From
			return Shifts(p, overrides, role, from, from.AddDate(0, 0, quarter))[0], true
		}
	}
	return Shift{}, false
}

// changes returns from and every later instant before until at which somebody else may come
// to the front of a role.
func changes(p plan.Plan, overrides []Override, role string, from, until time.Time) []time.Time {
	if !from.Before(until) {
		return nil
	}
	all := []time.Time{from}
	add := func(t time.Time) {
		if t.After(from) && t.Before(until) {
			all = append(all, t)
		}
	}
	for _, o := range overrides {
		if o.Role == role {
			add(o.From)
			add(o.To)
		}
	}
	r, _ := p.RoleByName(role)
	for _, ref := range append([]string{r.Primary}, r.Backups...) {
		name, _ := plan.RotationName(ref)
		rotation, _ := p.Rotation(name)
		for _, d := range Duties(rotation, from, until) {
			add(d.From)
			add(d.Until)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}
