package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/domain/plan"
)

// running is a real API over the built-in plan, and how to run the program against it. It asks
// for a token.
func running(t *testing.T) func(args ...string) (code int, out, complaint string) {
	t.Helper()
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	handler, err := api.New(api.Config{Record: engine.Record, Commands: engine, Plan: engine.Plan, Tokens: []plan.Secret{"t0ken"}, Now: time.Now})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return func(args ...string) (int, string, string) {
		return stormbell(t, []string{"STORMBELL_URL=" + server.URL, "STORMBELL_TOKEN=t0ken,another"}, args...)
	}
}

func TestOnCall_saysWhoAndWhyAndWhoIsNext(t *testing.T) {
	t.Parallel()
	run := running(t)
	code, out, complaint := run("on-call", "--at", "2026-11-04 12:00", "--next")
	require.Equal(t, 0, code, complaint)
	require.Regexp(t, `business_lead +Eva Lindner \(eva\) +on call in rotation leads until Mon 09:00 +Anna Vogel \(anna\) +Mon 2026-11-09 09:00`, out)
	require.Regexp(t, `incident_commander +Ben Ortiz \(ben\) +primary *\n`, out)

	code, out, _ = run("on-call", "business_lead", "--at", "2026-11-11T12:00:00Z")
	require.Equal(t, 0, code)
	require.Regexp(t, `^1 +Anna Vogel \(anna\) +on call in rotation leads until Mon 09:00\n2 `, out)
	require.Regexp(t, `Next: +Eva Lindner \(eva\) +from Mon 2026-11-16 09:00`, out)

	code, out, _ = run("on-call", "business_lead", "--json")
	require.Equal(t, 0, code)
	var answer struct{ Items []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(out), &answer), out)
	require.Equal(t, "business_lead", answer.Items[0]["role"])

	code, out, _ = run("on-call", "gaps")
	require.Equal(t, 0, code)
	require.Contains(t, out, "Every role has a primary in the next 30 days.")

	code, out, complaint = run("on-call", "jester")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, complaint, "the plan has no such role")
	code, _, complaint = run("on-call", "--at", "soon")
	require.Equal(t, 1, code)
	require.Contains(t, complaint, `"soon" is no time; write it like now, 18:00`)
}

func TestOverride_fromTheCommandLine(t *testing.T) {
	t.Parallel()
	run := running(t)
	code, out, complaint := run("override", "add", "legal_officer", "dev", "--from", "tomorrow 09:00", "--for", "8h", "--why", "ill", "--by", "carla")
	require.Equal(t, 0, code, complaint)
	require.Regexp(t, `^Override 1 added: Dev Anand \(dev\) is legal_officer from \S+ \S+ 09:00 until \S+ \S+ 17:00\.\n$`, out)
	code, out, complaint = run("override", "swap", "rotation:leads", "anna", "eva", "--why", "a wedding")
	require.Equal(t, 0, code, complaint)
	require.Regexp(t, `(?m)^2 +business_lead +\w+ \w+ \(\w+\) .* a wedding`, out)
	code, out, _ = run("override", "list")
	require.Equal(t, 0, code)
	require.Regexp(t, `(?m)^1 +legal_officer +Dev Anand \(dev\) .* ill +carla *$`, out)

	code, out, complaint = run("override", "end", "1", "--why", "well again", "--by", "dev")
	require.Equal(t, 0, code, complaint)
	require.Contains(t, out, "Override 1 ended: Dev Anand (dev) is legal_officer")
	_, out, _ = run("override", "list")
	require.NotContains(t, out, "legal_officer")
	_, out, _ = run("override", "list", "--over")
	require.Regexp(t, `(?m)^1 +legal_officer .* dev +well again *$`, out)

	code, out, complaint = run("override", "add", "jester", "nobody", "--to", "2020-01-01", "--why", "x")
	require.Equal(t, 1, code, "the answer is no")
	require.Empty(t, out)
	for _, want := range []string{"Not valid: body.role", "  role: the plan has no such role", "  person: the plan knows nobody", "  to: must be after from"} {
		require.Contains(t, complaint, want)
	}
	code, _, complaint = run("override", "add", "legal_officer", "dev", "--to", "18:00", "--for", "8h", "--why", "x")
	require.NotEqual(t, 0, code)
	require.Contains(t, complaint, "can't be used together")
}

// Exit codes tell scripts whether the answer is no or whether there is none.
func TestRemote_noAnswer_isToldFromNo(t *testing.T) {
	t.Parallel()
	foreign := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(foreign.Close)
	for _, c := range []struct {
		name, url string
		code      int
		says      string
	}{
		{"nobody listens", "http://127.0.0.1:1", 2, "check --url or STORMBELL_URL"},
		{"somebody else listens", foreign.URL, 2, "not Stormbell's"},
		{"no address", "stormbell", 2, "is no address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, out, complaint := stormbell(t, nil, "on-call", "--url", c.url)
			require.Equal(t, c.code, code)
			require.Empty(t, out)
			require.Contains(t, complaint, c.says)
		})
	}
	run := running(t)
	code, _, complaint := run("on-call", "--token", "wrong")
	require.Equal(t, 1, code)
	require.Contains(t, complaint, "Authorization: Bearer TOKEN")
}
