package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// fanOut is a release to many, on its way through a child process.
type fanOut struct {
	*night
	in contract.DistributionInput
}

// newFanOut opens an incident and draws up a list of so many recipients in two languages.
func newFanOut(t testing.TB, recipients int) *fanOut {
	t.Helper()
	n := newPlan(t)
	text := strings.Replace(string(mustRead(t, n.plan)), "{ type: lab, channel:", `{ type: slack, token: "${LAB_TOKEN}", endpoint: "http://127.0.0.1:9/", channel:`, 1)
	require.NoError(t, os.WriteFile(n.plan, []byte(text), 0o600))
	n.solo("1")
	n.post("fan-out")
	n.until("somebody is paged", func() bool { return len(n.pages()) > 0 })
	var to []record.Recipient
	for i := range recipients {
		to = append(to, record.Recipient{Channel: "email", Address: fmt.Sprintf("p%d@example.com", i), Language: []string{"de", "en"}[i%2]})
	}
	f := &fanOut{night: n}
	f.ledger(func(r *record.Record) {
		list, err := r.PutRecipients(t.Context(), to)
		require.NoError(t, err)
		phase, _, err := r.PhaseOf(t.Context(), 1)
		require.NoError(t, err)
		f.in = contract.DistributionInput{
			Year: time.Now().Year(), Incident: 1, Title: "Payments fail", Phase: plan.Phase(phase), Audience: "internal", Send: []string{plan.SendEmail},
			Release: 1, Recipients: recipients, List: list, Edition: plan.Edition,
			Texts: []effect.Text{{Language: "en", Subject: "Payments fail", Body: "We work on it."}, {Language: "de", Subject: "Zahlungen gestört", Body: "Wir arbeiten daran."}},
		}
	})
	return f
}

// ledger looks into the record beside the child.
func (f *fanOut) ledger(look func(*record.Record)) {
	f.t.Helper()
	r, err := record.Open(context.Background(), record.Config{URL: f.record})
	require.NoError(f.t, err)
	defer r.Close()
	look(r)
}

// send starts the distribution and returns what waits for its end.
func (f *fanOut) send() (wait func() effect.Distributed) {
	f.t.Helper()
	dial := func() client.Client {
		c, err := client.Dial(client.Options{HostPort: f.temporal, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
		require.NoError(f.t, err)
		return c
	}
	id := contract.DistributionID(f.in.Year, f.in.Incident, f.in.Phase, f.in.Audience, f.in.Release)
	c := dial()
	defer c.Close()
	_, err := c.ExecuteWorkflow(f.t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: contract.TaskQueue}, contract.Distribution, f.in)
	require.NoError(f.t, err)
	return func() (so effect.Distributed) {
		c := dial() // the process may be another one by now
		defer c.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		require.NoError(f.t, c.GetWorkflow(ctx, id, "").Get(ctx, &so))
		return so
	}
}

// taken counts the mails that the provider has taken, by address.
var fanned = regexp.MustCompile(`^p\d+@example\.com$`)

func (f *fanOut) taken() map[string]int {
	taken := map[string]int{}
	for _, m := range f.lab.Mails() {
		if fanned.MatchString(m.To) {
			taken[m.To]++
		}
	}
	return taken
}

// Ten thousand recipients are served as fast as the provider takes them.
func TestFanOut_rateLimit_isTheRate(t *testing.T) {
	const recipients, perSecond = 10_000, 4
	f := newFanOut(t, recipients)
	require.NoError(t, f.lab.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelEmail, PerSecond: perSecond}))
	began := time.Now()
	require.Equal(t, effect.Distributed{Sent: recipients}, f.send()())
	took := time.Since(began)
	require.Len(t, f.taken(), recipients)
	t.Logf("%d recipients in %v with %d requests a second", recipients, took.Round(time.Millisecond), perSecond)
	const requests = recipients / 500
	require.Greater(t, took, time.Duration(requests-2*perSecond)*time.Second/perSecond, "the limit is none")
	require.Less(t, took, 3*requests*time.Second/perSecond)
}

// The process is killed at five random points. Nobody gets the mail twice; and who cannot be
// proven to have got it is counted, and gets it when a person says so.
func TestFanOut_kills_loseNoneAndDoubleNone(t *testing.T) {
	recipients, kills := 10_000, 5
	if testing.Short() {
		recipients, kills = 3_000, 2
	}
	f := newFanOut(t, recipients)
	require.NoError(t, f.lab.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelEmail, PerSecond: 5}))
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	var points []int
	for range kills {
		points = append(points, dice.IntN(recipients*9/10))
	}
	slices.Sort(points)
	wait := f.send()
	for _, point := range points {
		f.within(2*time.Minute, fmt.Sprintf("%d mails are out", point), func() bool { return len(f.taken()) >= point })
		f.programs[0].kill()
		t.Logf("killed when %d were out", len(f.taken()))
		f.programs[0].start()
	}
	so := wait()
	t.Logf("killed at %v: %+v", points, so)
	require.Equal(t, recipients, so.Sent+so.Unknown)
	require.Len(t, f.taken(), so.Sent, "what is said to be unproven was never taken, and the rest was")
	if so.Unknown > 0 {
		f.ledger(func(r *record.Record) {
			n, err := r.Reopen(t.Context(), contract.DistributionID(f.in.Year, f.in.Incident, f.in.Phase, f.in.Audience, f.in.Release))
			require.NoError(t, err)
			require.Equal(t, so.Unknown, n)
		})
		require.Equal(t, effect.Distributed{Sent: recipients}, f.send()())
	}
	taken := f.taken()
	require.Len(t, taken, recipients, "some were lost")
	for _, times := range taken {
		require.Equal(t, 1, times, "some were doubled")
	}
}

// BenchmarkFanOut mails ten thousand recipients of a provider without a limit, and reports how
// many in a second and the most memory that the whole process ever had.
func BenchmarkFanOut(b *testing.B) {
	const recipients = 10_000
	f := newFanOut(b, recipients)
	for b.Loop() {
		require.Equal(b, recipients, f.send()().Sent)
		f.in.Release++
	}
	b.ReportMetric(float64(recipients*b.N)/b.Elapsed().Seconds(), "mails/s")
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.programs[0].cmd.Process.Pid))
	require.NoError(b, err)
	if peak := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); peak != nil {
		kb, err := strconv.ParseFloat(string(peak[1]), 64)
		require.NoError(b, err)
		b.ReportMetric(kb/1024, "MiB")
	}
}
