package main

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // to tamper with a record behind its back

	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
)

// asChild tells the test binary to be stormbell instead of testing it.
const asChild = "STORMBELL_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// stormbell runs the program and returns its exit code and what it said.
func stormbell(t *testing.T, env []string, args ...string) (code int, out, complaint string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(append(os.Environ(), asChild+"=1"), env...)
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plan.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestCheck(t *testing.T) {
	t.Parallel()
	good := string(planfile.Example())
	code, out, complaint := stormbell(t, nil, "check", write(t, good))
	require.Equal(t, 0, code, complaint)
	require.Contains(t, out, "plan.yaml  ok")

	bad := strings.NewReplacer("primary: ben", "primary: bnn", "recommend_at: 12", "recommend_at: lots", `"+49 176 04069002"`, `"0176 04069002"`).Replace(good)
	path := write(t, bad)
	code, out, _ = stormbell(t, nil, "check", path)
	require.Equal(t, 1, code)
	for _, want := range []string{path + ":33:65", `did you mean "ben"?`, "severity.recommend_at: must be a whole number", "3 errors"} {
		require.Contains(t, out, want, "every mistake in one run, each with its place")
	}

	code, _, complaint = stormbell(t, nil, "check", filepath.Join(t.TempDir(), "none.yaml"))
	require.Equal(t, 2, code)
	require.Contains(t, complaint, "none.yaml")
}

func TestExport(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "stormbell.db")
	env := []string{"DATABASE_URL=sqlite:" + file}
	r, err := record.Open(t.Context(), record.Config{URL: "sqlite:" + file})
	require.NoError(t, err)
	opened, err := r.OpenByHand(t.Context(), "api", "key", "Checkout down", time.Now())
	require.NoError(t, err)
	for i := range 3 {
		require.NoError(t, r.Append(t.Context(), record.Append{
			Workflow: "incident:2026-1", Run: "run", Incident: opened.Incident, Kind: record.KindIncident, Revision: int64(i + 1),
			Entries: []record.Entry{{Seq: int64(i + 1), At: time.Now(), Actor: "ben", Kind: "noted", Text: "ben noted something"}},
		}))
	}
	require.NoError(t, r.Close())

	code, out, complaint := stormbell(t, env, "export", "1")
	require.Equal(t, 0, code, complaint)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 4, "three entries and the head of the chain")
	require.Contains(t, lines[3], `"entries":3`)

	code, _, complaint = stormbell(t, env, "export", "2")
	require.Equal(t, 2, code)
	require.Contains(t, complaint, "2")

	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "UPDATE timeline SET sentence = 'nothing happened' WHERE position = 2")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	code, _, complaint = stormbell(t, env, "export", "1")
	require.Equal(t, 1, code)
	require.Contains(t, complaint, "chain is broken")
}

// What cannot run says so, and what to do, before it touches anything.
func TestServe_refusals(t *testing.T) {
	t.Parallel()
	lab := write(t, string(planfile.Example()))
	account := `type: twilio, account: "${TEST_ACCOUNT}", token: "${TEST_TOKEN}"`
	hired := write(t, strings.NewReplacer("pages:   { type: lab", "pages:   { "+account, "updates: { type: lab", "updates: { "+account,
		"chat:    { type: lab", `chat:    { type: slack, token: "${TEST_KEY}"`,
		"statuspage: { type: lab,", `statuspage: { url: "https://status.acme.example/hook", secret: "${TEST_HOOK}",`,
		"email:   { type: lab", `email:   { type: sendgrid, key: "${TEST_KEY}"`).Replace(string(planfile.Example())))
	secrets := []string{"TEST_ACCOUNT=AC1", "TEST_TOKEN=t", "TEST_KEY=SG.1", "TEST_HOOK=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
	database := "DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "stormbell.db")
	for _, test := range []struct {
		name string
		env  []string
		args []string
		says string
	}{
		{"the lab's plan", nil, []string{"serve", "--plan", lab}, "which only stormbell-solo has"},
		{"no token", secrets, []string{"serve", "--plan", hired}, "set STORMBELL_TOKEN"},
		{"no secrets", nil, []string{"worker", "--plan", hired}, "TEST_ACCOUNT"},
		{"no temporal", append(secrets, database, "TEMPORAL_ADDRESS=127.0.0.1:1"), []string{"worker", "--plan", hired}, "check TEMPORAL_ADDRESS"},
		{"no such database", append(secrets, "DATABASE_URL=mysql://x"), []string{"worker", "--plan", hired}, "must start with postgres:// or sqlite:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			code, _, complaint := stormbell(t, test.env, test.args...)
			require.NotZero(t, code)
			require.Contains(t, complaint, test.says)
		})
	}
}
