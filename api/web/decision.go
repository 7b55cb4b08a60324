package web

import (
	"slices"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/impact"
	"github.com/stormbell/stormbell/domain/plan"
)

// criteria are the company's criteria beside how things stand (R25).
type criteria struct {
	*sheet
	view.Assessment
	Score          int
	Factors        []factor
	Recommendation *view.Recommendation
}

// factor is one factor of the score: its grades, and the one in force.
type factor struct {
	Name   string
	Grades []plan.Grade
	Now    view.Grade
}

func criteriaOf(s *sheet, i view.Incident) *criteria {
	sev := s.plan.Severity
	return &criteria{sheet: s, Assessment: i.Assessment, Score: i.Score, Recommendation: i.Recommendation, Factors: []factor{
		{"visibility", sev.Visibility, i.Assessment.Visibility},
		{"impact", sev.Impact, i.Assessment.Impact},
		{"duration", sev.Duration, i.Assessment.Duration},
	}}
}

// advised tells whether the score or the Technical SLT recommends to declare.
func advised(i view.Incident) bool {
	return i.Assessment.Verdict == string(impact.Recommend) || i.Recommendation != nil && i.Recommendation.Declare
}

// ongoing tells whether the technical trouble lasts.
func ongoing(i view.Incident) bool { return i.Resolved == nil && i.Cancelled == nil && !i.Closed }

// mayDeclare tells whether a business incident can be declared now (R28).
func mayDeclare(i view.Incident) bool {
	phase := plan.Phase(i.Phase)
	return ongoing(i) && i.Declared == nil && (phase == plan.Investigation || phase == plan.Identification)
}

// ahead are the phases that an incident may be moved on to; to resolution it moves by being resolved.
func ahead(i view.Incident) []plan.Phase {
	all := plan.AllPhases()
	now, resolution := slices.Index(all, plan.Phase(i.Phase)), slices.Index(all, plan.Resolution)
	switch {
	case i.Closed || now < 0:
		return nil
	case ongoing(i):
		return all[min(now+1, resolution):resolution]
	case i.Declared != nil && i.Stage != string(business.Closed):
		return nil // first the company goes back to normal
	}
	return all[max(now, resolution)+1:]
}

// stuck is what waits for the lead to decide.
type stuck struct {
	*sheet
	Tasks    []view.Task
	Roles    []view.Role
	Letters  []letter
	Promises []view.Promise
}

// stuckIn returns nil when nothing waits for the lead.
func stuckIn(s *sheet, i view.Incident) *stuck {
	found := stuck{sheet: s}
	for _, t := range i.Tasks {
		state := checkback.State(t.State)
		if state == checkback.Blocked || state == checkback.Overdue {
			found.Tasks = append(found.Tasks, t)
		}
	}
	for _, r := range i.Roles {
		if r.State == view.Unanswered || r.State == view.PassedOn {
			found.Roles = append(found.Roles, r)
		}
	}
	for _, m := range i.Messages {
		l := letterOf(s, m, "")
		if len(l.Protests) > 0 && m.State == string(board.Open) {
			found.Letters = append(found.Letters, l)
		}
	}
	for _, p := range i.Promises {
		if p.State != "open" {
			found.Promises = append(found.Promises, p)
		}
	}
	if len(found.Tasks)+len(found.Roles)+len(found.Letters)+len(found.Promises) == 0 {
		return nil
	}
	return &found
}
