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
	Hand    span       `yaml:"hand_over"`
	Tell    span       `yaml:"tell_lead"`
	Prepare span       `yaml:"prepare"`
	Review  span       `yaml:"review"`
	Fresh   span       `yaml:"approval_valid"`
	Often   span       `yaml:"not_more_often"`
}

// defaultUpdate is the guide's cadence (R155).
const defaultUpdate = 30 * time.Minute

func (b *builder) cadence() {
	f := b.file.Cadence
	c := plan.Cadence{
		Updates: map[string]time.Duration{},
		Remind:  f.Remind.or(10 * time.Minute),
		Hand:    f.Hand.or(5 * time.Minute),
		Tell:    f.Tell.or(2 * time.Minute),
		Prepare: f.Prepare.or(15 * time.Minute),
		Review:  f.Review.or(10 * time.Minute),
		Fresh:   f.Fresh.or(time.Hour),
		Often:   f.Often.or(10 * time.Minute),
	}
	for _, a := range b.file.Audiences.keys() {
		c.Updates[a] = defaultUpdate
	}
	b.between(f.Remind, time.Minute, 4*time.Hour, "it is how long before a promise lapses its owner is warned")
	b.between(f.Hand, time.Minute, 4*time.Hour, "it is how long before a promise lapses the owner's backup is asked to keep it")
	b.between(f.Tell, time.Minute, 4*time.Hour, "it is how long before a promise lapses the lead is told")
	b.between(f.Prepare, time.Minute, 12*time.Hour, "it is how long before a promise lapses the next message is ordered")
	b.between(f.Review, time.Minute, day, "it is when a reviewer is first asked again")
	b.between(f.Fresh, 5*time.Minute, day, "it is how long an approval counts")
	b.between(f.Often, time.Minute, day, "it is the shortest time between two messages that nobody is warned of")
	for _, order := range []struct {
		early, late span
		e, l        time.Duration
		what        string
	}{
		{f.Remind, f.Hand, c.Remind, c.Hand, "the owner is warned before the backup is asked"},
		{f.Hand, f.Tell, c.Hand, c.Tell, "the backup is asked before the lead is told"},
	} {
		if order.e < order.l {
			at := order.late
			if !at.given() {
				at = order.early
			}
			b.fail(at.spot, "comes too early or too late: %s (%s and %s before the promise lapses)", order.what, spell(order.e), spell(order.l))
		}
	}
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
