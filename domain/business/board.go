package business

import (
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/plan"
)

// hand is what the board needs of the business incident.
func (d *decision) hand() board.Hand {
	return board.Hand{
		Now: d.now, Phase: d.Phase, Rules: d.Rules, Holder: d.Roles.Holder, Lead: d.Lead(), LeadRole: plan.BusinessLead,
		Holders: holders(d.Roles), Facts: d.facts(), Scope: d.Scope, Promising: d.Stage == Emergency,
		Record: d.record, Tell: d.tell, Do: d.do,
	}
}

func holders(roles holding.Roles) map[string]string {
	all := map[string]string{}
	for _, r := range roles {
		if p := roles.Holder(r.Name); p != "" {
			all[r.Name] = p
		}
	}
	return all
}

// openBoard lays out what every audience is owed and pages the roles that messages need.
func (d *decision) openBoard() {
	d.Lay(d.hand(), d.FirstPhase)
	for _, a := range d.Rules.Audiences {
		for _, role := range append([]string{a.Draft, a.Check, a.Approve, a.Release}, a.Agree...) {
			d.needForMessages(role)
		}
		d.needForMessages(a.Distribute)
		d.needForMessages(a.Spokesperson)
		d.needForMessages(a.Owner)
	}
}

func (d *decision) needForMessages(role string) {
	if role != plan.IncidentCommander {
		d.need(role, role+" is needed for messages")
	}
}

// writeNext opens what may be written now, as soon as the briefing is over.
func (d *decision) writeNext() {
	retracting := d.Cancelled && d.Stage != Closed && len(d.Cells) > 0
	if d.Stage != Emergency && d.Stage != Resolving && !retracting {
		return
	}
	if len(d.Cells) == 0 {
		d.openBoard()
	}
	d.Board.Next(d.hand())
}

// facts are what templates are filled with; the clock times are added when they are rendered.
func (d *decision) facts() map[string]string {
	facts := map[string]string{"title": d.Title, "since": d.Since.UTC().Format("2006-01-02T15:04:05Z")}
	for _, a := range d.Briefing.Answers {
		if a.Known() {
			facts[string(a.Question)] = a.Text
		}
	}
	return facts
}

// spread tells open drafts what became known; a template nobody has touched is filled again.
func (d *decision) spread() {
	if d.Rules.Edition > 2 && len(d.Cells) > 0 {
		d.do(effect.InformMessages{Facts: d.facts(), Scope: d.Scope})
	}
}

func (d *decision) setScope(c SetScope) error {
	if err := d.may(c.Actor, plan.BusinessLead, plan.IncidentCommander, plan.CustomerLiaison, plan.TechnicalSLT, plan.InternalLiaison); err != nil {
		return err
	}
	d.Scope = c.Scope
	d.record("scope_set", c.Actor.Name(), c.Actor.Name()+" said what the incident concerns", c.Scope.Data())
	d.spread()
	return nil
}

func (d *decision) skip(c SkipMessage) error {
	if err := d.may(c.Actor, plan.BusinessLead, plan.IncidentCommander); err != nil {
		return err
	}
	return d.Skip(d.hand(), c.Actor, c.Audience, c.Phase, c.Reason)
}

func (d *decision) order(c OrderMessage) error {
	if err := d.may(c.Actor, plan.BusinessLead, plan.TechnicalSLT, plan.InternalLiaison, plan.IncidentCommander); err != nil {
		return err
	}
	return d.Order(d.hand(), c.Audience, c.Phase)
}
