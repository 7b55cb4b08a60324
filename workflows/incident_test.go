package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
	"github.com/stormbell/stormbell/workflows/contract"
)

func startAs(id string) client.StartWorkflowOptions { return client.StartWorkflowOptions{ID: id} }

func by(person string) actor.Actor { return actor.Actor{Person: person, Via: actor.API, Proved: true} }

// referenceNight plays the reference incident from the alert to the last duty.
func referenceNight(t *testing.T) *night {
	n := newNight(t)
	n.SetStartWorkflowOptions(startAs(n.incidentID()))
	page := func(role string) string { return contract.PageID(2026, 7, role, 1) }
	biz := contract.BusinessID(2026, 7)
	msg := func(p plan.Phase) string { return contract.MessageID(2026, 7, p, "internal") }
	take := func(role, person string) func() {
		return func() { n.reply(page(role), person, reply.Reply{Action: reply.Take}) }
	}
	n.at(0, n.alert)
	n.at(time.Minute, func() { n.refuse("", contract.Declare, incident.Declare{Actor: boss}, "wrong_phase") })
	n.at(2*time.Minute, take(plan.TechnicalSLT, "dev"))
	n.at(3*time.Minute, func() {
		n.do("", contract.Recommend, incident.Recommend{Actor: by("dev"), Declare: true})
		n.refuse("", contract.Declare, incident.Declare{Actor: by("anna")}, "forbidden")
	})
	n.at(4*time.Minute, func() { n.do("", contract.Declare, incident.Declare{Actor: boss, Reason: "customers cannot pay"}) })
	n.at(5*time.Minute, func() {
		n.refuse(biz, contract.ConfirmBriefing, business.ConfirmBriefing{Actor: by("dev")}, "too_early")
		take(plan.BusinessLead, "carla")()
	})
	n.at(6*time.Minute, take(plan.CustomerLiaison, "eva"))
	n.at(6*time.Minute+30*time.Second, func() {
		n.refuse(biz, contract.ConfirmBriefing, business.ConfirmBriefing{Actor: by("dev")}, "too_early")
		n.reply(biz, "dev", reply.Reply{Action: reply.Done})
		n.reply(biz, "carla", reply.Reply{Action: reply.Done})
		n.do(biz, contract.Attend, business.Attend{Actor: by("eva"), Role: plan.CustomerLiaison})
	})
	n.at(7*time.Minute, func() {
		n.do(biz, contract.Brief, business.Brief{Actor: by("eva"), Answers: []business.BriefReply{
			{Question: business.TriggeringError, Text: "payments fail"}, {Question: business.WorstCase, Unknown: true},
		}})
		n.do(biz, contract.ConfirmBriefing, business.ConfirmBriefing{Actor: by("dev")})
	})
	n.at(8*time.Minute, func() {
		take(plan.MarketingOfficer, "anna")()
		take(plan.LegalOfficer, "finn")()
		take(plan.ELTApprover, "carla")()
	})
	n.at(9*time.Minute, func() { n.reply(biz, "anna", reply.Reply{Minutes: 20}) })
	n.at(30*time.Minute, func() { n.reply(biz, "anna", reply.Reply{Action: reply.Done}) })
	n.at(31*time.Minute, func() {
		n.do(msg(plan.Investigation), contract.SubmitDraft, comms.Submit{Actor: by("dev")})
		n.refuse(msg(plan.Investigation), contract.ApproveDraft, comms.Authorise{Actor: by("carla")}, "too_early")
		n.do(msg(plan.Investigation), contract.AgreeToDraft, comms.Agree{Actor: by("eva")})
		n.do(msg(plan.Investigation), contract.AgreeToDraft, comms.Agree{Actor: by("finn")})
		n.do(msg(plan.Investigation), contract.ApproveDraft, comms.Authorise{Actor: by("carla")})
	})
	n.at(32*time.Minute, func() {
		n.do(msg(plan.Investigation), contract.EditDraft, comms.Edit{Actor: by("dev"), Texts: []effect.Text{{Language: "en", Body: "internal investigation!"}}})
		n.refuse(msg(plan.Investigation), contract.ReleaseDraft, comms.Dispatch{Actor: boss}, "too_early")
	})
	again := func(p plan.Phase) func() {
		return func() {
			n.do(msg(p), contract.SubmitDraft, comms.Submit{Actor: by("dev")})
			n.do(msg(p), contract.AgreeToDraft, comms.Agree{Actor: by("eva")})
			n.do(msg(p), contract.AgreeToDraft, comms.Agree{Actor: by("finn")})
			n.do(msg(p), contract.ApproveDraft, comms.Authorise{Actor: by("carla")})
			n.do(msg(p), contract.ReleaseDraft, comms.Dispatch{Actor: boss})
		}
	}
	n.at(33*time.Minute, again(plan.Investigation))
	n.at(40*time.Minute, func() { n.do("", contract.ChangePhase, incident.ChangePhase{Actor: boss, Phase: plan.Identification}) })
	n.at(50*time.Minute, func() { n.do("", contract.ChangePhase, incident.ChangePhase{Actor: boss, Phase: plan.Monitoring}) })
	n.at(60*time.Minute, func() { n.do("", contract.Resolve, incident.Resolve{Actor: boss}) })
	n.at(61*time.Minute, again(plan.Resolution))
	n.at(70*time.Minute, func() { n.reply(biz, "anna", reply.Reply{Action: reply.Done}) })
	n.at(20*time.Hour, func() {
		n.do(biz, contract.FinishTask, business.FinishTask{Actor: by("dev"), Task: business.PreliminaryAnalysis})
	})
	n.at(21*time.Hour, func() { n.do("", contract.ChangePhase, incident.ChangePhase{Actor: boss, Phase: plan.Publishing}) })
	n.run()
	require.NoError(t, n.GetWorkflowError())
	return n
}

func TestIncident_referenceNight(t *testing.T) {
	n := referenceNight(t)
	biz := snapshot[business.State](n, contract.BusinessID(2026, 7))
	require.Equal(t, business.Closed, biz.Stage)
	require.Equal(t, business.Normal, biz.Mode)
	kinds := n.kinds()
	for _, k := range []string{"incident_opened", "recommended", "declared", "briefing_started", "mode_changed", "task_done", "approvals_void", "released", "sent", "message_withdrawn", "resolved", "duty_given", "business_closed", "incident_closed"} {
		require.Contains(t, kinds, k)
	}
	// Only what was really halted is restored: the second halt was never done.
	var undone []string
	for _, task := range biz.Tasks {
		if task.Kind == business.Undo {
			undone = append(undone, task.ID)
		}
	}
	require.Equal(t, []string{"undo_stop_campaigns"}, undone)
	require.Equal(t, comms.Sent, snapshot[comms.State](n, contract.MessageID(2026, 7, plan.Investigation, "internal")).Stage)
	require.Equal(t, comms.Withdrawn, snapshot[comms.State](n, contract.MessageID(2026, 7, plan.Identification, "internal")).Stage)
	require.Equal(t, comms.Sent, snapshot[comms.State](n, contract.MessageID(2026, 7, plan.Resolution, "internal")).Stage)
	require.Contains(t, n.told("anna"), "lapsed", "the estimate of 20 minutes ran out before it was done")
	require.Contains(t, n.told("anna"), "undo_asked")
	require.Contains(t, n.told("dev"), "analysis_due")
}

func TestIncident_scoreGrowsWithTime_pagesButNeverDeclares(t *testing.T) {
	n := newNight(t)
	n.at(0, func() {
		n.SignalWorkflow(contract.AlertsReceived, contract.AlertsInput{Alerts: []incident.Alert{{
			Source: "am", Key: "k", Status: incident.Firing, Title: "Side page slow", Visibility: "side", Impact: "few", StartedAt: n.start, Count: 1,
		}}})
	})
	n.at(2*time.Hour, func() { n.do("", contract.Resolve, incident.Resolve{Actor: boss}) })
	n.run()
	require.NoError(t, n.GetWorkflowError())
	reached := n.reached(plan.TechnicalSLT)
	require.NotEmpty(t, reached)
	require.Equal(t, "50m0s sms dev", reached[0])
	require.NotContains(t, n.kinds(), "declared")
}

func TestIncident_declaredWhileTheSLTIsStillPaged_itComesOver(t *testing.T) {
	n := newNight(t)
	n.SetStartWorkflowOptions(startAs(n.incidentID()))
	page := func(role string) string { return contract.PageID(2026, 7, role, 1) }
	n.at(0, n.alert)
	n.at(time.Minute, func() { n.do("", contract.ChangePhase, incident.ChangePhase{Actor: boss, Phase: plan.Investigation}) })
	n.at(2*time.Minute, func() { n.do("", contract.Declare, incident.Declare{Actor: boss}) })
	n.at(150*time.Second, func() {
		n.reply(page(plan.BusinessLead), "carla", reply.Reply{Action: reply.Take})
		n.reply(page(plan.CustomerLiaison), "eva", reply.Reply{Action: reply.Take})
		n.reply(page(plan.TechnicalSLT), "dev", reply.Reply{Action: reply.Take})
	})
	n.at(3*time.Minute, func() {
		require.Contains(t, n.told("dev"), "join_asked", "his page began before the declaration")
		for _, person := range []string{"carla", "eva", "dev"} {
			n.reply(contract.BusinessID(2026, 7), person, reply.Reply{Action: reply.Done})
		}
	})
	n.at(20*time.Minute, func() {
		require.Equal(t, business.EmergencyMode, snapshot[business.State](n, contract.BusinessID(2026, 7)).Mode)
		n.do("", contract.Cancel, incident.Cancel{Actor: boss})
	})
	n.run()
	require.NoError(t, n.GetWorkflowError())
	require.NotContains(t, n.told("dev"), "stand_down")
}
