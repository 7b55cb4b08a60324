package station

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/guard"
	"github.com/stormbell/stormbell/activities/poll"
	"github.com/stormbell/stormbell/activities/webhook"
	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/carrier"
	"github.com/stormbell/stormbell/api/login"
	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/namespace"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/worker"
	commands "github.com/stormbell/stormbell/workflows/client"
)

// Config is what a station is made of.
type Config struct {
	// Version is shown by /version.
	Version string
	Plan    Source
	// RecordURL is "sqlite:PATH" or "postgres://…".
	RecordURL string
	// Temporal are the options of the Temporal client; its logger is set here.
	Temporal client.Options
	// Serve opens the HTTP side on Listen; Work runs the workers. One process may do both. A
	// process that only works shows its metrics on Listen, or nothing when that is empty.
	Serve, Work bool
	Listen      string
	// Hooks is the address providers call back; empty means the company's URL.
	Hooks string
	// Open signs every visitor in as a stand-in. Only ever set on the loopback.
	Open bool
	// Tokens are the API's bearer tokens.
	Tokens []plan.Secret
	// StatusDir is a folder in which a process that serves keeps a copy of the status page; empty
	// means nowhere.
	StatusDir string
	// LabURL and TemporalUI are shown to visitors when they are there.
	LabURL, TemporalUI string
	Logger             *slog.Logger
}

// Station is a running Stormbell.
type Station struct {
	Book     *Book
	Record   *record.Record
	Temporal client.Client

	logger *slog.Logger
	pool   *worker.Pool
	meters *prometheus.Registry
	sweep  context.CancelFunc
	server *http.Server
	addr   string
	pump   context.CancelFunc
	site   *web.Pages
	// calendars ends the looks at calendars elsewhere.
	calendars context.CancelFunc
	done      sync.WaitGroup
	failed    chan error
}

// Start assembles and starts everything. When it fails, what was started is stopped again.
func Start(ctx context.Context, c Config) (s *Station, err error) {
	s = &Station{logger: c.Logger, meters: prometheus.NewRegistry(), failed: make(chan error, 1)}
	defer func() {
		if err != nil {
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			err = errors.Join(err, s.Stop(stop))
			s = nil
		}
	}()
	if s.Record, err = record.Open(ctx, record.Config{URL: c.RecordURL, Logger: c.Logger}); err != nil {
		return s, err
	}
	if s.Book, err = NewBook(ctx, s.Record, c.Plan); err != nil {
		return s, err
	}
	c.Temporal.Logger = log.NewStructuredLogger(c.Logger)
	if s.Temporal, err = client.DialContext(ctx, c.Temporal); err != nil {
		return s, fmt.Errorf("temporal at %s cannot be reached; check TEMPORAL_ADDRESS: %w", c.Temporal.HostPort, err)
	}
	if err = namespace.Ensure(ctx, s.Temporal, cmp.Or(c.Temporal.Namespace, client.DefaultNamespace), SearchAttributes()); err != nil {
		return s, err
	}
	if c.Hooks == "" {
		c.Hooks = s.Book.Current().Company.URL
	}
	s.duty(ctx, c)
	if c.Work {
		if err = s.work(ctx, c); err != nil {
			return s, err
		}
	}
	switch {
	case c.Serve:
		err = s.serve(ctx, c)
	case c.Listen != "": // nothing but the metrics
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", promhttp.HandlerFor(s.meters, promhttp.HandlerOpts{}))
		err = s.listen(ctx, c, mux)
	}
	return s, err
}

func (s *Station) work(ctx context.Context, c Config) error {
	p := s.Book.Current()
	meter, err := newMeter(s.meters)
	if err != nil {
		return err
	}
	pages, err := phone(p, c.Hooks)
	if err != nil {
		return fmt.Errorf("channels.pages: %w", err)
	}
	mail, err := mailer(p)
	if err != nil {
		return fmt.Errorf("channels.email: %w", err)
	}
	updates, err := sender(p.Channels.Updates, c.Hooks)
	if err != nil {
		return fmt.Errorf("channels.updates: %w", err)
	}
	talk, err := chat(p)
	if err != nil {
		return fmt.Errorf("channels.chat: %w", err)
	}
	rest := guard.Config{Rest: p.Minute / 2, Meter: meter, Logger: c.Logger}
	pool := worker.New(s.Temporal, activities.New(activities.Config{
		Record: s.Record, Plan: s.Book.Current, PlanOf: s.Book.Of, Hooks: c.Hooks, Count: meter.Sent, Noted: meter.Noted,
		Pages: guard.NewPhone(pages, float64(p.Channels.Pages.TextsPerSecond), float64(p.Channels.Pages.CallsPerSecond), rest),
		// What is measured of texts is measured of pages.
		Updates: guard.NewPhone(updates, float64(p.Channels.Updates.TextsPerSecond), 0, guard.Config{Rest: rest.Rest, Logger: c.Logger}),
		Mail:    guard.NewMailer(mail, float64(p.Channels.Mail.MailsPerSecond), rest),
		Chat:    talk, Webhooks: webhook.New(webhook.Config{}),
	}))
	if err := pool.Start(); err != nil {
		return err
	}
	s.pool = pool
	silent := poll.New(poll.Config{
		Record: s.Record, Phone: pages, Minute: func() time.Duration { return s.Book.Current().Minute }, Logger: c.Logger,
	})
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.sweep = cancel
	s.done.Go(func() { silent.Run(inner) })
	return nil
}

func (s *Station) serve(ctx context.Context, c Config) error {
	p := s.Book.Current()
	events, inbound, err := mailKeys(p)
	if err != nil {
		return err
	}
	caller, err := phone(p, c.Hooks)
	if err != nil {
		return fmt.Errorf("channels.pages: %w", err)
	}
	door := commands.New(s.Temporal, 0)
	hooks := carrier.New(carrier.Config{
		Record: s.Record, Plan: s.Book.Current, Tokens: []string{p.Channels.Pages.Token.Reveal(), p.Channels.Updates.Token.Reveal()},
		MailKey: events, InboundKey: inbound, PublicURL: c.Hooks, Logger: c.Logger,
	})
	entrance, err := login.New(login.Config{
		Plan: s.Book.Current, Record: s.Record, Open: c.Open, Tokens: c.Tokens, PublicURL: p.Company.URL, Registry: s.meters, Logger: c.Logger,
	})
	if err != nil {
		return err
	}
	pages, err := s.pages(c, door, entrance)
	if err != nil {
		return err
	}
	handler, err := api.New(api.Config{
		Record: s.Record, Commands: door, Plan: s.Book.Current, Version: c.Version, Open: c.Open, Tokens: c.Tokens, Login: entrance,
		PublicURL: p.Company.URL, TemporalUI: c.TemporalUI, Carrier: hooks.Register, Web: pages, ProblemPage: s.site.ProblemPage,
		Logger: c.Logger, Registry: s.meters,
	})
	if err != nil {
		return err
	}
	if err := s.listen(ctx, c, handler); err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.pump = cancel
	p2 := pump.New(pump.Config{Record: s.Record, Commands: door, Phone: caller, Plan: s.Book.Current, Owner: fmt.Sprintf("%s/%d", host, os.Getpid()), Logger: c.Logger})
	s.done.Go(func() { p2.Run(inner) })
	s.done.Go(func() { s.site.KeepCopy(inner) })
	return nil
}

// listen serves a handler on the station's address.
func (s *Station) listen(ctx context.Context, c Config, handler http.Handler) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	s.addr = listener.Addr().String()
	s.server = &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(c.Logger.Handler(), slog.LevelDebug),
	}
	s.done.Go(func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve http: %w", err)
		}
	})
	return nil
}

// pages adds what people see.
func (s *Station) pages(c Config, door *commands.Client, entrance *login.Door) (api.Mount, error) {
	views := view.New(view.Config{
		Record: s.Record, Plan: s.Book.Current, PublicURL: s.Book.Current().Company.URL, TemporalUI: c.TemporalUI,
		Check: c.Plan.Warnings, Open: c.Open, Copied: c.StatusDir != "",
	})
	pages, err := web.New(web.Config{
		Views: views, Desk: act.New(act.Config{Record: s.Record, Commands: door, Views: views}), Record: s.Record, Plan: s.Book.Current,
		Open: c.Open, Login: entrance, Copy: c.StatusDir, LabURL: c.LabURL, TemporalUI: c.TemporalUI, Logger: c.Logger,
	})
	if err != nil {
		return nil, err
	}
	s.site = pages
	return func(r gin.IRouter) {
		pages.Register(r)
		if c.LabURL != "" {
			r.GET("/lab", func(g *gin.Context) { g.Redirect(http.StatusFound, c.LabURL+"/lab") })
		}
	}, nil
}

// Addr is where HTTP listens.
func (s *Station) Addr() string { return s.addr }

// Failed reports that the station cannot go on.
func (s *Station) Failed() <-chan error { return s.failed }

// Stop ends everything in the order that loses nothing: first nothing new comes in, then
// what came in is handed on, then what is under way is finished.
func (s *Station) Stop(ctx context.Context) error {
	var errs []error
	if s.server != nil {
		if s.site != nil {
			s.site.Close() // live pages would go on for ever
		}
		errs = append(errs, s.server.Shutdown(ctx))
	}
	if s.pump != nil {
		s.pump()
	}
	if s.sweep != nil {
		s.sweep()
	}
	if s.calendars != nil {
		s.calendars()
	}
	s.done.Wait()
	if s.pool != nil {
		s.pool.Stop()
	}
	if s.Temporal != nil {
		s.Temporal.Close()
	}
	if s.Record != nil {
		errs = append(errs, s.Record.Close())
	}
	return errors.Join(errs...)
}
