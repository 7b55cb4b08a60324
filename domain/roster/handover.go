package roster

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// Handover is what one person is told when duty goes from one to another.
type Handover struct {
	// Person is told; On says whether they go on duty or leave.
	Person string
	On     bool
	// Roles are handed over alike, in the plan's order.
	Roles []string
	// Other is who had the duty until now, or has it from now on; empty where nobody had it.
	Other string
	// From is when it was handed over. Until and Next are when it goes on to whom, for who goes
	// on duty; zero and empty where no end is known.
	From, Until time.Time
	Next        string
}

// lookBack is how long before a hand-over somebody may have had the duty last, in days.
const lookBack = 32

// Handovers returns what people are told of the time after since, up to now. What came and went
// in between is left out: after an outage people hear how things are. A person who comes back
// after a gap was not handed anything, and a backup who is asked in a gap is no holder.
func Handovers(p plan.Plan, overrides []Override, since, now time.Time) []Handover {
	var all []Handover
	tell := func(role string, h Handover) {
		i := slices.IndexFunc(all, func(x Handover) bool {
			return x.Person == h.Person && x.On == h.On && x.Other == h.Other && x.Next == h.Next && x.From.Equal(h.From) && x.Until.Equal(h.Until)
		})
		if i >= 0 {
			all[i].Roles = append(all[i].Roles, role)
			return
		}
		h.Roles = []string{role}
		all = append(all, h)
	}
	horizon := now.AddDate(0, 0, quarter)
	for _, r := range p.Roles {
		held := slices.DeleteFunc(Shifts(p, overrides, r.Name, since.AddDate(0, 0, -lookBack), horizon), func(s Shift) bool { return s.Gap || s.Person == "" })
		i := slices.IndexFunc(held, func(s Shift) bool { return s.From.After(since) && !s.From.After(now) && s.Until.After(now) })
		if i < 0 || i > 0 && held[i-1].Person == held[i].Person {
			continue
		}
		on := Handover{Person: held[i].Person, On: true, From: held[i].From}
		if i > 0 && held[i-1].Until.Equal(held[i].From) {
			on.Other = held[i-1].Person
			tell(r.Name, Handover{Person: on.Other, Other: on.Person, From: on.From})
		}
		if !held[i].Until.Equal(horizon) {
			on.Until = held[i].Until
		}
		if next := slices.IndexFunc(held[i:], func(s Shift) bool { return s.Person != on.Person }); next > 0 {
			on.Next = held[i+next].Person
		}
		tell(r.Name, on)
	}
	return all
}

// Nobody is texted about duty between these times of the day: what happens at ten sharp is
// still told.
const (
	night   = 22*time.Hour + 15*time.Minute
	morning = 7 * time.Hour
)

// Asleep says whether it is too late or too early for words that can wait, and until when.
func Asleep(zone *time.Location, now time.Time) (until time.Time, asleep bool) {
	clock := wall(now.In(zone))
	midnight := clock.Truncate(24 * time.Hour)
	switch since := clock.Sub(midnight); {
	case since >= night:
		return instant(midnight.AddDate(0, 0, 1).Add(morning), zone), true
	case since < morning:
		return instant(midnight.Add(morning), zone), true
	}
	return time.Time{}, false
}
