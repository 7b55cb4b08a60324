package incident

import (
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// resolve ends the technical trouble (R114); whoever was told of it hears so first.
func (d *decision) resolve(c Resolve) error {
	if err := d.mayCommand(c.Actor, actor.Resolve, "resolve"); err != nil {
		return err
	}
	if !d.Ongoing() {
		return nil
	}
	d.Resolved = &Decision{By: c.Actor.Name(), StandIn: c.Actor.StandIn, Reason: c.Reason, At: d.now}
	d.record("resolved", c.Actor.Name(), c.Actor.Name()+" resolved the technical incident", map[string]string{"reason": c.Reason})
	d.closePages(false)
	told := d.small() && d.anyTold() // asked before what is leaving is stopped
	d.moveTo(plan.Resolution, c.Actor)
	if d.Declared == nil && !told {
		d.WithdrawAll(d.hand(), "the incident is over, and nobody was told of it")
		d.close("it never became a business incident")
	}
	return nil
}

func (d *decision) cancel(c Cancel) error {
	if err := d.mayCommand(c.Actor, actor.Resolve, "cancel"); err != nil {
		return err
	}
	if !d.Ongoing() {
		return refusal.New(refusal.Ended, "the incident is resolved; it cannot be cancelled any more")
	}
	d.Cancelled = &Decision{By: c.Actor.Name(), StandIn: c.Actor.StandIn, Reason: c.Reason, At: d.now}
	d.record("cancelled", c.Actor.Name(), c.Actor.Name()+" cancelled the incident: false alarm", map[string]string{"reason": c.Reason})
	d.closePages(true)
	if d.Rules.Edition > 2 && (d.Declared != nil || d.small() && d.anyTold()) {
		// Whoever was told of trouble is told that there is none.
		d.record("phase_changed", c.Actor.Name(), "the incident is over: a false alarm", map[string]string{"from": string(d.Phase), "to": string(plan.Resolution)})
		d.Phase, d.PhaseAt = plan.Resolution, d.now
	}
	if d.small() && d.anyTold() {
		d.Retract(d.hand(), "false alarm")
		return nil
	}
	if d.Declared == nil {
		for _, r := range d.Roles {
			if r.State == holding.Held && r.Name != plan.IncidentCommander {
				d.tell(r.Person, notice.Notice{Kind: notice.FalseAlarm, Role: r.Name}, "false alarm")
			}
		}
		d.WithdrawAll(d.hand(), "false alarm")
		d.close("false alarm")
		return nil
	}
	d.do(effect.InformBusiness{Phase: d.Phase, By: c.Actor.Name(), Cancelled: true})
	return nil
}

// businessEnded leaves the incident in analysis until the postmortem is published (R121).
func (d *decision) businessEnded() {
	d.BusinessOver = true
	if d.Cancelled != nil {
		d.close("false alarm")
		return
	}
	d.moveTo(plan.Analysis, actor.Actor{})
}

func (d *decision) close(why string) {
	d.Closed = true
	if d.Rules.Chat && (d.Declared != nil || d.Updates != nil) {
		d.do(effect.ShowInChat{Why: "end"})
	}
	d.record("incident_closed", "system", "the incident is closed: "+why, nil)
}
