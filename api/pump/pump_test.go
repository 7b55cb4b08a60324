package pump_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
)

const page = "page:2026-1:legal:1"

var (
	delivered = delivery.Outcome{State: delivery.Delivered}
	busy      = delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "busy"}
	down      = func(string) error { return client.ErrUnavailable }
)

func TestRun_alerts_onceAndInOrderPerIncident(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.pump("a")
	var want []string
	for round, status := range []record.AlertStatus{record.Firing, record.Acknowledged, record.Resolved, record.Firing} {
		for _, key := range []string{"x", "y", "z"} {
			s.alert(key, status, 1)
			want = append(want, fmt.Sprintf("alerts 2026-%d s/%s %s x%d", strings.Index("xyz", key)+1, key, status, round+1))
		}
		s.drained()
		s.pass(later)
	}
	s.until("nothing more", s.empty)
	for incident := range 3 {
		of := func(lines []string) (all []string) {
			for _, line := range lines {
				if strings.HasPrefix(line, fmt.Sprintf("alerts 2026-%d ", incident+1)) {
					all = append(all, line)
				}
			}
			return all
		}
		require.Equal(t, of(want), of(s.lines("")))
	}
	require.Len(t, s.lines(""), len(want))
}

// A storm of one key is two pieces of news: that it fires, and how often.
func TestRun_storm_isCoalesced(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.pump("a")
	s.alert("k", record.Firing, 1)
	s.drained()
	for range 50 {
		s.alert("k", record.Firing, 20)
	}
	s.alert("other", record.Firing, 1)
	s.until("the other alert", func() bool { return len(s.lines("alerts")) == 2 })
	s.pass(later)
	s.until("the count", func() bool { return len(s.lines("alerts")) == 3 })
	s.drained()
	require.Equal(t, []string{"alerts 2026-1 s/k firing x1", "alerts 2026-2 s/other firing x1", "alerts 2026-1 s/k firing x1001"}, s.lines(""))
}

// Changes that came while the engine was away go in their order and in one piece.
func TestRun_engineGone_everythingComesOnceAfterwards(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.incident()
	s.asks(page, 1, record.Ask{ID: "anna", Person: "anna", Role: "legal", Kind: effect.AskPage})
	s.sent("n1", page, "ben", plan.Call)
	s.sent("n2", page, "anna", plan.SMS)
	s.sent("n3", page, "carla", plan.Call)
	s.breaks(down)
	s.pump("a")
	s.alert("k", record.Firing, 1)
	s.accept(
		text("SM1", 0, "1"), receipt("CA1:busy", "n1", busy),
		item(record.ItemKey, "CA3:1", pump.Keys{N: "n3", Role: "legal", Digits: "1"}),
	)
	s.until("each was tried", func() bool { return s.tries() == 4 })
	s.alert("k", record.Resolved, 1)
	s.accept(receipt("SM0:sent", "n2", delivery.Outcome{State: delivery.Accepted})) // proves another round
	s.until("another round", func() bool { return s.count("SELECT COUNT(*) FROM inbox_items WHERE done_at > 0") == 1 })
	require.Equal(t, 4, s.tries(), "what failed rests until its lease ends")
	require.Equal(t, delivery.Failed, s.stateOf("n1"), "the ledger knows without the engine")
	require.Empty(t, s.lines(""))

	s.breaks(nil)
	s.pass(later)
	s.drained()
	require.ElementsMatch(t, []string{
		"alerts 2026-2 s/k firing x2 s/k resolved x2",
		"replied " + page + `: SM1 anna sms as legal to anna: {"action":"take"}`,
		"replied " + page + `: CA3:1 carla call as legal to : {"action":"take"}`,
		"reported " + page + ": step-n1 failed busy",
	}, s.lines(""))
	require.Equal(t, delivery.Answered, s.stateOf("n2"))
	require.Equal(t, delivery.Answered, s.stateOf("n3"))
	require.Zero(t, s.count("SELECT COUNT(*) FROM inbox_items WHERE body <> ''"), "what people wrote is erased")
}

// A person's second word never overtakes the first, whether or not the first fails.
func TestRun_words_stayInOrderPerPhone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.incident()
	var asks []record.Ask
	for _, person := range folk {
		asks = append(asks, record.Ask{ID: person, Person: person, Role: "legal", Kind: effect.AskPage})
	}
	s.asks(page, 1, asks...)
	failed := false
	s.breaks(func(line string) error {
		if !failed && strings.Contains(line, ": 0-0 ") {
			failed = true
			return client.ErrUnavailable
		}
		return nil
	})
	var items []record.Item
	for word := range 8 {
		for person := range folk {
			items = append(items, text(fmt.Sprintf("%d-%d", person, word), person, fmt.Sprint(20+word)))
		}
	}
	s.accept(items...)
	s.pump("a")
	s.until("the others", func() bool { return len(s.lines("")) == len(items)-8 })
	require.Zero(t, strings.Count(strings.Join(s.lines(""), "\n"), " anna "), "the first one failed")
	s.pass(later)
	s.drained()
	for person := range folk {
		var words []string
		for _, line := range s.lines("replied " + page + fmt.Sprintf(": %d-", person)) {
			words = append(words, line[len("replied "+page+": "):][:3])
		}
		require.Len(t, words, 8)
		require.True(t, slices.IsSorted(words), "%v", words)
	}
}

// What can never be used is dropped, what cannot be used now is parked, and neither keeps
// anybody waiting.
func TestRun_poison_isParkedAndBlocksNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.incident()
	s.asks(page, 1, record.Ask{ID: "anna", Person: "anna", Role: "legal", Kind: effect.AskPage})
	_, _, err := s.Begin(t.Context(), record.Delivery{N: "lost", Incident: 99, Workflow: "page:2026-99:legal:1", Step: "s", Person: "ben", Channel: "call"}, false)
	require.NoError(t, err)
	unusable := []record.Item{
		{Kind: record.ItemReply, Key: "u1", Body: []byte("{")}, {Kind: record.ItemKey, Key: "u2", Body: []byte(`"x"`)},
		{Kind: record.ItemReceipt, Key: "u3", Body: []byte("[]")}, {Kind: record.ItemMail, Key: "u4", Body: nil}, {Kind: "fax", Key: "u5", Body: []byte("{}")},
		receipt("u6", "nobody", busy), item(record.ItemKey, "u7", pump.Keys{N: "nobody", Digits: "1"}), item(record.ItemKey, "u8", pump.Keys{N: "lost", Digits: "1"}),
	}
	poison := slices.Clone(unusable)
	for i := range 70 { // more than are claimed at once
		n := fmt.Sprint("poison", i)
		s.sent(n, page, "ben", plan.Call)
		poison = append(poison, receipt(n, n, busy))
	}
	s.breaks(func(line string) error {
		if strings.Contains(line, "poison") || strings.Contains(line, "s/poison") {
			return errors.New("no engine will ever take this")
		}
		return nil
	})
	s.accept(poison...)
	s.alert("poison", record.Firing, 1)
	s.pump("a")
	s.until("all poison was met", func() bool { return s.tries() >= 71 })

	s.sent("good", page, "ben", plan.SMS)
	s.accept(receipt("good", "good", delivered), text("SM1", 0, "1"))
	s.alert("good", record.Firing, 1)
	s.until("the good ones pass", func() bool { return len(s.lines("")) == 3 })
	s.until("the poison is parked, not lost", func() bool { return s.count("SELECT COUNT(*) FROM inbox_items WHERE done_at = 0") == 70 })
	for range 2 { // and again in every round of the poison
		before := s.tries()
		s.pass(later)
		s.alert(fmt.Sprint("good", before), record.Firing, 1)
		s.until("another round", func() bool { return s.tries() >= before+71 })
	}
	require.Len(t, s.lines("alerts"), 3)

	s.breaks(nil)
	s.pass(later)
	s.drained()
	require.Len(t, s.lines("reported"), 71)
	require.NotContains(t, s.log.String(), phone(0))
}

func TestRun_twoPumpsOnOneRecord_handOnOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.incident()
	const many = 60
	var receipts []record.Item
	for i := range many {
		n := fmt.Sprint("n", i)
		s.sent(n, page, "ben", plan.SMS)
		s.alert(n, record.Firing, 1)
		receipts = append(receipts, receipt(n, n, delivered), receipt(n, n, delivered))
	}
	s.pump("a")
	s.pump("b")
	s.accept(receipts...)
	s.drained()
	all := s.lines("")
	slices.Sort(all)
	require.Len(t, all, 2*many)
	require.Len(t, slices.Compact(all), 2*many, "something came twice")
}

// A pump that is stopped in the middle of its commands leaves them to the next one.
func TestRun_stopped_nothingIsLost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.incident()
	s.hangs = true
	stop := s.pump("a")
	const many = 20
	for i := range many {
		n := fmt.Sprint("n", i)
		s.sent(n, page, "ben", plan.SMS)
		s.accept(receipt(n, n, delivered))
		s.alert(n, record.Firing, 1)
	}
	s.until("commands are under way", func() bool { return s.tries() >= 2 })
	stop()
	require.Empty(t, s.lines(""))
	require.Equal(t, many, s.count("SELECT COUNT(*) FROM inbox_items WHERE done_at = 0"))
	require.Equal(t, many, s.count("SELECT COUNT(*) FROM alert_changes"))
	tried := s.tries()
	s.alert("late", record.Firing, 1)

	s.hangs = false
	s.pump("b")
	s.until("what nobody had claimed", func() bool {
		return slices.Contains(s.lines(""), fmt.Sprintf("alerts 2026-%d s/late firing x1", many+2))
	})
	require.Greater(t, s.tries(), tried)
	s.pass(later)
	s.drained()
	require.Len(t, s.lines("alerts"), many+1)
	require.Len(t, s.lines("reported"), many)
}

// An alert that reaches an ended incident is not tried for ever: closing has given it a new one.
func TestRun_endedIncident_letsGo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.breaks(func(string) error { return client.ErrNotRunning })
	s.alert("k", record.Firing, 1)
	s.pump("a")
	s.until("it was tried", func() bool { return s.tries() == 1 })
	s.drained()
	s.pass(later)
	s.alert("other", record.Firing, 1)
	s.until("another was tried", func() bool { return s.tries() >= 2 })
	s.drained()
	require.Equal(t, 2, s.tries())
}

// Only the word that stands, of a page's send that arrived or failed, is worth a signal.
func TestRun_receipts_settleTheLedgerAndTellThePage(t *testing.T) {
	t.Parallel()
	const fanOut = "distribution:2026-1:investigation:internal:1"
	for name, c := range map[string]struct {
		workflow string
		words    []delivery.Outcome
		state    delivery.State
		reported []string
	}{
		"delivered":              {page, []delivery.Outcome{{State: delivery.Accepted}, delivered}, delivery.Delivered, []string{"step-n1 delivered "}},
		"failed":                 {page, []delivery.Outcome{busy}, delivery.Failed, []string{"step-n1 failed busy"}},
		"first delivered, older": {page, []delivery.Outcome{delivered, {State: delivery.Accepted}}, delivery.Delivered, []string{"step-n1 delivered "}},
		"answered, then ended":   {page, []delivery.Outcome{{State: delivery.Answered}, busy}, delivery.Answered, nil},
		"says nothing":           {page, []delivery.Outcome{{}}, delivery.Accepted, nil},
		"of a distribution":      {fanOut, []delivery.Outcome{delivered}, delivery.Delivered, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.incident()
			s.sent("n1", c.workflow, "anna", plan.SMS)
			for i, o := range c.words {
				s.accept(item(record.ItemMail, fmt.Sprint("e", i), pump.Receipt{N: "n1", Outcome: o}))
			}
			s.pump("a")
			s.drained()
			require.Equal(t, c.state, s.stateOf("n1"))
			var reported []string
			for _, line := range s.lines("") {
				reported = append(reported, strings.TrimPrefix(line, "reported "+c.workflow+": "))
			}
			require.Equal(t, c.reported, reported)
		})
	}
}

// A page that has ended hears no receipts, and nobody tries for ever.
func TestRun_receiptOfEndedPage_letsGo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.incident()
	s.sent("n1", page, "anna", plan.Call)
	s.breaks(func(string) error { return client.ErrNotRunning })
	s.accept(receipt("CA1:busy", "n1", busy))
	s.pump("a")
	s.drained()
	require.Equal(t, 1, s.tries())
	require.Equal(t, delivery.Failed, s.stateOf("n1"))
}
