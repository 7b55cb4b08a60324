package comms

import (
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/refusal"
)

// Decide applies a command to a message. A refusal leaves the state as it was.
func Decide(s State, c Command, now time.Time) (State, []effect.Effect, error) {
	d := &decision{State: s.clone(), now: now}
	if err := d.apply(c); err != nil {
		return s, nil, err
	}
	d.pass()
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
		d.record("draft_ordered", "system", fmt.Sprintf("a draft for %s is ordered", d.Audience.Name))
		d.render()
		if d.modern() {
			d.do(effect.Gather{Audience: d.Audience.Name, Scope: d.Scope})
		}
		return nil
	case RoleHeld:
		d.held(c)
		return nil
	case Learn:
		d.learn(c)
		return nil
	case Deputise:
		d.deputise(c)
		return nil
	case Withdraw:
		d.withdraw(c.Reason)
		return nil
	case Happened:
		d.happened(c.Fact)
		return nil
	}
	if d.Over() {
		return refusal.New(refusal.Ended, "this message is %s", d.Stage).With("state", string(d.Stage))
	}
	switch c := c.(type) {
	case Deliver:
		return d.deliver(c)
	case Estimate:
		return d.estimate(c)
	}
	if d.Stage == Sending {
		return refusal.New(refusal.Ended, "this message is on its way out")
	}
	switch c := c.(type) {
	case Size:
		return d.size(c)
	case Edit:
		return d.edit(c)
	case Submit:
		return d.submit(c)
	case Agree:
		return d.agree(c)
	case Object:
		return d.object(c)
	case Settle:
		return d.settle(c)
	case Authorise:
		return d.authorise(c)
	case Dispatch:
		return d.dispatch(c)
	case TakeBack:
		return d.takeBack(c)
	}
	return nil
}

func (d *decision) happened(f effect.Fact) {
	switch f := f.(type) {
	case effect.Tick:
		d.tick()
	case effect.Rendered:
		d.rendered(f)
	case effect.Gathered:
		d.gathered(f)
	case effect.PeopleFound:
		d.peopleFound(f)
	case effect.Distributed:
		d.distributed(f)
	case effect.Replied:
		d.replied(f)
	}
}

func (d *decision) do(e ...effect.Effect) { d.effects = append(d.effects, e...) }

func (d *decision) record(kind, who, text string) {
	d.do(effect.Record{Kind: kind, Actor: who, Text: text, Data: map[string]string{
		"audience": d.Audience.Name, "phase": string(d.Phase), "version": fmt.Sprint(d.Version), "hash": d.Hash(),
	}})
}

func (d *decision) tell(person string, kind notice.Kind, role, why string) {
	if person == "" {
		return
	}
	d.Tells++
	d.do(effect.Tell{ID: fmt.Sprintf("tell-%d-%d", d.Order, d.Tells), Person: person, Why: why, Notice: notice.Notice{
		Kind: kind, Incident: d.Incident, Title: d.Title, Role: role, Subject: d.Audience.Name, Phase: string(d.Phase), Drill: d.Drill,
	}})
}
