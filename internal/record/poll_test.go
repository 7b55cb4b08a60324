package record

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// put writes a send with its outcome.
func (b *book) put(t *testing.T, n, channel string, o delivery.Outcome) {
	t.Helper()
	_, may, err := b.Begin(t.Context(), Delivery{N: n, Incident: 1, Workflow: "page:1", Step: n, Person: "anna", Channel: channel, Purpose: string(notice.Page)}, false)
	require.NoError(t, err)
	require.True(t, may)
	if o.State != "" {
		_, _, err = b.Settle(t.Context(), n, o)
		require.NoError(t, err)
	}
}

func (b *book) silent(t *testing.T) (ns []string) {
	t.Helper()
	rows, err := b.ClaimSilent(t.Context(), time.Minute, 10)
	require.NoError(t, err)
	for _, d := range rows {
		ns = append(ns, d.N)
	}
	return ns
}

func TestClaimSilent_onlyWithoutLastWord_threeTimes(t *testing.T) {
	taken := delivery.Outcome{State: delivery.Accepted, ProviderID: "SM1"}
	each(t, func(t *testing.T, b *book) {
		b.put(t, "text", "sms", taken)
		b.put(t, "talking", "call", delivery.Outcome{State: delivery.Delivered, ProviderID: "CA1"})
		b.put(t, "arrived", "sms", delivery.Outcome{State: delivery.Delivered, ProviderID: "SM2"})
		b.put(t, "failed", "sms", delivery.Outcome{State: delivery.Failed, ProviderID: "SM3"})
		b.put(t, "mail", "email", taken)
		b.put(t, "unclear", "sms", delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous})
		b.put(t, "dying", "sms", delivery.Outcome{})

		b.pass(59 * time.Second)
		require.Empty(t, b.silent(t), "a minute is not over")
		b.pass(time.Second)
		require.ElementsMatch(t, []string{"text", "talking"}, b.silent(t))
		require.Empty(t, b.silent(t), "they are the caller's")
		b.pass(5*time.Minute - time.Second)
		require.Empty(t, b.silent(t))
		b.pass(time.Second)
		require.Len(t, b.silent(t), 2)

		// A word that is not the last one starts the clock again; the last one stops it.
		_, _, err := b.Settle(t.Context(), "talking", delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached})
		require.NoError(t, err)
		b.pass(30 * time.Minute)
		require.Equal(t, []string{"text"}, b.silent(t))
		b.pass(24 * time.Hour)
		require.Empty(t, b.silent(t), "given up")
		d, err := b.Delivery(t.Context(), "text")
		require.NoError(t, err)
		require.Equal(t, MaxPolls, d.Polls)
		require.True(t, d.NoReceipt())
		require.Equal(t, taken, d.Outcome(), "it stays what it is known to be")

		_, _, err = b.Settle(t.Context(), "text", delivery.Outcome{State: delivery.Delivered})
		require.NoError(t, err)
		b.pass(24 * time.Hour)
		require.Empty(t, b.silent(t))
		d, err = b.Delivery(t.Context(), "text")
		require.NoError(t, err)
		require.False(t, d.NoReceipt(), "better late than never")
	})
}

func TestClaimSilent_manyWorkers_eachSendOnce(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		const sends = 40
		for i := range sends {
			b.put(t, letters(i), "sms", delivery.Outcome{State: delivery.Accepted, ProviderID: letters(i)})
		}
		b.pass(time.Minute)
		var mu sync.Mutex
		claimed := map[string]int{}
		together(t, 8, func(int) {
			for {
				ns := b.silent(t)
				if len(ns) == 0 {
					return
				}
				mu.Lock()
				for _, n := range ns {
					claimed[n]++
				}
				mu.Unlock()
			}
		})
		require.Len(t, claimed, sends)
		for n, times := range claimed {
			require.Equal(t, 1, times, n)
		}
	})
}

func TestSentBefore_ownPastOnly_inOneOrder(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.put(t, "old", "sms", delivery.Outcome{State: delivery.Accepted, ProviderID: "SM0"})
		b.pass(3 * time.Hour)
		for _, n := range []string{"b", "a", "c"} { // at the same moment
			b.put(t, n, "sms", delivery.Outcome{})
		}
		b.pass(time.Second)
		b.put(t, "d", "call", delivery.Outcome{State: delivery.Failed, Class: delivery.RateLimited, Code: "elsewhere"})
		_, _, err := b.Begin(t.Context(), Delivery{N: "e", Person: "ben", Channel: "sms"}, false)
		require.NoError(t, err)
		_, _, err = b.Begin(t.Context(), Delivery{N: "f", Recipient: 3, Channel: "email"}, false)
		require.NoError(t, err)
		before := func(n string, ago time.Duration) []delivery.Sent {
			d, err := b.Delivery(t.Context(), n)
			require.NoError(t, err)
			sent, err := b.SentBefore(t.Context(), d, d.CreatedAt.Add(-ago))
			require.NoError(t, err)
			return sent
		}
		for n, want := range map[string]int{"a": 0, "b": 1, "c": 2, "d": 3, "e": 0, "f": 0} {
			require.Len(t, before(n, time.Hour), want, n)
		}
		require.Len(t, before("d", 4*time.Hour), 4)
		require.Equal(t, []delivery.Sent{{
			Page: "page:1", Channel: plan.SMS, Urgency: notice.Urgent, At: noon.Add(3 * time.Hour), Outcome: delivery.Outcome{State: delivery.Attempting},
		}}, before("b", time.Hour))
	})
}

func TestOpenSnapshots_whatHasNotEnded(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		i := b.alert(t, "prom", "a", Firing).Incident
		for n, a := range []Append{
			{Workflow: "page:1", Kind: KindPage, Snapshot: []byte(`{"stage":"unanswered"}`)},
			{Workflow: "page:2", Kind: KindPage, Snapshot: []byte(`{}`), Ended: true},
			{Workflow: "message:1", Kind: KindMessage, Snapshot: []byte(`{}`)},
		} {
			a.Incident, a.Run, a.Revision = i, "r", int64(n+1)
			require.NoError(t, b.Append(t.Context(), a))
		}
		open, err := b.OpenSnapshots(t.Context(), KindPage)
		require.NoError(t, err)
		require.Len(t, open, 1)
		require.JSONEq(t, `{"stage":"unanswered"}`, string(open[0]))
	})
}
