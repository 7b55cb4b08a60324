package reporttest

import (
	"fmt"
	"time"

	"github.com/stormbell/stormbell/api/view/report"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/impact"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
)

// At is an instant of the night, in minutes from its beginning at 02:51.
func At(minutes float64) time.Time {
	return time.Date(2026, 11, 23, 2, 51, 0, 0, time.UTC).Add(time.Duration(minutes * float64(time.Minute)))
}

// Night is the whole night as the record holds it, with the built-in plan p.
func Night(p plan.Plan) report.Input {
	n := &night{}
	n.calls()
	n.briefing()
	n.texts()
	n.tasks()
	n.end()
	return report.Input{
		Plan: p, Now: At(300), Year: 2026, Number: 7, Title: "Checkout is down", OpenedAt: At(0), ClosedAt: At(200),
		Incident: incident.State{
			Number: 7, Year: 2026, Title: "Checkout is down", OpenedAt: At(0), Phase: plan.Publishing, Closed: true, BusinessOver: true,
			Facts: impact.Facts{Since: At(-4)}, Declared: &incident.Decision{By: "ben", At: At(9)}, Resolved: &incident.Decision{By: "ben", At: At(81)},
		},
		Business: state(), Timeline: n.entries, Sends: n.sends, Recipients: recipients(),
		Pages: map[string]escalation.State{"page:2026-7:legal-officer:1": {Candidates: []string{"carla", "eva", "finn"}}},
		Loops: map[string]comms.State{
			"message:2026-7:investigation:internal": {
				Order: 2, Stage: comms.Withdrawn, By: map[string]int{"email": 6},
				Audience:   plan.AudienceRule{Name: "internal", Send: []string{"email", "status_page"}, Draft: plan.TechnicalSLT, Check: plan.CustomerLiaison, Agree: []string{plan.LegalOfficer, plan.MessagingOfficer}, Approve: plan.ELTApprover, Release: plan.IncidentCommander},
				Objections: []comms.Objection{{ID: 1, By: "eva", Words: "“faulty” sounds like blame", At: At(37), Settled: "anna: the word is changed"}},
			},
		},
	}
}

type night struct {
	entries []report.Entry
	sends   []report.Send
}

// said adds an entry; pairs are its data.
func (n *night) said(at float64, workflow, kind, actor string, pairs ...string) {
	e := report.Entry{At: At(at), Workflow: workflow, Kind: kind, Actor: actor, Data: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		e.Data[pairs[i]] = pairs[i+1]
	}
	if kind == "note" {
		e.Text = pairs[1]
	}
	n.entries = append(n.entries, e)
}

const (
	technical = "incident:2026-7"
	company   = "business:2026-7"
)

// page is a role that is looked for: each person after some minutes, by a channel, and who took it.
func (n *night) page(role, wire string, from float64, taken float64, by string, tries ...try) {
	id := "page:2026-7:" + wire + ":1"
	n.said(from, company, "role_paged", "system", "role", role)
	for i, t := range tries {
		n.said(from+t.after, id, "reaching", "system", "role", role, "person", t.person, "channel", t.channel)
		n.sends = append(n.sends, report.Send{Workflow: id, Step: fmt.Sprintf("rung-%d-%s-%s", i, t.person, t.channel), Person: t.person, Channel: t.channel, State: t.state, Class: t.class, At: At(from + t.after)})
	}
	if by != "" {
		n.said(taken, id, "role_taken", by, "role", role, "person", by, "via", "sms")
	}
}

type try struct {
	after           float64
	person, channel string
	state           delivery.State
	class           delivery.Class
}

func text(after float64, person string) try {
	return try{after, person, "sms", delivery.Delivered, delivery.None}
}

func voicemail(after float64, person string) try {
	return try{after, person, "call", delivery.Failed, delivery.NotReached}
}

func (n *night) calls() {
	n.said(0, technical, "incident_opened", "system")
	n.said(0, technical, "score_changed", "system", "score", "6", "verdict", "none")
	n.said(0, technical, "role_taken", "system", "role", plan.IncidentCommander, "person", "ben")
	n.said(4, technical, "score_changed", "system", "score", "9", "verdict", "ask_expert")
	n.page(plan.TechnicalSLT, "technical-slt", 4, 7, "dev", text(0, "dev"))
	n.said(6, technical, "score_changed", "system", "score", "12", "verdict", "recommend")
	n.said(8, technical, "recommended", "dev", "declare", "true", "note", "it will not end soon")
	n.said(9, technical, "declared", "ben", "reason", "customers cannot pay")
	n.page(plan.BusinessLead, "business-lead", 9, 11, "anna", text(0, "anna"))
	n.page(plan.CustomerLiaison, "customer-liaison", 9, 13, "carla", text(0, "carla"))
	n.page(plan.LegalOfficer, "legal-officer", 18, 35, "finn", text(0, "carla"), voicemail(3, "carla"), text(7, "eva"), try{7, "eva", "call", delivery.Failed, delivery.Permanent}, text(12, "finn"))
	n.page(plan.MarketingOfficer, "marketing-officer", 18, 21, "anna", text(0, "anna"))
	n.page(plan.SocialOfficer, "social-officer", 18, 20, "carla", text(0, "carla"))
	n.page(plan.MessagingOfficer, "messaging-officer", 18, 22, "anna", text(0, "anna"))
	n.page(plan.ELTApprover, "elt-approver", 18, 24, "eva", text(0, "eva"))
}

func (n *night) briefing() {
	n.said(14, company, "briefing_started", "system")
	n.said(18, company, "briefing_confirmed", "dev")
	n.said(18, company, "mode_changed", "system", "mode", "emergency")
	n.said(12, technical, "phase_changed", "dev", "from", "detection", "to", "investigation")
	n.said(30, technical, "note", "dev", "text", "the release of 02:40 is suspected")
}

// loop is one text through its gates at the given minutes: draft, check, two readers, approval, release, sent.
func (n *night) loop(audience, phase string, start float64, gates ...float64) {
	id := "message:2026-7:" + phase + ":" + audience
	data := []string{"audience", audience, "phase", phase}
	n.said(start, id, "draft_ordered", "system", data...)
	acts := []struct{ kind, who string }{{"draft_submitted", "dev"}, {"agreed", "carla"}, {"agreed", "anna"}, {"agreed", "finn"}, {"approved", "eva"}, {"released", "ben"}, {"sent", "ben"}}
	for i, at := range gates {
		n.said(at, id, acts[i].kind, acts[i].who, data...)
	}
}

func (n *night) texts() {
	n.loop("internal", "investigation", 18, 23, 24, 26, 36, 39, 41, 42)
	n.said(37, "message:2026-7:investigation:internal", "objected", "eva", "audience", "internal", "phase", "investigation")
	n.said(38, "message:2026-7:investigation:internal", "objection_settled", "anna", "audience", "internal", "phase", "investigation")
	n.entries[len(n.entries)-1].Text = "anna settled the objection of eva: the word is changed"
	due := func(minutes float64) string { return At(minutes).Format(time.RFC3339) }
	n.said(42, company, "promise_made", "system", "audience", "internal", "due", due(60))
	n.loop("internal", "investigation", 48)
	n.said(59, company, "holding_sent", "system", "audience", "internal")
	n.said(66, "message:2026-7:investigation:internal", "withdrawn", "system", "audience", "internal", "phase", "investigation")
	n.said(66, technical, "phase_changed", "ben", "from", "investigation", "to", "identification")
	n.loop("internal", "identification", 66, 70, 71, 72, 74, 76, 78, 79)
	n.said(79, company, "promise_late", "system", "audience", "internal", "due", due(77), "late_seconds", "120")
	n.said(79, company, "promise_made", "system", "audience", "internal", "due", due(97))
	n.said(81, technical, "resolved", "ben", "reason", "the old release is back")
	n.said(81, technical, "phase_changed", "ben", "from", "identification", "to", "resolution")
	n.loop("internal", "resolution", 81, 83, 84, 85, 86, 88, 89, 90)
	n.said(90, company, "promise_kept", "system", "audience", "internal", "due", due(97))
	n.said(82, company, "message_skipped", "anna", "audience", "strategic", "phase", "resolution")
}

func (n *night) tasks() {
	n.said(21, company, "task_given", "system", "task", "stop_campaigns", "role", plan.MarketingOfficer)
	n.said(22, company, "task_estimated", "anna", "task", "stop_campaigns", "minutes", "10")
	n.said(33, company, "task_overdue", "system", "task", "stop_campaigns")
	n.said(34, company, "task_estimated", "anna", "task", "stop_campaigns", "minutes", "5")
	n.said(40, company, "task_done", "anna", "task", "stop_campaigns", "note", "ads are off, too")
	n.said(20, company, "task_given", "system", "task", "stop_posts", "role", plan.SocialOfficer)
	n.said(21, company, "task_estimated", "carla", "task", "stop_posts", "minutes", "10")
	n.said(28, company, "task_done", "carla", "task", "stop_posts")
	n.said(41, company, "task_given", "system", "task", "stop_paid_social", "role", plan.MarketingOfficer)
	n.said(60, company, "task_done", "anna", "task", "stop_paid_social")
	n.said(20, company, "task_given", "system", "task", "watch_outside", "role", plan.SocialOfficer)
}

func (n *night) end() {
	n.said(90, company, "mode_changed", "system", "mode", "restoring")
	n.said(91, company, "task_given", "system", "task", "undo_stop_campaigns", "role", plan.MarketingOfficer)
	n.said(99, company, "task_done", "anna", "task", "undo_stop_campaigns")
	n.said(100, company, "mode_changed", "system", "mode", "normal")
	n.said(200, technical, "incident_closed", "system")
}

func state() *business.State {
	task := func(id, of string, kind business.TaskKind, role string, s checkback.State, done float64) business.Task {
		t := business.Task{Item: checkback.New(id, role), Kind: kind, Of: of}
		t.State = s
		if s == checkback.Done {
			t.DoneAt = At(done)
		}
		return t
	}
	b := &business.State{Number: 7, Year: 2026, Stage: business.Closed, Mode: business.Normal, Phase: plan.Resolution, Tasks: []business.Task{
		task("stop_campaigns", "stop_campaigns", business.Halt, plan.MarketingOfficer, checkback.Done, 40),
		task("stop_posts", "stop_posts", business.Halt, plan.SocialOfficer, checkback.Done, 28),
		task("stop_paid_social", "stop_paid_social", business.Halt, plan.MarketingOfficer, checkback.Done, 60),
		task("watch_outside", "watch_outside", business.Watch, plan.SocialOfficer, checkback.Dropped, 0),
		task("undo_stop_campaigns", "stop_campaigns", business.Undo, plan.MarketingOfficer, checkback.Done, 99),
	}}
	b.Cells = []board.Cell{{Audience: "strategic", Phase: plan.Resolution, State: board.Skipped, Reason: "told by phone"}}
	b.Briefing.Answers = []business.Answer{{Question: business.TriggeringError, Text: "Many payments are refused."}, {Question: business.Cause, Text: "A faulty release."}}
	return b
}

// recipients are those of the three messages and of the text agreed on beforehand.
func recipients() []report.Count {
	const of = "distribution:2026-7:"
	return []report.Count{
		{Workflow: of + "investigation:internal:1", Channel: "email", State: delivery.Delivered, Count: 4},
		{Workflow: of + "investigation:internal:1", Channel: "sms", State: delivery.Delivered, Count: 1},
		{Workflow: of + "investigation:internal:1", Channel: "email", State: delivery.Failed, Class: delivery.Permanent, Count: 1},
		{Workflow: of + "investigation:internal:0", Channel: "email", State: delivery.Delivered, Count: 5},
		{Workflow: of + "identification:internal:1", Channel: "email", State: delivery.Delivered, Count: 5},
		{Workflow: of + "identification:internal:1", Channel: "sms", State: delivery.Failed, Class: delivery.OptedOut, Count: 1},
		{Workflow: of + "resolution:internal:1", Channel: "email", State: delivery.Accepted, Count: 5},
	}
}
