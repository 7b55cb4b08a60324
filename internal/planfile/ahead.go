package planfile

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

// ahead warns of what a plan without mistakes brings in the next 30 days: times when nobody is
// there, and parts that never come to pass.
func (b *builder) ahead() {
	if slices.ContainsFunc(b.problems, func(p Problem) bool { return p.Severity == Error }) {
		return
	}
	for _, e := range b.file.Rotations.entries {
		if r, _ := b.plan.Rotation(e.key.value); r.ICal == nil && len(slices.Compact(slices.Sorted(slices.Values(r.People)))) == 1 {
			b.warn(e.value.People.spot, "goes round among one person; name them as the role's primary, or add somebody")
		}
	}
	for _, e := range b.file.Roles.entries {
		if r, ok := b.plan.RoleByName(e.key.value); ok {
			b.absences(r, e.value)
		}
	}
	for _, e := range b.file.Escalation.entries {
		if p, ok := b.plan.Policy(e.key.value); ok {
			b.deadEnds(p, e)
		}
	}
}

// absences warns when nobody is primary for a role, or nobody stands behind whoever is. What a
// calendar elsewhere says is not known here.
func (b *builder) absences(r plan.Role, f roleShape) {
	for _, ref := range append([]string{r.Primary}, r.Backups...) {
		name, _ := plan.RotationName(ref)
		if rotation, _ := b.plan.Rotation(name); rotation.ICal != nil {
			return
		}
	}
	from := b.options.Now()
	until := from.AddDate(0, 0, 30)
	gaps := roster.Gaps(b.plan, nil, r.Name, from, until)
	nobody := slices.DeleteFunc(slices.Clone(gaps), func(s roster.Shift) bool { return s.Person != "" })
	alone := roster.Alone(b.plan, nil, r.Name, from, until)
	switch {
	case len(nobody) > 0:
		b.warn(f.Primary.spot, "nobody at all can be asked %s; add a backup who always can", b.times(nobody))
	case len(gaps) > 0:
		b.warn(f.Primary.spot, "nobody is primary %s; %s is asked then", b.times(gaps), gaps[0].Person)
	case len(alone) > 0:
		b.warn(f.Backup.spot, "nobody stands behind %s %s; add a backup who always can be asked", alone[0].Person, b.times(alone))
	}
}

// times tells of the first of several times, and how many more there are.
func (b *builder) times(all []roster.Shift) string {
	zone, err := time.LoadLocation(b.plan.Company.Timezone)
	if err != nil {
		zone = time.UTC
	}
	text := "from " + all[0].From.In(zone).Format("Mon 2 Jan 15:04") + " until " + all[0].Until.In(zone).Format("Mon 2 Jan 15:04")
	if n := len(all) - 1; n > 0 {
		text += " and " + number(n, "more time") + " in 30 days"
	}
	return text
}

// deadEnds warns of a policy that no role follows, and of steps that can reach nobody whatever
// role follows it.
func (b *builder) deadEnds(p plan.Policy, e entry[policyShape]) {
	backups, followed := 0, false
	for _, r := range b.plan.Roles {
		if r.Policy == p.Name {
			backups, followed = max(backups, len(r.Backups)), true
		}
	}
	if !followed {
		b.warn(e.key.spot, "no role follows this policy")
		return
	}
	used := 0 // backups that were reached before a step
	for i, s := range p.Steps {
		switch s.To {
		case plan.TargetBackup, plan.TargetBoth:
			used = max(used, 1)
		case plan.TargetAllBackups, plan.TargetEveryone:
			used = backups
		case plan.TargetNextBackup:
			if used++; used > backups {
				b.warn(e.value.Steps.items[i].To.spot, "can never reach anybody: no role that follows this policy has another backup left")
			}
			used += max(s.Repeat, 1) - 1
		case plan.TargetPrimary:
		}
	}
}
