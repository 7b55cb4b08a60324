package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/stormbell/stormbell/internal/devserver"
	"github.com/stormbell/stormbell/internal/devserver/bare"
)

// The benchmarks measure solo in a child process from outside: a real HTTP request in, a real
// HTTP request at the carrier out. Where it makes sense they measure, in the same run, the
// bare server doing "start a workflow, run one activity", and report the ratio.

// bareServer measures the same server without us.
func bareServer(b *testing.B, n, parallel int) bare.Result {
	b.Helper()
	s, err := devserver.Start(b.Context(), devserver.Config{Dir: b.TempDir()})
	require.NoError(b, err)
	c, err := client.Dial(client.Options{HostPort: s.Addr(), Namespace: s.Namespace(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(b, err)
	result, err := bare.Measure(b.Context(), c, n, parallel)
	require.NoError(b, err)
	c.Close()
	require.NoError(b, s.Stop(b.Context()))
	return result
}

// post sends one alert with a key of its own.
func (n *night) post(key string) {
	body := strings.ReplaceAll(alert, "CheckoutDown", key)
	resp, err := http.Post(n.base+"/in/alertmanager", "application/json", strings.NewReader(body))
	require.NoError(n.t, err)
	resp.Body.Close()
	require.Less(n.t, resp.StatusCode, 300)
}

// texts are the instants at which the carrier got a request for a text.
func (n *night) texts() []time.Time { return n.asked("/Messages.json") }

// pages are those at which it got a request for a text or a call: somebody who is paged again
// and again gets both.
func (n *night) pages() []time.Time { return n.asked("/Messages.json", "/Calls.json") }

func (n *night) asked(paths ...string) []time.Time {
	var at []time.Time
	for _, r := range n.lab.Log() {
		if r.Method == http.MethodPost && slices.ContainsFunc(paths, func(p string) bool { return strings.HasSuffix(r.Path, p) }) {
			at = append(at, r.At)
		}
	}
	return at
}

func percentile(d []time.Duration, p float64) time.Duration {
	slices.Sort(d)
	return d[min(int(p*float64(len(d))), len(d)-1)]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkTriggerToCarrier: an alert comes in at an idle machine; how long until the carrier
// has the request to text or call somebody?
func BenchmarkTriggerToCarrier(b *testing.B) {
	server := bareServer(b, max(b.N, 50), 1)
	n := newNight(b, "1")
	n.post("warm-up")
	n.until("the first page", func() bool { return len(n.pages()) == 1 })
	var took []time.Duration
	b.ResetTimer()
	for i := range b.N {
		before := time.Now()
		n.post(fmt.Sprintf("key-%d", i))
		for len(n.pages()) < i+2 {
			time.Sleep(time.Millisecond) // a look at the clock of what is being measured, not a wait for a test
		}
		took = append(took, n.pages()[i+1].Sub(before))
	}
	b.StopTimer()
	b.ReportMetric(ms(percentile(took, 0.5)), "p50-ms")
	b.ReportMetric(ms(percentile(took, 0.99)), "p99-ms")
	b.ReportMetric(ms(server.Percentile(50)), "bare-p50-ms")
	b.ReportMetric(ms(percentile(took, 0.5))/ms(server.Percentile(50)), "x-bare-p50")
	b.ReportMetric(ms(percentile(took, 0.99))/ms(server.Percentile(99)), "x-bare-p99")
}

// BenchmarkBurst: 200 incidents for 200 different people, opened over 4 seconds; how long from
// the first post to the last page? Each is opened by hand, too small to page anybody by
// itself, and then a role of its own is paged.
func BenchmarkBurst(b *testing.B) {
	const incidents = 200
	server := bareServer(b, incidents, 16)
	for range b.N {
		n := newPlan(b)
		n.widen(incidents)
		n.solo("1")
		began := time.Now()
		var posts sync.WaitGroup
		for i := range incidents {
			time.Sleep(time.Until(began.Add(time.Duration(i) * 4 * time.Second / incidents)))
			posts.Go(func() { n.openAndPage(i) })
		}
		posts.Wait()
		n.until("everybody is paged", func() bool { return len(n.texts()) >= incidents })
		reached := map[string]bool{}
		for _, p := range n.lab.Phones() {
			reached[p.Number] = len(p.Messages) == 1
		}
		require.Len(b, reached, incidents)
		last := slices.MaxFunc(n.texts(), time.Time.Compare)
		b.ReportMetric(last.Sub(began).Seconds(), "first-post-to-last-page-s")
		b.ReportMetric(incidents/last.Sub(began).Seconds(), "pages/s")
		b.ReportMetric(server.PerSecond(), "bare-starts/s")
		b.ReportMetric(incidents/last.Sub(began).Seconds()/server.PerSecond(), "x-bare-rate")
	}
}

// widen gives the plan as many more people, each with a role of their own.
func (n *night) widen(people int) {
	var persons, roles strings.Builder
	for i := range people {
		fmt.Fprintf(&persons, "  p%d: { name: Person %d, email: p%d@acme.example, phone: \"+49 176 0407%04d\", language: en }\n", i, i, i, i)
		fmt.Fprintf(&roles, "  role_%d: { group: departmental, title: { en: Role %d, de: Rolle %d }, primary: p%d, backup: [p%d] }\n", i, i, i, i, (i+1)%people)
	}
	text := strings.NewReplacer("\npeople:\n", "\npeople:\n"+persons.String(), "\nroles:\n", "\nroles:\n"+roles.String()).Replace(string(mustRead(n.t, n.plan)))
	require.NoError(n.t, os.WriteFile(n.plan, []byte(text), 0o600))
}

// openAndPage opens an incident by hand and pages one role for it. Both are sent again with
// the same key when they are not answered in time, as any client should.
func (n *night) openAndPage(i int) {
	var opened struct{ Number int }
	raw := n.insist("/api/v1/incidents", map[string]any{"title": fmt.Sprintf("Trouble %d", i), "visibility": "side_product", "impact": "few"}, fmt.Sprintf("open-%d", i))
	require.NoError(n.t, json.Unmarshal([]byte(raw), &opened))
	n.insist(fmt.Sprintf("/api/v1/incidents/%d/roles/role_%d/page", opened.Number, i), nil, fmt.Sprintf("page-%d", i))
}

func (n *night) insist(path string, body any, key string) (raw string) {
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); {
		var status int
		if status, raw = n.send(http.MethodPost, path, body, key); status < 300 && status > 0 {
			return raw
		}
	}
	n.t.Errorf("never accepted: %s: %s", path, raw)
	return "{}"
}

// BenchmarkStorm: 10,000 repeats of one alert as fast as 16 clients can; how many are accepted
// a second, and how long does each answer take?
func BenchmarkStorm(b *testing.B) {
	const repeats, clients = 10_000, 16
	for range b.N {
		n := newNight(b, "1")
		n.post("storm")
		body := []byte(strings.ReplaceAll(alert, "CheckoutDown", "storm"))
		took := make([]time.Duration, repeats)
		transport := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
		began := time.Now()
		var done sync.WaitGroup
		for c := range clients {
			done.Go(func() {
				for i := c; i < repeats; i += clients {
					start := time.Now()
					resp, err := transport.Post(n.base+"/in/alertmanager", "application/json", bytes.NewReader(body))
					if err != nil || resp.StatusCode >= 300 {
						b.Errorf("a repeat was not accepted: %v", err)
						return
					}
					resp.Body.Close()
					took[i] = time.Since(start)
				}
			})
		}
		done.Wait()
		b.ReportMetric(repeats/time.Since(began).Seconds(), "accepted/s")
		b.ReportMetric(ms(percentile(took, 0.99)), "p99-ms")
	}
}
