package escalation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/reply"
)

var muster = plan.Policy{Name: "muster", Edition: plan.Edition,
	Steps: []plan.Step{{To: plan.TargetEveryone, By: []plan.Channel{plan.SMS}, Wait: 3 * minute, RollCall: true}},
	Last:  plan.LastRule{To: []plan.Target{plan.TargetPrimary}, By: []plan.Channel{plan.Call}, Every: 5 * minute, AtMost: 10 * minute},
}

// The complaint: "In big outages teams told people not to acknowledge at all, because one
// acknowledgement silenced everybody's pages".
func TestRollCall_oneAnswer_theOthersAreStillAsked(t *testing.T) {
	t.Parallel()
	c := climb(t, muster, "anna", "bob", "cid")
	c.now = t0.Add(minute)
	c.reply("bob", reply.Take)
	require.Equal(t, "bob", c.state.Holder)
	require.False(t, c.state.Over())
	c.wait()
	c.reply("cid", reply.Pass)
	c.times(3, c.wait)
	require.Equal(t, []string{"sms anna 0s", "sms bob 0s", "sms cid 0s", "sms anna 4m0s", "sms cid 4m0s", "sms anna 10m0s", "sms anna 20m0s", "sms anna 30m0s"}, c.reached,
		"slower and slower, up to the last rule's ceiling")
	require.Equal(t, []effect.Ask{{ID: "anna", Person: "anna", Role: "legal_officer", Kind: effect.AskPage}}, c.state.Asks())
	c.do(escalation.Accept{Actor: actor.Actor{Person: "anna", Via: actor.Web}})
	require.Equal(t, "bob", c.state.Holder, "the holder is the first who took it")
	require.True(t, c.state.Over())
	due, _ := c.state.Next()
	require.True(t, due.IsZero())
	require.Equal(t, []notice.Kind{notice.TooLate}, c.kinds("anna"), "told who has the role")
	require.Equal(t, []notice.Kind{notice.TooLate}, c.kinds("cid"))
	require.Equal(t, []notice.Kind{notice.Taken}, c.kinds("bob"))
}

// While whoever opened the page only hears of the holder when it ends, it must end.
func TestRollCall_pageMayNotOutlastTheHolder_endsWithTheRoleTaken(t *testing.T) {
	t.Parallel()
	c := climb(t, muster, "anna", "bob")
	c.state.Page.RollOn = false
	c.wait()
	c.reply("bob", reply.Take)
	require.True(t, c.state.Over())
	require.Empty(t, c.state.Roll)
}

func TestRollCall_nobodyTakesTheRole_theLadderClimbsOn(t *testing.T) {
	t.Parallel()
	c := climb(t, muster, "anna", "bob")
	c.reply("bob", reply.Pass)
	c.times(2, c.wait)
	require.Equal(t, []string{"sms anna 0s", "sms bob 0s", "call anna 3m0s", "call anna 8m0s"}, c.reached, "bob has answered")
	require.Equal(t, escalation.Unanswered, c.state.Stage)
}

// Somebody else's missing answer does not hold up the next step.
func TestRollCall_laterStepPassedOn_nextPersonAtOnce(t *testing.T) {
	t.Parallel()
	policy := muster
	policy.Steps = []plan.Step{
		{To: plan.TargetAllBackups, By: []plan.Channel{plan.SMS}, Wait: 3 * minute, RollCall: true},
		{To: plan.TargetPrimary, By: []plan.Channel{plan.SMS}, Wait: 3 * minute},
		{To: "business_lead", By: []plan.Channel{plan.SMS}, Wait: 3 * minute},
	}
	c := climb(t, policy, "anna", "bob")
	c.wait()
	c.reply("anna", reply.Pass)
	require.Equal(t, []string{"sms bob 0s", "sms anna 3m0s", "sms bob 3m0s", "sms lea 3m0s"}, c.reached, "and bob is not asked twice at once")
}

func TestRollCall_personRemoved_owesNothing(t *testing.T) {
	t.Parallel()
	c := climb(t, muster, "anna", "bob")
	c.reply("bob", reply.Take)
	c.candidates = []string{"bob"}
	c.wait()
	require.True(t, c.state.Over())
	require.Len(t, c.reached, 2)
}

func TestRollCall_standDown_tellsOnlyThoseStillAsked(t *testing.T) {
	t.Parallel()
	c := climb(t, muster, "anna", "bob", "cid")
	c.reply("bob", reply.Take)
	c.reply("cid", reply.Take)
	c.do(escalation.StandDown{})
	require.True(t, c.state.Over())
	require.Equal(t, "bob", c.state.Holder)
	require.Equal(t, []notice.Kind{notice.StandDown}, c.kinds("anna"))
	require.Equal(t, []notice.Kind{notice.Taken}, c.kinds("bob"))
	require.Equal(t, []notice.Kind{notice.TooLate}, c.kinds("cid"))
}

// An answer hangs up the calls to those who need not answer any more, and only those.
func TestRollCall_callsOfOthers_goOnRinging(t *testing.T) {
	t.Parallel()
	policy := muster
	policy.Steps = []plan.Step{{To: plan.TargetEveryone, By: []plan.Channel{plan.Call}, Wait: 3 * minute, RollCall: true}}
	c := climb(t, policy, "anna", "bob", "cid")
	hungUp := func(cmd escalation.Command) (ids []string) {
		s, effects, err := escalation.Decide(c.state, cmd, c.now)
		require.NoError(t, err)
		c.state = s
		for _, e := range effects {
			if e, ok := e.(effect.HangUp); ok {
				ids = append(ids, e.ID)
			}
		}
		return ids
	}
	take := func(person string, via actor.Via) escalation.Command {
		return escalation.Accept{Actor: actor.Actor{Person: person, Via: via}}
	}
	require.Empty(t, hungUp(take("anna", actor.Call)))
	require.Equal(t, []string{"rung-0-bob-call"}, hungUp(take("bob", actor.SMS)))
	require.Equal(t, []string{"rung-0-cid-call"}, hungUp(escalation.StandDown{}))
}

func TestRollCall_wayFails_anotherIsTriedAlsoAfterTheRoleIsHeld(t *testing.T) {
	t.Parallel()
	c := climb(t, muster, "anna", "bob")
	c.reply("bob", reply.Take)
	c.fails("bob", "sms", delivery.Temporary)
	c.fails("anna", "sms", delivery.Temporary)
	require.Equal(t, []string{"sms anna 0s", "sms bob 0s", "call anna 0s"}, c.reached)
}

// A look-up that is under way when somebody takes the role must not ask everybody at once again.
func TestRollCall_takenDuringALookUp_waits(t *testing.T) {
	t.Parallel()
	c := climb(t, muster, "anna", "bob")
	c.now = t0.Add(3 * minute)
	s, effects, err := escalation.Decide(c.state, escalation.Happened{Fact: effect.Tick{}}, c.now)
	require.NoError(t, err)
	require.NotEmpty(t, effects)
	c.state = s
	c.reply("bob", reply.Take)
	c.do(escalation.Happened{Fact: effect.PeopleFound{Rung: c.state.Rung, Candidates: c.candidates}})
	require.Len(t, c.reached, 2)
	c.wait()
	require.Equal(t, "sms anna 6m0s", c.reached[2])
}

func TestRepeat_fromAStep_thenTheLastRule(t *testing.T) {
	t.Parallel()
	policy := ladder
	policy.Again = plan.Again{From: 3, Times: 2}
	c := climb(t, policy, "anna", "bob", "cid")
	c.times(15, c.wait)
	require.Equal(t, []string{
		"sms anna 0s", "call anna 3m0s", "call anna 6m0s",
		"sms bob 9m0s", "call bob 9m0s", "sms cid 12m0s", "sms lea 15m0s",
		"sms bob 18m0s", "call bob 18m0s", "sms cid 21m0s", "sms lea 24m0s",
		"sms bob 27m0s", "call bob 27m0s", "sms cid 30m0s", "sms lea 33m0s",
		"call anna 36m0s", "call bob 36m0s", "call cid 36m0s",
	}, c.reached[:18])
	require.Equal(t, escalation.Unanswered, c.state.Stage)
}

func TestRepeat_fromAStep_nobodyThere_theLastRuleAtOnce(t *testing.T) {
	t.Parallel()
	policy := ladder
	policy.Steps, policy.Again = policy.Steps[:4], plan.Again{From: 1, Times: 20}
	c := climb(t, policy)
	require.Equal(t, escalation.Unanswered, c.state.Stage)
	require.Less(t, c.state.Rung, 6, "an empty ladder is not climbed twenty times in one second")
}

func TestRepeat_afterAnOutage_oneStepAndNoBurst(t *testing.T) {
	t.Parallel()
	policy := ladder
	policy.Again = plan.Again{From: 3, Times: 5}
	c := climb(t, policy, "anna", "bob", "cid")
	c.now = t0.Add(20 * minute) // the first lap would have ended at 18
	c.do(escalation.Happened{Fact: effect.Tick{}})
	require.Equal(t, []string{"sms anna 0s", "sms bob 20m0s", "call bob 20m0s"}, c.reached)
	c.now = c.now.Add(48 * time.Hour)
	c.do(escalation.Happened{Fact: effect.Tick{}})
	require.LessOrEqual(t, len(c.reached), 6)
}
