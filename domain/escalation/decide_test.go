package escalation_test

import (
	"fmt"
	"math/rand/v2"
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

var t0 = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

var ladder = plan.Policy{Name: "urgent", Edition: plan.Edition, Steps: []plan.Step{
	{To: plan.TargetPrimary, By: []plan.Channel{plan.SMS}, Wait: 3 * time.Minute},
	{To: plan.TargetPrimary, By: []plan.Channel{plan.Call}, Wait: 3 * time.Minute, Repeat: 2},
	{To: plan.TargetBackup, By: []plan.Channel{plan.SMS, plan.Call}, Wait: 3 * time.Minute},
	{To: plan.TargetNextBackup, By: []plan.Channel{plan.SMS}, Wait: 3 * time.Minute},
	{To: "business_lead", By: []plan.Channel{plan.SMS}, Wait: 3 * time.Minute},
}, Last: plan.LastRule{To: []plan.Target{plan.TargetEveryone}, By: []plan.Channel{plan.Call}, Every: 5 * time.Minute, AtMost: 20 * time.Minute}}

// climber plays the world: it answers look-ups at once and lets time jump to the next rung.
type climber struct {
	t          *testing.T
	state      escalation.State
	now        time.Time
	candidates []string
	// quiet is when the quiet hours end.
	quiet   time.Time
	reached []string
	told    []effect.Tell
}

func begin(t *testing.T, candidates ...string) *climber { return climb(t, ladder, candidates...) }

func climb(t *testing.T, policy plan.Policy, candidates ...string) *climber {
	c := &climber{t: t, now: t0, candidates: candidates}
	c.state = escalation.New(escalation.Page{Incident: 7, Role: "legal_officer", K: 1, Policy: policy, Title: "Checkout down", LeadRole: "business_lead", RollOn: true, Minute: time.Minute}, nil)
	c.do(escalation.Begin{})
	return c
}

func (c *climber) do(cmd escalation.Command) {
	s, effects, err := escalation.Decide(c.state, cmd, c.now)
	require.NoError(c.t, err)
	c.state = s
	for _, e := range effects {
		switch e := e.(type) {
		case effect.FindPeople:
			c.do(escalation.Happened{Fact: effect.PeopleFound{Rung: e.Rung, Candidates: c.candidates, Others: map[string]string{"business_lead": "lea"}, QuietUntil: c.quiet}})
		case effect.Reach:
			c.reached = append(c.reached, fmt.Sprintf("%s %s %s", e.Channel, e.Person, c.now.Sub(t0)))
		case effect.Tell:
			c.told = append(c.told, e)
		default:
		}
	}
}

func (c *climber) wait() {
	due, _ := c.state.Next()
	require.False(c.t, due.IsZero(), "a page that is not over always has a next instant")
	c.now = due
	c.do(escalation.Happened{Fact: effect.Tick{}})
}

func (c *climber) kinds(person string) []notice.Kind {
	var kinds []notice.Kind
	for _, t := range c.told {
		if t.Person == person {
			kinds = append(kinds, t.Notice.Kind)
		}
	}
	return kinds
}

func TestDecide_wholeLadder_inOrder(t *testing.T) {
	c := begin(t, "anna", "bob", "cid")
	for range 8 {
		c.wait()
	}
	require.Equal(t, []string{
		"sms anna 0s", "call anna 3m0s", "call anna 6m0s", "sms bob 9m0s", "call bob 9m0s", "sms cid 12m0s", "sms lea 15m0s",
		"call anna 18m0s", "call bob 18m0s", "call cid 18m0s", "call anna 23m0s", "call bob 23m0s", "call cid 23m0s", "call anna 33m0s", "call bob 33m0s", "call cid 33m0s",
	}, c.reached)
	require.Equal(t, []notice.Kind{notice.NobodyAnswers}, c.kinds("lea"), "told once, however long it lasts")
}

func TestDecide_nobodyForMonths_neverSilentAndNeverFasterThanTheRule(t *testing.T) {
	c := begin(t, "anna")
	for range 3000 {
		before := c.now
		c.wait()
		require.LessOrEqual(t, c.now.Sub(before), 20*time.Minute)
	}
	require.Equal(t, escalation.Unanswered, c.state.Stage)
}

func TestDecide_firstAnswerWins_theOtherIsToldWho(t *testing.T) {
	c := begin(t, "anna", "bob")
	for range 3 {
		c.wait()
	}
	c.do(escalation.Happened{Fact: effect.Replied{Person: "bob", Via: "call", Reply: reply.Reply{Action: reply.Take}}})
	c.do(escalation.Happened{Fact: effect.Replied{Person: "anna", Via: "sms", Reply: reply.Reply{Action: reply.Take}}})
	require.Equal(t, "bob", c.state.Holder)
	require.Equal(t, []notice.Kind{notice.TooLate, notice.TooLate}, c.kinds("anna"), "when bob took it, and when she answered")
	require.Equal(t, "bob", c.told[len(c.told)-1].Notice.Mention)
	due, _ := c.state.Next()
	require.True(t, due.IsZero())
}

func TestDecide_passedOn_nextPersonAtOnce(t *testing.T) {
	c := begin(t, "anna", "bob")
	c.now = c.now.Add(time.Minute)
	c.do(escalation.Happened{Fact: effect.Replied{Person: "anna", Via: "sms", Reply: reply.Reply{Action: reply.Pass}}})
	require.Equal(t, []string{"sms anna 0s", "sms bob 1m0s", "call bob 1m0s"}, c.reached, "the second step would ask anna again and is left out")
}

func TestDecide_failureIsKnown_otherChannelAtOnce(t *testing.T) {
	fails := func(channel string, class delivery.Class) func(*climber) {
		return func(c *climber) {
			for _, a := range c.state.Attempts {
				if string(a.Channel) == channel {
					c.do(escalation.Happened{Fact: effect.Reported{ID: a.ID, Outcome: delivery.Outcome{State: delivery.Failed, Class: class}}})
				}
			}
		}
	}
	c := begin(t, "anna", "bob")
	fails("sms", delivery.OptedOut)(c)
	require.Equal(t, []string{"sms anna 0s", "call anna 0s"}, c.reached)
	fails("call", delivery.NotReached)(c)
	require.Len(t, c.reached, 2, "voicemail and no answer wait for the clock: she may still read her text")
	fails("call", delivery.NotReached)(c)
	require.Len(t, c.reached, 2, "a doubled report changes nothing")
}

func TestDecide_longOutage_onlyTheCurrentStepRuns(t *testing.T) {
	c := begin(t, "anna", "bob", "cid")
	c.now = t0.Add(2 * time.Hour)
	c.do(escalation.Happened{Fact: effect.Tick{}})
	require.Equal(t, []string{"sms anna 0s", "call anna 2h0m0s", "call bob 2h0m0s", "call cid 2h0m0s"}, c.reached)
}

func TestDecide_strangersWords_areKeptAndAnsweredAtMostFiveTimes(t *testing.T) {
	c := begin(t, "anna", "bob")
	for range 20 {
		c.do(escalation.Happened{Fact: effect.Replied{Person: "anna", Via: "sms", Reply: reply.Reply{Action: reply.Done}}})
	}
	require.Len(t, c.kinds("anna"), 5)
	c.do(escalation.Happened{Fact: effect.Replied{Person: "anna", Via: "sms", Reply: reply.Reply{Note: "on the plane until 5"}}})
	require.Equal(t, []notice.Kind{notice.NoteForLead}, c.kinds("lea"))
}

// Whatever happens in whatever order: at most one holder for ever, and while there is none
// and nobody stood it down, the page has a next instant or is looking somebody up.
func TestDecide_anyOrder_oneHolderAndNoSilence(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 2))
		policy := []plan.Policy{ladder, muster}[seed%2]
		policy.Again = plan.Again{From: 1, Times: int(seed % 3)}
		c := climb(t, policy, "anna", "bob", "cid")
		holder := ""
		for range 30 {
			person := []string{"anna", "bob", "cid", "zoe"}[r.IntN(4)]
			switch r.IntN(6) {
			case 0:
				c.do(escalation.Happened{Fact: effect.Replied{Person: person, Via: "sms", Reply: reply.Reply{Action: []reply.Action{reply.Take, reply.Pass, reply.Done}[r.IntN(3)]}}})
			case 1:
				if len(c.state.Attempts) > 0 {
					a := c.state.Attempts[r.IntN(len(c.state.Attempts))]
					class := []delivery.Class{delivery.Temporary, delivery.NotReached, delivery.OptedOut}[r.IntN(3)]
					c.do(escalation.Happened{Fact: effect.Reported{ID: a.ID, Outcome: delivery.Outcome{State: delivery.Failed, Class: class}}})
				}
			case 2:
				if s, _, err := escalation.Decide(c.state, escalation.Decline{Actor: actor.Actor{Person: person}}, c.now); err == nil {
					_ = s
					c.do(escalation.Decline{Actor: actor.Actor{Person: person}})
				}
			default:
				if !c.state.Over() {
					c.wait()
				}
			}
			if holder != "" {
				require.Equal(t, holder, c.state.Holder, "seed %d: the role changed hands", seed)
			}
			holder = c.state.Holder
			due, _ := c.state.Next()
			require.True(t, c.state.Over() || !due.IsZero(), "seed %d: silence", seed)
		}
	}
}
