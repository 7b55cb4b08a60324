package business_test

import (
	"testing"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// Whoever leads decides who has a role, and so do its holder and whoever may page by signing in.
func TestStaff_wantsARoleOrTheRight(t *testing.T) {
	t.Parallel()
	d := open(t, 1)
	d.s.Rules.Edition = 4
	d.s.Roles = d.s.Roles.Hold(plan.BusinessLead, "anna", "sms", t0).Hold(plan.LegalOfficer, "finn", "sms", t0)
	for _, a := range []actor.Actor{
		{}, {Person: "gina"}, {Person: "gina", Rights: []actor.Right{actor.Declare, actor.Resolve, actor.Release, actor.Administer}},
	} {
		d.refuse(business.PageRole{Actor: a, Role: plan.LegalOfficer}, refusal.Forbidden)
		d.refuse(business.Appoint{Actor: a, Role: plan.LegalOfficer, Person: "hugo"}, refusal.Forbidden)
	}
	d.refuse(business.PageRole{Actor: actor.Actor{Person: "finn"}, Role: plan.SocialOfficer}, refusal.Forbidden)
	for _, a := range []actor.Actor{
		{Person: "ben"}, {Person: "anna"}, {Person: "dev"}, {Person: "finn"}, {StandIn: true}, {Person: "gina", Rights: []actor.Right{actor.Page}},
	} {
		before := d.s
		d.do(business.PageRole{Actor: a, Role: plan.LegalOfficer})
		d.s = before
		d.do(business.Appoint{Actor: a, Role: plan.LegalOfficer, Person: "hugo"})
		d.s = before
	}
	d.s.Rules.Edition = 3
	d.do(business.PageRole{Actor: actor.Actor{Person: "gina"}, Role: plan.LegalOfficer}) // as it was decided before
}
