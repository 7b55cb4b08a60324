package incident

import (
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// small tells whether colleagues are kept informed of this incident without a business
// incident: one role writes, nobody else is woken (R136).
func (s State) small() bool { return s.Updates != nil && s.Declared == nil && !s.Closed }

// hand is what the board needs of a small incident.
func (d *decision) hand() board.Hand {
	holders := map[string]string{}
	for _, r := range d.Roles {
		if p := d.Roles.Holder(r.Name); p != "" {
			holders[r.Name] = p
		}
	}
	return board.Hand{
		Now: d.now, Phase: d.Phase, Rules: d.Rules.AsSmall(), Holder: d.Roles.Holder, Lead: d.Commander(), LeadRole: plan.IncidentCommander,
		Holders: holders, Facts: map[string]string{"title": d.Title, "since": d.Facts.Since.UTC().Format("2006-01-02T15:04:05Z")}, Scope: d.Scope,
		Promising: d.Ongoing(), Record: d.record, Tell: d.tell, Do: d.do,
	}
}

func (d *decision) startUpdates(c StartUpdates) error {
	liaison := d.Rules.Small.Liaison
	switch {
	case !c.Actor.May(actor.Declare) && !c.Actor.Is(d.Commander()) && !c.Actor.Is(d.Roles.Holder(liaison)) && !c.Actor.Is(d.Roles.Holder(plan.TechnicalSLT)):
		return refusal.New(refusal.Forbidden, "the incident commander, the Technical SLT or the liaison begins updates")
	case liaison == "":
		return refusal.New(refusal.Invalid, "the plan has no small_incidents; name the liaison and the audiences there, or declare a business incident")
	case d.Declared != nil:
		return refusal.New(refusal.AlreadyDone, "the business incident keeps everybody informed")
	case !d.Ongoing():
		return refusal.New(refusal.Ended, "the incident is over; there is nothing to keep anybody informed of")
	case d.Updates != nil:
		return nil
	}
	d.beginUpdates(c.Actor)
	return nil
}

func (d *decision) beginUpdates(by actor.Actor) {
	d.Updates = &Decision{By: by.Name(), StandIn: by.StandIn, At: d.now}
	d.record("updates_started", d.Updates.By, "colleagues are kept informed of this incident", nil)
	for _, role := range []string{d.Rules.Small.Liaison, d.Rules.Small.Approve} {
		if _, asked := d.Roles.Of(role); role != "" && !asked {
			d.page(role, nil, role+" is needed to keep colleagues informed")
		}
	}
	d.Lay(d.hand(), d.Phase)
}

// write opens what may be written now.
func (d *decision) write() {
	if d.small() {
		d.Board.Next(d.hand())
	}
}

// told ends a small incident that is over once everybody who heard of it knows that it is over.
func (d *decision) told() {
	if d.small() && !d.Ongoing() && d.ResolutionTold() {
		d.close("everybody who was told of it knows that it is over")
	}
}

// anyTold tells whether anybody was told anything, or is just being told.
func (d *decision) anyTold() bool { return len(d.Heard()) > 0 }

func (d *decision) setScope(c SetScope) error {
	if err := d.mayCommand(c.Actor, actor.Declare, "say what the incident concerns"); err != nil {
		return err
	}
	d.Scope = c.Scope
	d.record("scope_set", c.Actor.Name(), c.Actor.Name()+" said what the incident concerns", c.Scope.Data())
	return nil
}

func (d *decision) mayWrite(a actor.Actor) error {
	switch {
	case d.Declared != nil:
		return refusal.New(refusal.Ended, "the business incident keeps the message board now")
	case d.Updates == nil:
		return refusal.New(refusal.TooEarly, "nobody is kept informed of this incident yet; begin the updates first")
	case a.StandIn || a.Is(d.Commander()) || a.Is(d.Roles.Holder(d.Rules.Small.Liaison)):
		return nil
	}
	return refusal.New(refusal.Forbidden, "the liaison or the incident commander decides about messages")
}

func (d *decision) skip(c SkipMessage) error {
	if err := d.mayWrite(c.Actor); err != nil {
		return err
	}
	return d.Skip(d.hand(), c.Actor, c.Audience, c.Phase, c.Reason)
}

func (d *decision) order(c OrderMessage) error {
	if err := d.mayWrite(c.Actor); err != nil {
		return err
	}
	return d.Order(d.hand(), c.Audience, c.Phase)
}
