package view

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// staleAfter is how old the last good copy of a calendar may be before it is called stale: a
// few looks have failed then.
const staleAfter = time.Hour

// Calendar is how well a calendar is known that a rotation is imported from.
type Calendar struct {
	Rotation string    `json:"rotation" example:"legal"`
	ReadAt   time.Time `json:"read_at,omitzero" doc:"When it was last known to say what is used here; left out when it was never read"`
	Stale    bool      `json:"stale" doc:"It could not be read for an hour or more; the last good copy goes on being used"`
	Trouble  string    `json:"trouble,omitempty" doc:"Why it cannot be read"`
	Findings []string  `json:"findings,omitempty" doc:"Events that put nobody on duty, and why"`
}

// calendars tells of the calendars behind a role.
func (v *Views) calendars(p plan.Plan, r plan.Role) []Calendar {
	var all []Calendar
	for _, ref := range append([]string{r.Primary}, r.Backups...) {
		name, _ := plan.RotationName(ref)
		rotation, ok := p.Rotation(name)
		if !ok || rotation.ICal == nil || slices.ContainsFunc(all, func(c Calendar) bool { return c.Rotation == name }) {
			continue
		}
		i := rotation.Imported
		all = append(all, Calendar{
			Rotation: name, ReadAt: i.ReadAt, Stale: v.Now().Sub(i.ReadAt) >= staleAfter, Trouble: i.Trouble, Findings: i.Findings,
		})
	}
	return all
}
