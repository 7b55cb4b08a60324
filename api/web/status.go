package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
)

// statusPage is the internal status page. It shows released texts, the facts in them, and the
// titles of open incidents; nothing else leaves the group that works on them.
type statusPage struct {
	*sheet.Sheet
	view.Status
	// Subscribe is where updates are asked for, Atom and JSON the feeds, Languages the same page
	// in each language.
	Subscribe, Atom, JSON string
	Languages             map[string]string
	// Saved: this is a copy that a file keeps. Stale: the record cannot be read, and this is what
	// it said last.
	Saved, Stale bool
}

// Steps are the phases on the way to the end, and which of them an incident has come to.
func (p statusPage) Steps(t view.Told) (steps []phaseStep) {
	// What comes after the end is no step of it: the trouble is over.
	reached := plan.Phase(t.Phase)
	if order := plan.AllPhases(); slices.Index(order, reached) > slices.Index(order, plan.Resolution) {
		reached = plan.Resolution
	}
	for _, phase := range p.Sheet.Plan().Phases {
		steps = append(steps, phaseStep{phase, phase == reached})
	}
	return steps
}

// phaseStep is one phase on the way to the end.
type phaseStep struct {
	Phase plan.Phase
	Now   bool
}

// Last is the latest business incident that is over.
func (p statusPage) Last() *view.Told {
	i := slices.IndexFunc(p.Earlier, func(t view.Told) bool { return t.Severity == string(incident.Severe) })
	if i < 0 {
		return nil
	}
	return &p.Earlier[i]
}

// Services names business services.
func (p statusPage) Services(names []string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = p.Topic(p.Sheet.Plan().Services, name)
	}
	return strings.Join(words, ", ")
}

// DoNot and Ask are what the plan says beforehand.
func (p statusPage) DoNot() string { return p.Pick(p.Sheet.Plan().Status.DoNot, "") }

// Ask says who answers questions.
func (p statusPage) Ask() string { return p.Pick(p.Sheet.Plan().Status.Ask, "") }

// readWithin is how long the status page waits for the record before it shows what it knew.
const readWithin = 3 * time.Second

// status is the status page's content: as it is now, else as it was read last.
func (p *Pages) status(ctx context.Context) (s view.Status, stale bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	if s, err = p.Views.Status(ctx); err == nil {
		p.known.Store(&s)
		return s, false, nil
	}
	p.Logger.WarnContext(ctx, "the status page cannot read the record and shows what it knew", "reason", err.Error())
	if last := p.known.Load(); last != nil {
		return *last, true, nil
	}
	return s, false, err
}

func (p *Pages) showStatus(c *gin.Context) {
	if !p.admitted(c) {
		s := p.press.Sheet(c, sheet.PageStyle)
		s.Heading = s.T("status.closed")
		p.set.Draw(c, http.StatusForbidden, "status-closed", s)
		return
	}
	p.drawStatus(c, "/status")
}

// showOwnStatus is the status page for somebody with a personal link.
func (p *Pages) showOwnStatus(known func(*gin.Context) bool) gin.HandlerFunc {
	return func(c *gin.Context) {
		if known(c) {
			p.drawStatus(c, c.Request.URL.Path)
		}
	}
}

func (p *Pages) drawStatus(c *gin.Context, base string) {
	lang := p.press.Wished(c.Request)
	status, stale, err := p.status(c.Request.Context())
	if err != nil {
		p.savedStatus(c, lang, err)
		return
	}
	page := p.statusPage(status, lang)
	page.Stale = stale
	page.Languages = map[string]string{}
	for _, l := range sheet.Languages() {
		page.Languages[l] = base + "?lang=" + l
	}
	if own, is := strings.CutSuffix(base, "/status"); is && own != "" {
		page.Subscribe, page.Atom, page.JSON = own, "", "" // their own page needs no question, and feeds have no link
	}
	p.cache(c)
	p.set.Draw(c, http.StatusOK, "status", page)
}

// cache lets an answer be kept for a moment, by everybody where everybody may see it.
func (p *Pages) cache(c *gin.Context) {
	c.Header("Vary", "Accept-Language, Cookie")
	if p.Plan().Status.SignIn {
		c.Header("Cache-Control", "private, max-age=15")
		return
	}
	c.Header("Cache-Control", "max-age=15")
}

func (p *Pages) statusPage(status view.Status, lang string) statusPage {
	s := p.press.Blank(lang, sheet.PageStyle)
	s.Alarm, s.Works = status.State == view.Troubled, status.State == view.Maintaining
	s.Heading = s.T("status.title", "Company", s.Plan().Company.Name, "Count", len(status.Current))
	if s.Works {
		s.Heading = s.T("status.title_maintenance", "Company", s.Plan().Company.Name)
	}
	return statusPage{Sheet: s, Status: status, Subscribe: "/status/subscribe?lang=" + lang, Atom: "/status.atom?lang=" + lang, JSON: "/status.json?lang=" + lang}
}

// savedStatus shows the copy that was written last: after a start while the record is away.
func (p *Pages) savedStatus(c *gin.Context, lang string, why error) {
	if p.Copy == "" {
		sheet.Fail(c, why)
		return
	}
	saved, err := os.ReadFile(filepath.Join(p.Copy, copyName(lang)))
	if err != nil {
		sheet.Fail(c, why)
		return
	}
	// The copy brings its style along, and nothing in it is from outside without being escaped.
	sheet.SelfContained(c)
	c.Data(http.StatusOK, "text/html; charset=utf-8", saved)
}

// admitted tells whether a visitor without a personal link may see the status page: everybody,
// unless the plan wants people to sign in. Then it is whoever signed in, with or without a right to
// the console, for it is every colleague's page; and whoever sits in front of the machine.
func (p *Pages) admitted(c *gin.Context) bool {
	if p.Open || !p.Plan().Status.SignIn || visitor.Of(c.Request.Context()).Method != visitor.Nobody {
		return true
	}
	remote, err := netip.ParseAddrPort(c.Request.RemoteAddr)
	host := c.Request.Host
	if name, _, split := net.SplitHostPort(host); split == nil {
		host = name
	}
	named, _ := netip.ParseAddr(strings.Trim(host, "[]"))
	// Behind a proxy on the same machine everybody comes from the loopback, but not to its name.
	here := host == "localhost" || named.IsLoopback()
	h := c.Request.Header
	return err == nil && remote.Addr().IsLoopback() && here && h.Get("X-Forwarded-For") == "" && h.Get("Forwarded") == ""
}
