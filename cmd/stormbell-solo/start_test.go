package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/planfile"
)

// newSolo starts solo as a newcomer does: with its own plan and its own phone lab.
func newSolo(t *testing.T) (*night, []string) {
	t.Helper()
	n := &night{t: t, dir: t.TempDir(), base: "http://" + freePort(t), temporal: freePort(t)}
	args := []string{"--data", n.dir, "--listen", n.listen(), "--temporal", n.temporal, "--ui", freePort(t), "--lab", freePort(t), "--speed", "20"}
	n.run(os.Args[0], args...)
	return n, args
}

// again starts a second one, which must fail, and returns what it says.
func (n *night) again(args ...string) string {
	n.t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = n.env()
	out, err := cmd.CombinedOutput()
	require.Error(n.t, err, "%s", out)
	require.NotContains(n.t, string(out), "\nready\n")
	return string(out)
}

func TestSolo_start_saysWhereEverythingIs(t *testing.T) {
	n, args := newSolo(t)
	addr := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		addr[args[i]] = args[i+1]
	}
	banner := n.programs[0].said()
	for _, want := range []string{
		"SOLO WITH PHONE LAB - nobody will be called",
		n.base + "/", "http://" + addr["--lab"] + "/lab", n.base + "/status", n.base + "/api/openapi.json", "http://" + addr["--ui"], n.dir,
	} {
		require.Contains(t, banner, want)
	}
	for _, line := range strings.Split(banner, "\n") {
		_, address, found := strings.Cut(line, "  http")
		if !found {
			continue
		}
		resp, err := http.Get("http" + strings.TrimSpace(address))
		require.NoError(t, err, line)
		resp.Body.Close()
		require.Equal(t, 200, resp.StatusCode, line)
	}

	said := n.again(args...)
	for _, flag := range []string{"--listen", "--temporal", "--ui", "--lab"} {
		_, port, _ := strings.Cut(addr[flag], ":")
		require.Contains(t, said, "port "+port+" on 127.0.0.1 is already in use")
		require.Contains(t, said, "choose another with "+flag)
	}
	require.Contains(t, n.again("--data", n.dir, "--listen", freePort(t), "--temporal", freePort(t), "--ui", freePort(t), "--lab", freePort(t)),
		"another stormbell-solo uses "+n.dir)
	require.Contains(t, n.again("--listen", "0.0.0.0:0"), "set STORMBELL_TOKEN")
}

// Whatever comes in, somebody learns of it: the sender by a clear answer, or people by a page.
func TestSolo_badInput_isAnsweredOrPages(t *testing.T) {
	n, _ := newSolo(t)
	for _, test := range []struct {
		name, path, body string
		status           int
		says             string
	}{
		{"broken JSON without a key", "/v2/enqueue", `{"routing_key":`, 400, "not a JSON object"},
		{"wrong types", "/v2/enqueue", `{"routing_key": {"a": 1}, "event_action": 7}`, 400, "routing_key"},
		{"unknown routing key", "/v2/enqueue", `{"routing_key":"ffffffffffffffffffffffffffffffff","event_action":"trigger","payload":{"summary":"x","source":"y","severity":"critical"}}`, 400, "not known here"},
		{"5 MB", "/in/alertmanager", strings.Repeat("x", 5<<20), 413, "too_large"},
		{"unknown trigger", "/in/nagios", `{}`, 404, "not_found"},
		{"no such page", "/in", `{}`, 404, "not_found"},
		{"broken JSON", "/api/v1/incidents", `{"title":`, 400, "problems"},
		{"wrong type", "/api/v1/incidents", `{"title": 7}`, 422, "body.title"},
	} {
		status, raw := n.call(http.MethodPost, test.path, test.body, nil)
		require.Equal(t, test.status, status, "%s: %s", test.name, raw)
		require.Contains(t, raw, test.says, test.name)
	}
	_, raw := n.call(http.MethodGet, "/api/v1/incidents", nil, nil)
	require.NotContains(t, raw, "incident:", "nothing of it opened an incident")

	status, raw := n.call(http.MethodPost, "/in/alertmanager", `{"version":"4","status":"firing","alerts":"all of them"`, nil)
	require.Equal(t, 202, status, raw)
	n.until("the unreadable alert pages", func() bool {
		_, _, asked := n.view().role("technical_slt")
		return len(asked) > 0
	})
	_, raw = n.call(http.MethodGet, "/api/v1/incidents/1", nil, nil)
	require.Contains(t, raw, "unreadable alert from alertmanager")
}

func TestSolo_planWithMistakes_startsNothing(t *testing.T) {
	n := &night{t: t, dir: t.TempDir()}
	plan := filepath.Join(n.dir, "plan.yaml")
	broken := strings.NewReplacer(
		"timezone:", "time_zone:", `"+49 176 04069002"`, `"0176 04069002"`, "primary: ben", "primary: bnn", "recommend_at: 12", "recommend_at: lots", "wait: 4m", "wait: 4 minutes",
	).Replace(string(planfile.Example()))
	require.NoError(t, os.WriteFile(plan, []byte(broken), 0o600))
	said := n.again("--plan", plan, "--data", filepath.Join(n.dir, "data"))
	for _, want := range []string{"the plan has mistakes; nothing was started", "company.time_zone", "people.ben.phone", "roles.incident_commander.primary", "severity.recommend_at", "escalation.default.steps[1].wait", plan + ":"} {
		require.Contains(t, said, want)
	}
	require.NoDirExists(t, filepath.Join(n.dir, "data"))
	require.Contains(t, n.again("--write-plan", plan), "choose another name")
}
