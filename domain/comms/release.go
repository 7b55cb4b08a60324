package comms

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// authorise is the last word inside the group (R56); nobody approves their own words.
func (d *decision) authorise(c Authorise) error {
	if approved := d.gate(Approve, ""); (d.Stage == Releasing || d.Stage == Sending) && approved != nil {
		if d.modern() && approved.DoneBy != c.Actor.Name() {
			return refusal.New(refusal.AlreadyDone, "%s approved it already", approved.DoneBy).With("by", approved.DoneBy)
		}
		return nil
	}
	if d.Stage != Approving {
		return refusal.New(refusal.TooEarly, "this message is in %s; approval comes after the reviews", d.Stage).With("stage", string(d.Stage))
	}
	g, err := d.mine(c.Actor, Approve, "")
	if err != nil {
		return err
	}
	if err := d.fresh(c.Hash); err != nil {
		return err
	}
	if c.Actor.Name() == d.Author && !c.Actor.StandIn {
		return refusal.New(refusal.FourEyes, "you wrote this text; somebody else approves it")
	}
	if d.Edition > 3 && len(c.Actor.Rights) > 0 && !c.Actor.May(actor.Approve) {
		return refusal.New(refusal.Forbidden, "your sign-in does not let you approve; use your personal link, or ask your deputy")
	}
	if d.modern() && d.objectionOpen() {
		return refusal.New(refusal.Objected, "a strong objection is open; it is settled or overruled first")
	}
	if d.Edition > 3 && !c.Actor.StandIn && !c.Actor.Proved {
		return refusal.New(refusal.Unproven, "approve with your PIN, or sign in again; a link alone does not approve")
	}
	d.yes(g, c.Actor.Name())
	d.record("approved", c.Actor.Name(), c.Actor.Name()+" approved the message to "+d.Audience.Name)
	return nil
}

// TakeBackUntil is until when the approver may take the approval back, or zero: for a minute, and
// only while the text waits for its release.
func (s State) TakeBackUntil() time.Time {
	if s.Stage != Releasing {
		return time.Time{}
	}
	for _, g := range s.Gates {
		if g.Kind == Approve && g.State == checkback.Done {
			return g.DoneAt.Add(cmp.Or(s.Minute, time.Minute))
		}
	}
	return time.Time{}
}

// takeBack asks the approver anew.
func (d *decision) takeBack(c TakeBack) error {
	g := d.gate(Approve, "")
	switch until := d.TakeBackUntil(); {
	case g == nil || g.State != checkback.Done || until.IsZero():
		return refusal.New(refusal.TooEarly, "there is no approval that waits for its release").With("stage", string(d.Stage))
	case g.DoneBy != c.Actor.Name():
		return refusal.New(refusal.Forbidden, "%s approved it and may take it back", g.DoneBy).With("by", g.DoneBy)
	case !d.now.Before(until):
		return refusal.New(refusal.Ended, "an approval can be taken back for a minute; object strongly instead")
	}
	d.record("approval_taken_back", c.Actor.Name(), c.Actor.Name()+" took the approval of the message to "+d.Audience.Name+" back")
	by := g.DoneBy
	d.reapprove()
	g.Item = g.Ask(by, d.now, d.Patience) // who has it in hand needs no text about it
	return nil
}

// reapprove puts the text before the approver again, as if it had just come there.
func (d *decision) reapprove() {
	d.Stage = Approving
	for i := range d.Gates {
		if g := &d.Gates[i]; g.Kind == Approve || g.Kind == Announce || g.Kind == Release {
			*g = Gate{Item: checkback.New(g.ID, g.Role), Kind: g.Kind, Deputies: g.Deputies}
		}
	}
}

// dispatch is the incident commander's release (R108).
func (d *decision) dispatch(c Dispatch) error {
	if d.Stage != Releasing {
		return refusal.New(refusal.TooEarly, "this message is in %s; it is released after it was approved", d.Stage).With("stage", string(d.Stage))
	}
	g, err := d.mine(c.Actor, Release, "")
	if err != nil {
		return err
	}
	if err := d.fresh(c.Hash); err != nil {
		return err
	}
	if d.modern() {
		if err := d.mayGo(c); err != nil {
			return err
		}
	}
	d.yes(g, c.Actor.Name())
	d.record("released", c.Actor.Name(), c.Actor.Name()+" released the message to "+d.Audience.Name)
	return nil
}

// mayGo is what stands in the way of a release besides the gates.
func (d *decision) mayGo(c Dispatch) error {
	switch stale := d.staleAt(); {
	case !stale.IsZero() && !d.now.Before(stale):
		return refusal.New(refusal.Lapsed, "the approval is older than %s; the approver reads it again", d.Fresh)
	case d.objectionOpen():
		return refusal.New(refusal.Objected, "a strong objection is open; it is settled or overruled first")
	case c.Actor.Name() == d.Author && !c.Actor.StandIn:
		return refusal.New(refusal.FourEyes, "you wrote this text; somebody else releases it")
	}
	return nil
}

// listed tells whether it is known who gets the message; nothing goes out before.
func (d *decision) listed() bool { return !d.modern() || d.List != "" }

// send is the execution of the release: roles, text and list are checked once more.
func (d *decision) send() bool {
	d.Stage = Sending
	d.ReleasedAt = d.now
	if g := d.gate(Release, ""); g != nil {
		d.ReleasedBy = g.DoneBy
	}
	if d.ReleasedBy == "" && d.modern() {
		d.ReleasedBy = d.Author
	}
	if g := d.gate(Announce, ""); g != nil && g.Open() {
		g.Item = g.Drop()
	}
	if d.Phase != plan.Resolution && d.Cadence > 0 {
		d.NextUpdate = d.now.Add(d.Cadence)
	}
	d.do(effect.Distribute{
		Audience: d.Audience.Name, Phase: d.Phase, Release: d.Order, Texts: d.Texts,
		NextUpdate: d.NextUpdate, Send: d.Audience.Send, Recipients: d.Audience.Recipients, By: d.ReleasedBy,
		List: d.List, Spokesperson: d.Holders[d.Audience.Spokesperson], Scope: d.Scope, Facts: d.Shown,
	})
	d.record("sending", d.ReleasedBy, "the message to "+d.Audience.Name+" goes out")
	if d.modern() {
		d.do(effect.Moved{Audience: d.Audience.Name, Phase: d.Phase, Order: d.Order, Step: effect.Sending})
	}
	return true
}

// byHand tells whether a responder has still to send it.
func (d *decision) byHand() *Gate {
	if g := d.gate(Distribute, ""); g != nil && g.Open() {
		return g
	}
	return nil
}

// deliver is the liaison's report that the incident commander knows (R108), or the
// responder's that it is out (R110).
func (d *decision) deliver(c Deliver) error {
	if d.Stage == Releasing {
		g, err := d.mine(c.Actor, Announce, "")
		if err == nil && g.Open() {
			d.yes(g, c.Actor.Name())
			d.record("announced", c.Actor.Name(), c.Actor.Name()+" told the incident commander that the message waits")
		}
		return err
	}
	g, err := d.mine(c.Actor, Distribute, "")
	if err != nil {
		return err
	}
	if d.Stage != Sending {
		return refusal.New(refusal.TooEarly, "this message is in %s; it is not released yet", d.Stage).With("stage", string(d.Stage))
	}
	d.yes(g, c.Actor.Name())
	g.Note = strings.TrimSpace(c.Note)
	d.record("sent_by_hand", c.Actor.Name(), strings.TrimSpace(c.Actor.Name()+" reports that the message to "+d.Audience.Name+" is out. "+g.Note))
	d.close()
	return nil
}

// withdraw stops the loop at any gate; whoever was asked is told.
func (d *decision) withdraw(reason string) {
	if d.Over() {
		return
	}
	d.Reason = reason
	for i := range d.Gates {
		if g := &d.Gates[i]; g.Pending() && (d.Stage != Sending || d.modern()) {
			d.tell(g.Person, notice.Withdrawn, g.Role, "the message is withdrawn")
			if d.Stage == Sending {
				g.Item = g.Drop()
			}
		}
	}
	if d.Stage == Sending {
		if d.SentAt.IsZero() {
			// What is out is out; the distribution says how far it came.
			d.do(effect.StopDistribution{})
			return
		}
		d.close()
		return
	}
	d.Stage = Withdrawn
	d.record("withdrawn", "system", "the message to "+d.Audience.Name+" is withdrawn: "+reason)
}

// distributed notes the end of our part of the sending. What could not be proven goes to the
// lead (fail closed: a broadcast prefers silence to a double).
func (d *decision) distributed(f effect.Distributed) {
	if d.Over() {
		return
	}
	d.Result, d.SentAt = f, d.now
	if f.Unknown > 0 || len(f.Troubles) > 0 {
		d.tellLead(notice.UnsureSent, f.Unknown+len(f.Troubles), "not every recipient is proven")
	}
	if f.Superseded {
		d.Stage, d.Reason = Withdrawn, "the incident moved on while it was going out"
		d.record("withdrawn", "system", fmt.Sprintf("stopped after %d of %d: the incident moved on", f.Sent, d.Audience.Recipients))
		return
	}
	d.close()
}

// close ends the sending when both we and the responder are through.
func (d *decision) close() {
	if d.SentAt.IsZero() || d.byHand() != nil {
		return
	}
	if g := d.gate(Distribute, ""); g != nil && g.State == checkback.Dropped && !d.others() {
		d.Stage = Withdrawn
		d.record("withdrawn", "system", "the message to "+d.Audience.Name+" is withdrawn: "+d.Reason)
		return
	}
	d.Stage = Sent
	text := fmt.Sprintf("sent to %s: %d out, %d failed, %d unproven", d.Audience.Name, d.Result.Sent, d.Result.Failed, d.Result.Unknown)
	if len(d.Result.Troubles) > 0 {
		text += "; not told: " + strings.Join(d.Result.Troubles, ", ")
	}
	d.record("sent", d.ReleasedBy, text)
	if d.modern() {
		d.tellLead(notice.MessageOut, d.Result.Sent, "the message is out")
	}
}

// others tells whether it goes out in another way than by hand, too.
func (d *decision) others() bool {
	return slices.ContainsFunc(d.Audience.Send, func(way string) bool { return way != plan.SendByHand })
}

// tellLead tells the lead how a message went.
func (d *decision) tellLead(kind notice.Kind, count int, why string) {
	lead := d.lead()
	if lead == "" && d.modern() {
		return
	}
	d.Tells++
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d-%d", d.Order, d.Tells), Person: lead, Why: why, Notice: notice.Notice{
		Kind: kind, Incident: d.Incident, Title: d.Title, Subject: d.Audience.Name, Phase: string(d.Phase), Count: count, At: d.NextUpdate, Drill: d.Drill,
	}})
}
