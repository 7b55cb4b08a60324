package calendar

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// duties makes one line of what the events claim: at every instant the claim that began last
// counts, of those that began together the one that ends first.
func (t *timetable) duties(in *time.Location) []plan.Duty {
	claims := slices.Clone(t.claims)
	slices.SortFunc(claims, func(a, b claim) int {
		return cmp.Or(a.From.Compare(b.From), b.Until.Compare(a.Until), strings.Compare(b.uid, a.uid), strings.Compare(b.Person, a.Person))
	})
	var instants []time.Time
	for _, c := range claims {
		instants = append(instants, c.From, c.Until)
	}
	slices.SortFunc(instants, time.Time.Compare)
	instants = slices.CompactFunc(instants, time.Time.Equal)

	var all []plan.Duty
	var open []claim // in their order: the last of them counts
	next := 0
	for i, at := range instants {
		open = slices.DeleteFunc(open, func(c claim) bool { return !c.Until.After(at) })
		for ; next < len(claims) && !claims[next].From.After(at); next++ {
			open = append(open, claims[next])
		}
		if len(open) == 0 {
			continue
		}
		d := plan.Duty{Person: open[len(open)-1].Person, From: at.In(in), Until: instants[i+1].In(in)}
		if n := len(all); n > 0 && all[n-1].Person == d.Person && all[n-1].Until.Equal(d.From) {
			all[n-1].Until = d.Until
			continue
		}
		all = append(all, d)
	}
	return all
}
