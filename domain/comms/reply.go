package comms

import (
	"fmt"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/reply"
)

// replied takes minutes by text; a reply proves only the number, so it never approves.
func (d *decision) replied(f effect.Replied) {
	if f.Choose {
		d.tell(f.Person, notice.TwoOpen, "", "a reply that fits several requests")
		return
	}
	if f.Reply.Note != "" && d.Edition > 1 {
		d.noted(f.Person, f.Reply.Note)
		return
	}
	if f.Reply.Minutes > 0 {
		if err := d.estimate(Estimate{Actor: actor.Actor{Person: f.Person, Via: actor.Via(f.Via)}, Minutes: f.Reply.Minutes}); err == nil {
			return
		}
	}
	if f.Reply.Action == reply.Pass {
		d.record("review_declined", f.Person, f.Person+" cannot read it now")
		d.tell(d.lead(), notice.HelpWanted, "", "a reviewer cannot read it now")
		d.passOn(f.Person)
		return
	}
	if f.Reply.Action == reply.Done && d.modern() && d.did(f) {
		return
	}
	d.record("reply_note", f.Person, f.Person+" answered by text; a text never approves")
}

// passOn looks for a deputy at once when somebody says that they cannot read it now.
func (d *decision) passOn(person string) {
	for i, g := range d.Gates {
		if d.modern() && g.Pending() && d.answersFor(person, g) {
			d.seekDeputy(i)
		}
	}
}

// did takes "done" from whoever told the incident commander or sent by hand: it says that
// something happened and lets nothing out.
func (d *decision) did(f effect.Replied) bool {
	who := actor.Actor{Person: f.Person, Via: actor.Via(f.Via)}
	for _, g := range d.Gates {
		if (g.Kind == Announce || g.Kind == Distribute) && g.Pending() && d.answersFor(f.Person, g) {
			return d.deliver(Deliver{Actor: who}) == nil
		}
	}
	return false
}

// noted hands a person's words on to the lead; they change nothing in the text.
func (d *decision) noted(person, words string) {
	d.record("reply_note", person, person+" wrote: "+words)
	lead := d.lead()
	if lead == "" || lead == person {
		return
	}
	d.Tells++
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d-%d", d.Order, d.Tells), Person: lead, Why: "a note for the lead", Notice: notice.Notice{
		Kind: notice.NoteForLead, Incident: d.Incident, Title: words, Mention: person, Drill: d.Drill,
	}})
}
