package console

import (
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
)

// page is one incident, as the visitor may see and steer it. What is there besides All depends on
// the place.
type page struct {
	*sheet.Sheet
	All   view.Incident
	Steps []step
	// Latest are the newest entries of the timeline.
	Latest []view.Entry

	Criteria *piece.Criteria
	Role     *view.Role
	Task     *view.Task
	Letter   *letter
	Moves    []move
	Timeline *timeline
	// Back is the place to which a form of this one returns.
	Back string
	// Wall says that it hangs on a wall, where nobody can press anything.
	Wall bool
}

// panels are the parts of the page that change by themselves, in their order on the page.
var panels = []string{"head", "promises", "next", "roles", "tasks", "board", "briefing", "alerts", "timeline"}

// Live tells whether the page changes by itself.
func (p *page) Live() bool { return !p.All.Closed }

// May tells whether the visitor has a right: by the sign-in, or by a role in this incident.
func (p *page) May(right string) bool {
	if p.All.Closed || p.Wall {
		return false
	}
	r := actor.Right(right)
	if p.Visitor.May(r) {
		return true
	}
	return p.Is(plan.IncidentCommander) || r == actor.Page && p.Is(plan.BusinessLead)
}

// Is tells whether the visitor holds one of the roles in this incident; a stand-in holds all.
func (p *page) Is(roles ...string) bool {
	if p.All.Closed || p.Wall || p.Visitor.StandIn {
		return p.Visitor.StandIn && !p.All.Closed && !p.Wall
	}
	return p.Visitor.Person != "" && slices.ContainsFunc(p.All.Roles, func(r view.Role) bool {
		return r.Holder == p.Visitor.Person && (len(roles) == 0 || slices.Contains(roles, r.Role))
	})
}

// Acts tells whether the visitor has any part in the incident.
func (p *page) Acts() bool { return p.Is() || p.May(string(actor.Page)) }

// Briefs tells whether the visitor may answer the briefing.
func (p *page) Briefs() bool { return p.Is(plan.CustomerLiaison, plan.TechnicalSLT, plan.BusinessLead) }

// Asked tells whether the visitor is asked to take a role now.
func (p *page) Asked(r view.Role) bool {
	return !p.All.Closed && (p.Visitor.StandIn || slices.ContainsFunc(r.Asked, func(a view.Asked) bool { return a.Person == p.Visitor.Person }))
}

// Owns tells whether a task is the visitor's to report on.
func (p *page) Owns(t view.Task) bool {
	return p.Is(t.Role, plan.BusinessLead, plan.IncidentCommander) || !p.All.Closed && p.Visitor.Person != "" && t.Person == p.Visitor.Person
}

// MayInform tells whether colleagues can be kept informed though it is below severe (R136).
func (p *page) MayInform() bool {
	return p.All.Ongoing() && p.All.Declared == nil && p.All.Updates == nil && p.Plan().Small.Liaison != ""
}

// Done counts the tasks that are finished, and Tasks those that are to be.
func (p *page) Done() int { return p.count("done") }

// Tasks counts the tasks that are to be finished or are.
func (p *page) Tasks() int { return len(p.All.Tasks) - p.count("dropped") }

func (p *page) count(state string) (n int) {
	for _, t := range p.All.Tasks {
		if t.State == state {
			n++
		}
	}
	return n
}

// Came are the roles that came up or are needed, NotAsked all others.
func (p *page) Came() []view.Role { return p.roles(true) }

// NotAsked are the roles that nobody was asked for.
func (p *page) NotAsked() []view.Role { return p.roles(false) }

func (p *page) roles(came bool) (found []view.Role) {
	for _, r := range p.All.Roles {
		if came == (r.State != view.NotAsked || r.Needed && p.All.Stage != "") {
			found = append(found, r)
		}
	}
	return found
}

// Path are the phases that an incident goes through.
func (p *page) Path() []string {
	var path []string
	for _, phase := range plan.AllPhases() {
		path = append(path, string(phase))
	}
	return path
}

// Decisions are what was decided about the incident as a whole, in words.
func (p *page) Decisions() (said []string) {
	for _, d := range []struct {
		name string
		made *view.Decision
	}{{"declared", p.All.Declared}, {"resolved", p.All.Resolved}, {"cancelled", p.All.Cancelled}} {
		if d.made == nil {
			continue
		}
		words := p.T("decided."+d.name, "Name", d.made.ByName, "At", p.Clock(d.made.At))
		if d.made.StandIn {
			words += " " + p.T("decided.stand_in")
		}
		if d.made.Reason != "" {
			words += " " + p.Quote(d.made.Reason)
		}
		said = append(said, words)
	}
	return said
}

// To is the address of a place, or of a part of this page.
func (p *page) To(link string) string {
	if strings.HasPrefix(link, "#") {
		return link
	}
	return p.Base + "/" + link
}

// Unsent are the messages that are on their way through their loop.
func (p *page) Unsent() []view.Message { return p.messages("open") }

func (p *page) messages(state string) (found []view.Message) {
	for _, m := range p.All.Messages {
		if m.State == state {
			found = append(found, m)
		}
	}
	return found
}

// Undone are the tasks that nobody has finished.
func (p *page) Undone() (open []view.Task) {
	for _, t := range p.All.Tasks {
		if t.State != "done" && t.State != "dropped" {
			open = append(open, t)
		}
	}
	return open
}

// Firing counts the alerts whose trouble lasts.
func (p *page) Firing() (n int) {
	for _, a := range p.All.Alerts {
		if a.Status != "resolved" {
			n++
		}
	}
	return n
}

// Phases are those that owe messages, the columns of the board.
func (p *page) Phases() []plan.Phase { return p.Plan().Phases }

// Rows are the audiences of the board, each with its message in every phase.
func (p *page) Rows() []row {
	var rows []row
	for _, m := range p.All.Messages {
		i := slices.IndexFunc(rows, func(r row) bool { return r.Audience == m.Audience })
		if i < 0 {
			i, rows = len(rows), append(rows, row{Audience: m.Audience, Title: m.Title})
		}
		rows[i].Cells = append(rows[i].Cells, m)
	}
	return rows
}

// row is one audience of the board.
type row struct {
	Audience string
	Title    map[string]string
	Cells    []view.Message
}

// Mark is a countdown for those who hear it read out: it changes only every five minutes.
func (p *page) Mark(due time.Time) string {
	unit := p.Plan().Minute
	if unit == 0 {
		unit = time.Minute
	}
	if left := due.Sub(p.Now); left > 0 {
		n := int((left + 5*unit - 1) / (5 * unit))
		return p.T("console_promise.mark", "At", p.Clock(due), "N", 5*n)
	}
	return p.T("console_promise.over", "At", p.Clock(due))
}

// move is a phase to go on to, with what that ends and begins.
type move struct {
	Phase            plan.Phase
	Withdrawn, Start int
}

// moves are the phases ahead.
func (p *page) moves() (all []move) {
	for _, phase := range p.All.Ahead() {
		m := move{Phase: phase, Withdrawn: len(p.Unsent())}
		for _, x := range p.All.Messages {
			if x.Phase == string(phase) && x.State == "to_write" {
				m.Start++
			}
		}
		all = append(all, m)
	}
	return all
}
