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
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/internal/record"
)

// listPage lists incidents and opens one.
type listPage struct {
	*sheet.Sheet
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
	*sheet.Sheet
	view.Incident
	Criteria *piece.Criteria
	Letters  []piece.Letter
	Timeline []view.Entry // newest first
	LabURL   string
	// Refresh is where the page loads itself from, Still where it stands still; both without
	// what was just said.
	Refresh, Still string
}

// MayInform tells whether colleagues can be kept informed of it though it is below severe (R136).
func (p consolePage) MayInform() bool {
	return p.Ongoing() && p.Declared == nil && p.Incident.Updates == nil && p.Sheet.Plan().Small.Liaison != ""
}

func (p *Pages) showList(c *gin.Context) {
	p.drawList(c, deed.Heard(c))
}

func (p *Pages) drawList(c *gin.Context, o deed.Outcome) {
	ctx := c.Request.Context()
	all, err := p.Views.Incidents(ctx, record.Filter{})
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s := p.press.Sheet(c, consoleStyle)
	page := listPage{Sheet: s, LabURL: p.LabURL, TemporalUI: p.TemporalUI}
	if page.Mode, err = p.Views.Mode(ctx); err != nil {
		sheet.Fail(c, err)
		return
	}
	for _, i := range all {
		one := row{Summary: i}
		if !i.Closed {
			if one.Wanted, err = p.wanted(ctx, s, i.Number); err != nil {
				sheet.Fail(c, err)
				return
			}
			s.Alarm = true
		}
		page.Rows = append(page.Rows, one)
	}
	s.Heading = s.T("list.title", "Company", s.Plan().Company.Name)
	p.tell(s, o)
	p.set.Draw(c, o.Status(), "list", page)
}

// wanted are the roles of an incident that somebody is being looked for.
func (p *Pages) wanted(ctx context.Context, s *sheet.Sheet, number int) ([]view.Role, error) {
	i, err := p.Views.Incident(ctx, number)
	return slices.DeleteFunc(i.Roles, func(r view.Role) bool { return !s.Sought(r) }), err
}

// standIn is the visitor of an open installation: whoever was chosen on the page, else
// whoever an act belongs to.
func standIn(f deed.Form) act.Who {
	return act.Who{Person: f.Text("as"), StandIn: true, Via: actor.Web}
}

func (p *Pages) postIncident(c *gin.Context) {
	f, err := deed.Read(c.Writer, c.Request)
	number := 0
	if err == nil {
		number, _, err = p.Desk.Open(c.Request.Context(), act.Act{Who: standIn(f), Request: f.Request("open")}, act.Opening{
			Title: f.Text("title"), Visibility: f.Text("visibility"), Impact: f.Text("impact"), ExpectedMinutes: f.Number("minutes"), Drill: f.Get("drill") != "",
		})
	}
	if o := deed.Ended(c, p.Logger, "open", f, err); o.Refused != nil {
		p.drawList(c, o)
		return
	}
	c.Redirect(http.StatusSeeOther, fmt.Sprintf("/i/%d", number))
}

func (p *Pages) showIncident(c *gin.Context) {
	number, err := p.Views.Find(c.Request.Context(), c.Param("n"))
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	p.drawIncident(c, number.Number, deed.Heard(c))
}

func (p *Pages) drawIncident(c *gin.Context, number int, o deed.Outcome) {
	ctx := c.Request.Context()
	all, err := p.Views.Incident(ctx, number)
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	entries, err := p.newest(ctx, number)
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s := p.press.Sheet(c, consoleStyle)
	known, _ := s.Plan().Person(o.Said.Get("as"))
	s.Base, s.Heading, s.Alarm = fmt.Sprintf("/i/%d", number), fmt.Sprintf("%d · %s", number, all.Title), !all.Closed
	s.As, s.Edit = known.ID, o.Said.Get("edit") != "" || o.Lost()
	p.tell(s, o)
	page := consolePage{Sheet: s, Incident: all, Criteria: piece.CriteriaOf(s, all), Timeline: entries, LabURL: p.LabURL}
	for _, m := range all.Messages {
		if m.State == "open" {
			page.Letters = append(page.Letters, piece.LetterOf(s, m, ""))
		}
	}
	page.Refresh, page.Still = s.Base+"?"+carry(s, false).Encode(), s.Base+"?"+carry(s, true).Encode()
	p.set.Draw(c, o.Status(), "incident", page)
}

// carry is what the console's address takes along from page to page.
func carry(s *sheet.Sheet, edit bool) url.Values {
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
		sheet.Fail(c, err)
		return
	}
	f, err := deed.Read(c.Writer, c.Request)
	if err == nil {
		err = deed.Do(ctx, p.Desk, name, act.Act{Incident: number.Number, Who: standIn(f)}, f)
	}
	o := deed.Ended(c, p.Logger, name, f, err)
	if as := f.Text("as"); as != "" {
		o.Said.Set("as", as)
	}
	if o.Lost() {
		p.drawIncident(c, number.Number, o)
		return
	}
	c.Redirect(http.StatusSeeOther, "/i/"+strconv.Itoa(number.Number)+"?"+o.Said.Encode())
}
