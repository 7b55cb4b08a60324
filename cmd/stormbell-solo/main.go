package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/gofrs/flock"
	"go.temporal.io/sdk/client"

	"github.com/stormbell/stormbell/cmd/internal/station"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/devserver"
	"github.com/stormbell/stormbell/internal/planfile"
)

// version is set by the release build.
var version = "dev"

// stopWithin bounds a clean stop; after it the process ends anyway, and nothing is lost.
const stopWithin = 30 * time.Second

type flags struct {
	Plan      string           `help:"The response plan. Without it the built-in example of six people is used." type:"existingfile" placeholder:"FILE"`
	WritePlan string           `help:"Write the built-in plan to FILE, to start from, and stop." placeholder:"FILE"`
	Data      string           `help:"Keep everything in this folder. Without it a temporary one is used." placeholder:"DIR"`
	Listen    string           `help:"Where the pages and the API are." default:"127.0.0.1:8080" placeholder:"ADDR"`
	Temporal  string           `help:"Where the embedded Temporal server listens." default:"127.0.0.1:7233" placeholder:"ADDR"`
	UI        string           `help:"Where Temporal's web UI is." default:"127.0.0.1:8233" name:"ui" placeholder:"ADDR"`
	Lab       string           `help:"Where the phone lab is; 'off' uses the plan's real carriers." default:"127.0.0.1:8090" placeholder:"ADDR"`
	Speed     float64          `help:"How much faster the plan's waits run: at 60 a minute is a second." default:"1" placeholder:"N"`
	Token     string           `help:"Bearer token for the API, needed as soon as it listens elsewhere than on the loopback." env:"STORMBELL_TOKEN" hidden:""`
	Verbose   bool             `help:"Log more." short:"v"`
	Version   kong.VersionFlag `help:"Print the version and stop."`
}

func main() {
	var f flags
	kong.Parse(&f, kong.Name("stormbell-solo"), kong.Vars{"version": version},
		kong.Description("Stormbell in one process, with its own Temporal server and a phone lab: nobody is really called."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, f, os.Stdout); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "stormbell-solo:", sentence(err))
		os.Exit(1)
	}
}

// sentence is what a person reads when it could not start.
func sentence(err error) string {
	var findings *planfile.Findings
	if errors.As(err, &findings) {
		return "the plan has mistakes; nothing was started\n" + findings.Render(false)
	}
	return err.Error()
}

func run(ctx context.Context, f flags, out io.Writer) error {
	if f.WritePlan != "" {
		return writePlan(f.WritePlan, out)
	}
	level := slog.LevelWarn
	if f.Verbose {
		level = slog.LevelInfo
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	source, err := f.source()
	if err != nil {
		return err
	}
	open := loopback(f.Listen)
	if !open && f.Token == "" {
		return fmt.Errorf("%s can be reached from elsewhere: set STORMBELL_TOKEN to a secret of your own, or listen on 127.0.0.1", f.Listen)
	}
	if err := f.checkPorts(); err != nil {
		return err
	}
	data, letGo, err := f.folder()
	if err != nil {
		return err
	}
	defer letGo()
	lab, err := startLab(ctx, f, source, logger)
	if err != nil {
		return err
	}
	defer lab.stop()
	source.Adapt = func(p plan.Plan) plan.Plan { return f.adapt(p, lab) }

	temporal, err := devserver.Start(ctx, devserver.Config{
		Dir: filepath.Join(data, "temporal"), FrontendAddr: f.Temporal, UIAddr: f.UI, Namespace: namespace,
		SearchAttributes: station.SearchAttributes(), Logger: logger,
	})
	if err != nil {
		return err
	}
	s, err := station.Start(ctx, station.Config{
		Version: version, Plan: source, RecordURL: "sqlite:" + filepath.Join(data, "stormbell.db"),
		Temporal: client.Options{HostPort: temporal.Addr(), Namespace: temporal.Namespace()},
		Serve:    true, Work: true, Listen: f.Listen, Hooks: f.hooks(lab), Open: open, Tokens: f.tokens(), StatusDir: filepath.Join(data, "status"),
		LabURL: lab.url(), TemporalUI: temporal.UIURL() + "/namespaces/" + namespace + "/workflows", Logger: logger,
	})
	if err == nil {
		banner(out, f, s, lab, temporal.UIURL())
		select {
		case <-ctx.Done():
		case err = <-s.Failed():
		}
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if s != nil {
		err = errors.Join(err, s.Stop(stop))
	}
	return errors.Join(err, temporal.Stop(stop))
}

// namespace is Stormbell's own in the embedded server.
const namespace = "stormbell"

func writePlan(path string, out io.Writer) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists; choose another name, so that nothing of yours is overwritten", path)
	}
	if err != nil {
		return err
	}
	if _, err := file.Write(planfile.Example()); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	fmt.Fprintf(out, "The example plan is in %s. Change it, then:\n  go run ./cmd/stormbell check %s\n  go run ./cmd/stormbell-solo --plan %s\n", path, path, path)
	return nil
}

// source is the plan to run by, before it is adapted to this machine.
func (f flags) source() (station.Source, error) {
	s := station.Source{Name: "built-in plan", Data: planfile.Example(), Lenient: f.Lab != off}
	if f.Plan != "" {
		data, err := os.ReadFile(f.Plan)
		if err != nil {
			return s, fmt.Errorf("read the plan: %w", err)
		}
		s.Name, s.Data = f.Plan, data
	}
	// A plan with mistakes is shown before anything is started.
	_, err := s.Read()
	return s, err
}

// adapt makes a plan fit this process: its speed, its address when the lab is on, and the
// lab in place of the carriers.
func (f flags) adapt(p plan.Plan, l *phoneLab) plan.Plan {
	p = p.Scaled(f.Speed)
	if l != nil {
		p.Company.URL = "http://" + f.Listen
		p.Channels, p.Hooks = l.channels(p.Channels), l.webhooks(p.Hooks)
	}
	return p
}

// hooks is where the carriers call back: this very process, when they are in the lab.
func (f flags) hooks(l *phoneLab) string {
	if l == nil {
		return ""
	}
	return "http://" + f.Listen
}

func (f flags) tokens() []plan.Secret {
	if f.Token == "" {
		return nil
	}
	return []plan.Secret{plan.Secret(f.Token)}
}

// checkPorts finds a taken port before anything is started.
func (f flags) checkPorts() error {
	errs := []error{
		devserver.CheckPort(f.Listen, "--listen"),
		devserver.CheckPort(f.Temporal, "--temporal"),
		devserver.CheckPort(f.UI, "--ui"),
	}
	if f.Lab != off {
		errs = append(errs, devserver.CheckPort(f.Lab, "--lab"))
	}
	return errors.Join(errs...)
}

// folder is where everything is kept, held for this process alone, and what lets go of it at
// the end: a temporary one is removed.
func (f flags) folder() (dir string, letGo func(), err error) {
	if f.Data == "" {
		dir, err = os.MkdirTemp("", "stormbell-")
		return dir, func() { _ = os.RemoveAll(dir) }, err
	}
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return "", nil, err
	}
	// Two servers on one database would carry out each other's timers. The lock ends with the process.
	lock := flock.New(filepath.Join(f.Data, "solo.lock"))
	switch held, err := lock.TryLock(); {
	case err != nil:
		return "", nil, fmt.Errorf("hold %s for this process: %w", f.Data, err)
	case !held:
		return "", nil, fmt.Errorf("another stormbell-solo uses %s: stop it first, or choose another folder with --data", f.Data)
	}
	return f.Data, func() { _ = lock.Unlock() }, nil
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func banner(out io.Writer, f flags, s *station.Station, l *phoneLab, ui string) {
	head := "SOLO WITH THE PLAN'S OWN CARRIERS - people will really be called"
	if l != nil {
		head = "SOLO WITH PHONE LAB - nobody will be called, texted or mailed"
	}
	kept := "a temporary folder, gone when this stops; --data DIR keeps it"
	if f.Data != "" {
		kept = f.Data
	}
	base := "http://" + s.Addr()
	fmt.Fprintf(out, "stormbell %s   %s\n\n", version, head)
	line := func(label, value string) { fmt.Fprintf(out, "  %-14s%s\n", label, value) }
	line("Console", base+"/")
	if l != nil {
		line("Phone lab", l.url()+"/lab")
	}
	line("Status page", base+"/status")
	line("API", base+"/api/openapi.json")
	line("Temporal", ui)
	line("Plan", s.Book.Current().Company.Name+" ("+f.planName()+")")
	line("Kept in", kept)
	fmt.Fprintf(out, "\n  Next:  curl -X POST %s/in/alertmanager -H 'Content-Type: application/json' -d @docs/alert.json\n  Stop:  Ctrl-C\n\nready\n", base)
}

func (f flags) planName() string {
	if f.Plan != "" {
		return f.Plan
	}
	return "built in; --write-plan FILE to start from it"
}
