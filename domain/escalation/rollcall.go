package escalation

import (
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/notice"
)

// In a roll call one answer does not speak for the others: everybody on the step is asked
// again until they have answered. The ladder climbs on meanwhile, and the first who takes the
// role holds it. Where the page may outlast that (RollOn), those who have not answered yet are
// asked on, slower and slower, until the last has answered or the page stands down.

// enrol puts the people of a roll-call step on the roll, and returns whom the rung asks: its
// own people, and those who still owe an answer. Whoever left the role owes nothing any more.
func (d *decision) enrol() []string {
	d.strike(func(p string) bool { return !slices.Contains(d.Candidates, p) })
	if d.Stage == Climbing && d.Page.Policy.Steps[d.Step].RollCall {
		d.RollStep = d.Step
		d.Roll = union(d.Roll, d.People)
	}
	return union(d.People, slices.DeleteFunc(slices.Clone(d.Roll), d.justAsked))
}

// justAsked tells whether somebody on the roll still has time to answer: a ladder that climbs
// fast, because others passed on, must not hurry them.
func (d *decision) justAsked(person string) bool {
	if d.Stage == Held {
		return false
	}
	since := d.now.Add(-d.Page.Policy.Steps[d.RollStep].Wait)
	return slices.ContainsFunc(d.Attempts, func(a Attempt) bool { return a.Person == person && a.At.After(since) })
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, p := range b {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// startRoll goes on with the roll call, if there is one, after the role was taken.
func (d *decision) startRoll(holder string) {
	d.strike(func(p string) bool { return p == holder || !d.Page.RollOn })
	if len(d.Roll) == 0 {
		return
	}
	d.Searching, d.Round = false, 0
	_, _, wait := d.rule()
	d.Due = d.now.Add(wait)
}

// answersRoll tells whether a person owes an answer to a roll call although the role is held.
func (d *decision) answersRoll(person string) bool {
	return d.Stage == Held && slices.Contains(d.Roll, person)
}

// answered notes an answer to the roll call and tells who has the role.
func (d *decision) answered(by actor.Actor) {
	d.strike(called(by.Person))
	d.record("roll_answered", by.Person, fmt.Sprintf("%s answered the roll call of %s by %s", by.Person, d.Page.Role, by.Via),
		map[string]string{"person": by.Person, "via": string(by.Via)})
	d.hangUp(func(person string) bool { return person != by.Person || by.Via == actor.Call })
	n := d.notice(notice.TooLate)
	n.Mention, n.Since = d.Holder, d.HeldAt
	d.tell(by.Person, n, "the roll call is answered")
}

// strike takes people off the roll. When the last one is gone after the role was taken, the
// page has ended.
func (d *decision) strike(gone func(person string) bool) {
	before := len(d.Roll)
	d.Roll = slices.DeleteFunc(d.Roll, gone)
	if d.Stage == Held && before > 0 && len(d.Roll) == 0 {
		d.Due = time.Time{}
	}
}

// called matches one person.
func called(name string) func(string) bool { return func(p string) bool { return p == name } }
