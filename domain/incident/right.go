package incident

import (
	"slices"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// strict tells whether the incident asks who may open, assess and page; before edition 4
// everybody who was let in might.
func (d *decision) strict() bool { return d.Rules.Edition > 3 }

// holds tells whether the actor holds one of the roles.
func (d *decision) holds(a actor.Actor, roles ...string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return a.Is(d.Roles.Holder(r)) })
}

// mayStaff tells whether the actor decides who has a role: whoever leads, who gives the role up,
// or who has the right to page by signing in.
func (d *decision) mayStaff(a actor.Actor, role, what string) error {
	if a.May(actor.Page) || d.holds(a, plan.IncidentCommander, plan.TechnicalSLT, role) {
		return nil
	}
	return refusal.New(refusal.Forbidden, "only the incident commander or the Technical SLT may %s", what).With("incident_commander", d.Commander())
}
