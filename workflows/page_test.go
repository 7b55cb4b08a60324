package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/workflows/contract"
)

func TestPage_nobodyAnswers_climbsThenNeverFallsSilent(t *testing.T) {
	n := newNight(t)
	n.at(0, n.alert)
	n.at(6*time.Hour, func() { n.do("", contract.Cancel, incident.Cancel{Actor: boss}) })
	n.run()
	require.NoError(t, n.GetWorkflowError())
	reached := n.reached(plan.TechnicalSLT)
	require.Equal(t, []string{"0s sms dev", "3m0s call dev", "6m0s sms finn", "6m0s call finn", "9m0s sms dev", "9m0s call dev", "9m0s sms finn", "9m0s call finn"}, reached[:8])
	var last time.Duration
	for _, r := range reached {
		var at time.Duration
		at, err := time.ParseDuration(r[:len(r)-len(r[indexSpace(r):])])
		require.NoError(t, err)
		require.LessOrEqual(t, at-last, 30*time.Minute, "the last rule's ceiling")
		last = at
	}
	require.GreaterOrEqual(t, last, 5*time.Hour+30*time.Minute, "it went on until a human ended it")
	require.Contains(t, n.told("ben"), "nobody_answers")
	require.Equal(t, []string{"nobody_answers"}, n.told("olga"), "the owners hear of it")
	require.Contains(t, n.told("dev"), "false_alarm")
}

func indexSpace(s string) int {
	for i := range s {
		if s[i] == ' ' {
			return i
		}
	}
	return len(s)
}

func TestPage_backupTakes_lateReplyIsToldWho(t *testing.T) {
	n := newNight(t)
	page := contract.PageID(2026, 7, plan.TechnicalSLT, 1)
	n.at(0, n.alert)
	n.at(7*time.Minute, func() { n.reply(page, "finn", reply.Reply{Action: reply.Take}) })
	n.at(8*time.Minute, func() { n.reply(n.incidentID(), "dev", reply.Reply{Action: reply.Take}) })
	n.at(9*time.Minute, func() { n.do("", contract.Cancel, incident.Cancel{Actor: boss}) })
	n.SetStartWorkflowOptions(startAs(n.incidentID()))
	n.run()
	require.NoError(t, n.GetWorkflowError())
	require.Equal(t, "finn", snapshot[escalation.State](n, page).Holder)
	require.Contains(t, n.told("finn"), "taken")
	require.Equal(t, []string{"page", "page", "too_late", "too_late"}, n.told("dev"), "when finn took it, and when he answered")
	require.Len(t, n.reached(plan.TechnicalSLT), 4, "nobody is reached after the role is held")
}

func TestPage_textFails_callsAtOnce(t *testing.T) {
	n := newNight(t)
	n.answer = func(c plan.Channel, in contract.SendInput) delivery.Outcome {
		if c == plan.SMS && in.Person == "dev" {
			return delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: "21610"}
		}
		return delivery.Outcome{State: delivery.Accepted}
	}
	n.at(0, n.alert)
	n.at(2*time.Minute, func() { n.do("", contract.Cancel, incident.Cancel{Actor: boss}) })
	n.run()
	require.NoError(t, n.GetWorkflowError())
	require.Equal(t, []string{"0s sms dev", "0s call dev"}, n.reached(plan.TechnicalSLT))
}

// Another call to the same phone is under way: the page asks again and again, longer than it
// would try anything else, and calls when that one is over; nobody else is reached for it.
func TestPage_phoneIsEngaged_waitsAndCalls(t *testing.T) {
	n := newNight(t)
	n.answer = func(c plan.Channel, _ contract.SendInput) delivery.Outcome {
		if c == plan.Call && n.Now().Sub(n.start) < 4*time.Minute+30*time.Second {
			return delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: delivery.InCall}
		}
		return delivery.Outcome{State: delivery.Accepted}
	}
	n.at(0, n.alert)
	n.at(5*time.Minute, func() { n.do("", contract.Cancel, incident.Cancel{Actor: boss}) })
	n.run()
	require.NoError(t, n.GetWorkflowError())
	reached := n.reached(plan.TechnicalSLT)
	require.Equal(t, []string{"0s sms dev", "3m0s call dev", "3m1s call dev"}, reached[:3])
	require.Equal(t, "4m30s call dev", reached[len(reached)-1])
	require.Len(t, reached, 92)
}

// The wait for an engaged phone ends with its step: the next rung follows in time.
func TestPage_phoneStaysEngaged_backupFollowsInTime(t *testing.T) {
	n := newNight(t)
	n.answer = func(c plan.Channel, in contract.SendInput) delivery.Outcome {
		if c == plan.Call && in.Person == "dev" {
			return delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: delivery.InCall}
		}
		return delivery.Outcome{State: delivery.Accepted}
	}
	n.at(0, n.alert)
	n.at(7*time.Minute, func() { n.do("", contract.Cancel, incident.Cancel{Actor: boss}) })
	n.run()
	require.NoError(t, n.GetWorkflowError())
	reached := n.reached(plan.TechnicalSLT)
	require.Equal(t, []string{"6m0s sms finn", "6m0s call finn"}, reached[len(reached)-2:])
}

// A roll call goes on after the role is held; whoever opened the page hears of the holder at
// once, and only once.
func TestPage_rollCall_parentHearsOfTheHolderBeforeItEnds(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	page := contract.PageID(2026, 7, plan.TechnicalSLT, 1)
	var early, late effect.PageEnded
	var heard time.Time
	twice := false
	n.RegisterWorkflowWithOptions(func(ctx workflow.Context, in contract.PageInput) error {
		ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: page})
		child := workflow.ExecuteChildWorkflow(ctx, contract.Page, in)
		told := workflow.GetSignalChannel(ctx, contract.PageOver)
		told.Receive(ctx, &early)
		heard = workflow.Now(ctx)
		err := child.Get(ctx, &late)
		twice = told.ReceiveAsync(nil)
		return err
	}, workflow.RegisterOptions{Name: "parent"})
	n.at(2*time.Minute, func() { n.reply(page, "finn", reply.Reply{Action: reply.Take}) })
	n.at(10*time.Minute, func() { n.reply(page, "dev", reply.Reply{Action: reply.Take}) })
	n.ExecuteWorkflow("parent", contract.PageInput{Year: 2026, Settle: time.Second, Page: escalation.Page{
		Incident: 7, Role: plan.TechnicalSLT, K: 1, Title: "Checkout down", LeadRole: plan.BusinessLead, RollOn: true, Minute: time.Minute,
		Policy: plan.Policy{Edition: plan.Edition,
			Steps: []plan.Step{{To: plan.TargetEveryone, By: []plan.Channel{plan.SMS}, Wait: 3 * time.Minute, RollCall: true}},
			Last:  plan.LastRule{To: []plan.Target{plan.TargetEveryone}, By: []plan.Channel{plan.Call}, Every: 5 * time.Minute, AtMost: 30 * time.Minute}},
	}})
	require.NoError(t, n.GetWorkflowError())
	require.Equal(t, "finn", early.Holder)
	require.Equal(t, 2*time.Minute, heard.Sub(n.start).Round(time.Second))
	require.Empty(t, late.Holder, "it was told before")
	require.False(t, twice)
	require.Equal(t, []string{"0s sms dev", "0s sms finn", "5m0s sms dev"}, n.reached(plan.TechnicalSLT))
	require.Contains(t, n.told("dev"), "too_late")
}

// A role that is taken in a roll call goes on being called until everybody has answered; when
// the incident is over the roll call ends too.
func TestPage_rollCall_endsWithTheIncident(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.SetStartWorkflowOptions(startAs(n.incidentID()))
	page := contract.PageID(2026, 7, plan.TechnicalSLT, 1)
	n.rules.Policies[0].Steps = []plan.Step{{To: plan.TargetEveryone, By: []plan.Channel{plan.SMS}, Wait: 3 * time.Minute, RollCall: true}}
	n.at(0, n.alert)
	n.at(2*time.Minute, func() { n.reply(page, "dev", reply.Reply{Action: reply.Take}) })
	n.at(4*time.Minute, func() {
		require.Equal(t, "dev", snapshot[incident.State](n, n.incidentID()).Roles.Holder(plan.TechnicalSLT), "the incident knows at once")
	})
	n.at(20*time.Minute, func() { n.do("", contract.Resolve, incident.Resolve{Actor: boss}) })
	n.run()
	require.NoError(t, n.GetWorkflowError())
	require.Equal(t, []string{"0s sms dev", "0s sms finn", "5m0s sms finn", "11m0s sms finn"}, n.reached(plan.TechnicalSLT))
	require.Contains(t, n.told("finn"), "stand_down")
}

// Nothing is heard of whoever holds the role: they are asked, and then it is paged again.
func TestIncident_nothingHeardOfTheHolder_theRoleIsPagedAgain(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.SetStartWorkflowOptions(startAs(n.incidentID()))
	page := func(k int) string { return contract.PageID(2026, 7, plan.TechnicalSLT, k) }
	n.at(0, n.alert)
	n.at(time.Minute, func() { n.reply(page(1), "dev", reply.Reply{Action: reply.Take}) })
	n.at(2*time.Hour, func() { n.reply(n.incidentID(), "dev", reply.Reply{Minutes: 30}) })
	n.at(4*time.Hour+5*time.Minute, func() { n.reply(page(2), "finn", reply.Reply{Action: reply.Take}) })
	n.at(5*time.Hour, func() { n.do("", contract.Resolve, incident.Resolve{Actor: boss}) })
	n.run()
	require.NoError(t, n.GetWorkflowError())
	require.Equal(t, []string{"page", "taken", "recommend_asked", "noted", "still_there", "role_lost"}, n.told("dev"))
	require.Equal(t, []string{"0s sms dev", "4h3m0s sms finn", "4h3m0s call finn"}, n.reached(plan.TechnicalSLT), "whoever was asked in vain is left out")
	require.Equal(t, "finn", snapshot[incident.State](n, n.incidentID()).Roles.Holder(plan.TechnicalSLT))
}
