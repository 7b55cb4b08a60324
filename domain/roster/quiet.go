package roster

import (
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// QuietUntil returns the end of the quiet hours that an instant falls into, and the zero time
// outside of them.
func QuietUntil(q plan.Quiet, t time.Time) time.Time {
	if len(q.Hours) == 0 {
		return time.Time{}
	}
	clock := plan.Rotation{Only: q.Hours, Timezone: q.Timezone, Start: t}
	for _, d := range within(clock, Turn{From: t.AddDate(0, 0, -2), Until: t.AddDate(0, 0, 8)}) {
		if !t.Before(d.From) && t.Before(d.Until) {
			return d.Until
		}
	}
	return time.Time{}
}
