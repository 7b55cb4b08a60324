package comms

import (
	"fmt"
	"slices"

	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// pass moves the message through every gate that is open, and asks whoever is next.
func (d *decision) pass() {
	for d.next() {
	}
	d.ask()
}

func (d *decision) next() bool {
	switch d.Stage {
	case Checking:
		if d.all(Check) && !d.objectionOpen() {
			return d.enter(Reviewing)
		}
	case Reviewing:
		if d.all(Review) && !d.objectionOpen() {
			return d.enter(Approving)
		}
	case Approving:
		if d.all(Approve) && !d.objectionOpen() {
			return d.enter(Releasing)
		}
	case Releasing:
		if d.all(Release) {
			return d.send()
		}
	case Drafting, Sending, Sent, Skipped, Withdrawn:
	}
	return false
}

func (d *decision) enter(s Stage) bool {
	d.Stage = s
	return true
}

// all tells whether every gate of a kind said yes to exactly this text.
func (d *decision) all(kind GateKind) bool {
	return !slices.ContainsFunc(d.Gates, func(g Gate) bool {
		return g.Kind == kind && (g.State != checkback.Done || g.Hash != d.Hash())
	})
}

// send is the execution of the release: roles and text are checked once more.
func (d *decision) send() bool {
	d.Stage = Sending
	d.ReleasedAt = d.now
	if g := d.gate(Release, ""); g != nil {
		d.ReleasedBy = g.DoneBy
	}
	if d.Phase != plan.Resolution && d.Cadence > 0 {
		d.NextUpdate = d.now.Add(d.Cadence)
	}
	d.do(effect.Distribute{
		Audience: d.Audience.Name, Phase: d.Phase, Release: d.Order, Texts: d.Texts,
		NextUpdate: d.NextUpdate, Send: d.Audience.Send, Recipients: d.Audience.Recipients, By: d.ReleasedBy,
	})
	d.record("sending", d.ReleasedBy, "the message to "+d.Audience.Name+" goes out")
	return true
}

// asked is what each gate's role is told when its turn comes.
func asked(k GateKind) notice.Kind {
	switch k {
	case Draft:
		return notice.DraftAsked
	case Check:
		return notice.CheckAsked
	case Review:
		return notice.ReviewAsked
	case Approve:
		return notice.ApprovalAsked
	case Release:
		return notice.ReleaseAsked
	}
	return ""
}

// turn tells whether it is a kind's turn now.
func (d *decision) turn(k GateKind) bool {
	switch d.Stage {
	case Drafting:
		return k == Draft && d.Version > 0
	case Checking:
		return k == Check
	case Reviewing:
		return k == Review
	case Approving:
		return k == Approve
	case Releasing:
		return k == Release
	case Sending, Sent, Skipped, Withdrawn:
	}
	return false
}

// ask asks everybody whose turn it is and who is there.
func (d *decision) ask() {
	for i := range d.Gates {
		g := &d.Gates[i]
		person := d.Holders[g.Role]
		if g.State != checkback.Waiting || person == "" || !d.turn(g.Kind) {
			continue
		}
		g.Item = g.Ask(person, d.now, d.Patience)
		d.record("review_asked", "system", fmt.Sprintf("%s was asked to %s", person, g.Kind))
		d.tell(person, asked(g.Kind), g.Role, "asked to "+string(g.Kind))
	}
}

// held takes in who holds a role now; a gate that waits for somebody else moves to them.
func (d *decision) held(c RoleHeld) {
	if d.Over() {
		return
	}
	d.Holders[c.Role] = c.Person
	for i := range d.Gates {
		if g := &d.Gates[i]; g.Role == c.Role && g.Pending() && g.Person != c.Person {
			g.Item = checkback.New(g.ID, g.Role)
		}
	}
}

// tick checks back on everybody whose time ran out (R101).
func (d *decision) tick() {
	if d.Over() {
		return
	}
	for i := range d.Gates {
		g := &d.Gates[i]
		if !g.Lapsed(d.now) {
			continue
		}
		g.Item = g.Lapse(d.now, d.Patience)
		d.record("review_overdue", "system", fmt.Sprintf("%s has not answered as %s", g.Person, g.Role))
		d.tell(g.Person, asked(g.Kind), g.Role, "asked again to "+string(g.Kind))
		if lead := d.Holders[plan.BusinessLead]; g.Lapses == 2 && lead != g.Person {
			d.tell(lead, notice.HelpWanted, g.Role, "no answer about a message")
		}
	}
}

// withdraw stops the loop at any gate; whoever was asked is told.
func (d *decision) withdraw(reason string) {
	if d.Over() {
		return
	}
	d.Reason = reason
	if d.Stage == Sending {
		// What is out is out; the distribution says how far it came.
		d.do(effect.StopDistribution{})
		return
	}
	for _, g := range d.Gates {
		if g.Pending() {
			d.tell(g.Person, notice.Withdrawn, g.Role, "the message is withdrawn")
		}
	}
	d.Stage = Withdrawn
	d.record("withdrawn", "system", "the message to "+d.Audience.Name+" is withdrawn: "+reason)
}

// distributed notes the end of the sending. What could not be proven goes to the lead (fail
// closed: a broadcast prefers silence to a double).
func (d *decision) distributed(f effect.Distributed) {
	if d.Over() {
		return
	}
	d.Result, d.SentAt = f, d.now
	if f.Unknown > 0 {
		d.Tells++
		d.do(effect.Tell{ID: fmt.Sprintf("tell-%d-%d", d.Order, d.Tells), Person: d.Holders[plan.BusinessLead], Why: "not every recipient is proven", Notice: notice.Notice{
			Kind: notice.UnsureSent, Incident: d.Incident, Title: d.Title, Subject: d.Audience.Name, Phase: string(d.Phase), Count: f.Unknown, Drill: d.Drill,
		}})
	}
	if f.Superseded {
		d.Stage, d.Reason = Withdrawn, "the incident moved on while it was going out"
		d.record("withdrawn", "system", fmt.Sprintf("stopped after %d of %d: the incident moved on", f.Sent, d.Audience.Recipients))
		return
	}
	d.Stage = Sent
	d.record("sent", d.ReleasedBy, fmt.Sprintf("sent to %s: %d out, %d failed, %d unproven", d.Audience.Name, f.Sent, f.Failed, f.Unknown))
}

// Ended is what the business incident learns of a finished message.
func (s State) Ended() effect.MessageEnded {
	return effect.MessageEnded{
		Audience: s.Audience.Name, Phase: s.Phase, Order: s.Order, Outcome: string(s.Stage), Reason: s.Reason,
		By: s.ReleasedBy, SentAt: s.SentAt, NextUpdate: s.NextUpdate,
	}
}

// Asks lists who is asked for what now.
func (s State) Asks() []effect.Ask {
	if s.Over() {
		return nil
	}
	var asks []effect.Ask
	for _, g := range s.Gates {
		if g.Pending() {
			asks = append(asks, effect.Ask{ID: g.ID, Person: g.Person, Role: g.Role, Kind: string(g.Kind), Subject: s.Audience.Name})
		}
	}
	return asks
}
