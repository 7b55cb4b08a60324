package business

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// openBoard lays out what every audience is owed, from the phase in which the business
// incident began (R85, R87).
func (d *decision) openBoard() {
	from := max(slices.Index(d.Rules.Phases, d.FirstPhase), 0)
	now := slices.Index(d.Rules.Phases, d.Phase)
	for i, phase := range d.Rules.Phases {
		for _, a := range d.Rules.Audiences {
			cell := Cell{Audience: a.Name, Phase: phase, State: ToWrite}
			switch {
			case i < from || !d.Rules.Owes(a.Name, phase):
				cell.State = NotOwed
			case now >= 0 && i < now:
				cell.State, cell.Reason = Withdrawn, "the phase was over before anybody could write"
			}
			d.Board = append(d.Board, cell)
		}
	}
	for _, a := range d.Rules.Audiences {
		for _, role := range append([]string{a.Draft, a.Check, a.Approve, a.Release}, a.Agree...) {
			if role != plan.IncidentCommander {
				d.need(role, role+" is needed for messages")
			}
		}
	}
}

func (d *decision) cell(audience string, phase plan.Phase) *Cell {
	i := slices.IndexFunc(d.Board, func(c Cell) bool { return c.Audience == audience && c.Phase == phase })
	if i < 0 {
		return nil
	}
	return &d.Board[i]
}

// writeNext opens the next message of the phase in the plan's order, one after another
// (R88, R111); drafting does not wait for reviewers who are still joining (R95).
func (d *decision) writeNext() {
	if d.Stage != Emergency && d.Stage != Resolving {
		return
	}
	if len(d.Board) == 0 {
		d.openBoard()
	}
	for i := range d.Board {
		c := &d.Board[i]
		if c.Phase != d.Phase {
			continue
		}
		if c.State == Open {
			return
		}
		if c.State == ToWrite {
			d.write(c)
			return
		}
	}
}

func (d *decision) write(c *Cell) {
	c.State = Open
	c.Order++
	holders := map[string]string{}
	for _, r := range d.Roles {
		if p := d.Roles.Holder(r.Name); p != "" {
			holders[r.Name] = p
		}
	}
	d.record("message_ordered", "system", fmt.Sprintf("a message to %s for %s is ordered", c.Audience, c.Phase), map[string]string{"audience": c.Audience, "phase": string(c.Phase)})
	d.do(effect.OpenMessage{Audience: c.Audience, Phase: c.Phase, Order: c.Order, Holders: holders, Facts: d.facts(), Why: "a message is owed to " + c.Audience})
}

// facts are what templates are filled with; the clock times are added when they are rendered.
func (d *decision) facts() map[string]string {
	facts := map[string]string{"title": d.Title, "since": d.Since.UTC().Format("2006-01-02T15:04:05Z")}
	for _, a := range d.Briefing.Answers {
		if a.Known() {
			facts[string(a.Question)] = a.Text
		}
	}
	return facts
}

func (d *decision) messageEnded(f effect.MessageEnded) {
	c := d.cell(f.Audience, f.Phase)
	if c == nil || c.Order != f.Order {
		return
	}
	switch f.Outcome {
	case string(Sent):
		c.State, c.SentAt = Sent, f.SentAt
		d.promised(f)
	case string(Skipped):
		c.State, c.Reason = Skipped, f.Reason
	default:
		if c.State == Open {
			c.State, c.Reason = Withdrawn, f.Reason
		}
	}
}

// promised opens the debt that a sent message made (R155); an earlier one to the same
// audience is kept by it.
func (d *decision) promised(f effect.MessageEnded) {
	d.Promises = slices.DeleteFunc(d.Promises, func(p Promise) bool { return p.Audience == f.Audience })
	if f.NextUpdate.IsZero() || f.Phase == plan.Resolution || d.Stage != Emergency {
		return
	}
	d.Promises = append(d.Promises, Promise{Audience: f.Audience, Phase: f.Phase, MadeAt: f.SentAt, Due: f.NextUpdate})
	d.record("promise_made", "system", "the next update to "+f.Audience+" is promised", map[string]string{"audience": f.Audience, "due": f.NextUpdate.UTC().Format("2006-01-02T15:04:05Z")})
}

func (d *decision) checkPromises() {
	for i := range d.Promises {
		p := &d.Promises[i]
		n := notice.Notice{Subject: p.Audience, Phase: string(p.Phase), At: p.Due}
		switch {
		case !p.Broken && !d.now.Before(p.Due):
			p.Warned, p.Broken = true, true
			n.Kind = notice.PromiseBroken
			d.record("promise_broken", "system", "the update promised to "+p.Audience+" is late", map[string]string{"audience": p.Audience})
			d.tell(d.Lead(), n, "a promise is broken")
		case !p.Warned && !d.now.Before(p.Due.Add(-d.Rules.Cadence.Remind)):
			p.Warned = true
			n.Kind = notice.PromiseDue
			d.record("promise_due", "system", "the update promised to "+p.Audience+" is due soon", map[string]string{"audience": p.Audience})
			d.tell(d.Lead(), n, "a promise is due soon")
		}
	}
}

// supersede stops everything unfinished of phases that are over (R89).
func (d *decision) supersede() {
	for i := range d.Board {
		if c := &d.Board[i]; c.Phase != d.Phase && d.before(c.Phase) {
			d.withdraw(c, "the incident moved on to "+string(d.Phase))
		}
	}
}

func (d *decision) before(p plan.Phase) bool {
	order := plan.AllPhases()
	return slices.Index(order, p) < slices.Index(order, d.Phase)
}

func (d *decision) withdrawAll(reason string) {
	for i := range d.Board {
		d.withdraw(&d.Board[i], reason)
	}
	d.Promises = nil
}

func (d *decision) withdraw(c *Cell, reason string) {
	switch c.State {
	case Open:
		d.do(effect.WithdrawMessage{Audience: c.Audience, Phase: c.Phase})
	case ToWrite:
	case NotOwed, Sent, Skipped, Withdrawn:
		return
	}
	c.State, c.Reason = Withdrawn, reason
	d.record("message_withdrawn", "system", fmt.Sprintf("the message to %s for %s is withdrawn: %s", c.Audience, c.Phase, reason), map[string]string{"audience": c.Audience, "phase": string(c.Phase)})
}

// resolutionTold is the gate before restoring: every resolution message is out or skipped (R116).
func (d *decision) resolutionTold() bool {
	for _, c := range d.Board {
		if c.Phase == plan.Resolution && (c.State == ToWrite || c.State == Open) {
			return false
		}
	}
	return len(d.Board) > 0
}

func (d *decision) skip(c SkipMessage) error {
	if err := d.may(c.Actor, plan.BusinessLead, plan.IncidentCommander); err != nil {
		return err
	}
	cell := d.cell(c.Audience, c.Phase)
	if cell == nil {
		return refusal.New(refusal.NotFound, "the board has no message to %q for %q", c.Audience, c.Phase)
	}
	reason := strings.TrimSpace(c.Reason)
	if reason == "" {
		return refusal.New(refusal.Invalid, "say why %s gets no message; the decision is recorded", c.Audience)
	}
	switch cell.State {
	case Open:
		d.do(effect.WithdrawMessage{Audience: c.Audience, Phase: c.Phase})
	case ToWrite:
	case Skipped:
		return nil
	case NotOwed, Sent, Withdrawn:
		return refusal.New(refusal.AlreadyDone, "that message is %s", cell.State).With("state", string(cell.State))
	}
	cell.State, cell.Reason = Skipped, reason
	d.record("message_skipped", c.Actor.Name(), fmt.Sprintf("%s decided that %s gets no message for %s: %s", c.Actor.Name(), c.Audience, c.Phase, reason), map[string]string{"audience": c.Audience, "phase": string(c.Phase)})
	return nil
}

func (d *decision) order(c OrderMessage) error {
	if err := d.may(c.Actor, plan.BusinessLead, plan.TechnicalSLT, plan.InternalLiaison, plan.IncidentCommander); err != nil {
		return err
	}
	if c.Phase == "" {
		c.Phase = d.Phase
	}
	cell := d.cell(c.Audience, c.Phase)
	switch {
	case cell == nil:
		return refusal.New(refusal.NotFound, "the board has no message to %q for %q", c.Audience, c.Phase)
	case c.Phase != d.Phase:
		return refusal.New(refusal.WrongPhase, "the incident is in %s; messages are written for the phase it is in", d.Phase)
	case cell.State == Open:
		return nil
	}
	d.write(cell)
	return nil
}
