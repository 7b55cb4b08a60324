package incident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/reply"
)

var t0 = time.Date(2026, 11, 22, 2, 51, 0, 0, time.UTC)

func rules() plan.Snapshot {
	return plan.Snapshot{
		Minute: time.Minute,
		Roles:  []plan.RoleRule{{Name: plan.IncidentCommander}, {Name: plan.TechnicalSLT}, {Name: plan.LegalOfficer}},
		Severity: plan.Severity{
			Visibility: []plan.Grade{{Name: "side", Value: 1}, {Name: "core", Value: 3}}, Impact: []plan.Grade{{Name: "few", Value: 1}, {Name: "most", Value: 3}},
			Duration: []plan.Grade{{Name: "short", Value: 1}, {Name: "long", Value: 3, Over: time.Hour}}, AskExpertAt: 8, RecommendAt: 12,
		},
	}
}

// desk drives one incident and keeps what it decided.
type desk struct {
	t       *testing.T
	s       incident.State
	now     time.Time
	effects []effect.Effect
}

func opened(t *testing.T, alerts ...incident.Alert) *desk {
	d := &desk{t: t, now: t0, s: incident.New(7, 2026, rules(), false)}
	d.do(incident.Alerts{Alerts: alerts})
	d.do(incident.Happened{Fact: effect.PeopleFound{Role: plan.IncidentCommander, Rung: -1, Candidates: []string{"ben", "finn"}}})
	return d
}

func firing(key, visibility, impact string) incident.Alert {
	return incident.Alert{Source: "am", Key: key, Status: incident.Firing, Title: "Checkout down", Visibility: visibility, Impact: impact, StartedAt: t0, Count: 1}
}

func (d *desk) do(c incident.Command) {
	d.t.Helper()
	s, effects, err := incident.Decide(d.s, c, d.now)
	require.NoError(d.t, err, "%T", c)
	d.s, d.effects = s, append(d.effects, effects...)
}

func (d *desk) refuse(c incident.Command, code refusal.Code) {
	d.t.Helper()
	after, effects, err := incident.Decide(d.s, c, d.now)
	var r *refusal.Error
	require.ErrorAs(d.t, err, &r, "%T", c)
	require.Equal(d.t, code, r.Code)
	require.Empty(d.t, effects)
	require.Equal(d.t, d.s, after)
}

func (d *desk) count(match func(effect.Effect) bool) int {
	n := 0
	for _, e := range d.effects {
		if match(e) {
			n++
		}
	}
	return n
}

// told is what each person was told last.
func (d *desk) told() map[string]notice.Kind {
	told := map[string]notice.Kind{}
	for _, e := range d.effects {
		if tell, ok := e.(effect.Tell); ok {
			told[tell.Person] = tell.Notice.Kind
		}
	}
	return told
}

func isPage(e effect.Effect) bool { _, ok := e.(effect.OpenPage); return ok }

func by(person string) actor.Actor { return actor.Actor{Person: person, Via: actor.API} }

func TestAlerts_manyRepeats_onePage(t *testing.T) {
	d := opened(t, firing("k", "core", "most"))
	for range 100 {
		d.do(incident.Alerts{Alerts: []incident.Alert{firing("k", "core", "most"), firing("other", "core", "most")}})
	}
	require.Equal(t, 1, d.count(isPage))
	require.Len(t, d.s.Alerts, 2)
	require.Equal(t, plan.Detection, d.s.Phase)
}

func TestAlerts_worseRepeat_pagesThen(t *testing.T) {
	d := opened(t, firing("k", "side", "few"))
	require.Zero(t, d.count(isPage))
	d.do(incident.Alerts{Alerts: []incident.Alert{firing("k", "core", "most")}})
	require.Equal(t, 1, d.count(isPage))
}

func TestAlerts_resolved_asksAndNeverEnds(t *testing.T) {
	d := opened(t, firing("k", "core", "most"))
	over := firing("k", "core", "most")
	over.Status = incident.AlertEnded
	d.do(incident.Alerts{Alerts: []incident.Alert{over}})
	require.True(t, d.s.Ongoing())
	require.Equal(t, 1, d.count(func(e effect.Effect) bool {
		r, ok := e.(effect.Record)
		return ok && r.Kind == "monitoring_says_over"
	}))
}

func TestTick_scoreRisesWithTime_pagesAndNeverDeclares(t *testing.T) {
	d := opened(t, firing("k", "core", "few"))
	for due, _ := d.s.Next(); !due.IsZero(); due, _ = d.s.Next() {
		d.now = due
		d.do(incident.Happened{Fact: effect.Tick{}})
	}
	require.Equal(t, time.Hour, d.now.Sub(t0))
	require.Equal(t, 1, d.count(isPage))
	require.Nil(t, d.s.Declared)
}

func investigated(t *testing.T) *desk {
	d := opened(t, firing("k", "core", "most"))
	d.do(incident.Happened{Fact: effect.PageEnded{Role: plan.TechnicalSLT, K: 1, Holder: "dev", Via: "sms", At: d.now}})
	require.Equal(t, plan.Investigation, d.s.Phase, "a human at work ends detection")
	return d
}

func TestDeclare_onlyTheCommander_onlyInItsPhases(t *testing.T) {
	d := opened(t, firing("k", "core", "most"))
	d.refuse(incident.Declare{Actor: by("ben")}, refusal.WrongPhase)
	d = investigated(t)
	d.refuse(incident.Declare{Actor: by("dev")}, refusal.Forbidden)
	d.refuse(incident.Recommend{Actor: by("ben"), Declare: true}, refusal.Forbidden)
	d.do(incident.Recommend{Actor: by("dev"), Declare: true})
	d.do(incident.Declare{Actor: by("ben")})
	d.do(incident.Declare{Actor: by("ben")})
	require.Equal(t, incident.Severe, d.s.Severity)
	require.Equal(t, 1, d.count(func(e effect.Effect) bool { _, ok := e.(effect.StartBusiness); return ok }), "declared twice is declared once")
	d.refuse(incident.Recommend{Actor: by("dev")}, refusal.AlreadyDone)
	late := investigated(t)
	late.do(incident.ChangePhase{Actor: by("ben"), Phase: plan.Monitoring})
	late.refuse(incident.Declare{Actor: by("ben")}, refusal.WrongPhase)
}

func TestRecommend_notYet_isAskedAgain(t *testing.T) {
	d := investigated(t)
	d.do(incident.Recommend{Actor: by("dev"), AskAgainMinutes: 15})
	due, _ := d.s.Next()
	require.Equal(t, 15*time.Minute, due.Sub(d.now))
	d.now = due
	d.do(incident.Happened{Fact: effect.Tick{}})
	require.Equal(t, 2, d.count(func(e effect.Effect) bool {
		tell, ok := e.(effect.Tell)
		return ok && tell.Person == "dev" && tell.Notice.Kind == notice.RecommendAsked
	}))
}

func TestPhase_onlyGoesOn(t *testing.T) {
	d := investigated(t)
	d.refuse(incident.ChangePhase{Actor: by("ben"), Phase: "panic"}, refusal.Invalid)
	d.refuse(incident.ChangePhase{Actor: by("zoe"), Phase: plan.Monitoring}, refusal.Forbidden)
	d.refuse(incident.ChangePhase{Actor: by("ben"), Phase: plan.Analysis}, refusal.TooEarly)
	d.do(incident.ChangePhase{Actor: by("ben"), Phase: plan.Monitoring})
	d.refuse(incident.ChangePhase{Actor: by("ben"), Phase: plan.Investigation}, refusal.WrongPhase)
}

func TestResolve_undeclared_closes_declared_waitsForTheBusiness(t *testing.T) {
	d := investigated(t)
	d.do(incident.Resolve{Actor: by("ben")})
	require.True(t, d.s.Closed)
	d.refuse(incident.AddNote{Actor: by("ben"), Text: "late"}, refusal.Ended)

	d = investigated(t)
	d.do(incident.Declare{Actor: by("ben")})
	d.do(incident.Resolve{Actor: by("ben")})
	require.False(t, d.s.Closed)
	d.refuse(incident.ChangePhase{Actor: by("ben"), Phase: plan.Analysis}, refusal.TooEarly)
	d.do(incident.Happened{Fact: effect.BusinessEnded{}})
	require.Equal(t, plan.Analysis, d.s.Phase)
	d.do(incident.ChangePhase{Actor: by("ben"), Phase: plan.Publishing})
	require.True(t, d.s.Closed)
}

func TestLateReply_isToldWhoHoldsTheRole(t *testing.T) {
	d := investigated(t)
	d.do(incident.Happened{Fact: effect.Replied{Person: "finn", Role: plan.TechnicalSLT, Reply: reply.Reply{Action: reply.Take}}})
	last, ok := d.effects[len(d.effects)-1].(effect.Tell)
	require.True(t, ok)
	require.Equal(t, notice.TooLate, last.Notice.Kind)
	require.Equal(t, "dev", last.Notice.Mention)
}

// Whoever holds a role keeps it, however many reach for it (R43); only a lead gives it away.
func TestAppoint_vacant_leavesARoleToItsHolder(t *testing.T) {
	t.Parallel()
	d := opened(t, firing("k", "side", "few"))
	take := func(person string) incident.Appoint {
		return incident.Appoint{Actor: actor.Actor{Person: person, StandIn: true, Via: actor.API}, Role: plan.LegalOfficer, Person: person, Vacant: true}
	}
	d.do(take("eva"))
	d.refuse(take("anna"), refusal.RoleTaken)
	d.do(take("eva"))
	byLead := take("anna")
	byLead.Vacant = false
	d.do(byLead)
	require.Equal(t, "anna", d.s.Roles.Holder(plan.LegalOfficer))
}

// A reply that overtakes the word of who took the role is answered with it, not with a guess.
func TestLateReply_beforeThePagesEnd_waitsForTheName(t *testing.T) {
	t.Parallel()
	d := opened(t, firing("k", "core", "most"))
	r, paged := d.s.Roles.Of(plan.TechnicalSLT)
	require.True(t, paged)
	d.effects = nil
	d.do(incident.Happened{Fact: effect.Replied{ID: "1", Person: "finn", Role: plan.TechnicalSLT, Reply: reply.Reply{Action: reply.Take}}})
	d.do(incident.Happened{Fact: effect.Replied{ID: "2", Person: "finn", Role: plan.TechnicalSLT, Reply: reply.Reply{Action: reply.Take}}})
	require.Empty(t, d.effects, "nothing is said that is not known")
	d.do(incident.Happened{Fact: effect.PageEnded{Role: plan.TechnicalSLT, K: r.K, Holder: "dev", At: t0}})
	var told []notice.Notice
	for _, e := range d.effects {
		if tell, is := e.(effect.Tell); is && tell.Person == "finn" {
			told = append(told, tell.Notice)
		}
	}
	require.Len(t, told, 1)
	require.Equal(t, notice.TooLate, told[0].Kind)
	require.Equal(t, "dev", told[0].Mention)
	require.Empty(t, d.s.Late)
}

// Once the trouble is over no name is coming: a late reply is answered at once.
func TestLateReply_afterTheEnd_isAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	d := opened(t, firing("k", "core", "most"))
	ben := actor.Actor{Person: "ben", Via: actor.API}
	d.do(incident.ChangePhase{Actor: ben, Phase: plan.Investigation})
	d.do(incident.Declare{Actor: ben})
	d.do(incident.Resolve{Actor: ben})
	d.effects = nil
	d.do(incident.Happened{Fact: effect.Replied{ID: "1", Person: "finn", Role: plan.TechnicalSLT, Reply: reply.Reply{Action: reply.Take}}})
	require.Empty(t, d.s.Late)
	require.NotEmpty(t, d.effects)
}

// Whoever is given a role hears of it; nothing is said to who takes it for themselves.
func TestAppoint_theOneWhoGetsTheRoleHears(t *testing.T) {
	d := opened(t, firing("k", "side", "few"))
	d.s.Rules.Edition = plan.Edition
	d.do(incident.Appoint{Actor: by("ben"), Role: plan.LegalOfficer, Person: "lena"})
	d.do(incident.Appoint{Actor: by("ben"), Role: plan.TechnicalSLT, Person: "ben"})
	require.Equal(t, map[string]notice.Kind{"lena": notice.Appointed}, d.told())
}

// Free words to an incident that was not declared reach its commander.
func TestReplied_words_reachTheCommander(t *testing.T) {
	d := opened(t, firing("k", "core", "most"))
	d.s.Rules.Edition = plan.Edition
	d.do(incident.Happened{Fact: effect.Replied{Person: "dev", Via: "sms", Role: plan.TechnicalSLT, Reply: reply.Reply{Note: "on the plane"}}})
	require.Equal(t, map[string]notice.Kind{"ben": notice.NoteForLead, "dev": notice.NotePassed}, d.told())
}
