package web

import (
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// card is one thing somebody must do now. What is there besides Kind depends on it.
type card struct {
	*sheet
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
	Letter   *letter
	Criteria *criteria
}

// The kinds of cards that no request stands behind: they follow from the roles somebody holds.
const (
	cardConfirm = "confirm"
	cardDeclare = "declare"
)

// deal makes the cards of what is asked of this person.
func (p *personPage) deal(raw *view.Case) {
	for _, t := range p.Todo {
		c := card{sheet: p.sheet, Kind: t.Kind, Due: t.Due, Overdue: t.Overdue, Role: t.Role, Task: t.Task, Briefing: t.Briefing}
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
			l := letterOf(p.sheet, *t.Message, p.Person.Person)
			if slices.ContainsFunc(p.Cards, func(o card) bool { return o.Letter != nil && o.Letter.same(l) }) {
				continue // asked in two roles, read once
			}
			c.Letter = &l
		case t.Kind == effect.AskRecommend:
			c.Criteria = criteriaOf(p.sheet, p.All)
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
		p.add(card{sheet: p.sheet, Kind: cardConfirm, Briefing: p.All.Briefing, Due: p.All.Briefing.Due})
	}
	if p.Command && p.MayDeclare() && advised(p.All) {
		p.add(card{sheet: p.sheet, Kind: cardDeclare, Criteria: criteriaOf(p.sheet, p.All)})
	}
	if p.Lead == p.Person.Person && p.Stage != "" {
		p.Stuck = stuckIn(p.sheet, p.All)
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

// letter is a message together with the gates that somebody may act on here.
type letter struct {
	*sheet
	view.Message
	// Mine are the gates that are open now for this person, or for anybody when a stand-in looks.
	Mine []view.Gate
	// Protests are the strong objections that still block.
	Protests []view.Objection
	// settler is the one who may settle objections, all of them when empty.
	settler string
}

// turns are the gates that are open at a stage.
var turns = map[comms.Stage]comms.GateKind{
	comms.Drafting: comms.Draft, comms.Checking: comms.Check, comms.Reviewing: comms.Review,
	comms.Approving: comms.Approve, comms.Releasing: comms.Release, comms.Sending: comms.Distribute,
}

// letterOf is a message as a person may act on it; no person means a stand-in for everybody.
func letterOf(s *sheet, m view.Message, person string) letter {
	l := letter{sheet: s, Message: m, settler: person}
	for _, g := range m.Gates {
		open := checkback.Item{State: checkback.State(g.State)}.Open()
		if g.Kind == string(comms.Approve) && g.Person == person {
			l.settler = "" // the approver overrules by name (R104)
		}
		mine := person == "" || g.Person == person || slices.Contains(g.Deputies, person)
		announce := g.Kind == string(comms.Announce) && m.Stage == string(comms.Releasing) && person != ""
		if open && mine && (announce || comms.GateKind(g.Kind) == turns[comms.Stage(m.Stage)]) {
			l.Mine = append(l.Mine, g)
		}
	}
	for _, o := range m.Objections {
		if o.Settled == "" {
			l.Protests = append(l.Protests, o)
		}
	}
	return l
}

// MaySettle tells whether this reader may settle an objection.
func (l letter) MaySettle(o view.Objection) bool { return l.settler == "" || l.settler == o.By }

func (l letter) same(o letter) bool { return l.Audience == o.Audience && l.Phase == o.Phase }

// Writing tells whether the words are still being written, Reading whether others read them.
func (l letter) Writing() bool { return l.Stage == string(comms.Drafting) }

// Reading tells whether somebody is asked to agree or to object.
func (l letter) Reading() bool {
	return l.Stage == string(comms.Checking) || l.Stage == string(comms.Reviewing)
}

// Approving tells whether the last word inside the group is asked for.
func (l letter) Approving() bool { return l.Stage == string(comms.Approving) }

// Announced tells whether all this reader is asked for is to tell the incident commander.
func (l letter) Announced() bool {
	return len(l.Mine) > 0 && !slices.ContainsFunc(l.Mine, func(g view.Gate) bool { return g.Kind != string(comms.Announce) })
}

// Sending tells whether it is on its way out.
func (l letter) Sending() bool { return l.Stage == string(comms.Sending) }

// Releasing tells whether it waits to go out.
func (l letter) Releasing() bool { return l.Stage == string(comms.Releasing) }

// promise stands in a draft for the time of the next message, which is filled in when it goes out.
const promise = "{next update}"

// Promises tells whether a text has a place for the time of the next message.
func (l letter) Promises() bool {
	return slices.ContainsFunc(l.Texts, func(t view.Text) bool { return strings.Contains(t.Subject+t.Body, promise) })
}
