package web

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// statusPage is the internal status page. It shows released texts and the titles of open
// incidents; nothing else leaves the group that works on them.
type statusPage struct {
	*sheet
	Mode view.Mode
	// Current are open business incidents, Minor the other open ones.
	Current []told
	Minor   []view.Summary
	Earlier []told
}

// told is an incident with what was published about it, newest first.
type told struct {
	view.Summary
	Posts []view.Post
	// Steps are the phases that are shown, and whether the incident has come to each.
	Steps []phaseStep
}

// phaseStep is one phase on the way to the end.
type phaseStep struct {
	Phase plan.Phase
	Now   bool
}

// Next is when the latest post promises another one.
func (t told) Next() time.Time {
	if len(t.Posts) == 0 {
		return time.Time{}
	}
	return t.Posts[0].NextUpdate
}

// How much the status page shows.
const (
	statusPosts     = 50
	statusIncidents = 50
)

func (p *Pages) showStatus(c *gin.Context) {
	ctx := c.Request.Context()
	status, err := p.Views.Status(ctx, statusPosts)
	if err != nil {
		p.fail(c, err)
		return
	}
	all, err := p.Views.Incidents(ctx, record.Filter{Limit: statusIncidents})
	if err != nil {
		p.fail(c, err)
		return
	}
	s := p.sheet(p.wished(c.Request), personStyle)
	page := statusPage{sheet: s, Mode: status.Mode}
	for _, i := range status.Open {
		if one := tell(i, status.Posts, s.plan.Phases); i.Severity == string(incident.Severe) || len(one.Posts) > 0 {
			page.Current = append(page.Current, one)
		} else {
			page.Minor = append(page.Minor, i)
		}
	}
	for _, i := range all {
		if i.Closed && i.Severity == string(incident.Severe) {
			page.Earlier = append(page.Earlier, tell(i, status.Posts, nil))
		}
	}
	s.Alarm = len(page.Current) > 0
	s.Heading = s.T("status.title", "Company", s.plan.Company.Name, "Count", len(page.Current))
	c.Header("Cache-Control", "max-age=15")
	c.Header("Vary", "Accept-Language")
	p.draw(c, http.StatusOK, "status", page)
}

func tell(i view.Summary, posts []view.Post, phases []plan.Phase) told {
	t := told{Summary: i}
	for _, post := range posts {
		if post.Incident == i.Number {
			t.Posts = append(t.Posts, post)
		}
	}
	// What comes after the end is no step of it: the trouble is over.
	reached := plan.Phase(i.Phase)
	if order := plan.AllPhases(); slices.Index(order, reached) > slices.Index(order, plan.Resolution) {
		reached = plan.Resolution
	}
	for _, phase := range phases {
		t.Steps = append(t.Steps, phaseStep{phase, phase == reached})
	}
	return t
}

// written is a post in one language.
type written struct {
	view.PostText
	Language string
}

// Text is a post in the page's language, else in the company's, else in any.
func (s *sheet) Text(post view.Post) written {
	for _, lang := range s.order(slices.Sorted(maps.Keys(post.Texts))) {
		if text, is := post.Texts[lang]; is {
			return written{text, lang}
		}
	}
	return written{}
}
