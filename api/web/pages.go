package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
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
	words  dictionary
	markup *template.Template
	assets map[string][]byte // by address
	// known is the status page as it was read last, copied the one that was written last.
	known  atomic.Pointer[view.Status]
	copied struct {
		sync.Mutex
		what string
		at   time.Time
	}
}

//go:embed page/*.html
var markup embed.FS

//go:embed page/*.css
var styles embed.FS

// The addresses of the style sheets; a change of content changes the query, not the name.
const (
	personStyle  = "/assets/page.css"
	consoleStyle = "/assets/console.css"
)

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
	words, err := loadWords()
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: c, words: words, assets: map[string][]byte{}}
	if p.markup, err = template.ParseFS(markup, "page/*.html"); err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	for _, address := range []string{personStyle, consoleStyle} {
		if p.assets[address], err = styles.ReadFile("page/" + strings.TrimPrefix(address, "/assets/")); err != nil {
			return nil, fmt.Errorf("read the styles: %w", err)
		}
	}
	return p, nil
}

// Register adds the pages. Protection against other sites' forms, limits and the access log
// are the caller's, around everything.
func (p *Pages) Register(r gin.IRouter) {
	// Gateways look at links with HEAD too; it shows as little as GET changes.
	see := []string{http.MethodGet, http.MethodHead}
	r = r.Group("", headers)
	r.Match(see, "/r/:token", p.showPerson)
	r.POST("/r/:token/:act", p.postPerson)
	r.Match(see, "/me/:token", p.showSettings)
	r.Match(see, "/me/:token/contact.vcf", p.showCard)
	r.POST("/me/:token/:act", p.postSettings)
	r.Match(see, "/status", p.showStatus)
	r.Match(see, "/status.atom", p.showFeed("application/atom+xml", (*sheet).atomFeed))
	r.Match(see, "/status.json", p.showFeed("application/feed+json", (*sheet).jsonFeed))
	r.Match(see, "/r/:token/status", p.showOwnStatus(func(c *gin.Context) bool { _, good := p.link(c); return good }))
	r.Match(see, "/me/:token/status", p.showOwnStatus(func(c *gin.Context) bool { _, good := p.settings(c); return good }))
	r.Match(see, "/status/subscribe", p.showSubscribe)
	r.POST("/status/subscribe", p.postSubscribe)
	r.Match(see, "/c/:token", p.showConfirm)
	r.POST("/c/:token", p.postConfirm)
	r.Match(see, "/u/:token", p.showLeave)
	r.POST("/u/:token", p.postLeave)
	for address := range p.assets {
		r.Match(see, address, p.showAsset)
	}
	console := r.Group("", p.authorise)
	console.Match(see, "/", p.showList)
	console.POST("/i", p.postIncident)
	console.Match(see, "/i/:n", p.showIncident)
	console.POST("/i/:n/:act", p.postConsole)
}

// policy lets in nothing but our own style sheet and the icon inside the page.
const policy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "no-store")
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

// fail answers with what went wrong.
func (p *Pages) fail(c *gin.Context, err error) {
	problem.Write(c.Writer, c.Request, problem.Of(err))
}

// draw renders a page. It is kept until it is whole: half a page must not look like one.
func (p *Pages) draw(c *gin.Context, status int, name string, page any) {
	body, err := p.render(name, page)
	if err != nil {
		p.fail(c, fmt.Errorf("draw %s: %w", name, err))
		return
	}
	c.Data(status, "text/html; charset=utf-8", body)
}

func (p *Pages) render(name string, page any) ([]byte, error) {
	var b bytes.Buffer
	if err := p.markup.ExecuteTemplate(&b, name, page); err != nil {
		return nil, err
	}
	return bytes.Map(visible, b.Bytes()), nil
}

// visible drops what nobody can see but what turns the reading around: no title from outside
// may make a page say something else than it does. Our own markup has none of it.
func visible(r rune) rune {
	if unicode.In(r, unicode.Cf, unicode.Co) || unicode.Is(unicode.Cc, r) && r != '\n' {
		return -1
	}
	return r
}

func (p *Pages) showAsset(c *gin.Context) {
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, "text/css; charset=utf-8", p.assets[c.FullPath()])
}

// address names a style sheet together with its content, so that it can be kept for ever.
func (p *Pages) address(style string) string {
	sum := sha256.Sum256(p.assets[style])
	return style + "?" + hex.EncodeToString(sum[:4])
}
