package planfile

import (
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

type cadenceShape struct {
	spot
	// Updates is the longest time between two messages, by audience.
	Updates dict[span] `yaml:"updates"`
	Remind  span       `yaml:"remind"`
	Review  span       `yaml:"review"`
}

// defaultUpdate is the guide's cadence (R155).
const defaultUpdate = 30 * time.Minute

func (b *builder) cadence() {
	f := b.file.Cadence
	c := plan.Cadence{
		Updates: map[string]time.Duration{},
		Remind:  f.Remind.or(5 * time.Minute),
		Review:  f.Review.or(10 * time.Minute),
	}
	for _, a := range b.file.Audiences.keys() {
		c.Updates[a] = defaultUpdate
	}
	b.between(f.Remind, time.Minute, 4*time.Hour, "it is how long before a promise lapses its owner is warned")
	b.between(f.Review, time.Minute, day, "it is when a reviewer is first asked again")
	for _, e := range f.Updates.entries {
		if !b.known(e.key, "audience", b.file.Audiences.keys()) || !b.between(e.value, 5*time.Minute, day, "it is how long a message may be the latest one") {
			continue
		}
		c.Updates[e.key.value] = e.value.value
		if c.Remind >= e.value.value {
			b.fail(e.value.spot, "%s leaves no time to be reminded %s before", spell(e.value.value), spell(c.Remind))
		}
	}
	b.plan.Cadence = c
}
