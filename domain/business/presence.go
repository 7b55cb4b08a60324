package business

import (
	"cmp"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// awaited tells whether the holder of a role is needed on a call now: to start (R36), or for
// the engineers, so that their liaison can leave (R33).
func (d *decision) awaited(role string) bool {
	if d.Rules.Edition < 2 {
		return false
	}
	if role == plan.TechnicalLiaison {
		return d.Handover != nil && d.Handover.open()
	}
	if role == plan.CustomerLiaison && d.Handover != nil && d.Handover.open() {
		return false // first things first: they stay where they are
	}
	rule, _ := d.Rules.Role(role)
	return rule.NeededToStart && d.Stage == Gathering
}

// isThere tells whether a role's part of the gate is open. Taking a role is not being there:
// a text is answered in bed.
func (d *decision) isThere(role string) bool {
	if d.Rules.Edition < 2 {
		return d.Roles.Holder(role) != ""
	}
	if role == plan.CustomerLiaison && d.Handover != nil && d.Handover.open() {
		return false
	}
	return d.Roles.IsPresent(role)
}

// missing lists the roles that the briefing waits for.
func (d *decision) missing() (names []string) {
	for _, r := range d.Rules.Roles {
		if r.NeededToStart && !d.isThere(r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// joinWithin is how long somebody may take to be on the call before they are asked again, and
// after that once more before the role is paged again.
func (d *decision) joinWithin() time.Duration { return d.Rules.Briefing.Patience / 3 }

// callTogether asks whoever holds a role that is needed to start, and was not paged for it.
func (d *decision) callTogether() {
	for _, r := range d.Roles {
		if d.awaited(r.Name) && r.State == holding.Held {
			d.Roles = d.Roles.Expect(r.Name, d.joinWithin(), d.now)
			d.askToJoin(r.Name)
		}
	}
}

// askToJoin asks the holder of a role, or the proxy, to be on the call.
func (d *decision) askToJoin(role string) {
	r, _ := d.Roles.Of(role)
	if r.Join.Length == 0 {
		return
	}
	n := notice.Notice{Kind: notice.JoinAsked, Role: role, Since: r.Since, At: r.Join.Due}
	if r.Proxy != "" {
		n.Kind, n.Mention = notice.ProxyAsked, r.Person
	}
	d.tell(cmp.Or(r.Proxy, r.Person), n, role+" is needed on the call")
}

// arrive notes that somebody is on the call for a role.
func (d *decision) arrive(role, person string) {
	if d.Roles.IsPresent(role) {
		return
	}
	d.Roles = d.Roles.Present(role, d.now)
	d.record("present", person, person+" is on the call as "+role, map[string]string{"role": role, "person": person})
	if role == plan.TechnicalLiaison && d.Handover != nil {
		d.relieved()
	}
}

// attend confirms presence: one's own, one's proxy's, or by whoever leads and hears them (R40).
func (d *decision) attend(c Attend) error {
	holder := d.Roles.Holder(c.Role)
	if holder == "" {
		return refusal.New(refusal.NotFound, "nobody holds %s yet", c.Role)
	}
	if !d.Roles.Works(c.Role, c.Actor.Person) {
		if err := d.may(c.Actor, plan.BusinessLead, plan.IncidentCommander); err != nil {
			return refusal.New(refusal.Forbidden, "%s confirms own presence, or whoever leads does", holder)
		}
	}
	if d.Rules.Edition < 2 {
		d.Roles = d.Roles.Present(c.Role, d.now)
		d.record("present", holder, holder+" is on the call as "+c.Role, map[string]string{"role": c.Role})
		return nil
	}
	r, _ := d.Roles.Of(c.Role)
	d.arrive(c.Role, cmp.Or(r.Proxy, holder))
	return nil
}

// nameProxy says who is on the call for a holder who cannot join (R42).
func (d *decision) nameProxy(c NameProxy) error {
	holder := d.Roles.Holder(c.Role)
	if holder == "" {
		return refusal.New(refusal.NotFound, "nobody holds %s yet", c.Role)
	}
	if err := d.may(c.Actor, c.Role, plan.BusinessLead, plan.IncidentCommander); err != nil {
		return err
	}
	if c.Person == "" || c.Person == holder {
		return refusal.New(refusal.Invalid, "name somebody else who joins the call for %s", holder)
	}
	if r, _ := d.Roles.Of(c.Role); r.Proxy == c.Person {
		return nil
	}
	d.Roles = d.Roles.Represent(c.Role, c.Person).Expect(c.Role, d.joinWithin(), d.now)
	d.record("proxy_named", c.Actor.Name(), fmt.Sprintf("%s is on the call for %s as %s", c.Person, holder, c.Role), map[string]string{"role": c.Role, "person": c.Person})
	d.askToJoin(c.Role)
	return nil
}

// checkRoles asks holders who are missing on the call, or of whom nothing was heard for long,
// and pages the roles of those who do not answer that either (R36, R38).
func (d *decision) checkRoles() {
	var overdue []holding.Overdue
	d.Roles, overdue = d.Roles.Tick(d.now)
	for _, o := range overdue {
		role := o.Role.Name
		if o.Joining && !d.awaited(role) {
			d.Roles = d.Roles.Expect(role, 0, d.now) // the gate is open, or nobody waits any more
			continue
		}
		n, person, kind, text := o.Say()
		d.record(kind, "system", text, map[string]string{"role": role, "person": person})
		d.tellBy(person, n, text, plan.SMS, plan.Call, plan.Email)
		if o.Lost {
			d.vacate(role)
			d.page(role, []string{o.Role.Person}, text)
		}
	}
	d.checkHandover()
}

// vacate takes a role's tasks back, for whoever has the role next.
func (d *decision) vacate(role string) {
	for i := range d.Tasks {
		if t := &d.Tasks[i]; t.Role == role && t.Pending() {
			t.Item = checkback.New(t.ID, t.Role)
		}
	}
}

// there confirms presence for every role a person is waited for, and tells whether there was one.
func (d *decision) there(who actor.Actor) bool {
	missing := d.Roles.Missing(who.Person)
	for _, role := range missing {
		d.arrive(role, who.Person)
	}
	return len(missing) > 0
}

// stillHere is a sign of life by a button; Decide counts it.
func (d *decision) stillHere(c StillHere) error {
	if len(d.Roles.HeldBy(c.Actor.Person)) == 0 {
		return refusal.New(refusal.Forbidden, "you hold no role in this incident")
	}
	d.record("still_there", c.Actor.Name(), c.Actor.Name()+" is still there", nil)
	return nil
}
