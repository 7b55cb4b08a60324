package signin

import (
	"cmp"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
)

// Config is what the pages are made of.
type Config struct {
	// Press draws them; required.
	Press *sheet.Press
	// Door lets people in; nil means that there is no sign-in.
	Door *login.Door
	// Logger gets what a page cannot say; nil logs nothing.
	Logger *slog.Logger
}

// Pages are the pages at the door. They are safe for concurrent use.
type Pages struct {
	Config
	set *sheet.Set
}

//go:embed page
var own embed.FS

// New returns the pages.
func New(c Config) (*Pages, error) {
	if c.Press == nil {
		return nil, errors.New("the pages at the door need a press")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	set, err := c.Press.Set(own)
	return &Pages{Config: c, set: set}, err
}

// The addresses of the pages; the company's login has its own in package login.
const (
	signInPath  = "/sign-in"
	signOutPath = "/sign-out"
)

// Register adds the pages, and what a masthead's forms do.
func (p *Pages) Register(r gin.IRouter) {
	see := []string{http.MethodGet, http.MethodHead}
	r = r.Group("", sheet.Strict)
	r.Match(see, signInPath, p.show)
	r.Match(see, signOutPath, p.showOut)
	r.POST("/language", p.chooseLanguage)
	if p.Door == nil {
		return
	}
	r.GET(login.CompanyPath, p.leave)
	r.GET(login.ReturnPath, p.comeBack)
	r.POST(signInPath+"/break-glass", p.breakGlass)
	r.POST(signOutPath, p.signOut)
	r.POST("/as", p.actAs)
}

// page is the sign-in page.
type page struct {
	*sheet.Sheet
	// Login is the address of the company's login, Glass whether there is an emergency password,
	// and Show whether that is shown at once; To is where to go on to.
	Login, To   string
	Glass, Show bool
	// SignedIn is Who signed in; Alone is whoever sits in front of a solo installation.
	SignedIn, Alone bool
	Who             string
	// Owners can help somebody who may not go on.
	Owners []plan.Person
}

func (p *Pages) sheet(c *gin.Context, heading string) *sheet.Sheet {
	s := p.Press.Sheet(c, sheet.PageStyle)
	s.Heading = s.T(heading, "Company", s.Company().Name)
	return s
}

func (p *Pages) show(c *gin.Context) {
	v := visitor.Of(c.Request.Context())
	to := login.Local(c.Query("to"))
	shown := page{Sheet: p.sheet(c, "signin_page.title"), To: to, Who: cmp.Or(v.Name, v.Guest)}
	if p.Door != nil {
		shown.Glass = p.Door.Glass()
		if p.Door.Company() {
			shown.Login = login.CompanyPath + "?" + url.Values{"to": {to}}.Encode()
		}
	}
	shown.SignedIn = v.Method == visitor.Company || v.Method == visitor.BreakGlass
	shown.Alone = v.Method == visitor.Loopback
	shown.Show = shown.Login == ""
	if code := c.Query("refused"); code != "" {
		shown.Bad, shown.Show = true, shown.Show || code == "unreachable" || code == "wrong" || code == "slow"
		shown.Said = shown.T(shown.Either("signin_refused."+code, "signin_refused.internal"))
	}
	p.set.Draw(c, http.StatusOK, "sign-in", shown)
}

func (p *Pages) leave(c *gin.Context) {
	to := c.Query("to")
	if err := p.Door.Leave(c.Writer, c.Request, to, c.Query("again") != ""); err != nil {
		p.refuse(c, to, err)
	}
}

func (p *Pages) comeBack(c *gin.Context) {
	to, err := p.Door.Return(c.Writer, c.Request)
	if err != nil {
		p.refuse(c, "", err)
		return
	}
	c.Redirect(http.StatusSeeOther, to)
}

func (p *Pages) breakGlass(c *gin.Context) {
	to := login.Local(c.PostForm("to"))
	if err := p.Door.Break(c.Writer, c.Request, strings.TrimSpace(c.PostForm("password"))); err != nil {
		p.refuse(c, to, err)
		return
	}
	c.Redirect(http.StatusSeeOther, to)
}

// codes are what the sign-in page says of an error.
var codes = map[error]string{
	login.ErrUnreachable: "unreachable", login.ErrDenied: "denied", login.ErrLost: "lost", login.ErrUntrusted: "untrusted",
	login.ErrWrong: "wrong", login.ErrSlow: "slow",
}

// refuse leads back to the sign-in page, which says why.
func (p *Pages) refuse(c *gin.Context, to string, err error) {
	said := "internal"
	for known, code := range codes {
		if errors.Is(err, known) {
			said = code
		}
	}
	p.Logger.WarnContext(c.Request.Context(), "somebody could not sign in", "reason", err.Error())
	c.Redirect(http.StatusSeeOther, signInPath+"?"+url.Values{"refused": {said}, "to": {login.Local(to)}}.Encode())
}

func (p *Pages) signOut(c *gin.Context) {
	if err := p.Door.SignOut(c.Writer, c.Request); err != nil {
		sheet.Fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, signOutPath)
}

func (p *Pages) showOut(c *gin.Context) {
	s := p.sheet(c, "signin_out.title")
	s.Visitor, s.Open = visitor.Visitor{}, false
	p.set.Draw(c, http.StatusOK, "signed-out", s)
}

func (p *Pages) chooseLanguage(c *gin.Context) {
	sheet.ChooseLanguage(c, c.PostForm("language"), strings.HasPrefix(p.Press.Plan().Company.URL, "https:"))
	c.Redirect(http.StatusSeeOther, login.Local(c.PostForm("to")))
}

// actAs lets a stand-in choose for whom to act. For anybody else it changes nothing.
func (p *Pages) actAs(c *gin.Context) {
	if visitor.Of(c.Request.Context()).StandIn {
		p.Door.ActAs(c.Writer, c.PostForm("person"))
	}
	c.Redirect(http.StatusSeeOther, login.Local(c.PostForm("to")))
}

// Readers lets only those on who may see the console. A browser that asks for a page is led to the
// sign-in page and back again; everything else is told what is missing.
func (p *Pages) Readers(c *gin.Context) {
	v := visitor.Of(c.Request.Context())
	if v.Method == visitor.Nobody && p.Press.Open {
		v = visitor.Visitor{StandIn: true, Method: visitor.Loopback}
		c.Request = c.Request.WithContext(visitor.With(c.Request.Context(), v))
	}
	if v.May(actor.Read) {
		return
	}
	c.Abort()
	r := c.Request
	looks := r.Method == http.MethodGet || r.Method == http.MethodHead
	// A script that fetches a part of a page must not get another page in its place.
	document := strings.Contains(r.Header.Get("Accept"), "text/html") && cmp.Or(r.Header.Get("Sec-Fetch-Dest"), "document") == "document"
	switch {
	case v.Method != visitor.Nobody:
		p.showForbidden(c, v)
	case document && looks:
		c.Redirect(http.StatusSeeOther, signInPath+"?"+url.Values{"to": {r.URL.RequestURI()}}.Encode())
	case document:
		c.Redirect(http.StatusSeeOther, signInPath)
	default:
		problem.Write(c.Writer, r, problem.New(problem.Unauthorized, "sign in first, or use the API with a token").With("WWW-Authenticate", `Bearer realm="stormbell"`))
	}
}

// showForbidden says who can help somebody without the right.
func (p *Pages) showForbidden(c *gin.Context, v visitor.Visitor) {
	s := p.sheet(c, "signin_no.title")
	shown := page{Sheet: s, Who: cmp.Or(v.Name, v.Guest)}
	for _, id := range s.Plan().Company.Owners {
		if person, known := s.Plan().Person(id); known {
			shown.Owners = append(shown.Owners, person)
		}
	}
	sheet.Strict(c)
	p.set.Draw(c, http.StatusForbidden, "forbidden", shown)
}
