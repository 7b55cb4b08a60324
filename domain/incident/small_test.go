package incident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// small is an incident below severe of which colleagues are kept informed.
func small(t *testing.T) *desk {
	t.Helper()
	r := rules()
	r.Edition = plan.Edition
	r.Roles = append(r.Roles, plan.RoleRule{Name: plan.InternalLiaison}, plan.RoleRule{Name: plan.BusinessLead}, plan.RoleRule{Name: plan.ELTApprover})
	r.Phases = []plan.Phase{plan.Investigation, plan.Identification, plan.Resolution}
	r.Audiences = []plan.AudienceRule{
		{Name: "internal", Draft: "technical_slt", Check: "customer_liaison", Agree: []string{"legal_officer"}, Approve: "elt_approver", Release: "incident_commander", Send: []string{plan.SendEmail}},
		{Name: "customers", Draft: "technical_slt", Approve: "elt_approver", Send: []string{plan.SendEmail}},
	}
	r.Small = plan.Small{Liaison: plan.InternalLiaison, Audiences: []string{"internal"}}
	r.Cadence = plan.Cadence{Updates: map[string]time.Duration{"internal": 30 * time.Minute}, Prepare: 15 * time.Minute, Remind: 10 * time.Minute, Hand: 5 * time.Minute, Tell: 2 * time.Minute}
	d := &desk{t: t, now: t0, s: incident.New(7, 2026, r, false)}
	d.do(incident.Open{Actor: actor.Actor{Person: "ben", Via: actor.Web, Rights: []actor.Right{actor.Declare}}, Title: "Reports are slow", Visibility: "side", Impact: "few"})
	d.do(incident.Happened{Fact: effect.PeopleFound{Role: plan.IncidentCommander, Rung: -1, Candidates: []string{"ben"}}})
	return d
}

func (d *desk) pagedRoles() (roles []string) {
	for _, e := range d.effects {
		if p, is := e.(effect.OpenPage); is {
			roles = append(roles, p.Role)
		}
	}
	return roles
}

func (d *desk) ordered() (all []effect.OpenMessage) {
	for _, e := range d.effects {
		if o, is := e.(effect.OpenMessage); is {
			all = append(all, o)
		}
	}
	return all
}

func (d *desk) sentOut(order int) {
	d.do(incident.Happened{Fact: effect.MessageEnded{Audience: "internal", Phase: d.s.Phase, Order: order, Outcome: "sent", SentAt: d.now, NextUpdate: d.now.Add(30 * time.Minute)}})
}

var ben = actor.Actor{Person: "ben", Via: actor.Web}

// A small incident wakes one role and nobody else, and its texts have no chain of approval (R136).
func TestUpdates_belowSevere_needOnlyTheLiaison(t *testing.T) {
	t.Parallel()
	d := small(t)
	d.refuse(incident.StartUpdates{Actor: actor.Actor{Person: "eve", Via: actor.Web}}, refusal.Forbidden)
	d.do(incident.StartUpdates{Actor: ben})
	d.do(incident.StartUpdates{Actor: ben})
	require.Equal(t, []string{plan.InternalLiaison}, d.pagedRoles())
	orders := d.ordered()
	require.Len(t, orders, 1, "customers are not told of it")
	rule := orders[0].Rule
	require.Equal(t, plan.AudienceRule{Name: "internal", Draft: plan.InternalLiaison, Owner: plan.InternalLiaison, Send: []string{plan.SendEmail}}, *rule)
	require.Equal(t, plan.IncidentCommander, orders[0].LeadRole)
}

func TestUpdates_planWantsAnApproval_thatGateAlone(t *testing.T) {
	t.Parallel()
	d := small(t)
	d.s.Rules.Small.Approve = plan.TechnicalSLT
	d.do(incident.StartUpdates{Actor: ben})
	require.Equal(t, plan.TechnicalSLT, d.ordered()[0].Rule.Approve)
	require.Equal(t, []string{plan.InternalLiaison, plan.TechnicalSLT}, d.pagedRoles())
}

func TestUpdates_promise_isWatchedLikeABigOne(t *testing.T) {
	t.Parallel()
	d := small(t)
	d.do(incident.StartUpdates{Actor: ben})
	d.sentOut(1)
	due, _ := d.s.Next()
	require.Equal(t, t0.Add(15*time.Minute), due)
	d.now = t0.Add(31 * time.Minute)
	d.do(incident.Happened{Fact: effect.Tick{}})
	require.True(t, d.s.Promises[0].Broken)
}

func TestResolve_whoWasTold_hearsThatItIsOver(t *testing.T) {
	t.Parallel()
	d := small(t)
	d.do(incident.StartUpdates{Actor: ben})
	d.sentOut(1)
	d.do(incident.Resolve{Actor: ben})
	require.False(t, d.s.Closed)
	last := d.ordered()
	require.Equal(t, plan.Resolution, last[len(last)-1].Phase)
	d.sentOut(1)
	require.True(t, d.s.Closed)

	silent := small(t)
	silent.do(incident.StartUpdates{Actor: ben})
	silent.do(incident.Resolve{Actor: ben})
	require.True(t, silent.s.Closed, "nobody was told anything")
}

func TestDeclare_smallIncident_itsPromisesGoOver(t *testing.T) {
	t.Parallel()
	d := small(t)
	d.do(incident.StartUpdates{Actor: ben})
	d.sentOut(1)
	d.now = t0.Add(16 * time.Minute)
	d.do(incident.Happened{Fact: effect.Tick{}}) // the next one is being written
	d.do(incident.Declare{Actor: ben})
	require.Len(t, d.s.Promises, 1, "the business incident takes it over with the board")
	cell, _ := d.s.Find("internal", plan.Investigation)
	require.Equal(t, board.Withdrawn, cell.State)
	d.refuse(incident.OrderMessage{Actor: ben, Audience: "internal"}, refusal.Ended)
	require.True(t, func() bool { due, _ := d.s.Next(); return due.IsZero() }(), "one of them keeps the clock, not both")
}

func TestUpdates_planWithout_saysWhatToDo(t *testing.T) {
	t.Parallel()
	d := small(t)
	d.s.Rules.Small = plan.Small{}
	d.refuse(incident.StartUpdates{Actor: ben}, refusal.Invalid)
	d.refuse(incident.SkipMessage{Actor: ben, Audience: "internal", Phase: plan.Investigation, Reason: "x"}, refusal.TooEarly)
}

func TestCancel_whoWasTold_hearsThatItWasNothing(t *testing.T) {
	t.Parallel()
	d := small(t)
	d.do(incident.StartUpdates{Actor: ben})
	d.sentOut(1)
	d.do(incident.Cancel{Actor: ben})
	require.False(t, d.s.Closed)
	last := d.ordered()
	require.Equal(t, plan.Resolution, last[len(last)-1].Phase)
	d.sentOut(1)
	require.True(t, d.s.Closed)
}

func TestResolve_whileTheFirstMessageLeaves_whoGetsItHearsTheEnd(t *testing.T) {
	t.Parallel()
	for _, end := range []incident.Command{incident.Resolve{Actor: ben}, incident.Cancel{Actor: ben}} {
		d := small(t)
		d.do(incident.StartUpdates{Actor: ben})
		d.do(incident.Happened{Fact: effect.Moved{Audience: "internal", Phase: plan.Investigation, Order: 1, Step: effect.Sending}})
		d.do(end)
		require.False(t, d.s.Closed, "%T", end)
		last := d.ordered()
		require.Equal(t, plan.Resolution, last[len(last)-1].Phase)
	}
}
