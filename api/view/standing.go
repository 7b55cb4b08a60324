package view

import (
	"slices"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/impact"
	"github.com/stormbell/stormbell/domain/plan"
)

// Advised tells whether the score or the Technical SLT recommends to declare.
func (i Incident) Advised() bool {
	return i.Assessment.Verdict == string(impact.Recommend) || i.Recommendation != nil && i.Recommendation.Declare
}

// Ongoing tells whether the technical trouble lasts.
func (i Incident) Ongoing() bool { return i.Resolved == nil && i.Cancelled == nil && !i.Closed }

// MayDeclare tells whether a business incident can be declared now (R28).
func (i Incident) MayDeclare() bool {
	phase := plan.Phase(i.Phase)
	return i.Ongoing() && i.Declared == nil && (phase == plan.Investigation || phase == plan.Identification)
}

// Ahead are the phases that an incident may be moved on to; to resolution it moves by being resolved.
func (i Incident) Ahead() []plan.Phase {
	all := plan.AllPhases()
	now, resolution := slices.Index(all, plan.Phase(i.Phase)), slices.Index(all, plan.Resolution)
	switch {
	case i.Closed || now < 0:
		return nil
	case i.Ongoing():
		return all[min(now+1, resolution):resolution]
	case i.Declared != nil && i.Stage != string(business.Closed):
		return nil // first the company goes back to normal
	}
	return all[max(now, resolution)+1:]
}
