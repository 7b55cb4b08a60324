package setup

import (
	"embed"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/sheet"
)

// Config is what the pages are made of.
type Config struct {
	// Press draws and Views is where the pages read; both required.
	Press *sheet.Press
	Views *view.Views
}

// Pages are the pages. They are safe for concurrent use.
type Pages struct {
	Config
	set *sheet.Set
}

//go:embed page
var files embed.FS

// New returns the pages.
func New(c Config) (*Pages, error) {
	if c.Press == nil || c.Views == nil {
		return nil, errors.New("the pages for setting up need a press and views")
	}
	set, err := c.Press.Set(files)
	if err != nil {
		return nil, err
	}
	return &Pages{Config: c, set: set}, nil
}

// Register adds the pages. That only those come here who may read is the caller's.
func (p *Pages) Register(r gin.IRouter) {
	see := []string{http.MethodGet, http.MethodHead}
	r = r.Group("", sheet.Strict)
	r.Match(see, "/setup", p.showSetup)
	r.Match(see, "/connect", p.showConnect)
}

func (p *Pages) sheet(c *gin.Context) *sheet.Sheet {
	// The style of the pages about people serves these as well.
	return p.Press.Sheet(c, "console.css", "people.css")
}

// setupPage is the checklist.
type setupPage struct {
	*sheet.Sheet
	view.Readiness
}

func (p *Pages) showSetup(c *gin.Context) {
	s := p.sheet(c)
	ready, err := p.Views.ReadinessNow(c.Request.Context())
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s.Heading = s.T("people_setup.title", "Company", s.Company().Name)
	p.set.Draw(c, http.StatusOK, "setup", setupPage{s, ready})
}

// Fact says what is known of an item, beside how far it is settled.
func (p setupPage) Fact(i view.Item) string {
	at := p.Ago(i.At)
	switch i.Need {
	case view.NeedPeople:
		return p.T("people_fact.people", "N", i.Done, "Of", i.Of)
	case view.NeedTexts, view.NeedCalls, view.NeedMail:
		switch {
		case i.Standing == view.Pretended:
			return p.T("people_fact.lab")
		case i.At.IsZero():
			return p.T("people_fact.never")
		}
		return p.T("people_fact.worked", "At", at)
	case view.NeedSignal:
		if i.Done == 0 {
			return p.T("people_fact.no_signal", "Of", i.Of)
		}
		return p.T("people_fact.signal", "N", i.Done, "Of", i.Of, "At", at)
	case view.NeedSignIn:
		if i.Standing == view.Pretended {
			return p.T("people_fact.solo")
		}
		return p.unsettled(i, "people_fact.sign_in")
	case view.NeedDuty:
		if i.Of > 0 {
			return p.T("people_fact.duty", "N", i.Of)
		}
	case view.NeedDrill:
		if i.At.IsZero() {
			return p.T("people_fact.no_drill")
		}
		return p.T("people_fact.drill", "At", p.Day(i.At), "N", i.Done, "Of", i.Of)
	case view.NeedCopy:
		return p.unsettled(i, "people_fact.copy")
	case view.NeedPlan:
	}
	return ""
}

// unsettled says what to do about an item unless it is settled.
func (p setupPage) unsettled(i view.Item, id string) string {
	if i.Standing == view.Settled {
		return ""
	}
	return p.T(id)
}

// Go is where the one button of an item leads; an item without one has none.
func (p setupPage) Go(n view.Need) string {
	switch n {
	case view.NeedPeople, view.NeedTexts, view.NeedCalls, view.NeedMail:
		return "/people"
	case view.NeedSignal:
		return "/connect"
	case view.NeedDuty:
		return "/on-call"
	case view.NeedDrill:
		return "/"
	case view.NeedPlan, view.NeedSignIn, view.NeedCopy:
	}
	return ""
}

// connectPage is how to connect tools.
type connectPage struct {
	*sheet.Sheet
	Sources []source
	// Watch is set while the page looks again by itself for a first signal.
	Watch bool
}

// source is a trigger and what to paste for it.
type source struct {
	view.Source
	Block
}

func (p *Pages) showConnect(c *gin.Context) {
	s := p.sheet(c)
	sources, err := p.Views.Sources(c.Request.Context())
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s.Heading = s.T("people_connect.title", "Company", s.Company().Name)
	page := connectPage{Sheet: s}
	for _, x := range sources {
		t, _ := s.Plan().TriggerByName(x.Name)
		page.Sources = append(page.Sources, source{x, blockOf(s.Company().URL, x, t)})
		if x.HeardAt.IsZero() && c.Query("watch") != "" {
			page.Watch = true // nothing more to watch for once every trigger was heard
		}
	}
	p.set.Draw(c, http.StatusOK, "connect", page)
}

// Heard says when a trigger was last heard, to the second while it is fresh.
func (p connectPage) Heard(at time.Time) string {
	if age := p.Now.Sub(at); age >= 0 && age < time.Minute {
		return p.T("people_connect.seconds", "N", int(age/time.Second))
	}
	return p.Ago(at)
}
