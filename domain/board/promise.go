package board

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// Promise is a debt to an audience: the next update by Due (R155).
type Promise struct {
	Audience string     `json:"audience"`
	Phase    plan.Phase `json:"phase"`
	MadeAt   time.Time  `json:"made_at"`
	Due      time.Time  `json:"due"`
	Warned   bool       `json:"warned,omitempty"`
	Broken   bool       `json:"broken,omitempty"`
	// Prepared, Handed and Told say which of the steps before it lapses were taken.
	Prepared bool `json:"prepared,omitempty"`
	Handed   bool `json:"handed,omitempty"`
	Told     bool `json:"told,omitempty"`
	// Backup is who was asked to keep it instead of its owner.
	Backup string `json:"backup,omitempty"`
	// Held says that the holding text has made it, because nothing else was ready.
	Held bool `json:"held,omitempty"`
}

// Tally counts what became of the promises to an audience.
type Tally struct {
	Kept   int `json:"kept,omitempty"`
	Broken int `json:"broken,omitempty"`
	// Held counts holding texts; there is never a second one.
	Held int `json:"held,omitempty"`
}

// Rung marks the lookup of a promise owner's backup among other lookups.
const Rung = 1 << 20

// prepare is how long before the promise lapses the next message is ordered: never so early that
// it would be ordered as soon as the last one is out.
func (p Promise) prepare(c plan.Cadence) time.Duration {
	return min(c.Prepare, p.Due.Sub(p.MadeAt)/2)
}

// steps are the instants before a promise lapses, in their order, with what is due at each.
func (p Promise) steps(c plan.Cadence, holds bool) []step {
	return []step{
		{p.prepare(c), p.Prepared, "the next message to " + p.Audience + " is ordered"},
		{c.Remind, p.Warned, "a promised update to " + p.Audience + " is near"},
		{c.Hand, p.Handed, "somebody else is asked for the update to " + p.Audience},
		{c.Tell, p.Told, "the lead is told of the promise to " + p.Audience},
		{c.Tell / 2, !holds, "a holding text keeps the promise to " + p.Audience},
		{0, p.Broken, "the next update to " + p.Audience + " is promised for now"},
	}
}

type step struct {
	before time.Duration
	taken  bool
	why    string
}

// Due returns when the board wakes by itself, and why.
func (b Board) Due(rules plan.Snapshot) (due time.Time, why string) {
	consider := func(at time.Time, reason string) {
		if due.IsZero() || at.Before(due) {
			due, why = at, reason
		}
	}
	for _, p := range b.Promises {
		switch {
		case rules.Edition > 2:
			for _, s := range p.steps(rules.Cadence, b.holds(rules, p)) {
				if !s.taken {
					consider(p.Due.Add(-s.before), s.why)
				}
			}
		case !p.Warned:
			consider(p.Due.Add(-rules.Cadence.Remind), "a promised update to "+p.Audience+" is near")
		case !p.Broken:
			consider(p.Due, "the next update to "+p.Audience+" is promised for now")
		}
	}
	return due, why
}

// holds tells whether a holding text may still keep a promise.
func (b Board) holds(rules plan.Snapshot, p Promise) bool {
	rule, _ := rules.Audience(p.Audience)
	return rule.Holding && !p.Broken && b.Tally[p.Audience].Held == 0
}

// promised opens the debt that a sent message made; an earlier one to the same audience is
// kept by it, or comes too late.
func (b *Board) promised(h Hand, f effect.MessageEnded) {
	if h.modern() {
		b.kept(h, f)
	}
	b.settle(f.Audience)
	if f.NextUpdate.IsZero() || f.Phase == plan.Resolution || !h.Promising {
		return
	}
	b.Promises = append(b.Promises, Promise{Audience: f.Audience, Phase: f.Phase, MadeAt: f.SentAt, Due: f.NextUpdate})
	h.Record("promise_made", "system", "the next update to "+f.Audience+" is promised", map[string]string{"audience": f.Audience, "due": f.NextUpdate.UTC().Format(time.RFC3339)})
}

func (b *Board) settle(audience string) {
	b.Promises = slices.DeleteFunc(b.Promises, func(p Promise) bool { return p.Audience == audience })
}

// kept writes down whether the message that ended kept what was promised.
func (b *Board) kept(h Hand, f effect.MessageEnded) {
	for _, p := range b.Promises {
		if p.Audience != f.Audience {
			continue
		}
		data := map[string]string{"audience": p.Audience, "due": p.Due.UTC().Format(time.RFC3339)}
		if late := f.SentAt.Sub(p.Due); late > 0 {
			data["late_seconds"] = fmt.Sprint(int(late.Seconds()))
			h.Record("promise_late", "system", fmt.Sprintf("the update promised to %s came %s late", p.Audience, late.Round(time.Second)), data)
			continue
		}
		b.count(p.Audience, Tally{Kept: 1})
		h.Record("promise_kept", "system", "the update promised to "+p.Audience+" is out in time", data)
	}
}

func (b *Board) count(audience string, more Tally) {
	if b.Tally == nil {
		b.Tally = map[string]Tally{}
	}
	t := b.Tally[audience]
	b.Tally[audience] = Tally{Kept: t.Kept + more.Kept, Broken: t.Broken + more.Broken, Held: t.Held + more.Held}
}

// Check takes the steps that are due before promises lapse.
func (b *Board) Check(h Hand) {
	for i := range b.Promises {
		if p := &b.Promises[i]; h.modern() {
			b.near(h, p)
		} else {
			b.remind(h, p)
		}
	}
}

// remind is what editions before 3 did.
func (b *Board) remind(h Hand, p *Promise) {
	switch {
	case !p.Broken && !h.Now.Before(p.Due):
		p.Warned = true
		b.broken(h, p)
	case !p.Warned && !h.Now.Before(p.Due.Add(-h.Rules.Cadence.Remind)):
		p.Warned = true
		b.warn(h, p, h.Lead)
	}
}

// near takes every step that is due, the earliest first.
func (b *Board) near(h Hand, p *Promise) {
	passed := func(before time.Duration) bool { return !h.Now.Before(p.Due.Add(-before)) }
	rule, _ := h.Rules.Audience(p.Audience)
	c, owner := h.Rules.Cadence, h.Holder(rule.Owner)
	if !p.Prepared && passed(p.prepare(c)) {
		p.Prepared = true
		b.prepare(h, p)
	}
	if !p.Warned && passed(c.Remind) {
		p.Warned = true
		b.warn(h, p, cmp.Or(owner, h.Lead))
	}
	// What is on its way out needs nobody else.
	open := b.cell(p.Audience, h.Phase)
	leaving := open != nil && open.State == Open && open.Step == effect.Sending
	if !p.Handed && passed(c.Hand) {
		p.Handed = true
		if !leaving {
			h.Do(effect.FindPeople{Rung: Rung, Role: rule.Owner})
		}
	}
	if !p.Told && passed(c.Tell) {
		p.Told = true
		if h.Lead != owner && !leaving {
			b.warn(h, p, h.Lead)
		}
	}
	if passed(c.Tell/2) && !leaving && b.holds(h.Rules, *p) {
		b.hold(h, p, rule)
		return
	}
	if !p.Broken && passed(0) {
		b.broken(h, p)
		b.count(p.Audience, Tally{Broken: 1})
	}
}

// prepare orders the next message in time for its readers (R155: sooner, never later).
func (b *Board) prepare(h Hand, p *Promise) {
	c := b.cell(p.Audience, h.Phase)
	if c == nil {
		return
	}
	switch c.State {
	case Sent, ToWrite, NotOwed: // a promise is owed even where the plan asks for no message
		b.write(h, c)
	case Open, Skipped, Withdrawn:
	}
}

func (b *Board) warn(h Hand, p *Promise, person string) {
	h.Record("promise_due", "system", "the update promised to "+p.Audience+" is due soon", map[string]string{"audience": p.Audience})
	h.Tell(person, notice.Notice{Kind: notice.PromiseDue, Subject: p.Audience, Phase: string(p.Phase), At: p.Due}, "a promise is due soon")
}

func (b *Board) broken(h Hand, p *Promise) {
	p.Broken = true
	h.Record("promise_broken", "system", "the update promised to "+p.Audience+" is late", map[string]string{"audience": p.Audience})
	h.Tell(h.Lead, notice.Notice{Kind: notice.PromiseBroken, Subject: p.Audience, Phase: string(p.Phase), At: p.Due}, "a promise is broken")
}

// PeopleFound asks the backup of a promise's owner to keep it, and lets them write.
func (b *Board) PeopleFound(h Hand, f effect.PeopleFound) {
	if f.Rung != Rung {
		return
	}
	for i := range b.Promises {
		p := &b.Promises[i]
		rule, _ := h.Rules.Audience(p.Audience)
		if !p.Handed || p.Backup != "" || rule.Owner != f.Role {
			continue
		}
		owner := h.Holder(f.Role)
		// Rather nobody who must approve it: they could not approve their own words.
		for _, busy := range [][]string{{owner, h.Holder(rule.Draft), h.Holder(rule.Approve)}, {owner, h.Holder(rule.Draft)}} {
			if at := slices.IndexFunc(f.Candidates, func(person string) bool { return !slices.Contains(busy, person) }); at >= 0 && p.Backup == "" {
				p.Backup = f.Candidates[at]
			}
		}
		if p.Backup == "" {
			continue
		}
		h.Record("promise_handed", "system", fmt.Sprintf("%s is asked to keep the promise to %s", p.Backup, p.Audience), map[string]string{"audience": p.Audience, "person": p.Backup})
		h.Tell(p.Backup, notice.Notice{Kind: notice.PromiseHanded, Role: f.Role, Subject: p.Audience, Phase: string(h.Phase), Mention: owner, At: p.Due}, "a promise is handed to the backup")
		h.Do(effect.Deputise{Audience: p.Audience, Phase: h.Phase, Roles: slices.Compact([]string{rule.Draft, rule.Owner}), Person: p.Backup})
	}
}

// hold sends the text that was agreed on beforehand, once.
func (b *Board) hold(h Hand, p *Promise, rule plan.AudienceRule) {
	b.count(p.Audience, Tally{Held: 1})
	next := h.Now.Add(h.Rules.Cadence.Updates[p.Audience])
	*p = Promise{Audience: p.Audience, Phase: h.Phase, MadeAt: h.Now, Due: next, Held: true, Prepared: true}
	h.Record("holding_sent", "system", "nothing is ready for "+p.Audience+": the text agreed on beforehand goes out, once", map[string]string{"audience": p.Audience})
	h.Do(effect.Distribute{
		Audience: p.Audience, Phase: h.Phase, Send: rule.Send, NextUpdate: next, Holding: true, Scope: h.Scope,
		Spokesperson: h.Holder(rule.Spokesperson),
	})
}

// Held notes how a holding text went.
func (b *Board) Held(h Hand, f effect.Held) {
	h.Record("holding_out", "system", fmt.Sprintf("the holding text to %s: %d out, %d failed, %d unproven", f.Audience, f.Sent, f.Failed, f.Unknown), map[string]string{"audience": f.Audience})
	if f.Failed+f.Unknown+len(f.Troubles) > 0 {
		h.Tell(h.Lead, notice.Notice{Kind: notice.UnsureSent, Subject: f.Audience, Phase: string(h.Phase), Count: f.Failed + f.Unknown + len(f.Troubles)}, "a holding text did not reach everybody")
	}
}
