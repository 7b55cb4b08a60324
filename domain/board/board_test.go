package board_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

var t0 = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// keeper keeps a board and remembers what it wanted.
type keeper struct {
	board.Board
	now     time.Time
	phase   plan.Phase
	holders map[string]string
	rules   plan.Snapshot
	effects []effect.Effect
	tells   []notice.Notice
	told    []string
	kinds   []string
}

func newKeeper() *keeper {
	audience := func(name string) plan.AudienceRule {
		return plan.AudienceRule{Name: name, Draft: "technical_slt", Owner: "internal_liaison", Send: []string{plan.SendEmail}}
	}
	k := &keeper{
		now: t0, phase: plan.Investigation, holders: map[string]string{"business_lead": "lea", "technical_slt": "dev", "internal_liaison": "ida"},
		rules: plan.Snapshot{
			Edition: plan.Edition, Phases: []plan.Phase{plan.Investigation, plan.Identification, plan.Monitoring, plan.Resolution},
			Audiences: []plan.AudienceRule{audience("internal"), audience("customers")},
			Cadence: plan.Cadence{
				Updates: map[string]time.Duration{"internal": 30 * time.Minute, "customers": time.Hour},
				Prepare: 15 * time.Minute, Remind: 10 * time.Minute, Hand: 5 * time.Minute, Tell: 2 * time.Minute,
			},
		},
	}
	k.Lay(k.hand(), k.phase)
	return k
}

func (k *keeper) hand() board.Hand {
	return board.Hand{
		Now: k.now, Phase: k.phase, Rules: k.rules, Holder: func(role string) string { return k.holders[role] }, Lead: "lea", LeadRole: plan.BusinessLead, Promising: true,
		Record: func(kind, _, _ string, _ map[string]string) { k.kinds = append(k.kinds, kind) },
		Tell: func(person string, n notice.Notice, _ string) {
			k.told, k.tells = append(k.told, person+" "+string(n.Kind)), append(k.tells, n)
		},
		Do: func(e ...effect.Effect) { k.effects = append(k.effects, e...) },
	}
}

// opened lists the messages that were ordered, and forgets them.
func (k *keeper) opened() []effect.OpenMessage {
	var all []effect.OpenMessage
	for _, e := range k.effects {
		if o, is := e.(effect.OpenMessage); is {
			all = append(all, o)
		}
	}
	k.effects = nil
	return all
}

func (k *keeper) sent(audience string, order int) {
	k.Ended(k.hand(), effect.MessageEnded{
		Audience: audience, Phase: k.phase, Order: order, Outcome: "sent", SentAt: k.now, NextUpdate: k.now.Add(k.rules.Cadence.Updates[audience]),
		Carries: map[string]string{"what": "abc"}, Said: "said",
	})
}

// until lets time pass up to a moment, waking whenever the board wants to.
func (k *keeper) until(end time.Time) {
	for {
		due, _ := k.Due(k.rules)
		if due.IsZero() || due.After(end) {
			k.now = end
			return
		}
		if due.After(k.now) {
			k.now = due
		}
		k.Check(k.hand())
	}
}

func TestNext_draftIsBeingRead_theNextIsOrdered(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.Next(k.hand())
	k.Next(k.hand())
	require.Len(t, k.opened(), 1, "one draft at a time, in the plan's order")
	k.Moved(effect.Moved{Audience: "internal", Phase: plan.Investigation, Order: 1, Step: effect.Reading})
	k.Next(k.hand())
	next := k.opened()
	require.Len(t, next, 1, "drafting goes on while others read (R95)")
	require.Equal(t, "customers", next[0].Audience)
}

func TestLay_laterStart_owesOnlyFromThere(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.phase = plan.Identification
	k.Lay(k.hand(), plan.Identification)
	for _, c := range k.Cells {
		require.Equal(t, c.Phase == plan.Investigation, c.State == board.NotOwed, "%s %s", c.Audience, c.Phase)
	}
}

func TestWrite_secondMessage_knowsWhatWasTold(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.Next(k.hand())
	k.sent("internal", 1)
	k.opened()
	require.NoError(t, k.Order(k.hand(), "internal", ""))
	o := k.opened()[0]
	require.Equal(t, map[string]string{"what": "abc"}, o.Told)
	require.Equal(t, "said", o.Said)
	require.Equal(t, t0, o.Last)
	require.Equal(t, 2, o.Order)
}

// The ledger of promises, minute by minute (frontier 5).
func TestPromise_ownerSilent_backupIsAskedThenTheLead(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.Next(k.hand())
	k.sent("internal", 1)
	k.opened()
	due := t0.Add(30 * time.Minute)

	k.until(due.Add(-15 * time.Minute))
	require.Len(t, k.opened(), 1, "the next message is ordered in time for its readers")
	k.until(due.Add(-10 * time.Minute))
	require.Equal(t, []string{"ida promise_due"}, k.told)
	k.until(due.Add(-5 * time.Minute))
	require.Equal(t, []effect.Effect{effect.FindPeople{Rung: board.Rung, Role: "internal_liaison"}}, k.effects)
	k.effects = nil
	k.PeopleFound(k.hand(), effect.PeopleFound{Rung: board.Rung, Role: "internal_liaison", Candidates: []string{"ida", "bob"}})
	require.Equal(t, "bob promise_handed", k.told[1])
	require.Equal(t, []effect.Effect{effect.Deputise{Audience: "internal", Phase: k.phase, Roles: []string{"technical_slt", "internal_liaison"}, Person: "bob"}}, k.effects)
	k.until(due.Add(-2 * time.Minute))
	require.Equal(t, "lea promise_due", k.told[2])

	k.now = due.Add(-time.Minute)
	k.sent("internal", 2)
	require.Equal(t, 1, k.Tally["internal"].Kept)
	require.Contains(t, k.kinds, "promise_kept")
	require.NotContains(t, k.kinds, "promise_broken")
}

func TestPromise_nothingHappens_isBrokenAndCounted(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.Next(k.hand())
	k.sent("internal", 1)
	k.until(t0.Add(31 * time.Minute))
	require.True(t, k.Promises[0].Broken)
	require.Equal(t, "lea promise_broken", k.told[len(k.told)-1])
	require.Equal(t, board.Tally{Broken: 1}, k.Tally["internal"])
	k.sent("internal", 2)
	require.Contains(t, k.kinds, "promise_late")
	require.Equal(t, board.Tally{Broken: 1}, k.Tally["internal"])
	due, _ := k.Due(k.rules)
	require.True(t, due.After(k.now), "the late message makes the next promise")
}

func TestPromise_onItsWayOut_nobodyElseIsAsked(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.Next(k.hand())
	k.sent("internal", 1)
	k.until(t0.Add(20 * time.Minute))
	k.opened()
	k.Moved(effect.Moved{Audience: "internal", Phase: k.phase, Order: 2, Step: effect.Sending})
	k.until(t0.Add(29 * time.Minute))
	require.Empty(t, k.effects)
	require.Equal(t, []string{"ida promise_due"}, k.told)
}

// A holding text only if it was agreed on beforehand, at most once, never twice the same.
func TestHolding_goesOutOnceAndNeverAgain(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.rules.Audiences[0].Holding = true
	k.Next(k.hand())
	k.sent("internal", 1)
	k.until(t0.Add(30 * time.Minute))
	holding := func() (n int) {
		for _, e := range k.effects {
			if d, is := e.(effect.Distribute); is && d.Holding {
				n++
			}
		}
		return n
	}
	require.Equal(t, 1, holding())
	require.NotContains(t, k.kinds, "promise_broken", "it keeps the promise")
	require.True(t, k.Promises[0].Held)
	k.until(t0.Add(2 * time.Hour))
	require.Equal(t, 1, holding())
	require.Contains(t, k.kinds, "promise_broken", "the second one is not kept by empty words")
	require.Equal(t, 1, slices.Index(k.kinds, "promise_made")) // message_ordered comes first
}

func TestHolding_notAgreedOn_neverGoesOut(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.Next(k.hand())
	k.sent("internal", 1)
	k.until(t0.Add(time.Hour))
	for _, e := range k.effects {
		_, sends := e.(effect.Distribute)
		require.False(t, sends)
	}
}

func TestPrepare_shortCadence_isNotOrderedAtOnce(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.rules.Cadence.Updates["internal"] = 12 * time.Minute
	k.Next(k.hand())
	k.sent("internal", 1)
	k.opened()
	k.until(t0.Add(5 * time.Minute))
	require.Empty(t, k.opened())
	k.until(t0.Add(6 * time.Minute))
	require.Len(t, k.opened(), 1)
}

func TestPrepare_phaseWithoutMessage_isWrittenAllTheSame(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.rules.Audiences[0].Skip = []plan.Phase{plan.Identification}
	k.Lay(k.hand(), k.phase)
	k.Next(k.hand())
	k.sent("internal", 1)
	k.phase = plan.Identification
	k.Supersede(k.hand())
	k.opened()
	k.until(t0.Add(16 * time.Minute))
	require.Len(t, k.opened(), 1, "a promise is owed even where the plan asks for no message")
}

func TestSupersede_unfinishedOfOldPhases_stop(t *testing.T) {
	t.Parallel()
	k := newKeeper()
	k.Next(k.hand())
	k.effects = nil
	k.phase = plan.Identification
	k.Supersede(k.hand())
	require.Equal(t, []effect.Effect{effect.WithdrawMessage{Audience: "internal", Phase: plan.Investigation}}, k.effects)
	for _, c := range k.Cells {
		if c.Phase == plan.Investigation {
			require.Equal(t, board.Withdrawn, c.State)
		}
	}
	k.sent("internal", 1) // of the new phase's cell, which has no such order
	require.Empty(t, k.Promises)
}

func TestPeopleFound_approver_isTheLastOneAskedToWrite(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		behind []string
		asked  string
	}{"somebody else": {[]string{"ida", "eva", "bob"}, "bob"}, "nobody else": {[]string{"ida", "eva"}, "eva"}} {
		k := newKeeper()
		k.rules.Audiences[0].Approve, k.holders["elt_approver"] = "elt_approver", "eva"
		k.Next(k.hand())
		k.sent("internal", 1)
		k.until(t0.Add(26 * time.Minute))
		k.PeopleFound(k.hand(), effect.PeopleFound{Rung: board.Rung, Role: "internal_liaison", Candidates: c.behind})
		require.Equal(t, c.asked, k.Promises[0].Backup, name)
	}
}
