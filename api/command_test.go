package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// The stages of an evening, as far as commands need them.
const (
	opened    = "opened"
	judged    = "judged"   // the Technical SLT took the role
	declared  = "declared" // the start-up roles are being paged
	emergency = "emergency"
	checking  = "checking" // the internal draft is submitted
)

// reach brings a new incident to a stage and returns its path.
func (s *site) reach(stage string) string {
	s.t.Helper()
	n := s.open(`{"title": "Checkout is down"}`)
	for _, step := range []struct{ stage, method, path, body string }{
		{judged, "POST", "/roles/technical_slt/accept", ""},
		{declared, "POST", "/declare", ""},
		{emergency, "POST", "/roles/business_lead/accept", ""},
		{emergency, "POST", "/roles/customer_liaison/accept", ""},
		{emergency, "POST", "/roles/business_lead/presence", ""},
		{emergency, "POST", "/roles/technical_slt/presence", ""},
		{emergency, "POST", "/roles/customer_liaison/presence", ""},
		{emergency, "POST", "/briefing/confirm", ""},
		{checking, "POST", "/messages/internal/investigation/submit", ""},
	} {
		if order := []string{opened, judged, declared, emergency, checking}; index(order, step.stage) > index(order, stage) {
			break
		}
		s.must(200, step.method, n+step.path, step.body)
	}
	return n
}

func index(all []string, one string) int {
	for i, x := range all {
		if x == one {
			return i
		}
	}
	return -1
}

// TestCommands_everyCall_reachesTheRightWorkflowAsTheRightPerson is the table of what each
// call becomes behind the door.
func TestCommands_everyCall_reachesTheRightWorkflowAsTheRightPerson(t *testing.T) {
	t.Parallel()
	as := func(person string) actor.Actor {
		return actor.Actor{Person: person, Via: actor.API, StandIn: true}
	}
	const message = "/messages/internal/investigation"
	for _, c := range []struct {
		stage, method, path, body string
		workflow, name            string
		command                   any
	}{
		{opened, "POST", "/assess", `{"visibility": "side_product", "expected_minutes": 30}`, "incident:2026-1", contract.Assess, incident.Assess{Actor: as("ben"), Visibility: "side_product", Expected: 30 * time.Minute}},
		{opened, "POST", "/declare", `{"reason": "it is bad"}`, "incident:2026-1", contract.Declare, incident.Declare{Actor: as("ben"), Reason: "it is bad"}},
		{opened, "POST", "/declare", `{"by": "finn"}`, "incident:2026-1", contract.Declare, incident.Declare{Actor: as("finn")}},
		{opened, "POST", "/phase", `{"phase": "identification"}`, "incident:2026-1", contract.ChangePhase, incident.ChangePhase{Actor: as("ben"), Phase: plan.Identification}},
		{opened, "POST", "/resolve", "", "incident:2026-1", contract.Resolve, incident.Resolve{Actor: as("ben")}},
		{opened, "POST", "/cancel", `{"reason": "a test"}`, "incident:2026-1", contract.Cancel, incident.Cancel{Actor: as("ben"), Reason: "a test"}},
		{opened, "POST", "/notes", `{"text": "hm"}`, "incident:2026-1", contract.AddNote, incident.AddNote{Actor: as("ben"), Text: "hm"}},
		{opened, "POST", "/roles/legal_officer/page", "", "incident:2026-1", contract.PageRole, incident.PageRole{Actor: as("ben"), Role: "legal_officer"}},
		{opened, "PUT", "/roles/legal_officer/holder", `{"person": "eva"}`, "incident:2026-1", contract.Appoint, incident.Appoint{Actor: as("ben"), Role: "legal_officer", Person: "eva"}},
		{opened, "POST", "/roles/legal_officer/accept", "", "incident:2026-1", contract.Appoint, incident.Appoint{Actor: as("carla"), Role: "legal_officer", Person: "carla", Vacant: true}},
		{opened, "POST", "/roles/technical_slt/accept", `{"minutes": 5}`, "page:2026-1:technical-slt:1", contract.AcceptPage, escalation.Accept{Actor: as("dev"), Minutes: 5}},
		{opened, "POST", "/roles/technical_slt/decline", `{"by": "finn", "reason": "on a plane"}`, "page:2026-1:technical-slt:1", contract.DeclinePage, escalation.Decline{Actor: as("finn"), Reason: "on a plane"}},
		{judged, "POST", "/recommend", `{"declare": false, "note": "wait", "ask_again_minutes": 10}`, "incident:2026-1", contract.Recommend, incident.Recommend{Actor: as("dev"), Note: "wait", AskAgainMinutes: 10}},
		{declared, "POST", "/roles/legal_officer/page", "", "business:2026-1", contract.PageRole, business.PageRole{Actor: as("ben"), Role: "legal_officer"}},
		{declared, "PUT", "/roles/business_lead/holder", `{"person": "finn", "by": "ben"}`, "business:2026-1", contract.Appoint, business.Appoint{Actor: as("ben"), Role: "business_lead", Person: "finn"}},
		{declared, "POST", "/roles/business_lead/accept", "", "page:2026-1:business-lead:1", contract.AcceptPage, escalation.Accept{Actor: as("eva")}},
		{declared, "POST", "/resolve", "", "incident:2026-1", contract.Resolve, incident.Resolve{Actor: as("ben")}},
		{emergency, "POST", "/roles/business_lead/presence", "", "business:2026-1", contract.Attend, business.Attend{Actor: as("eva"), Role: "business_lead"}},
		{opened, "POST", "/roles/legal_officer/page", `{"both": true}`, "incident:2026-1", contract.PageRole, incident.PageRole{Actor: as("ben"), Role: "legal_officer", Both: true}},
		{judged, "POST", "/roles/technical_slt/still-here", "", "incident:2026-1", contract.StillHere, incident.StillHere{Actor: as("dev")}},
		{emergency, "POST", "/roles/technical_slt/still-here", "", "business:2026-1", contract.StillHere, business.StillHere{Actor: as("dev")}},
		{emergency, "PUT", "/roles/customer_liaison/proxy", `{"person": "anna"}`, "business:2026-1", contract.NameProxy, business.NameProxy{Actor: as("carla"), Role: "customer_liaison", Person: "anna"}},
		{emergency, "PUT", "/briefing", `{"answers": [{"question": "worst_case", "text": "all"}]}`, "business:2026-1", contract.Brief, business.Brief{Actor: as("carla"), Answers: []business.BriefReply{{Question: business.WorstCase, Text: "all"}}}},
		{emergency, "POST", "/briefing/confirm", "", "business:2026-1", contract.ConfirmBriefing, business.ConfirmBriefing{Actor: as("dev")}},
		{emergency, "POST", "/tasks", `{"role": "support_lead", "what": "stop refunds"}`, "business:2026-1", contract.AddTask, business.AddTask{Actor: as("eva"), Role: "support_lead", What: "stop refunds"}},
		{emergency, "POST", "/tasks/stop_campaigns/estimate", `{"minutes": 7}`, "business:2026-1", contract.EstimateTask, business.EstimateTask{Actor: as("anna"), Task: "stop_campaigns", Minutes: 7}},
		{emergency, "POST", "/tasks/stop_campaigns/done", `{"note": "all of them"}`, "business:2026-1", contract.FinishTask, business.FinishTask{Actor: as("anna"), Task: "stop_campaigns", Note: "all of them"}},
		{emergency, "POST", "/tasks/stop_campaigns/blocked", `{"reason": "no access"}`, "business:2026-1", contract.BlockTask, business.BlockTask{Actor: as("anna"), Task: "stop_campaigns", Reason: "no access"}},
		{emergency, "POST", "/tasks/stop_campaigns/drop", "", "business:2026-1", contract.DropTask, business.DropTask{Actor: as("eva"), Task: "stop_campaigns"}},
		{emergency, "PUT", message, `{"texts": [{"language": "en", "body": "New."}]}`, "message:2026-1:investigation:internal", contract.EditDraft, comms.Edit{Actor: as("dev"), Texts: []effect.Text{{Language: "en", Body: "New."}}}},
		{emergency, "POST", message + "/submit", "", "message:2026-1:investigation:internal", contract.SubmitDraft, comms.Submit{Actor: as("dev")}},
		{emergency, "POST", message + "/estimate", `{"minutes": 3}`, "message:2026-1:investigation:internal", contract.EstimateReview, comms.Estimate{Actor: as("dev"), Role: "technical_slt", Minutes: 3}},
		{emergency, "POST", message + "/skip", `{"reason": "nothing new"}`, "business:2026-1", contract.SkipMessage, business.SkipMessage{Actor: as("eva"), Audience: "internal", Phase: plan.Investigation, Reason: "nothing new"}},
		{emergency, "POST", message + "/order", "", "business:2026-1", contract.OrderMessage, business.OrderMessage{Actor: as("eva"), Audience: "internal", Phase: plan.Investigation}},
		{checking, "POST", message + "/agree", `{"suggestion": "shorter"}`, "message:2026-1:investigation:internal", contract.AgreeToDraft, comms.Agree{Actor: as("carla"), Role: "customer_liaison", Suggestion: "shorter"}},
		{checking, "POST", message + "/object", `{"words": "not all"}`, "message:2026-1:investigation:internal", contract.ObjectToDraft, comms.Object{Actor: as("carla"), Role: "customer_liaison", Words: "not all"}},
	} {
		t.Run(c.stage+" "+c.method+" "+c.path+" "+c.body, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			n := s.reach(c.stage)
			before := len(s.engine.Calls())
			s.must(200, c.method, n+c.path, c.body, "Idempotency-Key: once")
			calls := s.engine.Calls()[before:]
			require.Len(t, calls, 1)
			want := apitest.Call{Workflow: c.workflow, Name: c.name, Request: "once", Command: c.command}
			require.Empty(t, cmp.Diff(want, calls[0]))

			again := s.do(c.method, n+c.path, c.body, "Idempotency-Key: once")
			require.Contains(t, []int{200, 409}, again.StatusCode, "repeated it is done once: %s", again.body)
		})
	}
}

func TestMessages_objection_blocksUntilItIsSettled(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.reach(checking)
	const path = "/messages/internal/investigation"
	s.must(200, "POST", n+path+"/object", `{"words": "not all payments", "by": "carla"}`)
	m := s.must(200, "GET", n+path, "")
	require.Equal(t, "not all payments", at(t, m, "objections", "by=carla", "words"))
	s.must(200, "POST", n+path+"/agree", "")
	require.Equal(t, "checking", s.must(200, "GET", n+path, "")["stage"])
	require.Equal(t, "not_found", s.must(404, "POST", n+path+"/settle", `{"how": "said so", "objection": 9}`)["code"])
	s.must(200, "POST", n+path+"/settle", `{"how": "said so"}`)
	m = s.must(200, "GET", n+path, "")
	require.NotEqual(t, "checking", m["stage"])
	require.Equal(t, "carla: said so", at(t, m, "objections", "by=carla", "settled"))
	calls := s.engine.Calls()
	require.Equal(t, comms.Settle{Actor: actor.Actor{Person: "carla", Via: actor.API, StandIn: true}, Objection: 1, How: "said so"}, calls[len(calls)-1].Command)
}

func TestMessages_staleText_isAConflictOrAFailedCondition(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.reach(checking)
	const path = "/messages/internal/investigation/agree"
	require.Equal(t, "stale", s.must(409, "POST", n+path, `{"hash": "0000"}`)["code"])
	r := s.must(412, "POST", n+path, "", `If-Match: "0000"`)
	require.Equal(t, "stale", r["code"])
	require.EqualValues(t, 412, r["status"])
	tag := s.do("GET", n+"/messages/internal/investigation", "").Header.Get("ETag")
	s.must(200, "POST", n+path, "", "If-Match: "+tag)
}

func TestOpen_sameKey_opensOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const body = `{"title": "Checkout is down", "severity": "severe"}`
	first := s.do("POST", "/api/v1/incidents", body, "Idempotency-Key: k")
	require.Equal(t, 201, first.StatusCode, first.body)
	require.Contains(t, first.body, `"declared":{"by":"ben"`)
	calls := len(s.engine.Calls())
	again := s.do("POST", "/api/v1/incidents", body, "Idempotency-Key: k")
	require.Equal(t, 200, again.StatusCode)
	require.Equal(t, first.Header.Get("Location"), again.Header.Get("Location"))
	require.Len(t, s.engine.Calls(), calls, "nothing was commanded twice")
	other := s.do("POST", "/api/v1/incidents", `{"title": "Search is down", "drill": true}`)
	require.Equal(t, "/api/v1/incidents/2", other.Header.Get("Location"))
	require.Contains(t, other.body, `"drill":true`)
	require.Equal(t, "Search is down", s.must(200, "GET", "/api/v1/incidents/incident:2026-2", "")["title"])
}

func TestLists_pages_followTheCursor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for range 5 {
		s.open(`{"title": "Checkout is down"}`)
	}
	s.must(200, "POST", "/api/v1/incidents/4/cancel", "")
	var seen []float64
	for cursor := ""; ; {
		page := s.must(200, "GET", "/api/v1/incidents?limit=2&cursor="+cursor, "")
		for _, i := range page["items"].([]any) {
			seen = append(seen, at(t, i, "number").(float64))
		}
		next, more := page["next_cursor"].(string)
		if !more {
			require.Contains(t, page, "next_cursor")
			break
		}
		cursor = next
	}
	require.Equal(t, []float64{5, 4, 3, 2, 1}, seen)
	open := s.must(200, "GET", "/api/v1/incidents?open=true", "")["items"].([]any)
	require.Len(t, open, 4)
	all := s.must(200, "GET", "/api/v1/incidents/1/deliveries?limit=1", "")
	require.Len(t, all["items"], 1)
}

func TestPeople_neverShowHowToReachAnybody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.reach(emergency)
	for _, path := range []string{"/api/v1/people", "/api/v1/on-call", n, n + "/roles", n + "/timeline", n + "/deliveries", n + "/messages"} {
		r := s.do("GET", path, "")
		require.Equal(t, 200, r.StatusCode)
		for _, p := range s.engine.Plan().People {
			require.NotContains(t, r.body, p.Email, path)
			for _, phone := range p.Phones {
				require.NotContains(t, r.body, strings.TrimPrefix(phone.Number, "+49"), path)
			}
		}
	}
	people := s.must(200, "GET", "/api/v1/people", "")
	require.Contains(t, at(t, people, "items", "id=anna", "roles"), "marketing_officer")
	duty := s.must(200, "GET", "/api/v1/on-call?role=business_lead&at=2026-12-02T12:00:00Z", "")
	first := at(t, duty, "items", "role=business_lead", "candidates").([]any)[0]
	require.Equal(t, "eva", at(t, first, "person"))
	require.Contains(t, at(t, first, "why"), "rotation leads")
}

// TestMessages_everyGate_isPassedByItsPerson plays whole loops with empty bodies.
func TestMessages_everyGate_isPassedByItsPerson(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.reach(emergency)
	acts := map[string]string{"drafting": "submit", "checking": "agree", "reviewing": "agree", "approving": "approve", "releasing": "release"}
	for _, audience := range []string{"internal", "strategic"} {
		path := n + "/messages/" + audience + "/investigation"
		for range 20 {
			next := acts[at(t, s.must(200, "GET", path, ""), "stage").(string)]
			if next == "" {
				break
			}
			s.must(200, "POST", path+"/"+next, "")
		}
		require.Equal(t, "sent", s.must(200, "GET", path, "")["state"], audience)
	}
	m := s.must(200, "GET", n+"/messages/strategic/investigation", "")
	for _, gate := range at(t, m, "gates").([]any) {
		if at(t, gate, "kind") == "announce" {
			require.Equal(t, "dropped", at(t, gate, "state"), "the release came before anybody told the commander")
			continue
		}
		require.Equal(t, "done", at(t, gate, "state"))
		require.NotEmpty(t, at(t, gate, "done_by_name"))
	}
	require.Equal(t, "ben", m["released_by"])
	var approver, releaser string
	for _, c := range s.engine.Calls() {
		switch command := c.Command.(type) {
		case comms.Authorise:
			approver = command.Actor.Person
		case comms.Dispatch:
			releaser = command.Actor.Person
		}
	}
	require.Equal(t, "eva", approver, "the executive approver's primary")
	require.Equal(t, "ben", releaser, "the incident commander")
}

// TestAlert_throughTheDoor_becomesAnIncident follows an alert from its sender to the console.
func TestAlert_throughTheDoor_becomesAnIncident(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	event := func(action, severity string) {
		s.engine.Advance(t.Context(), time.Minute) // changes of one alert are handed on one after another
		s.must(202, "POST", "/v2/enqueue", `{"routing_key": "00000000000000000000000000000001", "event_action": "`+action+`", "dedup_key": "shop",
			"payload": {"summary": "Checkout <b>is</b> down", "source": "shop", "severity": "`+severity+`"}}`)
		require.NoError(t, s.engine.Pump(t.Context()))
	}
	event("trigger", "warning")
	i := s.must(200, "GET", "/api/v1/incidents/1", "")
	require.Equal(t, "Checkout <b>is</b> down", i["title"], "JSON shows words as they are; pages encode them")
	require.EqualValues(t, 4, i["score"], "important × many × under 15 minutes")
	require.Equal(t, "detection", i["phase"])
	event("trigger", "critical")
	event("resolve", "critical")
	i = s.must(200, "GET", "/api/v1/incidents/1", "")
	require.Equal(t, "resolved", at(t, i, "alerts", "key=shop", "status"))
	require.Equal(t, false, i["closed"], "a machine never ends an incident")
	require.Contains(t, s.do("GET", "/metrics", "").body, `stormbell_signals_received_total{outcome="opened",source="events"} 1`)
	require.Contains(t, s.do("GET", "/metrics", "").body, `stormbell_signals_received_total{outcome="joined",source="events"} 2`)
	s.must(202, "POST", "/in/alertmanager", `not even JSON`)
	require.NoError(t, s.engine.Pump(t.Context()))
	i = s.must(200, "GET", "/api/v1/incidents/2", "")
	require.Equal(t, "unreadable alert from alertmanager", i["title"])
	require.EqualValues(t, 9, i["score"])
	require.Equal(t, true, at(t, i, "alerts", "source=alertmanager", "unreadable"))
}
