package workflows_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/workflows"
	"github.com/stormbell/stormbell/workflows/contract"
)

// night is one incident in the SDK's test environment, with a clock that jumps over waits
// and a world that remembers what was done to it.
type night struct {
	*testsuite.TestWorkflowEnvironment
	t        *testing.T
	start    time.Time
	commands int
	rules    plan.Snapshot

	mu      sync.Mutex
	sent    []sent
	entries []contract.Entry
	latest  map[string]contract.AppendInput
	// answer decides what a provider says; nil means accepted.
	answer func(plan.Channel, contract.SendInput) delivery.Outcome
}

type sent struct {
	at      time.Duration
	channel plan.Channel
	contract.SendInput
}

var people = map[string][]string{
	plan.IncidentCommander: {"ben", "finn"}, plan.TechnicalSLT: {"dev", "finn"}, plan.BusinessLead: {"carla", "ben"},
	plan.CustomerLiaison: {"eva", "anna"}, plan.MarketingOfficer: {"anna", "carla"}, plan.LegalOfficer: {"finn", "eva"},
	plan.ELTApprover: {"eva", "carla"}, plan.InternalLiaison: {"ida", "anna"},
}

func rules() plan.Snapshot {
	policy := plan.Policy{Name: "urgent", Edition: plan.Edition, Lease: 2 * time.Hour, Steps: []plan.Step{
		{To: plan.TargetPrimary, By: []plan.Channel{plan.SMS}, Wait: 3 * time.Minute},
		{To: plan.TargetPrimary, By: []plan.Channel{plan.Call}, Wait: 3 * time.Minute},
		{To: plan.TargetBackup, By: []plan.Channel{plan.SMS, plan.Call}, Wait: 3 * time.Minute},
	}, Last: plan.LastRule{To: []plan.Target{plan.TargetEveryone}, By: []plan.Channel{plan.SMS, plan.Call}, Every: 5 * time.Minute, AtMost: 30 * time.Minute}}
	s := plan.Snapshot{
		Hash: "test", Timezone: "UTC", Policies: []plan.Policy{policy}, Minute: time.Minute, Settle: 3 * time.Second,
		Severity: plan.Severity{
			Visibility: []plan.Grade{{Name: "core", Value: 3}, {Name: "side", Value: 1}}, Impact: []plan.Grade{{Name: "most", Value: 3}, {Name: "few", Value: 1}},
			Duration:    []plan.Grade{{Name: "short", Value: 1}, {Name: "long", Value: 3, Over: 50 * time.Minute}},
			AskExpertAt: 3, RecommendAt: 12,
		},
		Briefing:       plan.Briefing{Patience: 5 * time.Minute},
		Emergency:      []plan.TaskRule{{ID: "stop_campaigns", Role: plan.MarketingOfficer, Undo: true, Expect: 20 * time.Minute}, {ID: "stop_ads", Role: plan.MarketingOfficer, Undo: true, Expect: 10 * time.Minute}},
		Phases:         []plan.Phase{plan.Investigation, plan.Identification, plan.Monitoring, plan.Resolution},
		Audiences:      []plan.AudienceRule{{Name: "internal", Send: []string{"email", "status_page"}, Recipients: 3, Draft: plan.TechnicalSLT, Check: plan.CustomerLiaison, Agree: []string{plan.LegalOfficer}, Approve: plan.ELTApprover, Release: plan.IncidentCommander}},
		Cadence:        plan.Cadence{Updates: map[string]time.Duration{"internal": 30 * time.Minute}, Remind: 5 * time.Minute, Review: 10 * time.Minute},
		AnalysisWithin: 24 * time.Hour, Owners: []string{"olga"}, Edition: plan.Edition,
	}
	for _, name := range []string{plan.IncidentCommander, plan.TechnicalSLT, plan.BusinessLead, plan.CustomerLiaison, plan.MarketingOfficer, plan.LegalOfficer, plan.ELTApprover} {
		start := name == plan.TechnicalSLT || name == plan.BusinessLead || name == plan.CustomerLiaison
		s.Roles = append(s.Roles, plan.RoleRule{Name: name, Policy: "urgent", NeededToStart: start})
	}
	return s
}

func newNight(t *testing.T) *night {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	n := &night{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t, latest: map[string]contract.AppendInput{}, rules: rules()}
	n.start = time.Date(2026, 11, 22, 2, 51, 0, 0, time.UTC)
	n.SetStartTime(n.start)
	n.SetTestTimeout(20 * time.Second)
	for name, f := range map[string]any{
		contract.Incident: workflows.Incident, contract.BusinessIncident: workflows.BusinessIncident, contract.Page: workflows.Page,
		contract.Message: workflows.Message, contract.Distribution: workflows.Distribution,
		contract.Outlet: workflows.Outlet,
	} {
		n.RegisterWorkflowWithOptions(f, workflow.RegisterOptions{Name: name})
	}
	send := func(channel plan.Channel) func(context.Context, contract.SendInput) (contract.SendResult, error) {
		return func(_ context.Context, in contract.SendInput) (contract.SendResult, error) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.sent = append(n.sent, sent{at: n.Now().Sub(n.start), channel: channel, SendInput: in})
			out := delivery.Outcome{State: delivery.Accepted}
			if n.answer != nil {
				out = n.answer(channel, in)
			}
			return contract.SendResult{Outcome: out}, nil
		}
	}
	for name, f := range map[string]any{
		contract.SendText: send(plan.SMS), contract.PlaceCall: send(plan.Call), contract.SendMail: send(plan.Email),
		contract.FindPeople: func(_ context.Context, in contract.FindPeopleInput) (contract.FindPeopleResult, error) {
			found := contract.FindPeopleResult{Candidates: people[in.Role], Others: map[string]string{}}
			for _, role := range in.Others {
				found.Others[role] = people[role][0]
			}
			return found, nil
		},
		contract.AppendRecord: func(_ context.Context, in contract.AppendInput) error {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.entries = append(n.entries, in.Entries...)
			n.latest[in.Workflow] = in
			return nil
		},
		contract.HangUpCall: func(context.Context, contract.HangUpInput) error { return nil },
		contract.LookUpSend: func(context.Context, contract.LookUpInput) (contract.LookUpResult, error) {
			return contract.LookUpResult{Found: true, Outcome: delivery.Outcome{State: delivery.Accepted}}, nil
		},
		contract.RenderMessage: func(_ context.Context, in contract.RenderInput) (contract.RenderResult, error) {
			return contract.RenderResult{Texts: []effect.Text{{Language: "en", Subject: "News", Body: in.Audience + " " + string(in.Phase)}}}, nil
		},
		contract.GatherRecipients: func(context.Context, contract.GatherInput) (effect.Gathered, error) {
			return effect.Gathered{List: "list", Total: 3, By: map[string]int{"email": 3}}, nil
		},
		contract.PostChat: func(context.Context, contract.OutletInput) (contract.OutletResult, error) {
			return contract.OutletResult{}, nil
		},
		contract.FindOutlets:        func(context.Context, contract.DistributionInput) ([]string, error) { return nil, nil },
		contract.ReckonDistribution: func(_ context.Context, in contract.DistributionInput) (effect.Distributed, error) { return in.So, nil },
		contract.PublishRelease: func(context.Context, contract.DistributionInput) (effect.Distributed, error) {
			return effect.Distributed{}, nil
		},
		contract.DistributeBatch: func(_ context.Context, in contract.BatchInput) (effect.Distributed, error) {
			return effect.Distributed{Sent: in.To - in.From}, nil
		},
	} {
		n.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name})
	}
	return n
}

// at acts at a virtual time after the start.
func (n *night) at(d time.Duration, act func()) { n.RegisterDelayedCallback(act, d) }

func (n *night) incidentID() string { return contract.IncidentID(2026, 7) }

// alert opens the incident with a critical alert.
func (n *night) alert() {
	n.SignalWorkflow(contract.AlertsReceived, contract.AlertsInput{Alerts: []incident.Alert{{
		Source: "alertmanager", Key: "k", Status: incident.Firing, Title: "Checkout down", Visibility: "core", Impact: "most", StartedAt: n.start, Count: 1,
	}}})
}

func (n *night) run() {
	n.ExecuteWorkflow(contract.Incident, contract.IncidentInput{Number: 7, Year: 2026, Rules: n.rules})
}

func (n *night) reply(workflowID, person string, r reply.Reply) {
	err := n.SignalWorkflowByID(workflowID, contract.ReplyReceived, effect.Replied{ID: person, Person: person, Via: string(actor.SMS), Role: plan.TechnicalSLT, Reply: r})
	require.NoError(n.t, err)
}

// do sends a command and wants it accepted.
func (n *night) do(workflowID, name string, command any) {
	n.update(workflowID, name, command, func(err error) { require.NoError(n.t, err, name) })
}

// refuse sends a command and wants it refused with a code.
func (n *night) refuse(workflowID, name string, command any, code string) {
	n.update(workflowID, name, command, func(err error) {
		r, ok := contract.Refusal(err)
		require.True(n.t, ok, "%s: %v", name, err)
		require.Equal(n.t, code, string(r.Code))
	})
}

func (n *night) update(workflowID, name string, command any, check func(error)) {
	callback := &testsuite.TestUpdateCallback{
		OnAccept: func() {}, OnReject: check,
		OnComplete: func(_ any, err error) { check(err) },
	}
	n.commands++
	id := fmt.Sprintf("command-%d", n.commands)
	if workflowID == "" {
		n.UpdateWorkflow(name, id, callback, command)
		return
	}
	require.NoError(n.t, n.UpdateWorkflowByID(workflowID, name, id, callback, command))
}

// reached lists who was reached by page attempts, as "3m0s call dev".
func (n *night) reached(role string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	inOrder := slices.Clone(n.sent)
	slices.SortStableFunc(inOrder, func(a, b sent) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.Person, b.Person), -cmp.Compare(a.channel, b.channel))
	})
	var list []string
	for _, s := range inOrder {
		if s.Notice.Role == role && (s.Notice.Kind == "page" || s.Notice.Kind == "reminder" || s.Notice.Kind == "roll_call") {
			list = append(list, fmt.Sprintf("%s %s %s", s.at.Round(time.Second), s.channel, s.Person))
		}
	}
	return list
}

// told lists what one person was told, by kind.
func (n *night) told(person string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []string
	for _, s := range n.sent {
		if s.Person == person {
			list = append(list, string(s.Notice.Kind))
		}
	}
	return list
}

func (n *night) kinds() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list []string
	for _, e := range n.entries {
		list = append(list, e.Kind)
	}
	return list
}

func snapshot[S any](n *night, workflowID string) S {
	n.mu.Lock()
	defer n.mu.Unlock()
	var s S
	require.NoError(n.t, json.Unmarshal(n.latest[workflowID].Snapshot, &s), workflowID)
	return s
}

var boss = actor.Actor{Person: "ben", Via: actor.API}
