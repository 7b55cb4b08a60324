package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"go.temporal.io/sdk/contrib/envconfig"

	"github.com/stormbell/stormbell/cmd/internal/station"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
)

// version is set by the release build.
var version = "dev"

// The exit codes, for scripts.
const (
	exitFailed = 1 // the answer is no: a plan with mistakes, a broken chain
	exitCannot = 2 // there is no answer: something cannot be reached or read
)

// stopWithin bounds a graceful stop.
const stopWithin = 30 * time.Second

type program struct {
	Serve   serve            `cmd:"" help:"Serve the API and the pages (replicated as wanted)."`
	Worker  work             `cmd:"" help:"Run the workers that carry incidents out (replicated as wanted)."`
	Check   check            `cmd:"" help:"Check a response plan and name every mistake with its place."`
	Export  export           `cmd:"" help:"Print an incident's timeline and verify its hash chain."`
	Version kong.VersionFlag `help:"Print the version and stop."`

	OnCall   onCall   `cmd:"" help:"Who is on call, why, and who is next."`
	Override override `cmd:"" help:"Put somebody else in front of a role for a while."`
	Page     page     `cmd:"" help:"Test whether people can be reached, and invite them."`

	BreakGlass breakGlass `cmd:"" help:"Make a password for the night on which the company's login is down."`
}

func main() {
	var p program
	k := kong.Parse(&p, kong.Name("stormbell"), kong.Vars{"version": version, "times": timeHelp},
		kong.Description("When a technical failure becomes a business emergency, Stormbell rings the business."), kong.UsageOnError())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(); err != nil {
		stop()
		var no *refused
		if errors.As(err, &no) {
			fmt.Fprint(os.Stderr, no.Error())
			os.Exit(exitFailed)
		}
		fmt.Fprintln(os.Stderr, "stormbell:", err)
		os.Exit(exitCannot)
	}
}

// refused is an answer that is no.
type refused struct{ text string }

func (r *refused) Error() string { return r.text }

// shared are the flags of the programs that run.
type shared struct {
	Plan     string `help:"The response plan." required:"" type:"existingfile" env:"STORMBELL_PLAN" placeholder:"FILE"`
	Database string `help:"The record: postgres://… or sqlite:PATH." env:"DATABASE_URL" default:"sqlite:stormbell.db" placeholder:"URL"`
}

func (s shared) station() (station.Config, error) {
	logger := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	data, err := os.ReadFile(s.Plan)
	if err != nil {
		return station.Config{}, fmt.Errorf("read the plan: %w", err)
	}
	source := station.Source{Name: s.Plan, Data: data}
	p, err := source.Read()
	var findings *planfile.Findings
	switch {
	case errors.As(err, &findings):
		return station.Config{}, &refused{findings.Render(false)}
	case err != nil:
		return station.Config{}, err
	case p.Lab():
		return station.Config{}, errors.New("the plan's channels or webhooks say type: lab, which only stormbell-solo has; name real accounts")
	}
	// TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS… or a profile file.
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return station.Config{}, fmt.Errorf("temporal's settings: %w", err)
	}
	return station.Config{Version: version, Plan: source, RecordURL: s.Database, Temporal: options, Logger: logger}, nil
}

// run starts a station and stops it when asked.
func run(ctx context.Context, c station.Config) error {
	s, err := station.Start(ctx, c)
	if err != nil {
		return err
	}
	c.Logger.InfoContext(ctx, "ready", "listen", s.Addr(), "work", c.Work)
	select {
	case <-ctx.Done():
	case err = <-s.Failed():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	return errors.Join(err, s.Stop(stop))
}

type serve struct {
	shared
	Listen     string   `help:"Where to listen." default:":8080" env:"STORMBELL_LISTEN" placeholder:"ADDR"`
	WithWorker bool     `help:"Run the workers in this process too, for small sites."`
	Tokens     []string `help:"Bearer tokens of the API." env:"STORMBELL_TOKEN" placeholder:"TOKEN"`
	StatusDir  string   `help:"Keep a copy of the status page as files in this folder, for whatever serves files when all else is down." env:"STORMBELL_STATUS_DIR" placeholder:"DIR"`
}

// Run serves.
func (s serve) Run(ctx context.Context) error {
	c, err := s.station()
	if err != nil {
		return err
	}
	if p, err := c.Plan.Read(); err == nil && len(s.Tokens) == 0 && !p.Login.Has() {
		return errors.New("nobody could get in: add login to the plan, or set STORMBELL_TOKEN to a token that clients of the API send as their bearer")
	}
	for _, t := range s.Tokens {
		c.Tokens = append(c.Tokens, plan.Secret(t))
	}
	c.Serve, c.Work, c.Listen, c.StatusDir = true, s.WithWorker, s.Listen, s.StatusDir
	return run(ctx, c)
}

type work struct {
	shared
	Metrics string `help:"Where to show /metrics, and nothing else; without it nowhere." env:"STORMBELL_METRICS" placeholder:"ADDR"`
}

// Run works.
func (w work) Run(ctx context.Context) error {
	c, err := w.station()
	if err != nil {
		return err
	}
	c.Work, c.Listen = true, w.Metrics
	return run(ctx, c)
}

type check struct {
	remote
	Plan string `arg:"" help:"The response plan." placeholder:"FILE"`
	Live bool   `help:"Also ask the running Stormbell whether its people can be reached."`
	previewing
}

// Run checks a plan. Secrets need not be there: a plan is checked where it is written.
func (c check) Run(ctx context.Context) error {
	p, findings := planfile.CheckFile(c.Plan, planfile.Options{Lenient: true})
	if findings != nil && findings.Cause != nil {
		return findings.Cause
	}
	if err := planfile.Report(os.Stdout, c.Plan, findings); err != nil {
		return err
	}
	if findings.Err() != nil {
		return &refused{}
	}
	if !c.JSON {
		c.calendars(ctx, p)
	}
	if c.Preview {
		if err := c.messages(os.Stdout, p); err != nil {
			return err
		}
	}
	if c.Live {
		return c.live(ctx, p)
	}
	return nil
}

type export struct {
	Incident int    `arg:"" help:"The incident's number."`
	Database string `help:"The record: postgres://… or sqlite:PATH." env:"DATABASE_URL" default:"sqlite:stormbell.db" placeholder:"URL"`
}

// Run exports a timeline. A broken chain is printed as far as it goes, and fails.
func (e export) Run(ctx context.Context) error {
	r, err := record.Open(ctx, record.Config{URL: e.Database, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	err = r.Export(ctx, e.Incident, os.Stdout)
	var broken *record.BrokenChainError
	if errors.As(err, &broken) {
		err = &refused{fmt.Sprintf("the chain is broken: %v\n", broken)}
	}
	return errors.Join(err, r.Close())
}
