package sheet

import (
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

// RoleCard is what somebody who has a role for the first time must know (R44), by paragraph:
// the plan's words or else the usual ones, and whom to follow.
func (s *Sheet) RoleCard(name any) (paragraphs []string) {
	id, _ := name.(string)
	role, _ := s.plan.RoleByName(id)
	switch {
	case len(role.Card) > 0:
		paragraphs = strings.Split(strings.TrimSpace(s.Pick(role.Card, "")), "\n\n")
	case s.press.words.ids["rolecard."+id]:
		paragraphs = []string{s.T("rolecard." + id)}
	}
	if id != plan.BusinessLead && id != plan.IncidentCommander {
		paragraphs = append(paragraphs, s.T("rolecard.everybody"))
	}
	return paragraphs
}
