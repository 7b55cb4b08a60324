package roster

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// Gap is a time during which a role has nobody in front although it should.
type Gap struct {
	Role string `json:"role"`
	// Backup is asked then; empty means that there is nobody at all.
	Backup string    `json:"backup,omitempty"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
}

// warned is how far ahead somebody is told of gaps, in days.
const warned = 30

// Alarming returns the gaps of the next 30 days that somebody must hear of, never one that is
// over: those of an imported rotation, and whenever there is nobody at all. Outside of the
// hours that the plan itself gives a rotation a backup stands in on purpose.
func Alarming(p plan.Plan, overrides []Override, now time.Time) []Gap {
	var all []Gap
	for _, r := range p.Roles {
		name, _ := plan.RotationName(r.Primary)
		rotation, _ := p.Rotation(name)
		if i := rotation.Imported; rotation.ICal != nil && i.ReadAt.IsZero() && i.Trouble == "" {
			continue // nobody has looked at it yet
		}
		for _, s := range Gaps(p, overrides, r.Name, now, now.AddDate(0, 0, warned)) {
			if s.Person == "" || rotation.ICal != nil {
				all = append(all, Gap{Role: r.Name, Backup: s.Person, From: s.From, Until: s.Until})
			}
		}
	}
	return all
}

// NewGaps returns the gaps of which nobody was told yet. One that has moved or grown since is
// the same gap, so a gap that lasts is told once and not every day.
func NewGaps(known, found []Gap) []Gap {
	var fresh []Gap
	for _, g := range found {
		told := slices.ContainsFunc(known, func(k Gap) bool {
			return k.Role == g.Role && k.From.Before(g.Until) && g.From.Before(k.Until) && (k.Backup == "" || g.Backup != "")
		})
		if !told {
			fresh = append(fresh, g)
		}
	}
	return fresh
}

// Alone returns the times from one instant until another when only one person can be asked for
// a role: nobody stands behind them.
func Alone(p plan.Plan, overrides []Override, role string, from, until time.Time) []Shift {
	var all []Shift
	changes := changes(p, overrides, role, from, until)
	for i, at := range changes {
		end := until
		if i+1 < len(changes) {
			end = changes[i+1]
		}
		found := Candidates(p, overrides, role, at)
		if len(found) != 1 {
			continue
		}
		if n := len(all); n > 0 && all[n-1].Until.Equal(at) && all[n-1].Person == found[0].Person {
			all[n-1].Until = end
			continue
		}
		all = append(all, Shift{Person: found[0].Person, From: at, Until: end})
	}
	return all
}
