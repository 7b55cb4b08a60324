package incident

import (
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/reply"
)

// maxCourtesies is how often one person is told that a reply was not understood.
const maxCourtesies = 5

// replied takes what a person wrote whose page has ended, or who holds a role. The business
// incident knows better, when there is one.
func (d *decision) replied(f effect.Replied) {
	if d.Rules.Edition < 2 || d.Declared != nil || d.Closed || !d.Ongoing() {
		d.lateReply(f)
		return
	}
	role := f.Role
	if d.Roles.Holder(role) != f.Person {
		role = ""
		if held := d.Roles.HeldBy(f.Person); len(held) > 0 && f.Role == "" {
			role = held[len(held)-1]
		}
	}
	n := notice.Notice{Role: role}
	switch {
	case f.Choose:
		n.Kind = notice.TwoOpen
		d.tell(f.Person, n, "a reply that fits several requests")
	case f.Reply.Carrier != reply.NoKeyword:
		d.record("carrier_keyword", f.Person, fmt.Sprintf("%s wrote %s to our number; the carrier acts on it", f.Person, f.Reply.Carrier), map[string]string{"person": f.Person, "word": string(f.Reply.Carrier)})
	case f.Reply.Note != "":
		d.noteOf(f.Person, f.Reply.Note)
	case f.Reply.Action == reply.Connect:
		n.Kind, n.Role = notice.Bridge, f.Role
		d.tellBy(f.Person, n, f.Person+" wants to be connected", plan.Call, plan.SMS)
	case role == "":
		d.lateReply(f)
	case f.Reply.Action == reply.Pass:
		d.record("role_passed_on", f.Person, f.Person+" passed "+role+" on", map[string]string{"role": role})
		n.Kind = notice.PassedOn
		d.tell(f.Person, n, f.Person+" passed on")
		d.page(role, []string{f.Person}, f.Person+" passed "+role+" on")
	case f.Reply.Minutes > 0:
		n.Kind, n.Minutes, n.At = notice.Noted, f.Reply.Minutes, d.now.Add(time.Duration(f.Reply.Minutes)*d.Rules.Minute)
		d.Roles = d.Roles.Alive(f.Person, d.now, n.At)
		d.record("reply_note", f.Person, fmt.Sprintf("%s needs %d minutes", f.Person, f.Reply.Minutes), nil)
		d.tell(f.Person, n, "minutes noted")
	case f.Reply.Action == reply.Take && len(d.Roles.Waited(f.Person)) > 0:
		n.Kind = notice.StillYours
		d.tell(f.Person, n, f.Person+" is still there")
	case f.Reply.Action == reply.Take:
		// It is theirs already, and they were told so.
	default:
		if d.Courtesies[f.Person] < maxCourtesies {
			d.Courtesies[f.Person]++
			n.Kind = notice.NotUnderstood
			d.tell(f.Person, n, "a reply nobody understood")
		}
	}
}

// noteOf hands a person's words on to the commander.
func (d *decision) noteOf(person, words string) {
	d.record("reply_note", person, person+" wrote: "+words, map[string]string{"person": person, "note": words})
	lead := d.Commander()
	if lead == "" || lead == person {
		return
	}
	d.Tells++
	n := notice.Notice{Kind: notice.NoteForLead, Incident: d.Number, Title: words, Mention: person, Drill: d.Drill}
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d", d.Tells), Person: lead, Notice: n, Why: "a note for the lead"})
	if d.Courtesies[person] < maxCourtesies {
		d.Courtesies[person]++
		d.tell(person, notice.Notice{Kind: notice.NotePassed, Mention: lead}, "a note was handed on")
	}
}

// lateReply answers somebody whose page has ended with the truth, once it is known here.
func (d *decision) lateReply(f effect.Replied) {
	// Once the trouble is over a page may end without anybody: then nobody's name is coming.
	if r, _ := d.Roles.Of(f.Role); r.State == holding.Paged && d.Ongoing() && !d.Closed {
		d.Late = d.Late.Add(f)
		return
	}
	d.answerLate(f)
}

// caughtUp answers whoever wrote before the end of the role's page was known here.
func (d *decision) caughtUp(role string) {
	var waiting []effect.Replied
	waiting, d.Late = d.Late.Of(role)
	for _, f := range waiting {
		d.answerLate(f)
	}
}

func (d *decision) answerLate(f effect.Replied) {
	if d.Declared != nil && !d.BusinessOver {
		d.do(effect.InformBusiness{Phase: d.Phase, Reply: &f})
		return
	}
	d.record("late_reply", f.Person, f.Person+" answered after "+f.Role+" was settled", map[string]string{"role": f.Role, "person": f.Person, "note": f.Reply.Note})
	n := notice.Notice{Kind: notice.Unneeded, Role: f.Role}
	if r, ok := d.Roles.Of(f.Role); ok && r.State == holding.Held {
		if r.Person == f.Person {
			return // It is theirs already; the entry above is all there is to say.
		}
		n.Kind, n.Mention, n.Since = notice.TooLate, r.Person, r.Since
	}
	d.tell(f.Person, n, "a late answer")
}

// checkLeases asks holders of whom nothing was heard for long, and pages the roles of those
// who do not answer that either. After the declaration the business incident does it.
func (d *decision) checkLeases() {
	if d.Declared != nil {
		return
	}
	var overdue []holding.Overdue
	d.Roles, overdue = d.Roles.Tick(d.now)
	for _, o := range overdue {
		n, person, kind, text := o.Say()
		d.record(kind, "system", text, map[string]string{"role": o.Role.Name, "person": person})
		d.tellBy(person, n, text, plan.SMS, plan.Call, plan.Email)
		if o.Lost {
			d.page(o.Role.Name, []string{o.Role.Person}, text)
		}
	}
}

// stillHere is a sign of life by a button; Decide counts it.
func (d *decision) stillHere(c StillHere) error {
	if len(d.Roles.HeldBy(c.Actor.Person)) == 0 {
		return refusal.New(refusal.Forbidden, "you hold no role in this incident")
	}
	d.record("still_there", c.Actor.Name(), c.Actor.Name()+" is still there", nil)
	return nil
}
