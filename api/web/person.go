package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// grace is how long a link still works after its incident has ended.
const grace = 24 * time.Hour

// link finds whose page an address is. When it is nobody's, or not any more, it answers
// itself: the same for every reason.
func (p *Pages) link(c *gin.Context) (record.Link, bool) {
	ctx := c.Request.Context()
	link, err := p.Record.ByToken(ctx, c.Param("token"))
	var row record.Incident
	if err == nil {
		row, err = p.Record.Incident(ctx, link.Incident)
	}
	_, known := p.Plan().Person(link.Person)
	ended := !known || link.Door == record.ReplyDoor || !link.RevokedAt.IsZero() || !row.ClosedAt.IsZero() && p.Now().Sub(row.ClosedAt) > grace
	switch {
	case err != nil && !errors.Is(err, record.ErrNotFound):
		sheet.Fail(c, err)
	case err != nil || ended:
		s := p.press.Sheet(c, sheet.PageStyle)
		s.Heading = s.T("ended.title")
		p.set.Draw(c, http.StatusGone, "ended", s)
	default:
		return link, true
	}
	return link, false
}

// personPage is one person's page of one incident.
type personPage struct {
	*sheet.Sheet
	view.Person
	// All is the whole incident, for those who decide about it.
	All view.Incident
	// Cards are what is to do now.
	Cards []card
	// Passed are roles this person was asked to take and passed on; taking them is still possible.
	Passed []view.Role
	// Watches run on beside everything else.
	Watches []view.Task
	// Later are tasks of this person's roles whose turn has not come.
	Later []view.Task
	// Done is what is finished, oldest first.
	Done []view.Task
	// Command: this person commands the incident, and it still goes on.
	Command bool
	// Stuck is what waits for the lead; nil for everybody else.
	Stuck *stuck
	duty  []view.Duty
	// News are the updates that this person gets.
	News ownUpdates
	// LookAgain is when this person is asked next; zero when nobody knows.
	LookAgain time.Time
}

// MayDeclare tells whether a business incident can be declared now.
func (p personPage) MayDeclare() bool { return p.All.MayDeclare() }

// Declaring tells whether declaring is among what is to do already.
func (p personPage) Declaring() bool {
	return slices.ContainsFunc(p.Cards, func(c card) bool { return c.Kind == cardDeclare })
}

// Criteria are the company's criteria beside how things stand.
func (p personPage) Criteria() *piece.Criteria { return piece.CriteriaOf(p.Sheet, p.All) }

// Ahead are the phases to move on to.
func (p personPage) Ahead() []plan.Phase { return p.All.Ahead() }

// Pass is what the button says that gives a role away.
func (p personPage) Pass(role string) string {
	if next := after(p.duty, role, p.Person.Person, nil); next != "" {
		return p.T("role.hand_to", "Name", next)
	}
	return p.T("role.hand")
}

// First is the name people are called by.
func (p personPage) First() string {
	first, _, _ := strings.Cut(p.Name, " ")
	return first
}

func (p *Pages) showPerson(c *gin.Context) {
	if link, good := p.link(c); good {
		p.drawPerson(c, link, deed.Heard(c))
	}
}

func (p *Pages) drawPerson(c *gin.Context, link record.Link, o deed.Outcome) {
	if page, err := p.personPage(c, link, o); err != nil {
		sheet.Fail(c, err)
	} else {
		p.set.Draw(c, o.Status(), "person", page)
	}
}

// personPage reads everything about one person in one incident.
func (p *Pages) personPage(c *gin.Context, link record.Link, o deed.Outcome) (page personPage, err error) {
	ctx := c.Request.Context()
	me, err := p.Views.Person(ctx, link.Incident, link.Person)
	if err != nil {
		return page, err
	}
	all, err := p.Views.Incident(ctx, link.Incident)
	if err != nil {
		return page, err
	}
	raw, err := p.Views.Case(ctx, link.Incident)
	if err != nil {
		return page, err
	}
	duty, err := p.Views.OnCall(ctx, p.Now(), "")
	if err != nil {
		return page, err
	}
	s := p.press.In(c, sheet.Preferred(append([]string{me.Language}, p.Plan().Company.Languages...)...), sheet.PageStyle)
	s.Base, s.Edit = "/r/"+c.Param("token"), true
	if !proven(c, link) {
		s.Me = me.Name
	}
	p.tell(s, o)
	page = personPage{Sheet: s, Person: me, All: all, duty: duty}
	page.Command = all.Commander == link.Person && all.Resolved == nil && all.Cancelled == nil && !all.Closed
	if !all.Closed {
		page.deal(raw)
	}
	page.sort()
	if page.News, err = p.ownUpdates(ctx, s, link); err != nil {
		return page, err
	}
	s.Heading, s.Alarm = all.Title, len(page.Cards) > 0
	return page, nil
}

// sort puts the tasks of this person, and those of the person's roles, where they belong.
func (p *personPage) sort() {
	for _, t := range p.All.Tasks {
		mine := t.Person == p.Person.Person
		held := slices.ContainsFunc(p.Roles, func(r view.Role) bool { return r.Role == t.Role })
		state := checkback.State(t.State)
		switch {
		case mine && state == checkback.Done:
			p.Done = append(p.Done, t)
		case state == checkback.Done || state == checkback.Dropped || p.All.Closed:
		case mine && t.Kind == "watch":
			p.Watches = append(p.Watches, t)
		case state == checkback.Waiting && held:
			p.Later = append(p.Later, t)
		}
		if open := state == checkback.Asked || state == checkback.Promised || state == checkback.Overdue; mine && open && (p.LookAgain.IsZero() || t.Due.Before(p.LookAgain)) {
			p.LookAgain = t.Due
		}
	}
}

// postPerson carries out a form of a personal page, as the person whose page it is.
func (p *Pages) postPerson(c *gin.Context) {
	link, good := p.link(c)
	if !good {
		return
	}
	name := c.Param("act")
	f, err := deed.Read(c.Writer, c.Request)
	if err == nil && !p.human(c, link, f) {
		p.drawPerson(c, link, deed.Outcome{Unproven: true, Form: f, To: c.Request.URL.Path})
		return
	}
	if err == nil && slices.Contains(ownUpdatesDeeds, name) {
		err = p.changeUpdates(c.Request.Context(), link, name, f)
	} else if err == nil {
		err = p.doPerson(c, link, name, f)
	}
	o := deed.Ended(c, p.Logger, name, f, err)
	if wrong := refusedPIN(err); wrong != nil {
		o.Said = wrong
	}
	if o.Lost() {
		p.drawPerson(c, link, o)
		return
	}
	next := "/r/" + c.Param("token")
	if audience, phase := f.Text("audience"), f.Text("phase"); o.Refused != nil && audience != "" && phase != "" {
		next += letterPath(audience, phase) // where they were
	}
	c.Redirect(http.StatusSeeOther, next+"?"+o.Said.Encode())
}

// doPerson carries out a form as the person whose page it is.
func (p *Pages) doPerson(c *gin.Context, link record.Link, name string, f deed.Form) (err error) {
	ctx, who := c.Request.Context(), act.Who{Person: link.Person, Via: actor.Web}
	switch name {
	case "invite":
		return p.Desk.Test(ctx, link.Person, nil, true)
	case "approve":
		if who.Proved, err = p.prove(c, link.Person, f); err != nil {
			return err
		}
	}
	return deed.Do(ctx, p.Desk, name, act.Act{Incident: link.Incident, Who: who}, f)
}
