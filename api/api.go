package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/intake"
	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/v1"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// HooksPrefix is where the carriers call back. What is below is signed by its sender.
const HooksPrefix = "/hooks"

// Mount adds addresses of its own to the engine.
type Mount func(gin.IRouter)

// Config is what the server is made of.
type Config struct {
	// Record is the database; required.
	Record *record.Record
	// Commands is the door to the workflows, a *client.Client; required.
	Commands act.Commands
	// Plan returns the plan in force; required.
	Plan func() plan.Plan
	// Version is the build's; empty means "dev".
	Version string
	// Open signs every visitor in and lets them act for anybody: a solo installation on the
	// loopback. It then answers only under names that no stranger's web page can own.
	Open bool
	// Tokens are operators' bearer tokens for /api/v1; without Open at least one is needed, or a
	// login in the plan.
	Tokens []plan.Secret
	// Login knows who makes a request; nil means a door of its own, by Open and Tokens.
	Login *login.Door
	// PublicURL is the base address of links, without a trailing slash; empty means links
	// without a host.
	PublicURL string
	// TemporalUI is the address to which a workflow's id is appended, such as
	// http://127.0.0.1:8233/namespaces/default/workflows; empty shows no links.
	TemporalUI string
	// Logger gets one line per request; nil logs nothing.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Registry collects the metrics that /metrics shows; nil means a new one.
	Registry *prometheus.Registry
	// Patience is how long a command waits for a workflow that is about to begin; 0 means 3 s.
	Patience time.Duration

	// Web adds the pages, Carrier the call-backs below HooksPrefix; nil adds nothing.
	Web, Carrier Mount
	// ProblemPage answers a browser with a problem; nil means a plain page.
	ProblemPage func(http.ResponseWriter, *http.Request, *problem.Document)
}

// Gin keeps its mode for the whole process; in any other than this one it prints every route.
func init() { gin.SetMode(gin.ReleaseMode) }

// New returns the server's handler. It starts nothing and holds nothing that must be closed.
func New(c Config) (http.Handler, error) {
	if c.Record == nil || c.Commands == nil || c.Plan == nil {
		return nil, errors.New("the api needs a record, a door to the workflows and a plan")
	}
	if !c.Open && !c.Plan().Login.Has() && !slices.ContainsFunc(c.Tokens, func(t plan.Secret) bool { return t != "" }) {
		return nil, errors.New("nobody could get in: the api needs an operator's token, or a login in the plan, unless it is open on the loopback")
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	meters, err := newMeters(c.Registry, c.Version)
	if err != nil {
		return nil, err
	}
	if err := c.Registry.Register(newUnanswered(c)); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	if err := c.Registry.Register(newPromised(c)); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	if err := c.Registry.Register(newSubscribers(c)); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	if c.Login == nil {
		c.Login, err = login.New(login.Config{
			Plan: c.Plan, Record: c.Record, Open: c.Open, Tokens: c.Tokens, PublicURL: c.PublicURL, Registry: c.Registry, Logger: c.Logger, Now: c.Now,
		})
		if err != nil {
			return nil, err
		}
	}
	guard, err := newGuard(c)
	if err != nil {
		return nil, err
	}

	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	// A redirect would turn a mistyped address into a second request that may lose its body.
	engine.RedirectTrailingSlash, engine.RedirectFixedPath = false, false
	if err := engine.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("trust no proxy: %w", err)
	}
	engine.Use(observe(c, meters), recovery(), guard.protect, c.Login.Admit, limit)
	engine.NoRoute(func(g *gin.Context) {
		problem.Write(g.Writer, g.Request, problem.New("not_found", ""))
	})
	engine.NoMethod(func(g *gin.Context) {
		problem.Write(g.Writer, g.Request, problem.New(problem.MethodNotAllowed, ""))
	})

	views := view.New(view.Config{Record: c.Record, Plan: c.Plan, Now: c.Now, PublicURL: c.PublicURL, TemporalUI: c.TemporalUI})
	desk := act.New(act.Config{Record: c.Record, Commands: c.Commands, Views: views, Patience: c.Patience})
	health{c}.register(engine)
	engine.GET(problem.Root, gin.WrapF(problem.ServePages))
	engine.GET(problem.Root+"/:code", gin.WrapF(problem.ServePages))
	v1.Register(engine, v1.Config{Views: views, Desk: desk, Version: c.Version})
	intake.Register(engine, intake.Config{Inbox: c.Record, Plan: c.Plan, Open: c.Open, Logger: c.Logger, Signals: meters.signals, Heard: c.Record.Hear})
	if c.Carrier != nil {
		c.Carrier(engine.Group(HooksPrefix))
	}
	if c.Web != nil {
		c.Web(engine)
	}
	return engine, nil
}

// signedPaths are posted to by machines that prove themselves by key, token or signature.
var signedPaths = []string{"/v2/", "/in/", HooksPrefix + "/"}

func isSigned(path string) bool {
	for _, prefix := range signedPaths {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// originOf returns scheme and host of a URL.
func originOf(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("the public address must begin with http:// or https:// and a host")
	}
	return u, nil
}
