package main

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// answering is a running API whose people can answer.
func answering(t *testing.T) (engine *apitest.Engine, run func(args ...string) (code int, out, complaint string)) {
	t.Helper()
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	handler, err := api.New(api.Config{Record: engine.Record, Commands: engine, Plan: engine.Plan, Open: true, Now: engine.Now})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return engine, func(args ...string) (int, string, string) {
		return stormbell(t, []string{"STORMBELL_URL=" + server.URL}, args...)
	}
}

func TestPageTest_waitsForTheAnswer(t *testing.T) {
	t.Parallel()
	engine, run := answering(t)
	code, out, complaint := run("page", "test", "anna")
	require.Equal(t, 0, code, complaint)
	require.Equal(t, "anna  sms  sent\n", out)

	answered := make(chan error, 1)
	go func() {
		for look := time.NewTicker(10 * time.Millisecond); len(engine.Calls()) < 2; {
			<-look.C
		}
		engine.Advance(t.Context(), 9*time.Second)
		answered <- engine.Answer(t.Context(), "anna", plan.SMS)
	}()
	code, out, complaint = run("page", "test", "anna", "--wait", "30s")
	require.NoError(t, <-answered)
	require.Equal(t, 0, code, complaint)
	require.Equal(t, "anna  sms  confirmed after 9 s\n", out)

	code, out, _ = run("page", "test", "anna", "--call", "--mail", "--wait", "10ms")
	require.Equal(t, 1, code, "nobody has answered")
	require.Equal(t, "anna  call   sent\nanna  email  sent\n", out)
	calls := engine.Calls()
	for _, c := range calls {
		if in, is := c.Command.(contract.ContactTestInput); is && in.Channel == plan.Call {
			_, _, err := engine.Record.Settle(t.Context(), contract.TestDelivery(c.Workflow, contract.TestAsks), delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "busy"})
			require.NoError(t, err)
		}
	}
	_, out, _ = run("page", "test", "anna", "--mail", "--call", "--json")
	require.Contains(t, out, `"channel":"call"`)

	code, _, complaint = run("page", "test", "nobody")
	require.Equal(t, 1, code)
	require.Contains(t, complaint, "nobody by that id")
}

func TestPageInvite(t *testing.T) {
	t.Parallel()
	engine, run := answering(t)
	p := engine.Plan()
	p.People[2].Phones, p.People[2].Email = nil, "" // carla has nothing to be reached by
	engine.SetPlan(p)
	code, out, complaint := run("page", "invite", "--all")
	require.Equal(t, 1, code)
	require.Contains(t, complaint, "carla: ")
	require.Contains(t, complaint, "no phone and no address")
	require.Len(t, strings.Split(strings.TrimSpace(out), "\n"), 2*(len(p.People)-1), "the others are invited all the same")
	code, out, complaint = run("page", "invite", "ben")
	require.Equal(t, 0, code, complaint)
	require.Equal(t, "ben  sms    sent\nben  email  sent\n", out)
	for _, channel := range []plan.Channel{plan.SMS, plan.Call, plan.Email} {
		require.NoError(t, engine.Answer(t.Context(), "ben", channel))
	}
	code, out, complaint = run("page", "invite", "--unconfirmed")
	require.Equal(t, 0, code, complaint)
	require.NotContains(t, out, "ben")
	require.Contains(t, out, "anna  sms")
	code, _, complaint = run("page", "invite")
	require.Equal(t, 1, code)
	require.Contains(t, complaint, "--all")

	require.NoError(t, engine.Record.SetPIN(t.Context(), "ben", "", "2749"))
	code, out, complaint = run("page", "clear-pin", "ben")
	require.Equal(t, 0, code, complaint)
	require.Contains(t, out, "Ben Ortiz (ben) has no PIN now")
}

// Before a night comes it is known who cannot be reached.
func TestCheckLive_namesWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	engine, run := answering(t)
	p := engine.Plan()
	for _, person := range p.People {
		for _, channel := range []plan.Channel{plan.SMS, plan.Call, plan.Email} {
			if person.ID != "anna" || channel != plan.Call {
				require.NoError(t, engine.Answer(t.Context(), person.ID, channel))
			}
		}
	}
	require.NoError(t, engine.Record.PutOptOut(t.Context(), record.OptOut{Phone: p.People[1].Phones[0].Number, Sender: p.Channels.Pages.From, Stopped: true, Item: 1}))
	p.People[2].Phones = nil
	p.People = p.People[:5] // finn is in the file only
	engine.SetPlan(p)
	code, out, complaint := run("check", "--live", write(t, string(planfile.Example())))
	require.Equal(t, 0, code, complaint)
	require.Contains(t, out, "plan.yaml  ok\n")
	require.Contains(t, out, `People  4 of 6 are proven to be reached by every way the plan has
warn  Anna Vogel (anna): not confirmed: call -> stormbell page test anna
warn  Ben Ortiz (ben): has sent STOP to the number of pages, and must send START to it
warn  Carla Roth (carla): can be reached in fewer than two ways
warn  Finn Maurer (finn): is not in the plan that is running
`)
	code, _, complaint = run("check", "--live", "--url", "http://127.0.0.1:1", write(t, string(planfile.Example())))
	require.Equal(t, 2, code)
	require.Contains(t, complaint, "does not answer")
}
