package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/workflows/contract"
)

// smallNight is an incident below severe of which the internal liaison keeps colleagues informed.
func smallNight(t *testing.T) *night {
	n := newNight(t)
	n.rules.Severity.AskExpertAt = 20
	n.rules.Roles = append(n.rules.Roles, plan.RoleRule{Name: plan.InternalLiaison, Policy: "urgent"})
	n.rules.Small = plan.Small{Liaison: plan.InternalLiaison, Audiences: []string{"internal"}}
	n.rules.Cadence = plan.Cadence{
		Updates: map[string]time.Duration{"internal": 30 * time.Minute}, Review: 10 * time.Minute,
		Prepare: 15 * time.Minute, Remind: 10 * time.Minute, Hand: 5 * time.Minute, Tell: 2 * time.Minute,
	}
	n.SetStartWorkflowOptions(startAs(n.incidentID()))
	manager := boss
	manager.Rights = []actor.Right{actor.Declare}
	n.at(0, func() {
		n.do("", contract.OpenIncident, incident.Open{Actor: manager, Title: "Reports are slow", Visibility: "side", Impact: "few"})
	})
	n.at(time.Minute, func() { n.do("", contract.StartUpdates, incident.StartUpdates{Actor: boss}) })
	n.at(2*time.Minute, func() {
		n.reply(contract.PageID(2026, 7, plan.InternalLiaison, 1), "ida", reply.Reply{Action: reply.Take})
	})
	return n
}

func written(body string) []effect.Text { return []effect.Text{{Language: "en", Body: body}} }

// The liaison is dead, and the promise is kept by the backup: on a clock that jumps over waits.
func TestPromise_deadLiaison_isKeptByTheBackup(t *testing.T) {
	n := smallNight(t)
	first := contract.MessageID(2026, 7, plan.Investigation, "internal")
	n.at(5*time.Minute, func() {
		n.do(first, contract.EditDraft, comms.Edit{Actor: by("ida"), Texts: written("Reports take a minute.")})
		n.do(first, contract.SubmitDraft, comms.Submit{Actor: by("ida")})
	})
	// Promised for 35 minutes; from here on nothing is heard of ida.
	n.at(29*time.Minute, func() {
		require.NotContains(t, n.told("anna"), "promise_handed")
		n.refuse(first, contract.SubmitDraft, comms.Submit{Actor: by("anna")}, "forbidden")
	})
	n.at(31*time.Minute, func() {
		require.Contains(t, n.told("ida"), "promise_due")
		require.Contains(t, n.told("anna"), "promise_handed")
		n.do(first, contract.EditDraft, comms.Edit{Actor: by("anna"), Texts: written("Reports take ten seconds by now.")})
		n.do(first, contract.SubmitDraft, comms.Submit{Actor: by("anna")})
	})
	n.at(34*time.Minute, func() {
		require.Contains(t, n.kinds(), "promise_kept")
		require.NotContains(t, n.told("ben"), "promise_due", "the lead is left in peace")
	})
	n.at(40*time.Minute, func() { n.do("", contract.Resolve, incident.Resolve{Actor: boss}) })
	last := contract.MessageID(2026, 7, plan.Resolution, "internal")
	n.at(41*time.Minute, func() {
		n.do(last, contract.EditDraft, comms.Edit{Actor: by("ida"), Texts: written("It is over.")})
		n.do(last, contract.SubmitDraft, comms.Submit{Actor: by("ida")})
	})
	n.run()
	require.NoError(t, n.GetWorkflowError())
	require.NotContains(t, n.kinds(), "promise_broken")
	for _, executive := range []string{"carla", "eva", "finn", "dev"} {
		require.Empty(t, n.told(executive), "no executive is woken for a small incident")
	}
	require.True(t, snapshot[incident.State](n, n.incidentID()).Closed)
}

// Nobody writes anything: the text that was agreed on beforehand goes out once, and then the
// promise is broken for everybody to see.
func TestPromise_nobodyWrites_heldOnceThenBroken(t *testing.T) {
	n := smallNight(t)
	n.rules.Audiences[0].Holding = true
	first := contract.MessageID(2026, 7, plan.Investigation, "internal")
	n.at(5*time.Minute, func() { n.do(first, contract.SubmitDraft, comms.Submit{Actor: by("ida")}) })
	n.at(80*time.Minute, func() { n.do("", contract.Cancel, incident.Cancel{Actor: boss}) })
	n.at(81*time.Minute, func() {
		closing := contract.MessageID(2026, 7, plan.Resolution, "internal")
		n.do(closing, contract.SubmitDraft, comms.Submit{Actor: by("ida")}) // who was told hears that it was nothing
	})
	n.run()
	require.NoError(t, n.GetWorkflowError())
	held, broken := 0, 0
	for _, kind := range n.kinds() {
		switch kind {
		case "holding_out":
			held++
		case "promise_broken":
			broken++
		}
	}
	require.Equal(t, 1, held)
	require.Equal(t, 1, broken)
	require.Contains(t, n.told("ben"), "promise_broken")
}
