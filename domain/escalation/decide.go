package escalation

import (
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/reply"
)

// maxCourtesies is how often one person is told that a reply was not understood; it keeps
// two machines from talking to each other for ever.
const maxCourtesies = 5

// Decide applies a command to a page. A refusal leaves the state as it was.
func Decide(s State, c Command, now time.Time) (State, []effect.Effect, error) {
	d := &decision{State: s.clone(), now: now}
	if err := d.apply(c); err != nil {
		return s, nil, err
	}
	return d.State, d.effects, nil
}

type decision struct {
	State
	now     time.Time
	effects []effect.Effect
}

func (d *decision) apply(c Command) error {
	switch c := c.(type) {
	case Begin:
		d.climb(0)
	case Accept:
		return d.accept(c.Actor, c.Minutes)
	case Decline:
		return d.decline(c.Actor)
	case StandDown:
		d.standDown(c.FalseAlarm)
	case Happened:
		return d.happened(c.Fact)
	}
	return nil
}

func (d *decision) happened(f effect.Fact) error {
	switch f := f.(type) {
	case effect.Tick:
		d.tick()
	case effect.PeopleFound:
		d.reach(f)
	case effect.Reported:
		d.reported(f)
	case effect.Replied:
		return d.replied(f)
	}
	return nil
}

func (d *decision) do(e ...effect.Effect) { d.effects = append(d.effects, e...) }

func (d *decision) record(kind, who, text string, data map[string]string) {
	if data == nil {
		data = map[string]string{}
	}
	data["role"] = d.Page.Role
	d.do(effect.Record{Kind: kind, Actor: who, Text: text, Data: data})
}

func (d *decision) tell(person string, n notice.Notice, why string) { d.tellBy(person, n, why) }

func (d *decision) tellBy(person string, n notice.Notice, why string, by ...plan.Channel) {
	if person == "" {
		return
	}
	d.Tells++
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d", d.Tells), Person: person, Notice: n, Why: why, By: by})
}

// accept makes somebody the holder; the first one wins (R48: a single source of truth).
func (d *decision) accept(by actor.Actor, minutes int) error {
	if d.Stage == Held && d.Holder == by.Person {
		return nil
	}
	if d.answersRoll(by.Person) {
		d.answered(by)
		return nil
	}
	if d.Stage == Held {
		return refusal.New(refusal.RoleTaken, "%s took %s before; nothing more to do", d.Holder, d.Page.Role).
			With("holder", d.Holder).With("since", d.HeldAt.UTC().Format(time.RFC3339))
	}
	if d.Stage == Closed {
		return refusal.New(refusal.Ended, "this page has ended; nothing more to do")
	}
	if by.Person == "" {
		return refusal.New(refusal.Invalid, "say who takes %s", d.Page.Role)
	}
	d.Stage, d.Holder, d.Via, d.HeldAt, d.Minutes = Held, by.Person, string(by.Via), d.now, minutes
	d.Due = time.Time{}
	d.record("role_taken", by.Person, fmt.Sprintf("%s took %s by %s", by.Person, d.Page.Role, by.Via), map[string]string{"person": by.Person, "via": string(by.Via)})
	d.startRoll(by.Person)
	d.hangUp(func(person string) bool {
		return person == by.Person && by.Via == actor.Call || slices.Contains(d.Roll, person)
	})
	n := d.notice(notice.Taken)
	n.Since = d.now
	if d.Page.Join && !d.Joined {
		n.Kind = notice.JoinAsked
	}
	d.tell(by.Person, n, by.Person+" took "+d.Page.Role)
	if d.Page.Policy.Edition > 1 {
		d.relieve()
	}
	return nil
}

// relieve tells those who were asked, and have not said anything, that it is taken care of.
func (d *decision) relieve() {
	n := d.notice(notice.TooLate)
	n.Mention, n.Since = d.Holder, d.HeldAt
	for _, p := range d.Asked {
		if p != d.Holder && !slices.Contains(d.Declined, p) && !slices.Contains(d.Roll, p) {
			d.tell(p, n, d.Holder+" took "+d.Page.Role)
		}
	}
}

// hangUp ends the calls to everybody but those whose call is the answer, or still waited for.
func (d *decision) hangUp(keep func(person string) bool) {
	for _, a := range d.Attempts {
		open := a.Outcome.State == delivery.Intended || a.Outcome.State == delivery.Accepted
		if d.Page.Policy.Edition > 1 && a.Outcome.State == delivery.Delivered {
			open = true // somebody, or a mailbox, listens to a question that is settled
		}
		if open && a.Channel == plan.Call && !keep(a.Person) {
			d.do(effect.HangUp{ID: a.ID})
		}
	}
}

// decline passes on. When nobody on this rung is left to wait for, the next one follows at once.
func (d *decision) decline(by actor.Actor) error {
	if d.Over() {
		return refusal.New(refusal.Ended, "this page has ended; nothing more to do")
	}
	if d.answersRoll(by.Person) {
		d.answered(by)
		return nil
	}
	if d.Stage == Held {
		return refusal.New(refusal.RoleTaken, "%s took %s before; nothing more to do", d.Holder, d.Page.Role).With("holder", d.Holder)
	}
	if slices.Contains(d.Declined, by.Person) {
		return nil
	}
	d.strike(called(by.Person))
	d.Declined = append(d.Declined, by.Person)
	d.record("page_passed_on", by.Person, fmt.Sprintf("%s passed %s on", by.Person, d.Page.Role), map[string]string{"person": by.Person})
	n := d.notice(notice.PassedOn)
	n.Mention = d.after(by.Person)
	d.tell(by.Person, n, by.Person+" passed on")
	waiting := slices.ContainsFunc(d.People, func(p string) bool { return !slices.Contains(d.Declined, p) })
	if !waiting && !d.Searching && d.Stage == Climbing {
		d.advance(true)
	}
	return nil
}

func (d *decision) standDown(falseAlarm bool) {
	if d.Over() {
		return
	}
	reached, spared := d.Asked, func(string) bool { return false }
	if d.Stage == Held {
		// Everybody else knows who has the role, and may be on the phone about it.
		reached, spared = d.Roll, func(p string) bool { return !slices.Contains(d.Roll, p) }
	}
	d.Stage, d.Due = Closed, time.Time{}
	d.record("page_closed", "system", "the page for "+d.Page.Role+" stood down", nil)
	d.hangUp(spared)
	kind := notice.StandDown
	if falseAlarm {
		kind = notice.FalseAlarm
	}
	for _, p := range reached {
		if !slices.Contains(d.Declined, p) {
			d.tell(p, d.notice(kind), "the page stood down")
		}
	}
}

func (d *decision) replied(r effect.Replied) error {
	who := actor.Actor{Person: r.Person, Via: actor.Via(r.Via)}
	switch {
	case r.Choose:
		d.tell(r.Person, d.notice(notice.TwoOpen), "a reply that fits several requests")
		return nil
	case r.Reply.Carrier != reply.NoKeyword:
		d.keyword(r.Person, r.Reply.Carrier)
		return nil
	case r.Reply.Note != "":
		d.noted(r.Person, r.Reply.Note, !r.Automatic)
		return nil
	}
	joins := r.Reply.Action == reply.Connect && d.Page.Policy.Edition > 1
	switch {
	case r.Reply.Action == reply.Take, r.Reply.Action == reply.Connect, r.Reply.Action == reply.None && r.Reply.Minutes > 0:
		// Whoever presses 3 is connected by the very call; whoever writes it is called.
		d.Joined = d.Joined || joins && who.Via == actor.Call && d.Stage != Held
		if err := d.accept(who, r.Reply.Minutes); err != nil && !joins {
			d.tooLate(r.Person)
		}
		if joins && who.Via != actor.Call {
			d.tellBy(r.Person, d.notice(notice.Bridge), r.Person+" wants to be connected", plan.Call, plan.SMS)
		}
		return nil
	case r.Reply.Action == reply.Pass:
		if err := d.decline(who); err != nil {
			d.tooLate(r.Person)
		}
		return nil
	}
	if d.Courtesies[r.Person] < maxCourtesies {
		d.Courtesies[r.Person]++
		d.tell(r.Person, d.notice(notice.NotUnderstood), "a reply nobody understood")
	}
	return nil
}

// noted hands free words on to the lead, and says so to whoever wrote them.
func (d *decision) noted(person, words string, thank bool) {
	d.record("reply_note", person, person+" wrote: "+words, map[string]string{"person": person, "note": words})
	if d.Page.Lead == person {
		return
	}
	n := d.notice(notice.NoteForLead)
	n.Mention, n.Title = person, words
	d.tell(d.Page.Lead, n, "a note for the lead")
	if !thank || d.Page.Policy.Edition < 2 || d.Page.Lead == "" || d.Courtesies[person] >= maxCourtesies {
		return
	}
	d.Courtesies[person]++
	thanks := d.notice(notice.NotePassed)
	thanks.Mention = d.Page.Lead
	d.tell(person, thanks, "a note was handed on")
}

// keyword is a word that the carrier took for itself, and has answered. After STOP no text
// reaches this phone any more, so the page goes on by voice at once.
func (d *decision) keyword(person string, word reply.Keyword) {
	if d.Page.Policy.Edition < 2 {
		return
	}
	d.record("carrier_keyword", person, fmt.Sprintf("%s wrote %s to our number; the carrier acts on it", person, word),
		map[string]string{"person": person, "word": string(word)})
	if word != reply.Stop {
		return
	}
	for _, a := range slices.Backward(d.Attempts) {
		if a.Person == person && a.Channel == plan.SMS {
			d.reported(effect.Reported{ID: a.ID, Outcome: delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: "stop"}})
			return
		}
	}
}

func (d *decision) tooLate(person string) {
	n := d.notice(notice.TooLate)
	if d.Stage == Closed {
		n.Kind = notice.Unneeded
	}
	n.Mention, n.Since = d.Holder, d.HeldAt
	d.record("late_reply", person, person+" answered after "+d.Page.Role+" was settled", map[string]string{"person": person})
	d.tell(person, n, "a late answer")
}
