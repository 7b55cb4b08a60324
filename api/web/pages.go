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
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
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
	// loopback. Without it the console answers 401.
	Open bool
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

// consoleStyle is the style of the console, on a wider sheet.
const consoleStyle = "console.css"

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
	return p, p.prepare()
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

// Register adds the pages. Protection against other sites' forms, limits and the access log
// are the caller's, around everything.
func (p *Pages) Register(r gin.IRouter) {
	// Gateways look at links with HEAD too; it shows as little as GET changes.
	see := []string{http.MethodGet, http.MethodHead}
	r = r.Group("", sheet.Strict)
	p.press.Register(r)
	r.Match(see, "/r/:token", p.showPerson)
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
	console := r.Group("", p.authorise)
	console.Match(see, "/", p.showList)
	console.POST("/i", p.postIncident)
	console.Match(see, "/i/:n", p.showIncident)
	console.POST("/i/:n/:act", p.postConsole)
}

// authorise lets only those in who may act for anybody.
func (p *Pages) authorise(c *gin.Context) {
	if p.Open {
		return
	}
	d := problem.New(problem.Unauthorized, "sign-in is not configured; use the API with a token")
	problem.Write(c.Writer, c.Request, d.With("WWW-Authenticate", `Bearer realm="stormbell"`))
	c.Abort()
}
