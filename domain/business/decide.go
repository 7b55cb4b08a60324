package business

import (
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// maxCourtesies is how often one person is told that a reply was not understood.
const maxCourtesies = 5

// Decide applies a command to a business incident. A refusal leaves the state as it was.
func Decide(s State, c Command, now time.Time) (State, []effect.Effect, error) {
	d := &decision{State: s.clone(), now: now}
	if err := d.apply(c); err != nil {
		return s, nil, err
	}
	d.Roles = d.Roles.Alive(c.by().Person, now, time.Time{})
	d.settle()
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
		d.begin()
		return nil
	case Happened:
		return d.happened(c.Fact)
	case Follow:
		d.follow(c)
		return nil
	}
	if d.Stage == Closed {
		return refusal.New(refusal.Ended, "business incident %d is closed", d.Number)
	}
	switch c := c.(type) {
	case Brief:
		return d.brief(c)
	case ConfirmBriefing:
		return d.confirmBriefing(c)
	case EstimateTask:
		return d.estimate(c)
	case FinishTask:
		return d.finish(c)
	case BlockTask:
		return d.block(c)
	case DropTask:
		return d.drop(c)
	case AddTask:
		return d.addTask(c)
	case PageRole:
		return d.pageByHand(c)
	case Appoint:
		return d.appoint(c)
	case Attend:
		return d.attend(c)
	case NameProxy:
		return d.nameProxy(c)
	case HandOver:
		return d.handOver(c)
	case StillHere:
		return d.stillHere(c)
	case SkipMessage:
		return d.skip(c)
	case OrderMessage:
		return d.order(c)
	case SetScope:
		return d.setScope(c)
	}
	return nil
}

func (d *decision) happened(f effect.Fact) error {
	switch f := f.(type) {
	case effect.Tick:
		d.tick()
	case effect.PageEnded:
		d.pageEnded(f)
		d.caughtUp(f.Role)
	case effect.Replied:
		err := d.replied(f)
		d.Roles = d.Roles.Alive(f.Person, d.now, time.Time{})
		return err
	case effect.MessageEnded:
		d.Ended(d.hand(), f)
	case effect.Moved:
		d.Moved(f)
	case effect.PeopleFound:
		d.PeopleFound(d.hand(), f)
	case effect.Held:
		d.Held(d.hand(), f)
	}
	return nil
}

// settle opens what has become possible: every command may have opened a gate.
func (d *decision) settle() {
	d.openGates()
	d.askNext()
	d.writeNext()
}

func (d *decision) do(e ...effect.Effect) { d.effects = append(d.effects, e...) }

func (d *decision) record(kind, who, text string, data map[string]string) {
	d.do(effect.Record{Kind: kind, Actor: who, Text: text, Data: data})
}

func (d *decision) tell(person string, n notice.Notice, why string) { d.tellBy(person, n, why) }

func (d *decision) tellBy(person string, n notice.Notice, why string, by ...plan.Channel) {
	if person == "" {
		return
	}
	d.Tells++
	n.Incident, n.Title, n.Drill = d.Number, d.Title, d.Drill
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d", d.Tells), Person: person, Notice: n, Why: why, By: by})
}

// may tells whether the actor holds one of the roles, or stands in for whoever does. The
// Business Lead may do everything here but other people's tasks (R47).
func (d *decision) may(a actor.Actor, roles ...string) error {
	if a.StandIn {
		return nil
	}
	for _, r := range roles {
		if a.Is(d.Roles.Holder(r)) {
			return nil
		}
	}
	return refusal.New(refusal.Forbidden, "only %v may do that", roles)
}

// mayStaff tells whether the actor decides who has a role: whoever leads, who gives the role up,
// or who has the right to page by signing in.
func (d *decision) mayStaff(a actor.Actor, role string) error {
	if a.May(actor.Page) || a.Is(d.Roles.Holder(role)) {
		return nil
	}
	return d.may(a, plan.BusinessLead, plan.IncidentCommander, plan.TechnicalSLT)
}
