package web

import (
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/checkback"
)

// stuck is what waits for the lead to decide.
type stuck struct {
	*sheet.Sheet
	Tasks    []view.Task
	Roles    []view.Role
	Letters  []piece.Letter
	Promises []view.Promise
}

// stuckIn returns nil when nothing waits for the lead.
func stuckIn(s *sheet.Sheet, i view.Incident) *stuck {
	found := stuck{Sheet: s}
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
		l := piece.LetterOf(s, i, m, "")
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
