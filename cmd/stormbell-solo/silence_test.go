package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"

	"github.com/stormbell/stormbell/cmd/internal/station"
	"github.com/stormbell/stormbell/internal/devserver"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Nobody answers for three days, on a real server whose clock skips what is only waiting: no
// page falls silent, and no gap is longer than the policy's ceiling.
func TestPage_threeDaysOfSilence_neverFallsSilent(t *testing.T) {
	const silence, ceiling = 72 * time.Hour, 3 * time.Hour
	for name, value := range map[string]string{"LAB_ACCOUNT": "ACtest", "LAB_TOKEN": "token", "LAB_KEY": "SG.test", "LAB_SLACK": lab.DefaultSlackToken, "LAB_HOOK": lab.DefaultHookSecret} {
		t.Setenv(name, value)
	}
	// Phones ring by a real clock: at the usual speed a call would go on for hours of the skipped
	// one, and every further call to that phone would wait for it.
	n := newPlanAt(t, 1000)
	temporal, err := devserver.Start(t.Context(), devserver.Config{Namespace: namespace, TimeSkipping: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, temporal.Stop(context.Background())) })
	n.record = "sqlite:" + filepath.Join(n.dir, "stormbell.db")
	plan := strings.Replace(string(mustRead(t, n.plan)), "every: 5m, at_most: 30m", "every: 1h, at_most: 3h", 1)
	s, err := station.Start(t.Context(), station.Config{
		Plan: station.Source{Name: "plan", Data: []byte(plan)}, RecordURL: n.record, Logger: slog.New(slog.DiscardHandler),
		Temporal: client.Options{HostPort: temporal.Addr(), Namespace: namespace, ConnectionOptions: client.ConnectionOptions{
			DialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(devserver.TimeSkipping(contract.Duty))},
		}},
		Serve: true, Work: true, Listen: n.listen(), Hooks: n.base, Open: true,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop(context.Background())) })
	for _, p := range s.Book.Current().People {
		_, err := n.lab.SetBehaviour(p.Phones[0].Number, lab.Ignore)
		require.NoError(t, err)
	}
	n.post("silence")

	var reached []time.Time
	n.within(4*time.Minute, "three days of silence are over", func() bool {
		reached = reachings(t, s.Record)
		return len(reached) > 0 && reached[len(reached)-1].Sub(reached[0]) >= silence
	})
	for i := 1; i < len(reached); i++ {
		require.LessOrEqual(t, reached[i].Sub(reached[i-1]), ceiling+time.Minute, "after %s", reached[i-1].Sub(reached[0]))
	}
	t.Logf("%d attempts in %s", len(reached), reached[len(reached)-1].Sub(reached[0]))
	_, raw := n.call("GET", "/api/v1/incidents/1", nil, nil)
	require.Contains(t, raw, `"state":"unanswered"`, "and everybody who looks can see it")
}

// reachings are the instants at which the page of incident 1 tried to reach somebody.
func reachings(t *testing.T, r *record.Record) (at []time.Time) {
	for after := int64(0); ; {
		entries, err := r.Timeline(t.Context(), 1, after, 500)
		require.NoError(t, err)
		if len(entries) == 0 {
			return at
		}
		for _, e := range entries {
			if after = e.Position; e.Kind == "reaching" {
				at = append(at, e.At)
			}
		}
	}
}
