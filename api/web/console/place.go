package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/refusal"
)

// place is one page below an incident's.
type place struct {
	// path is its address, with a name for each part that varies; template draws it.
	path, template string
	// fill adds what the page shows beside the incident; of are the parts that vary.
	fill func(k *Console, c *gin.Context, p *page, of []string) error
}

// places are the pages of an incident. The first part of an address names one.
var places = []place{
	{"wall", "wall", overview},
	{"declare", "declare-page", func(_ *Console, _ *gin.Context, p *page, _ []string) error {
		p.Criteria = piece.CriteriaOf(p.Sheet, p.All)
		return nil
	}},
	{"phase", "phase-page", func(_ *Console, _ *gin.Context, p *page, _ []string) error {
		p.Moves = p.moves()
		return nil
	}},
	{"resolve", "resolve-page", nothing},
	{"page", "page-page", nothing},
	{"add", "add-page", nothing},
	{"briefing", "briefing-page", nothing},
	{"timeline", "timeline-page", fillTimeline},
	{"r/:role", "role-page", func(_ *Console, _ *gin.Context, p *page, of []string) error {
		i := slices.IndexFunc(p.All.Roles, func(r view.Role) bool { return r.Role == of[0] })
		if i < 0 {
			return refusal.New(refusal.NotFound, "the plan has no such role")
		}
		p.Role = &p.All.Roles[i]
		return nil
	}},
	{"t/:task", "task-page", func(_ *Console, _ *gin.Context, p *page, of []string) error {
		i := slices.IndexFunc(p.All.Tasks, func(t view.Task) bool { return t.ID == of[0] })
		if i < 0 {
			return refusal.New(refusal.NotFound, "the incident has no such task")
		}
		p.Task = &p.All.Tasks[i]
		return nil
	}},
	{"m/:audience/:phase", "message-page", fillLetter},
}

func nothing(*Console, *gin.Context, *page, []string) error { return nil }

// overview is everything that changes by itself.
func overview(k *Console, c *gin.Context, p *page, _ []string) (err error) {
	p.Steps = p.steps()
	p.Latest, err = k.Views.Latest(c.Request.Context(), p.All.Number, 12)
	return err
}

// find returns the place that an address below an incident means, and its parts that vary.
func find(path string) (place, []string, bool) {
	if path == "" {
		return place{"", "incident", overview}, nil, true
	}
	parts := strings.Split(path, "/")
	for _, p := range places {
		names := strings.Split(p.path, "/")
		if names[0] == parts[0] && len(names) == len(parts) && !slices.Contains(parts, "") {
			return p, parts[1:], true
		}
	}
	return place{}, nil, false
}

func (k *Console) showPlace(c *gin.Context) {
	number, err := k.Views.Find(c.Request.Context(), c.Param("n"))
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	path := strings.TrimPrefix(strings.TrimPrefix(c.Request.URL.Path, "/i/"+c.Param("n")), "/")
	k.draw(c, number.Number, path, deed.Heard(c))
}

// draw answers with a place of an incident.
func (k *Console) draw(c *gin.Context, number int, path string, o deed.Outcome) {
	at, of, found := find(path)
	if !found {
		sheet.Fail(c, refusal.New(refusal.NotFound, "an incident has no such page"))
		return
	}
	p, err := k.page(c, number)
	if err == nil {
		p.Back = path
		err = at.fill(k, c, p, of)
	}
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	o.Tell(p.Sheet)
	k.set.Draw(c, o.Status(), at.template, p)
}

// page is an incident as the visitor may see it.
func (k *Console) page(c *gin.Context, number int) (*page, error) {
	all, err := k.Views.Incident(c.Request.Context(), number)
	if err != nil {
		return nil, err
	}
	s := k.sheet(c)
	s.Base, s.Heading, s.Alarm = fmt.Sprintf("/i/%d", number), fmt.Sprintf("%d · %s", number, all.Title), !all.Closed
	return &page{Sheet: s, All: all, Wall: c.Query("wall") != "" || strings.HasSuffix(c.FullPath(), "/wall")}, nil
}

// showPanel answers with one panel, drawn as it is in the page.
func (k *Console) showPanel(c *gin.Context) {
	number, err := k.Views.Find(c.Request.Context(), c.Param("n"))
	name := c.Param("panel")
	if err == nil && !slices.Contains(panels, name) {
		err = refusal.New(refusal.NotFound, "there is no such panel; there are %v", panels)
	}
	var p *page
	if err == nil {
		p, err = k.page(c, number.Number)
	}
	if err == nil {
		err = overview(k, c, p, nil)
	}
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	k.set.Draw(c, http.StatusOK, "panel-"+name, p)
}

// post carries out a form, and goes on where it came from.
func (k *Console) post(c *gin.Context) {
	ctx, name := c.Request.Context(), c.Param("act")
	number, err := k.Views.Find(ctx, c.Param("n"))
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	p, err := k.page(c, number.Number)
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	f, err := deed.Read(c.Writer, c.Request)
	if err == nil {
		err = k.perform(ctx, name, p, p.Visitor, f)
	}
	o := deed.Ended(c, k.Logger, name, f, err)
	back := f.Get("back")
	if _, _, known := find(back); !known {
		back = ""
	}
	if o.Lost() {
		k.draw(c, number.Number, back, o)
		return
	}
	next := url.URL{Path: strings.TrimSuffix(fmt.Sprintf("/i/%d/%s", number.Number, back), "/"), RawQuery: o.Said.Encode()}
	c.Redirect(http.StatusSeeOther, next.String())
}
