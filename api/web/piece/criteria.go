package piece

import (
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/plan"
)

// Criteria are the company's criteria beside how things stand (R25).
type Criteria struct {
	*sheet.Sheet
	view.Assessment
	Score          int
	Factors        []Factor
	Recommendation *view.Recommendation
}

// Factor is one factor of the score: its grades, and the one in force.
type Factor struct {
	Name    string
	Grades  []plan.Grade
	Current view.Grade
}

// CriteriaOf are the criteria of an incident.
func CriteriaOf(s *sheet.Sheet, i view.Incident) *Criteria {
	sev := s.Plan().Severity
	return &Criteria{Sheet: s, Assessment: i.Assessment, Score: i.Score, Recommendation: i.Recommendation, Factors: []Factor{
		{"visibility", sev.Visibility, i.Assessment.Visibility},
		{"impact", sev.Impact, i.Assessment.Impact},
		{"duration", sev.Duration, i.Assessment.Duration},
	}}
}
