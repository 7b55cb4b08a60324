package web

import (
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/console"
	"github.com/stormbell/stormbell/api/web/people"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/report"
	"github.com/stormbell/stormbell/api/web/setup"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/api/web/signin"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Config is what the pages are made of.
type Config struct {
	// Views is where they read, Desk where they command; both required.
	Views *view.Views
	Desk  *act.Desk
	// Record knows whose a personal link is; required.
	Record *record.Record
	// Plan returns the plan in force; required.
	Plan func() plan.Plan
	// Open lets every visitor use the console and act for anybody: a solo installation on the
	// loopback. Without it people sign in first.
	Open bool
	// Login lets people sign in; nil means that nobody can.
	Login *login.Door
	// Copy is the folder in which KeepCopy keeps the status page as files; empty means nowhere.
	Copy string
	// LabURL and TemporalUI are shown on the console when they are not empty.
	LabURL, TemporalUI string
	// Logger gets what a page cannot say; nil logs nothing.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Pages are the pages. They are safe for concurrent use.
type Pages struct {
	Config
	press *sheet.Press
	set   *sheet.Set
	// console is where whoever leads steers an incident.
	console *console.Console
	// people are who is reached and who is on call, setup is what is missing before a real night.
	people *people.Pages
	setup  *setup.Pages
	report *report.Pages
	// door is where people sign in.
	door *signin.Pages
	// known is the status page as it was read last, copied the one that was written last.
	known  atomic.Pointer[view.Status]
	copied struct {
		sync.Mutex
		what string
		at   time.Time
	}
}

//go:embed page
var own embed.FS

// New returns the pages.
func New(c Config) (*Pages, error) {
	if c.Views == nil || c.Desk == nil || c.Record == nil || c.Plan == nil {
		return nil, errors.New("the pages need views, a desk, a record and a plan")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	p := &Pages{Config: c}
	if err := p.prepare(); err != nil {
		return nil, err
	}
	return p, p.furnish()
}

// prepare reads what the pages are drawn with.
func (p *Pages) prepare() (err error) {
	if p.press, err = sheet.New(sheet.Config{Plan: p.Plan, Open: p.Open, LabURL: p.LabURL, Now: p.Now}); err != nil {
		return err
	}
	if p.set, err = p.press.Set(piece.Markup, own); err != nil {
		return err
	}
	return p.press.Serve(own)
}

// furnish makes the pages that have a package of their own.
func (p *Pages) furnish() (err error) {
	if p.door, err = signin.New(signin.Config{Press: p.press, Door: p.Login, Logger: p.Logger}); err != nil {
		return err
	}
	if p.people, err = people.New(people.Config{Press: p.press, Views: p.Views, Desk: p.Desk, Logger: p.Logger}); err != nil {
		return err
	}
	if p.setup, err = setup.New(setup.Config{Press: p.press, Views: p.Views}); err != nil {
		return err
	}
	if p.report, err = report.New(report.Config{Press: p.press, Views: p.Views}); err != nil {
		return err
	}
	p.console, err = console.New(console.Config{Press: p.press, Views: p.Views, Desk: p.Desk, Record: p.Record, TemporalUI: p.TemporalUI, Logger: p.Logger})
	return err
}

// Close ends what would keep a server from shutting down.
func (p *Pages) Close() { p.console.Close() }

// Register adds the pages. Protection against other sites' forms, limits and the access log
// are the caller's, around everything.
func (p *Pages) Register(r gin.IRouter) {
	// Gateways look at links with HEAD too; it shows as little as GET changes.
	see := []string{http.MethodGet, http.MethodHead}
	r = r.Group("", sheet.Strict)
	p.press.Register(r)
	r.Match(see, "/r/:token", p.showPerson)
	r.Match(see, "/r/:token/m/:audience/:phase", p.showLetter)
	r.POST("/r/:token/:act", p.postPerson)
	r.Match(see, "/me/:token", p.showSettings)
	r.Match(see, "/me/:token/contact.vcf", p.showCard)
	r.POST("/me/:token/:act", p.postSettings)
	r.Match(see, "/status", p.showStatus)
	r.Match(see, "/status.atom", p.showFeed("application/atom+xml", atomFeed))
	r.Match(see, "/status.json", p.showFeed("application/feed+json", jsonFeed))
	r.Match(see, "/r/:token/status", p.showOwnStatus(func(c *gin.Context) bool { _, good := p.link(c); return good }))
	r.Match(see, "/me/:token/status", p.showOwnStatus(func(c *gin.Context) bool { _, good := p.settings(c); return good }))
	r.Match(see, "/status/subscribe", p.showSubscribe)
	r.POST("/status/subscribe", p.postSubscribe)
	r.Match(see, "/c/:token", p.showConfirm)
	r.POST("/c/:token", p.postConfirm)
	r.Match(see, "/u/:token", p.showLeave)
	r.POST("/u/:token", p.postLeave)
	p.door.Register(r)
	p.console.Register(r.Group("", p.door.Readers))
	p.people.Register(r.Group("", p.door.Readers))
	p.setup.Register(r.Group("", p.door.Readers))
	p.report.Register(r.Group("", p.door.Readers))
}
