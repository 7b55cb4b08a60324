package roster

import (
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// Override puts somebody else in front of a role for a while: a swap, an illness, a drill.
type Override struct {
	Role, Person string
	// From and To bound it, From included, To not; a zero To means until further notice.
	From, To time.Time
	// Why is what whoever set it wrote.
	Why string
}

func (o Override) covers(role string, t time.Time) bool {
	return o.Role == role && !t.Before(o.From) && (o.To.IsZero() || t.Before(o.To))
}

// Candidate is somebody who may be asked to take a role.
type Candidate struct {
	Person string
	// Why says in English how the person came to this place: "override", "primary", "backup 1",
	// "on call in rotation leads until Mon 09:00".
	Why string
	// Until is when the reason ends; zero means that no end is known.
	Until time.Time
	// Override, Backup and Rotation are Why for programs: whether an override put the person there,
	// the number of the backup (0 stands in front of them all), and the rotation, if it was one.
	Override bool
	Backup   int
	Rotation string
}

// Holder returns the person in front of a role at an instant, and whether there is one.
func Holder(p plan.Plan, overrides []Override, role string, t time.Time) (Candidate, bool) {
	all := Candidates(p, overrides, role, t)
	if len(all) == 0 {
		return Candidate{}, false
	}
	return all[0], true
}

// Candidates returns everybody behind a role at an instant, without repeats, in the order in
// which they are asked (R57): overrides, the latest first, then the primary, then the
// backups. A rotation stands for whoever is on call in it, or for the next in turn who is
// not in the list yet. Names the plan does not know are passed over, so a role without a
// usable primary falls to its first backup; so does a role whose primary is a rotation
// outside of its hours.
func Candidates(p plan.Plan, overrides []Override, role string, t time.Time) []Candidate {
	l := front(p, overrides, role, t)
	if r, ok := p.RoleByName(role); ok {
		for i, ref := range r.Backups {
			l.add(ref, i+1)
		}
	}
	return l.found
}

// front lists who is in front of a role's backups.
func front(p plan.Plan, overrides []Override, role string, t time.Time) list {
	l := list{plan: p, t: t}
	for _, o := range slices.Backward(overrides) {
		if o.covers(role, t) {
			l.person(Candidate{Person: o.Person, Why: "override", Until: o.To, Override: true})
		}
	}
	if r, ok := p.RoleByName(role); ok {
		l.add(r.Primary, 0)
	}
	return l
}

type list struct {
	plan  plan.Plan
	t     time.Time
	found []Candidate
}

// add resolves one entry of a role: a person, or a rotation. Entry 0 is the primary.
func (l *list) add(ref string, backup int) {
	place := "primary"
	if backup > 0 {
		place = fmt.Sprintf("backup %d", backup)
	}
	name, ok := plan.RotationName(ref)
	if !ok {
		l.person(Candidate{Person: ref, Why: place, Backup: backup})
		return
	}
	r, _ := l.plan.Rotation(name)
	turn, ok := OnDuty(r, l.t)
	if !ok {
		return
	}
	why := fmt.Sprintf("on call in rotation %s until %s", name, turn.Until.Format("Mon 15:04"))
	if backup > 0 {
		why = place + ", " + why
	}
	if l.person(Candidate{Person: turn.Person, Why: why, Until: turn.Until, Backup: backup, Rotation: name}) {
		return
	}
	for _, next := range following(r, turn) {
		if l.person(Candidate{Person: next, Why: place + ", next in rotation " + name, Backup: backup, Rotation: name}) {
			return
		}
	}
}

// person appends somebody the plan knows who is not in the list yet, and says whether it did.
func (l *list) person(c Candidate) bool {
	listed := slices.ContainsFunc(l.found, func(x Candidate) bool { return x.Person == c.Person })
	if _, known := l.plan.Person(c.Person); listed || !known {
		return false
	}
	l.found = append(l.found, c)
	return true
}
