package report

import (
	"slices"
)

// WithoutNames returns the report with roles in place of people, for companies in which nobody may
// be looked at by name. What people wrote themselves stays as they wrote it.
func WithoutNames(r Report) Report {
	r.Names = false
	hide := func(s *Someone) { s.Person, s.Name = "", "" }
	hide(&r.Summary.Lead)
	hide(&r.Summary.Commander)
	hide(&r.Score.DeclaredBy)
	r.Course.Roles = slices.Clone(r.Course.Roles)
	for i := range r.Course.Roles {
		lane := &r.Course.Roles[i]
		lane.Spans = each(lane.Spans, func(x *Span) { hide(&x.Who) })
	}
	r.TakeOvers.Items = each(r.TakeOvers.Items, func(x *TakeOver) { hide(&x.By) })
	r.Estimates.Items = each(r.Estimates.Items, func(x *Estimate) { hide(&x.Who) })
	r.Load.Items = each(r.Load.Items, func(x *LoadLane) { hide(&x.Who) })
	r.Decisions = each(r.Decisions, func(x *Deed) { hide(&x.Who); hide(&x.Whom) })
	r.Notes = each(r.Notes, func(x *Remark) { hide(&x.Who) })
	r.Unreachable = each(r.Unreachable, func(x *Unreached) { hide(&x.Who) })
	return r
}

// each changes a copy of a list.
func each[T any](all []T, change func(*T)) []T {
	all = slices.Clone(all)
	for i := range all {
		change(&all[i])
	}
	return all
}
