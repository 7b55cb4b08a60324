package people

import (
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
)

// Config is what the pages are made of.
type Config struct {
	// Press draws, Views is where the pages read, Desk where they command; all required.
	Press *sheet.Press
	Views *view.Views
	Desk  *act.Desk
	// Logger gets what a page cannot say; nil logs nothing.
	Logger *slog.Logger
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
	if c.Press == nil || c.Views == nil || c.Desk == nil {
		return nil, errors.New("the pages about people need a press, views and a desk")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	set, err := c.Press.Set(files)
	if err != nil {
		return nil, err
	}
	return &Pages{Config: c, set: set}, c.Press.Serve(files)
}

// Register adds the pages. That only those come here who may read is the caller's.
func (p *Pages) Register(r gin.IRouter) {
	see := []string{http.MethodGet, http.MethodHead}
	r = r.Group("", sheet.Strict)
	r.Match(see, "/on-call", p.showOnCall)
	r.POST("/on-call/:act", p.postOnCall)
	r.Match(see, "/people", p.showPeople)
	r.POST("/people", p.postPeople)
	r.Match(see, "/people/:id", p.showPerson)
	r.POST("/people/:id/:act", p.postPerson)
}

// sheet is an empty sheet of these pages, for a visitor whom a solo installation need not know.
func (p *Pages) sheet(c *gin.Context) *sheet.Sheet {
	s := p.Press.Sheet(c, "console.css", "people.css")
	if s.Visitor.Method == visitor.Nobody && s.Open {
		s.Visitor = visitor.Visitor{StandIn: true, Method: visitor.Loopback}
	}
	return s
}

// rosters tells whether a visitor may change who is on call, and have people rung.
func rosters(v visitor.Visitor) bool { return v.May(actor.Page) || v.May(actor.Administer) }

// hear puts on a page what its address says of the act before it. No word of an address is shown.
func hear(c *gin.Context, s *sheet.Sheet) {
	if said := "people_said." + c.Query("said"); c.Query("said") != "" && s.Knows(said) {
		s.Said = s.T(said)
	}
	if code := c.Query("refused"); code != "" {
		s.Bad, s.Said = true, s.T(s.Either("people_refused."+code, s.Either("refused."+code, "refused.internal")))
	}
}

// next leads to the page that shows how an act ended.
func (p *Pages) next(c *gin.Context, to, said string, err error) {
	query := url.Values{"said": {said}}
	if err != nil {
		query = url.Values{"refused": {string(p.refused(c, err).Code)}}
	}
	c.Redirect(http.StatusSeeOther, to+"?"+query.Encode())
}

// refused is why something was not done; what is our own fault is for the log.
func (p *Pages) refused(c *gin.Context, err error) *problem.Document {
	d := problem.Of(err)
	d.Noted(problem.From(c.Request.Context()))
	if d.Status >= http.StatusInternalServerError {
		p.Logger.WarnContext(c.Request.Context(), "an act from a page failed", "act", c.Param("act"), "reason", err.Error())
	}
	return d
}
