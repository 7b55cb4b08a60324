package planfile

import (
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

// required are the roles that the software itself relies on.
var required = []string{plan.IncidentCommander, plan.TechnicalSLT, plan.BusinessLead, plan.CustomerLiaison}

// rules asks what no section can know alone.
func (b *builder) rules() {
	roles := b.file.Roles
	if !roles.given() {
		return
	}
	for _, name := range required {
		if !slices.Contains(roles.keys(), name) {
			b.fail(roles.spot, "the role %s is missing; no incident can be led without it", name)
		}
	}
	starts := func(r plan.Role) bool { return r.NeededToStart }
	if !slices.ContainsFunc(b.plan.Roles, starts) {
		b.fail(roles.spot, "no role is needed_to_start; the guide waits for %s, %s and %s", plan.BusinessLead, plan.CustomerLiaison, plan.TechnicalSLT)
	}
	b.oneHat("needed to start; both calls would come at once", starts)
	b.oneHat("busy in emergency mode; both lists would come at once", func(r plan.Role) bool {
		return slices.ContainsFunc(b.plan.Emergency, func(t plan.Task) bool { return t.Role == r.Name })
	})
}

// oneHat warns where one person may have two roles that are asked for at the same time.
func (b *builder) oneHat(why string, busy func(plan.Role) bool) {
	hats := map[string][]string{}
	for i, r := range b.plan.Roles {
		if !busy(r) {
			continue
		}
		people := []string{r.Primary}
		if name, turns := plan.RotationName(r.Primary); turns {
			rotation, _ := b.plan.Rotation(name)
			people = slices.Compact(slices.Sorted(slices.Values(rotation.People)))
		}
		for _, id := range people {
			if hats[id] = append(hats[id], r.Name); len(hats[id]) == 2 {
				b.warn(b.file.Roles.entries[i].value.Primary.spot, "%s is primary for two roles (%s) that are %s", id, strings.Join(hats[id], ", "), why)
			}
		}
	}
}
