package record

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const lease = 30 * time.Second

func (b *book) claim(t testing.TB, most int) []AlertBatch {
	t.Helper()
	batches, err := b.ClaimAlerts(t.Context(), "pump", most, lease)
	require.NoError(t, err)
	return batches
}

func (b *book) finish(t testing.TB, batches ...AlertBatch) {
	t.Helper()
	for _, batch := range batches {
		require.NoError(t, b.FinishAlerts(t.Context(), batch.Claim))
	}
}

func statuses(b AlertBatch) (all []AlertStatus) {
	for _, a := range b.Alerts {
		all = append(all, a.Status)
	}
	return all
}

func incidents(batches []AlertBatch) (all []int) {
	for _, b := range batches {
		all = append(all, b.Incident)
	}
	return all
}

func TestClaimAlerts_unfinished_comesAgainAfterTheLease(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		dead := b.claim(t, 10)
		require.Len(t, dead, 1)
		require.True(t, dead[0].Opened)
		require.Equal(t, 2026, dead[0].Year)
		require.Empty(t, b.claim(t, 10), "claimed")
		b.pass(lease)
		again := b.claim(t, 10)
		require.Len(t, again, 1)
		require.True(t, again[0].Opened, "nobody finished the opening")
		b.finish(t, again...)
		b.pass(time.Hour)
		require.Empty(t, b.claim(t, 10))
	})
}

func TestFinishAlerts_lateOwner_takesNothingFromTheNewOne(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		late := b.claim(t, 10)
		b.pass(lease)
		current := b.claim(t, 10)
		b.alert(t, "s", "k", Resolved)
		b.finish(t, late...)
		b.pass(time.Second)
		require.Empty(t, b.claim(t, 10), "the new owner still holds the incident")
		b.finish(t, current...)
		next := b.claim(t, 10)
		require.Len(t, next, 1)
		require.Equal(t, []AlertStatus{Resolved}, statuses(next[0]))
		require.False(t, next[0].Opened)
	})
}

func TestClaimAlerts_changeWhileClaimed_isNotLost(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		batches := b.claim(t, 10)
		b.alert(t, "s", "k", Resolved)
		b.alert(t, "s", "k", Firing) // replaces the waiting row that is just being handed on
		b.alert(t, "s", "k", Firing)
		b.finish(t, batches...)
		b.pass(time.Second)
		next := b.claim(t, 10)
		require.Len(t, next, 1)
		require.Equal(t, []AlertStatus{Resolved, Firing}, statuses(next[0]))
		require.EqualValues(t, 4, next[0].Alerts[1].Count)
		b.finish(t, next...)
		b.pass(time.Hour)
		require.Empty(t, b.claim(t, 10), "the repeat went with the change")
	})
}

func TestClaimAlerts_flapping_isBounded(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		b.finish(t, b.claim(t, 10)...)
		batches := 0
		for range 30 { // 6 s of a key that changes ten times a second
			b.alert(t, "s", "k", Resolved)
			b.alert(t, "s", "k", Firing)
			b.pass(100 * time.Millisecond)
			for _, batch := range b.claim(t, 10) {
				require.LessOrEqual(t, len(batch.Alerts), 3)
				b.finish(t, batch)
				batches++
			}
		}
		require.Equal(t, 15, batches, "one each 200 ms")
		require.Zero(t, b.count(t, "SELECT COUNT(*) FROM alert_changes"))
	})
}

func TestClaimAlerts_order_changesFirstSourcesTakeTurns(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "old", "repeats", Firing) // 1
		b.finish(t, b.claim(t, 10)...)
		b.alert(t, "old", "repeats", Firing)
		b.pass(time.Hour)
		for i := range 5 { // 2 to 6
			b.alert(t, "storm", fmt.Sprint(i), Firing)
			b.pass(time.Millisecond)
		}
		b.alert(t, "quiet", "k", Firing) // 7
		require.Equal(t, []int{2, 7, 3}, incidents(b.claim(t, 3)))
		require.Equal(t, []int{4, 5, 6, 1}, incidents(b.claim(t, 10)), "a mere repeat comes last")
	})
}

func TestClaimAlerts_twoPumps_shareTheWork(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		for i := range 40 {
			b.alert(t, "s", fmt.Sprint(i), Firing)
		}
		got := make(chan AlertBatch, 100)
		together(t, 8, func(i int) {
			for {
				batches, err := b.ClaimAlerts(t.Context(), fmt.Sprint("pump", i), 3, lease)
				if err != nil || len(batches) == 0 && b.count(t, "SELECT COUNT(*) FROM alert_queue WHERE claim_until = 0") == 0 {
					return
				}
				for _, batch := range batches {
					got <- batch
				}
			}
		})
		close(got)
		seen := map[int]bool{}
		for batch := range got {
			require.False(t, seen[batch.Incident], "incident %d was handed out twice", batch.Incident)
			require.Len(t, batch.Alerts, 1)
			seen[batch.Incident] = true
		}
		require.Len(t, seen, 40)
	})
}

func TestWake_changesAndItems_notRepeats(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		woken := func() bool {
			select {
			case <-b.Wake():
				return true
			default:
				return false
			}
		}
		require.False(t, woken())
		b.alert(t, "s", "k", Firing)
		require.True(t, woken())
		b.alert(t, "s", "k", Firing)
		require.False(t, woken(), "a repeat waits for the poll")
		require.NoError(t, b.AcceptItems(t.Context(), []Item{{Kind: ItemReply, Key: "SM1"}}))
		require.True(t, woken())

		batches := b.claim(t, 1)
		b.alert(t, "s", "k", Resolved)
		<-b.Wake()
		require.Empty(t, b.claim(t, 1), "in flight")
		b.finish(t, batches...)
		<-b.Wake() // when it is no longer held back
	})
}

func TestCloseIncident_unheardAlert_opensTheNextIncident(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		b.finish(t, b.claim(t, 1)...)
		b.alert(t, "s", "k", Resolved)
		b.finish(t, b.claimLater(t)...)
		b.alert(t, "s", "k", Firing) // answered 2xx, but the workflow ends before it hears of it
		require.NoError(t, b.CloseIncident(t.Context(), 1, b.clock()))
		require.NoError(t, b.CloseIncident(t.Context(), 1, b.clock().Add(time.Hour)), "twice is once")
		batches := b.claimLater(t)
		require.Equal(t, []int{2}, incidents(batches))
		require.True(t, batches[0].Opened)
		require.Equal(t, "k is broken", batches[0].Alerts[0].Title)
		closed, err := b.Incident(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, noon.Add(time.Second), closed.ClosedAt)
		require.Equal(t, 2, b.alert(t, "s", "k", Resolved).Incident)
		b.finish(t, batches...)
	})
}

func (b *book) claimLater(t testing.TB) []AlertBatch {
	b.pass(time.Second)
	return b.claim(t, 10)
}

func TestCloseIncident_heardAlert_opensNothingUntilItFiresAgain(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		batches := b.claim(t, 1)
		b.finish(t, batches...)
		b.alert(t, "s", "k", Firing)
		require.NoError(t, b.CloseIncident(t.Context(), 1, noon))
		b.finish(t, batches...) // late, and harmless
		b.pass(time.Hour)
		require.Empty(t, b.claim(t, 10))
		require.Equal(t, Accepted{Dropped: true}, b.alert(t, "s", "k", Resolved))
		require.Equal(t, Accepted{Incident: 2, Year: 2026, Opened: true}, b.alert(t, "s", "k", Firing))
		require.EqualValues(t, 1, b.claim(t, 10)[0].Alerts[0].Count, "counting starts again")
	})
}

func TestItems_onceEach_peopleBeforeMachines(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		body := json.RawMessage(`{"From":"x"}`)
		require.NoError(t, b.AcceptItems(t.Context(), []Item{
			{ItemReceipt, "SM1", body}, {ItemMail, "ev1", body}, {ItemReply, "SM2", body}, {ItemKey, "CA1/1", body}, {ItemReceipt, "SM1", body},
		}))
		require.NoError(t, b.AcceptItems(t.Context(), []Item{{ItemReply, "SM2", body}, {ItemReceipt, "SM2", body}}))
		claim := func(most int) (keys []string, ids []int64) {
			items, err := b.ClaimItems(t.Context(), "pump", most, lease)
			require.NoError(t, err)
			for _, i := range items {
				require.JSONEq(t, string(body), string(i.Body))
				keys, ids = append(keys, string(i.Kind)+" "+i.Key), append(ids, i.ID)
			}
			return keys, ids
		}
		keys, ids := claim(3)
		require.Equal(t, []string{"reply SM2", "key CA1/1", "receipt SM1"}, keys)
		require.NoError(t, b.FinishItems(t.Context(), ids[:1]))
		keys, _ = claim(10)
		require.Equal(t, []string{"mail ev1", "receipt SM2"}, keys)
		b.pass(lease)
		keys, ids = claim(10)
		require.Equal(t, []string{"key CA1/1", "receipt SM1", "mail ev1", "receipt SM2"}, keys, "leases ended")
		require.NoError(t, b.FinishItems(t.Context(), ids))
		require.Zero(t, b.count(t, "SELECT COUNT(*) FROM inbox_items WHERE body <> ''"), "what people wrote is erased")

		require.NoError(t, b.AcceptItems(t.Context(), []Item{{ItemReply, "SM2", body}}))
		keys, _ = claim(10)
		require.Empty(t, keys, "a finished item is still known")
		b.pass(rememberItems + time.Hour)
		require.NoError(t, b.FinishItems(t.Context(), ids[:1]))
		require.Equal(t, 1, b.count(t, "SELECT COUNT(*) FROM inbox_items"), "and forgotten after a week")
	})
}
