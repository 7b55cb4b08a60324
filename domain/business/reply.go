package business

import (
	"fmt"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
)

// replied acts on what a person wrote or pressed.
func (d *decision) replied(f effect.Replied) error {
	who := actor.Actor{Person: f.Person, Via: actor.Via(f.Via)}
	if d.Rules.Edition > 1 && d.heard(who, f) {
		return nil
	}
	if f.Reply.Note != "" {
		d.record("reply_note", f.Person, f.Person+" wrote: "+f.Reply.Note, map[string]string{"note": f.Reply.Note})
		if lead := d.Lead(); lead != f.Person {
			d.tellNote(lead, notice.Notice{Kind: notice.NoteForLead, Mention: f.Person}, f.Reply.Note)
		}
	}
	return d.reply(who, f)
}

// heard takes what is not about a task: words, wishes to be connected, presence, and a sign
// of life that was asked for.
func (d *decision) heard(who actor.Actor, f effect.Replied) bool {
	n := notice.Notice{Role: f.Role}
	action, connected := f.Reply.Action, who.Via == actor.Call && f.About == string(notice.Bridge)
	switch {
	case f.Choose:
		n.Kind = notice.TwoOpen
		d.tell(f.Person, n, "a reply that fits several requests")
	case f.Reply.Carrier != reply.NoKeyword:
		d.record("carrier_keyword", f.Person, fmt.Sprintf("%s wrote %s to our number; the carrier acts on it", f.Person, f.Reply.Carrier), map[string]string{"person": f.Person, "word": string(f.Reply.Carrier)})
	case f.Reply.Note != "":
		d.noted(f.Person, f.Reply.Note)
	case connected && (action == reply.Take || action == reply.Connect):
		if !d.there(who) {
			d.record("joined", f.Person, f.Person+" joined the conference", map[string]string{"person": f.Person})
		}
	case action == reply.Connect && who.Via != actor.Call:
		n.Kind = notice.Bridge
		d.tellBy(f.Person, n, f.Person+" wants to be connected", plan.Call, plan.SMS)
	case f.Ask == effect.AskHandOver && action == reply.Done:
		if d.handOver(HandOver{Actor: who}) != nil {
			n.Kind = notice.StayOn
			d.tell(f.Person, n, "the backup is not there yet")
		}
	case action == reply.Done && d.about(who, f) < 0 && d.there(who):
		n.Kind = notice.Present
		d.tell(f.Person, n, f.Person+" is there")
	case action == reply.Take && (len(d.Roles.Waited(f.Person)) > 0 || f.Role != "" && d.Roles.Holder(f.Role) == f.Person):
		n.Kind = notice.StillYours
		d.tell(f.Person, n, f.Person+" is still there")
	default:
		return false
	}
	return true
}

// noted hands a person's words on to the lead, and says so to whoever wrote them.
func (d *decision) noted(person, words string) {
	d.record("reply_note", person, person+" wrote: "+words, map[string]string{"person": person, "note": words})
	lead := d.Lead()
	if lead == "" || lead == person {
		return
	}
	d.tellNote(lead, notice.Notice{Kind: notice.NoteForLead, Mention: person}, words)
	if d.Courtesies[person] < maxCourtesies {
		d.Courtesies[person]++
		d.tell(person, notice.Notice{Kind: notice.NotePassed, Mention: lead}, "a note was handed on")
	}
}

// tellNote hands a person's words on to the lead; the words stand in the title's place.
func (d *decision) tellNote(lead string, n notice.Notice, words string) {
	if lead == "" {
		return
	}
	d.Tells++
	n.Incident, n.Title, n.Drill = d.Number, words, d.Drill
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d", d.Tells), Person: lead, Notice: n, Why: "a note for the lead"})
}

// about returns the index of the task that a reply is about, or -1: the one it answers, or
// while it does not say the one the last text was about.
func (d *decision) about(who actor.Actor, f effect.Replied) int {
	if i := d.task(f.Ask); d.Rules.Edition > 1 && i >= 0 && d.Tasks[i].Person == who.Person && d.Tasks[i].Pending() {
		return i
	}
	return d.current(who.Person)
}

// reply acts on the codes a person sent.
func (d *decision) reply(who actor.Actor, f effect.Replied) error {
	i := d.about(who, f)
	switch {
	case f.Reply.Minutes > 0 && i >= 0:
		d.promise(&d.Tasks[i], who, f.Reply.Minutes)
		return nil
	case f.Reply.Action == reply.Done && i >= 0:
		d.done(&d.Tasks[i], who, "")
		return nil
	case f.Reply.Action == reply.Pass && len(d.Roles.HeldBy(who.Person)) > 0:
		d.handBack(who.Person)
		return nil
	case f.Reply.Action == reply.Take || f.Reply.Action == reply.Pass:
		d.late(f)
		return nil
	case f.Reply.Carrier != reply.NoKeyword || f.Reply.Note != "":
		return nil
	}
	if f.Reply.Minutes > 0 && len(d.Roles.HeldBy(who.Person)) > 0 {
		d.record("reply_note", who.Person, fmt.Sprintf("%s needs %d minutes", who.Person, f.Reply.Minutes), nil)
		return nil
	}
	if d.Courtesies[who.Person] < maxCourtesies {
		d.Courtesies[who.Person]++
		d.tell(who.Person, notice.Notice{Kind: notice.NotUnderstood}, "a reply nobody understood")
	}
	return nil
}

// late tells somebody whose page has ended who has the role.
func (d *decision) late(f effect.Replied) {
	if r, _ := d.Roles.Of(f.Role); d.Rules.Edition > 1 && r.State == holding.Paged && d.Stage != Aftercare && d.Stage != Closed {
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
	d.record("late_reply", f.Person, f.Person+" answered after "+f.Role+" was settled", map[string]string{"role": f.Role, "person": f.Person})
	n := notice.Notice{Kind: notice.Unneeded, Role: f.Role}
	if r, ok := d.Roles.Of(f.Role); ok && r.Person != "" && r.Person != f.Person {
		n.Kind, n.Mention, n.Since = notice.TooLate, r.Person, r.Since
	}
	d.tell(f.Person, n, "a late answer")
}

// handBack gives up the role whose task the person was asked for; the backups are paged.
func (d *decision) handBack(person string) {
	role := ""
	if i := d.current(person); i >= 0 {
		role = d.Tasks[i].Role
	} else if held := d.Roles.HeldBy(person); len(held) > 0 {
		role = held[len(held)-1]
	}
	d.vacate(role)
	d.record("role_passed_on", person, person+" passed "+role+" on", map[string]string{"role": role})
	d.tell(person, notice.Notice{Kind: notice.PassedOn, Role: role}, person+" passed on")
	d.page(role, []string{person}, person+" passed "+role+" on")
}
