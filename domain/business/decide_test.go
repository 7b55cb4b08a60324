package business_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/reply"
)

var t0 = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func rules(halts int) plan.Snapshot {
	s := plan.Snapshot{
		Minute: time.Minute, Briefing: plan.Briefing{Patience: 5 * time.Minute}, AnalysisWithin: 24 * time.Hour,
		Phases: []plan.Phase{plan.Investigation, plan.Identification, plan.Resolution},
		Audiences: []plan.AudienceRule{
			{Name: "internal", Draft: plan.TechnicalSLT, Check: plan.CustomerLiaison, Agree: []string{plan.LegalOfficer}, Release: plan.IncidentCommander},
			{Name: "customers", Draft: plan.TechnicalSLT, Skip: []plan.Phase{plan.Identification}},
		},
		Cadence: plan.Cadence{Remind: 5 * time.Minute},
	}
	for i := range halts {
		s.Emergency = append(s.Emergency, plan.TaskRule{ID: fmt.Sprintf("halt_%d", i+1), Role: plan.MarketingOfficer, Undo: true, Expect: 20 * time.Minute})
	}
	s.Emergency = append(s.Emergency, plan.TaskRule{ID: "watch", Role: plan.SocialOfficer, Every: 30 * time.Minute})
	for _, name := range []string{plan.IncidentCommander, plan.TechnicalSLT, plan.BusinessLead, plan.CustomerLiaison, plan.MarketingOfficer, plan.SocialOfficer, plan.LegalOfficer} {
		s.Roles = append(s.Roles, plan.RoleRule{Name: name, NeededToStart: name == plan.TechnicalSLT || name == plan.BusinessLead || name == plan.CustomerLiaison})
	}
	return s
}

// desk drives a business incident and keeps what it decided.
type desk struct {
	t       *testing.T
	s       business.State
	now     time.Time
	effects []effect.Effect
}

func open(t *testing.T, halts int) *desk {
	roles := holding.Roles{}.Hold(plan.IncidentCommander, "ben", "system", t0).Hold(plan.TechnicalSLT, "dev", "sms", t0)
	d := &desk{t: t, now: t0, s: business.New(business.Start{Number: 7, Year: 2026, Rules: rules(halts), Title: "Checkout down", Since: t0, Phase: plan.Investigation, Roles: roles})}
	d.do(business.Begin{})
	return d
}

func (d *desk) do(c business.Command) {
	d.t.Helper()
	s, effects, err := business.Decide(d.s, c, d.now)
	require.NoError(d.t, err, "%T", c)
	d.s, d.effects = s, append(d.effects, effects...)
}

func (d *desk) refuse(c business.Command, code refusal.Code) {
	d.t.Helper()
	_, _, err := business.Decide(d.s, c, d.now)
	var r *refusal.Error
	require.ErrorAs(d.t, err, &r, "%T", c)
	require.Equal(d.t, code, r.Code)
}

func (d *desk) take(role, person string) {
	held, _ := d.s.Roles.Of(role)
	d.do(business.Happened{Fact: effect.PageEnded{Role: role, K: held.K, Holder: person, Via: "sms", At: d.now, Called: true}})
}

func (d *desk) reply(person string, r reply.Reply) {
	d.do(business.Happened{Fact: effect.Replied{Person: person, Via: "sms", Reply: r}})
}

func (d *desk) wait() {
	due, _ := d.s.Next()
	require.False(d.t, due.IsZero())
	d.now = due
	d.do(business.Happened{Fact: effect.Tick{}})
}

// emergency brings the desk into emergency mode with the marketing officer at work.
func emergency(t *testing.T, halts int) *desk {
	d := open(t, halts)
	d.take(plan.BusinessLead, "carla")
	d.take(plan.CustomerLiaison, "eva")
	d.do(business.ConfirmBriefing{Actor: by("dev")})
	d.take(plan.MarketingOfficer, "anna")
	return d
}

func by(person string) actor.Actor { return actor.Actor{Person: person, Via: actor.Web} }

func (d *desk) told(person string) []notice.Kind {
	var kinds []notice.Kind
	for _, e := range d.effects {
		if tell, ok := e.(effect.Tell); ok && tell.Person == person {
			kinds = append(kinds, tell.Notice.Kind)
		}
	}
	return kinds
}

func (d *desk) paged() []string {
	var roles []string
	for _, e := range d.effects {
		if p, ok := e.(effect.OpenPage); ok {
			roles = append(roles, p.Role)
		}
	}
	return roles
}

func (d *desk) ended(phase plan.Phase, audience, outcome string) {
	d.do(business.Happened{Fact: effect.MessageEnded{Audience: audience, Phase: phase, Order: 1, Outcome: outcome, SentAt: d.now, NextUpdate: d.now.Add(30 * time.Minute)}})
}

func TestBegin_pagesWhoIsMissing_andNobodyTwice(t *testing.T) {
	d := open(t, 1)
	require.Equal(t, []string{plan.BusinessLead, plan.CustomerLiaison}, d.paged(), "the technical SLT is there already")
	require.Equal(t, business.Normal, d.s.Mode)
}

func TestGates_leadThenAllThree(t *testing.T) {
	d := open(t, 1)
	answer := business.Brief{Actor: actor.Actor{Person: "eva", StandIn: true}, Answers: []business.BriefReply{{Question: business.WorstCase, Text: "all"}}}
	d.refuse(answer, refusal.TooEarly)
	d.take(plan.BusinessLead, "carla")
	d.do(answer)
	d.refuse(business.ConfirmBriefing{Actor: by("dev")}, refusal.TooEarly)
	d.take(plan.CustomerLiaison, "eva")
	require.Equal(t, business.Briefed, d.s.Stage)
	d.refuse(business.ConfirmBriefing{Actor: by("eva")}, refusal.Forbidden)
	d.do(business.ConfirmBriefing{Actor: by("dev")})
	require.Equal(t, business.EmergencyMode, d.s.Mode)
	require.Equal(t, []string{plan.BusinessLead, plan.CustomerLiaison, plan.MarketingOfficer, plan.SocialOfficer, plan.LegalOfficer}, d.paged(), "each role once, when it is needed")
}

func TestBriefing_nobodyConfirms_emergencyModeComesAnywayAndAnswersAreOwed(t *testing.T) {
	d := open(t, 1)
	d.take(plan.BusinessLead, "carla")
	d.take(plan.CustomerLiaison, "eva")
	d.do(business.Brief{Actor: by("eva"), Answers: []business.BriefReply{{Question: business.WorstCase, Unknown: true}, {Question: business.StartTime, Text: "02:51"}}})
	d.wait()
	require.Equal(t, 5*time.Minute, d.now.Sub(t0))
	require.Equal(t, business.EmergencyMode, d.s.Mode)
	before := len(d.told("eva"))
	d.wait()
	require.Len(t, d.told("eva"), before+1, "one text names all open answers")
	d.do(business.Brief{Actor: by("eva"), Answers: []business.BriefReply{{Question: business.WorstCase, Text: "all shops"}}})
	for _, a := range d.s.Briefing.Answers {
		if a.Question == business.WorstCase {
			require.False(t, a.Debt.Pending(), "an answer ends the debt")
		}
	}
}

func TestTasks_oneAtATime_estimateLapseDone(t *testing.T) {
	d := emergency(t, 2)
	require.Equal(t, []notice.Kind{notice.TaskAsked}, d.told("anna"), "the second halt waits until the first is done")
	d.reply("anna", reply.Reply{Minutes: 20})
	d.now = d.now.Add(20 * time.Minute)
	d.do(business.Happened{Fact: effect.Tick{}})
	require.Equal(t, []notice.Kind{notice.TaskAsked, notice.Noted, notice.Lapsed}, d.told("anna"))
	d.reply("anna", reply.Reply{Action: reply.Done})
	d.reply("anna", reply.Reply{Action: reply.Done})
	require.Equal(t, []notice.Kind{notice.TaskAsked, notice.Noted, notice.Lapsed, notice.TaskAsked, notice.TaskDone}, d.told("anna"))
}

func TestTasks_noAnswer_leadIsToldOnce(t *testing.T) {
	d := emergency(t, 1)
	for range 12 {
		d.wait()
	}
	require.Equal(t, 1, count(d.told("carla"), notice.HelpWanted))
}

func TestTasks_passedOn_backupsArePagedAndTheTaskMoves(t *testing.T) {
	d := emergency(t, 1)
	d.reply("anna", reply.Reply{Action: reply.Pass})
	last := d.effects[len(d.effects)-2]
	require.IsType(t, effect.OpenPage{}, last)
	require.Equal(t, []string{"anna"}, last.(effect.OpenPage).Skip)
	d.take(plan.MarketingOfficer, "carla")
	require.Contains(t, d.told("carla"), notice.TaskAsked)
}

// Halt seven, skip one, add two by hand: the eight that really happened are restored.
func TestRestore_isTheMirrorOfWhatHappened(t *testing.T) {
	d := emergency(t, 7)
	d.do(business.DropTask{Actor: by("carla"), Task: "halt_3", Reason: "not running tonight"})
	for range 2 {
		d.do(business.AddTask{Actor: by("carla"), Role: plan.MarketingOfficer, What: "stop the radio spot"})
	}
	for range 8 {
		d.reply("anna", reply.Reply{Action: reply.Done})
	}
	d.do(business.Follow{Phase: plan.Resolution, By: "ben"})
	require.Equal(t, business.EmergencyMode, d.s.Mode, "nothing is restored before the resolution messages are out")
	d.ended(plan.Resolution, "internal", "sent")
	require.Equal(t, business.Resolving, d.s.Stage)
	d.ended(plan.Resolution, "customers", "skipped")
	require.Equal(t, business.RestoringNormal, d.s.Mode)
	var undo []string
	for _, task := range d.s.Tasks {
		if task.Kind == business.Undo {
			undo = append(undo, task.Of)
		}
	}
	require.Equal(t, []string{"halt_1", "halt_2", "halt_4", "halt_5", "halt_6", "halt_7", "extra_9", "extra_10"}, undo)
	for range 8 {
		require.Equal(t, business.RestoringNormal, d.s.Mode)
		d.reply("anna", reply.Reply{Action: reply.Done})
	}
	require.Equal(t, business.Normal, d.s.Mode)
	require.Equal(t, 1, count(d.told("dev"), notice.AnalysisDue))
	d.do(business.FinishTask{Actor: by("dev"), Task: business.PreliminaryAnalysis})
	require.Equal(t, business.Closed, d.s.Stage)
}

func TestFollow_phaseMoved_oldMessagesStopAndNewOnesStart(t *testing.T) {
	d := emergency(t, 1)
	d.do(business.Follow{Phase: plan.Identification, By: "ben"})
	require.Contains(t, d.effects, effect.WithdrawMessage{Audience: "internal", Phase: plan.Investigation})
	var states []board.CellState
	for _, c := range d.s.Cells {
		states = append(states, c.State)
	}
	require.Equal(t, []board.CellState{board.Withdrawn, board.Withdrawn, board.Open, board.NotOwed, board.ToWrite, board.ToWrite}, states)
	d.ended(plan.Identification, "internal", "sent")
	require.False(t, slices.ContainsFunc(d.s.Cells, func(c board.Cell) bool { return c.State == board.Open }), "customers are owed nothing in identification")
}

func TestPromise_warnedThenBroken_andKeptByTheNextUpdate(t *testing.T) {
	d := emergency(t, 0)
	d.ended(plan.Investigation, "internal", "sent")
	require.Len(t, d.s.Promises, 1)
	sent := d.now
	for d.now.Before(sent.Add(30 * time.Minute)) {
		d.wait()
	}
	require.True(t, d.s.Promises[0].Broken)
	require.Equal(t, 1, count(d.told("carla"), notice.PromiseDue))
	require.Equal(t, 1, count(d.told("carla"), notice.PromiseBroken))
	d.do(business.OrderMessage{Actor: by("carla"), Audience: "internal"})
	d.do(business.Happened{Fact: effect.MessageEnded{Audience: "internal", Phase: plan.Investigation, Order: 2, Outcome: "sent", SentAt: d.now, NextUpdate: d.now.Add(time.Hour)}})
	require.Len(t, d.s.Promises, 1)
	require.False(t, d.s.Promises[0].Broken)
}

func TestCancelled_whatWasHaltedIsRestored_andNoAnalysisIsOwed(t *testing.T) {
	d := emergency(t, 1)
	d.reply("anna", reply.Reply{Action: reply.Done})
	d.do(business.Follow{Phase: plan.Investigation, By: "ben", Cancelled: true})
	require.Equal(t, business.RestoringNormal, d.s.Mode)
	d.reply("anna", reply.Reply{Action: reply.Done})
	require.Equal(t, business.Closed, d.s.Stage)
	require.Equal(t, business.Normal, d.s.Mode)
}

func count(kinds []notice.Kind, kind notice.Kind) int {
	n := 0
	for _, k := range kinds {
		if k == kind {
			n++
		}
	}
	return n
}

// Customers were told of trouble that turns out to be none: they are told that, too.
func TestCancelled_whoWasTold_hearsThatItWasNothing(t *testing.T) {
	d := emergency(t, 1)
	d.s.Rules.Edition = plan.Edition
	d.reply("anna", reply.Reply{Action: reply.Done})
	d.do(business.Happened{Fact: effect.MessageEnded{Audience: "internal", Phase: plan.Investigation, Order: 1, Outcome: "sent", SentAt: d.now, NextUpdate: d.now.Add(time.Hour)}})
	d.do(business.Follow{Phase: plan.Resolution, By: "ben", Cancelled: true})
	require.Equal(t, business.RestoringNormal, d.s.Mode, "what was halted is restored at once")
	d.reply("anna", reply.Reply{Action: reply.Done})
	cell, _ := d.s.Find("internal", plan.Resolution)
	require.Equal(t, board.Open, cell.State)
	require.NotEqual(t, business.Closed, d.s.Stage)
	d.do(business.Happened{Fact: effect.MessageEnded{Audience: "internal", Phase: plan.Resolution, Order: 1, Outcome: "sent", SentAt: d.now}})
	require.Equal(t, business.Closed, d.s.Stage)
}
