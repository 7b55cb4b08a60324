package main

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/devserver"
	"github.com/stormbell/stormbell/internal/testkit"
)

// The reference incident with everything apart, as in production: a Temporal of its own,
// PostgreSQL, one process that serves and two that work, one of which dies in between.
func TestReferenceIncident_inProduction(t *testing.T) {
	n := newPlan(t)
	temporal, err := devserver.Start(t.Context(), devserver.Config{Namespace: namespace})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, temporal.Stop(context.Background())) })
	n.temporal, n.record, n.token = temporal.Addr(), database(t), "a-token-of-the-operator"
	n.harden()

	stormbell := filepath.Join(n.dir, "stormbell")
	out, err := exec.Command("go", "build", "-o", stormbell, "../stormbell").CombinedOutput()
	require.NoError(t, err, "%s", out)
	nowhere := exec.Command(stormbell, "worker", "--plan", n.plan)
	nowhere.Env = append(n.env(), "TEMPORAL_NAMESPACE=nowhere")
	out, err = nowhere.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "temporal operator namespace create --namespace nowhere")
	dying := n.run(stormbell, "worker", "--plan", n.plan)
	metrics := freePort(t)
	n.run(stormbell, "worker", "--plan", n.plan, "--metrics", metrics)
	n.run(stormbell, "serve", "--plan", n.plan, "--listen", n.listen())

	status, _ := n.anonymous("/api/v1/incidents")
	require.Equal(t, http.StatusUnauthorized, status)
	n.reference(func(step string) {
		switch step {
		case "taken":
			dying.kill()
		case "emergency":
			dying.start()
		}
	})
	n.checkRecord()
	n.checkHistories()
	n.base = "http://" + metrics
	require.NotEmpty(t, n.metric(`stormbell_sends_total{channel="sms",class="",state="accepted"}`), "a worker shows what it sends")
}

// harden makes the plan one for production: the trigger wants a token, and the waits are the
// shortest they may be, since only solo can run faster.
func (n *night) harden() {
	text := strings.ReplaceAll(string(mustRead(n.t, n.plan)), "type: alertmanager\n", "type: alertmanager\n    token: \"${STORMBELL_TOKEN}\"\n")
	for _, wait := range []string{"3m", "4m", "5m"} {
		text = strings.ReplaceAll(text, "wait: "+wait, "wait: 10s")
	}
	require.NoError(n.t, os.WriteFile(n.plan, []byte(text), 0o600))
}

// anonymous asks without a token.
func (n *night) anonymous(path string) (int, string) {
	token := n.token
	n.token = ""
	defer func() { n.token = token }()
	return n.call(http.MethodGet, path, nil, nil)
}

// database is an empty PostgreSQL schema, or a file where there is no PostgreSQL to test with.
func database(t *testing.T) string {
	t.Helper()
	if address, ok := testkit.PostgresSchema(t); ok {
		return address
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "stormbell.db")
}
