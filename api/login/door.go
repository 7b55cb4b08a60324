package login

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/stormbell/stormbell/api/bearer"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Why somebody could not sign in.
var (
	// ErrUnreachable says that the company's login does not answer.
	ErrUnreachable = errors.New("the company's login cannot be reached; try again, or break the glass")
	// ErrDenied says that the company's login let nobody in.
	ErrDenied = errors.New("the company's login has refused the sign-in")
	// ErrLost says that the way back fits no way out: it was too long ago, or began elsewhere.
	ErrLost = errors.New("this sign-in was not begun in this browser, or too long ago; begin again")
	// ErrUntrusted says that what the company's login says cannot be believed.
	ErrUntrusted = errors.New("the answer of the company's login does not hold")
	// ErrWrong says that it is not the password, or that there is none.
	ErrWrong = errors.New("that is not the password")
	// ErrSlow says that too many passwords were tried from there.
	ErrSlow = errors.New("too many wrong passwords; wait a minute and try again")
)

// fresh is how long a proof of who somebody is counts for what wants a fresh one.
const fresh = 10 * time.Minute

// Config is what a door works with.
type Config struct {
	// Plan returns the plan in force, Record keeps the sessions; both required.
	Plan   func() plan.Plan
	Record *record.Record
	// Open signs everybody in as a stand-in: a solo installation on the loopback.
	Open bool
	// Tokens are operators' bearer tokens for the API.
	Tokens []plan.Secret
	// PublicURL is the base address that browsers use. Where it is https, cookies are, too.
	PublicURL string
	// Client asks the company's login; nil means one that waits 5 seconds at most.
	Client *http.Client
	// Registry gets the count of broken glasses; nil counts nothing.
	Registry prometheus.Registerer
	// Logger gets what a page cannot say; nil logs nothing.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Door knows who makes a request. It is safe for concurrent use.
type Door struct {
	Config
	company company
	glass   glass
	// secure is whether cookies go over https alone.
	secure bool
}

// New returns a door. It asks nobody anything: a company's login that is down holds up no start.
func New(c Config) (*Door, error) {
	if c.Plan == nil || c.Record == nil {
		return nil, errors.New("the door needs a plan and a record")
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 5 * time.Second}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	d := &Door{Config: c, secure: strings.HasPrefix(c.PublicURL, "https:")}
	return d, d.glass.register(c.Registry)
}

// Company tells whether people sign in at the company's own login, Glass whether there is a
// password for the night on which that is down.
func (d *Door) Company() bool { return d.Plan().Login.OIDC.Issuer != "" }

// Glass tells whether there is a password behind glass.
func (d *Door) Glass() bool { return d.Plan().Login.BreakGlass != "" }

// Admit finds out who makes a request and notes it there. It turns nobody away: that is for
// whoever is asked for something.
func (d *Door) Admit(c *gin.Context) {
	c.Request = c.Request.WithContext(visitor.With(c.Request.Context(), d.visitor(c.Request)))
}

func (d *Door) visitor(r *http.Request) visitor.Visitor {
	if strings.HasPrefix(r.URL.Path, "/api/") && bearer.Matches(bearer.Presented(r), d.Tokens...) {
		return visitor.Visitor{StandIn: true, Method: visitor.Token}
	}
	if s, good := d.session(r); good {
		return d.known(r, s)
	}
	if d.Open {
		return d.standIn(r, visitor.Visitor{Method: visitor.Loopback})
	}
	return visitor.Visitor{}
}

// known is whose session it is, with what the plan of now gives them.
func (d *Door) known(r *http.Request, s session) visitor.Visitor {
	v := visitor.Visitor{Method: s.Method, Name: s.Name, Guest: s.Guest, ProvedAt: s.ProvedAt}
	v.Proved = !s.ProvedAt.IsZero() && d.Now().Sub(s.ProvedAt) <= fresh
	if s.Method == visitor.BreakGlass {
		return d.standIn(r, v)
	}
	p := d.Plan()
	if person, is := p.Person(s.Person); is {
		v.Person, v.Name = person.ID, person.Name
	} else if s.Person != "" {
		return visitor.Visitor{} // whoever has left the plan signs in again, as a guest
	}
	v.Rights = p.Login.RightsOf(s.Groups)
	return v
}

// standIn is somebody who acts for whom they choose.
func (d *Door) standIn(r *http.Request, v visitor.Visitor) visitor.Visitor {
	v.StandIn = true // that is every right
	if chosen, err := r.Cookie(d.cookieName(actAs)); err == nil {
		if person, is := d.Plan().Person(chosen.Value); is {
			v.Person, v.Name = person.ID, person.Name
		}
	}
	return v
}

// ActAs lets a stand-in act for a person from now on; "" is for whoever an act belongs to.
func (d *Door) ActAs(w http.ResponseWriter, person string) { d.remember(w, actAs, person, 0) }

// The cookies: the session, the person a stand-in acts for, and the way out to the company's login.
const (
	cookie = "stormbell"
	actAs  = "stormbell-as"
	trip   = "stormbell-trip"
)

// cookieName is a cookie's name. The prefix makes browsers take it from this very host only, and
// over https only; without https there is no such promise to be had.
func (d *Door) cookieName(name string) string {
	if d.secure {
		return "__Host-" + name
	}
	return name
}

// remember keeps something in the browser for a while, 0 is until it is closed; an empty value is
// forgotten.
func (d *Door) remember(w http.ResponseWriter, name, value string, lasts time.Duration) {
	c := &http.Cookie{ //nolint:gosec // secure wherever there is TLS; solo on the loopback has none
		Name: d.cookieName(name), Value: value, Path: "/", MaxAge: int(lasts.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: d.secure,
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// Local is an address of ours to go on to, or "/" when it is anybody else's.
func Local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
		strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(u.Path, "/sign-") {
		return "/"
	}
	return to
}

// StepUp is the address at which somebody who is signed in proves anew who they are, before they
// come back to where they were.
func StepUp(to string) string {
	return CompanyPath + "?" + url.Values{"again": {"1"}, "to": {Local(to)}}.Encode()
}
