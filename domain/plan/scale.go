package plan

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Scaled returns a copy of the plan that runs speed times as fast: every wait is divided, and
// so is Minute, because the minutes people reply are multiples of it. Rotations keep the
// calendar. Speeds of 1, and those that make no sense (0 and less), change nothing. A scaled
// plan has a Hash of its own, for it decides differently.
func (p Plan) Scaled(speed float64) Plan {
	if speed <= 0 || speed == 1 {
		return p
	}
	faster := func(d *time.Duration) { *d = time.Duration(float64(*d) / speed) }

	p.Hash = fmt.Sprintf("%s-x%g", p.Hash, speed)
	faster(&p.Briefing.Patience)
	faster(&p.AnalysisWithin)
	faster(&p.Settle)
	faster(&p.Minute)

	p.Policies = slices.Clone(p.Policies)
	for i := range p.Policies {
		policy := &p.Policies[i]
		policy.Steps = slices.Clone(policy.Steps)
		for j := range policy.Steps {
			faster(&policy.Steps[j].Wait)
		}
		faster(&policy.Last.Every)
		faster(&policy.Last.AtMost)
		faster(&policy.Lease)
	}
	p.Severity.Duration = slices.Clone(p.Severity.Duration)
	for i := range p.Severity.Duration {
		faster(&p.Severity.Duration[i].Over)
	}
	p.Emergency = slices.Clone(p.Emergency)
	for i := range p.Emergency {
		faster(&p.Emergency[i].Expect)
		faster(&p.Emergency[i].Every)
	}
	p.Cadence.Updates = maps.Clone(p.Cadence.Updates)
	for audience, every := range p.Cadence.Updates {
		faster(&every)
		p.Cadence.Updates[audience] = every
	}
	for _, wait := range []*time.Duration{
		&p.Cadence.Remind, &p.Cadence.Hand, &p.Cadence.Tell, &p.Cadence.Prepare, &p.Cadence.Review, &p.Cadence.Fresh, &p.Cadence.Often,
	} {
		faster(wait)
	}
	return p
}
