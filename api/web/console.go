package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// listPage lists incidents and opens one.
type listPage struct {
	*sheet
	Mode               view.Mode
	Rows               []row
	LabURL, TemporalUI string
}

// row is one incident of the list, with the roles that somebody is being looked for.
type row struct {
	view.Summary
	Wanted []view.Role
}

// consolePage is everything about one incident.
type consolePage struct {
	*sheet
	view.Incident
	Criteria *criteria
	Letters  []letter
	Timeline []view.Entry // newest first
	LabURL   string
	// Refresh is where the page loads itself from, Still where it stands still; both without
	// what was just said.
	Refresh, Still string
}

// MayDeclare tells whether a business incident can be declared now.
func (p consolePage) MayDeclare() bool { return mayDeclare(p.Incident) }

// MayInform tells whether colleagues can be kept informed of it though it is below severe (R136).
func (p consolePage) MayInform() bool {
	return p.Ongoing() && p.Declared == nil && p.Incident.Updates == nil && p.plan.Small.Liaison != ""
}

// Ongoing tells whether the technical trouble lasts.
func (p consolePage) Ongoing() bool { return ongoing(p.Incident) }

// Ahead are the phases to move on to.
func (p consolePage) Ahead() []plan.Phase { return ahead(p.Incident) }

func (p *Pages) showList(c *gin.Context) {
	p.drawList(c, heard(c))
}

func (p *Pages) drawList(c *gin.Context, o outcome) {
	ctx := c.Request.Context()
	all, err := p.Views.Incidents(ctx, record.Filter{})
	if err != nil {
		p.fail(c, err)
		return
	}
	s := p.sheet(p.wished(c.Request), consoleStyle)
	page := listPage{sheet: s, LabURL: p.LabURL, TemporalUI: p.TemporalUI}
	if page.Mode, err = p.Views.Mode(ctx); err != nil {
		p.fail(c, err)
		return
	}
	for _, i := range all {
		one := row{Summary: i}
		if !i.Closed {
			if one.Wanted, err = p.wanted(ctx, s, i.Number); err != nil {
				p.fail(c, err)
				return
			}
			s.Alarm = true
		}
		page.Rows = append(page.Rows, one)
	}
	s.Heading = s.T("list.title", "Company", s.plan.Company.Name)
	s.hear(o)
	p.draw(c, o.status(), "list", page)
}

// wanted are the roles of an incident that somebody is being looked for.
func (p *Pages) wanted(ctx context.Context, s *sheet, number int) ([]view.Role, error) {
	i, err := p.Views.Incident(ctx, number)
	return slices.DeleteFunc(i.Roles, func(r view.Role) bool { return !s.Sought(r) }), err
}

// standIn is the visitor of an open installation: whoever was chosen on the page, else
// whoever an act belongs to.
func standIn(f form) act.Who {
	return act.Who{Person: f.text("as"), StandIn: true, Via: actor.Web}
}

func (p *Pages) postIncident(c *gin.Context) {
	f, err := readForm(c.Writer, c.Request)
	number := 0
	if err == nil {
		number, _, err = p.Desk.Open(c.Request.Context(), act.Act{Who: standIn(f), Request: f.request("open")}, act.Opening{
			Title: f.text("title"), Visibility: f.text("visibility"), Impact: f.text("impact"), ExpectedMinutes: f.number("minutes"), Drill: f.Get("drill") != "",
		})
	}
	if o := p.ended(c, "open", f, err); o.refused != nil {
		p.drawList(c, o)
		return
	}
	c.Redirect(http.StatusSeeOther, fmt.Sprintf("/i/%d", number))
}

func (p *Pages) showIncident(c *gin.Context) {
	number, err := p.Views.Find(c.Request.Context(), c.Param("n"))
	if err != nil {
		p.fail(c, err)
		return
	}
	p.drawIncident(c, number.Number, heard(c))
}

func (p *Pages) drawIncident(c *gin.Context, number int, o outcome) {
	ctx := c.Request.Context()
	all, err := p.Views.Incident(ctx, number)
	if err != nil {
		p.fail(c, err)
		return
	}
	entries, err := p.newest(ctx, number)
	if err != nil {
		p.fail(c, err)
		return
	}
	s := p.sheet(p.wished(c.Request), consoleStyle)
	known, _ := s.plan.Person(o.said.Get("as"))
	s.Base, s.Heading, s.Alarm = fmt.Sprintf("/i/%d", number), fmt.Sprintf("%d · %s", number, all.Title), !all.Closed
	s.As, s.Edit = known.ID, o.said.Get("edit") != "" || o.lost()
	s.hear(o)
	page := consolePage{sheet: s, Incident: all, Criteria: criteriaOf(s, all), Timeline: entries, LabURL: p.LabURL}
	for _, m := range all.Messages {
		if m.State == "open" {
			page.Letters = append(page.Letters, letterOf(s, m, ""))
		}
	}
	page.Refresh, page.Still = s.Base+"?"+s.carry(false).Encode(), s.Base+"?"+s.carry(true).Encode()
	p.draw(c, o.status(), "incident", page)
}

// carry is what the console's address takes along from page to page.
func (s *sheet) carry(edit bool) url.Values {
	query := url.Values{}
	if s.As != "" {
		query.Set("as", s.As)
	}
	if edit {
		query.Set("edit", "1")
	}
	return query
}

// maxEntries is how much of a timeline the console shows.
const maxEntries = 200

// newest are the latest entries of a timeline, newest first.
func (p *Pages) newest(ctx context.Context, number int) ([]view.Entry, error) {
	var kept []view.Entry
	for after := int64(0); ; {
		some, err := p.Views.Timeline(ctx, number, after, maxEntries)
		if err != nil {
			return nil, err
		}
		kept = append(kept, some...)
		kept = kept[max(0, len(kept)-maxEntries):]
		if len(some) < maxEntries {
			slices.Reverse(kept)
			return kept, nil
		}
		after = some[len(some)-1].Position
	}
}

func (p *Pages) postConsole(c *gin.Context) {
	ctx, name := c.Request.Context(), c.Param("act")
	number, err := p.Views.Find(ctx, c.Param("n"))
	if err != nil {
		p.fail(c, err)
		return
	}
	f, err := readForm(c.Writer, c.Request)
	if err == nil {
		err = p.perform(ctx, name, act.Act{Incident: number.Number, Who: standIn(f)}, f)
	}
	o := p.ended(c, name, f, err)
	if as := f.text("as"); as != "" {
		o.said.Set("as", as)
	}
	if o.lost() {
		p.drawIncident(c, number.Number, o)
		return
	}
	c.Redirect(http.StatusSeeOther, "/i/"+strconv.Itoa(number.Number)+"?"+o.said.Encode())
}
