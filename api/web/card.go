package web

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// card is one thing somebody must do now. What is there besides Kind depends on it.
type card struct {
	*sheet.Sheet
	Kind    string
	N       int
	Due     time.Time
	Overdue bool

	Role *view.Role
	// Turn: this person is asked now, and Next after that; otherwise Others are asked already.
	Turn   bool
	Next   string
	Others []view.Asked
	Judge  bool

	Task     *view.Task
	Briefing *view.Briefing
	Letter   *piece.Letter
	Criteria *piece.Criteria
}

// The kinds of cards that no request stands behind: they follow from the roles somebody holds.
const (
	cardConfirm = "confirm"
	cardDeclare = "declare"
)

// deal makes the cards of what is asked of this person.
func (p *personPage) deal(raw *view.Case) {
	for _, t := range p.Todo {
		c := card{Sheet: p.Sheet, Kind: t.Kind, Due: t.Due, Overdue: t.Overdue, Role: t.Role, Task: t.Task, Briefing: t.Briefing}
		switch {
		case t.Role != nil && t.Kind == effect.AskPage:
			h, _ := raw.Roles().Of(t.Role.Role)
			page, _ := raw.Page(h)
			if slices.Contains(page.Declined, p.Person.Person) {
				p.Passed = append(p.Passed, *t.Role)
				continue
			}
			c.Judge, c.Next = page.Page.Judge, after(p.duty, t.Role.Role, p.Person.Person, page.Declined)
			c.Turn = slices.ContainsFunc(t.Role.Asked, func(a view.Asked) bool { return a.Person == p.Person.Person })
			c.Others = slices.DeleteFunc(slices.Clone(t.Role.Asked), func(a view.Asked) bool { return a.Passed })
		case t.Message != nil:
			l := piece.LetterOf(p.Sheet, p.All, *t.Message, p.Person.Person)
			if slices.ContainsFunc(p.Cards, func(o card) bool { return o.Letter != nil && o.Letter.Same(l) }) {
				continue // asked in two roles, read once
			}
			c.Letter = &l
		case t.Kind == effect.AskRecommend:
			c.Criteria = piece.CriteriaOf(p.Sheet, p.All)
		case t.Role != nil && t.Kind == effect.AskHandOver && p.All.Handover != nil:
			c.Next = p.All.Handover.ToName
		case t.Task == nil && t.Briefing == nil && t.Role == nil:
			continue // asked by a workflow the record knows nothing of yet
		}
		p.add(c)
	}
	holds := func(role string) bool {
		return slices.ContainsFunc(p.Roles, func(r view.Role) bool { return r.Role == role })
	}
	if holds(plan.TechnicalSLT) && p.Stage == string(business.Briefed) {
		p.add(card{Sheet: p.Sheet, Kind: cardConfirm, Briefing: p.All.Briefing, Due: p.All.Briefing.Due})
	}
	if p.Command && p.MayDeclare() && p.All.Advised() {
		p.add(card{Sheet: p.Sheet, Kind: cardDeclare, Criteria: piece.CriteriaOf(p.Sheet, p.All)})
	}
	if p.Lead == p.Person.Person && p.Stage != "" {
		p.Stuck = stuckIn(p.Sheet, p.All)
	}
}

func (p *personPage) add(c card) {
	c.N = len(p.Cards) + 1
	p.Cards = append(p.Cards, c)
}

// after is the name of whoever is asked for a role after a person, or "".
func after(duty []view.Duty, role, person string, declined []string) string {
	i := slices.IndexFunc(duty, func(d view.Duty) bool { return d.Role == role })
	if i < 0 {
		return ""
	}
	candidates := duty[i].Candidates
	me := slices.IndexFunc(candidates, func(c view.Candidate) bool { return c.Person == person })
	for _, c := range candidates[me+1:] {
		if c.Person != person && !slices.Contains(declined, c.Person) {
			return c.Name
		}
	}
	return ""
}
