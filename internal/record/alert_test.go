package record

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func (b *book) alert(t testing.TB, source, key string, status AlertStatus) Accepted {
	t.Helper()
	all, err := b.AcceptAlerts(t.Context(), []Alert{{Source: source, Key: key, Status: status, Title: key + " is broken"}})
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0]
}

func TestAcceptAlerts_lifeOfAKey(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		require.Equal(t, Accepted{Dropped: true}, b.alert(t, "prom", "a", Resolved), "resolved before it fired")
		require.Equal(t, Accepted{Incident: 1, Year: 2026, Opened: true}, b.alert(t, "prom", "a", Firing))
		require.Equal(t, Accepted{Incident: 1, Year: 2026}, b.alert(t, "prom", "a", Firing), "a repeat")
		require.Equal(t, Accepted{Incident: 1, Year: 2026}, b.alert(t, "prom", "a", Acknowledged))
		require.Equal(t, Accepted{Incident: 1, Year: 2026}, b.alert(t, "prom", "a", Resolved))
		require.Equal(t, Accepted{Incident: 1, Year: 2026}, b.alert(t, "prom", "a", Firing), "flapping joins")
		require.Equal(t, Accepted{Incident: 2, Year: 2026, Opened: true}, b.alert(t, "graf", "a", Firing), "keys belong to sources")
		require.NoError(t, b.CloseIncident(t.Context(), 2, b.clock()))
		require.Equal(t, Accepted{Dropped: true}, b.alert(t, "graf", "b", Acknowledged))
	})
}

func TestAcceptAlerts_oneRequest_answersInOrder(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		got, err := b.AcceptAlerts(t.Context(), []Alert{
			{Source: "s", Key: "b", Status: Firing}, {Source: "s", Key: "x", Status: Resolved}, {Source: "s", Key: "a", Status: Firing},
			{Source: "s", Key: "b", Status: Resolved}, {Source: "s", Key: "b", Status: Firing},
		})
		require.NoError(t, err)
		require.Equal(t, []Accepted{
			{Incident: 1, Year: 2026, Opened: true}, {Dropped: true}, {Incident: 2, Year: 2026, Opened: true},
			{Incident: 1, Year: 2026}, {Incident: 1, Year: 2026},
		}, got)
		batches := b.claim(t, 10)
		require.Len(t, batches, 2)
		require.Equal(t, []AlertStatus{Resolved, Firing}, statuses(batches[0]), "each status once, the latest of each in order")
		require.EqualValues(t, 3, batches[0].Alerts[0].Count)
	})
}

func TestAcceptAlerts_raceForOneKey_opensOneIncident(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		other := &book{config: b.config, at: noon} // a second process
		other.open(t)
		defer other.Close()
		var opened atomic.Int32
		together(t, 100, func(i int) {
			got, err := []*book{b, other}[i%2].AcceptAlerts(t.Context(), []Alert{{Source: "s", Key: "k", Status: Firing}})
			require.NoError(t, err)
			require.Equal(t, 1, got[0].Incident)
			if got[0].Opened {
				opened.Add(1)
			}
		})
		require.EqualValues(t, 1, opened.Load())
		batches := b.claim(t, 10)
		require.Len(t, batches, 1)
		require.EqualValues(t, 100, batches[0].Alerts[0].Count)
	})
}

func TestAcceptAlerts_raceOfManyKeys_numbersWithoutGaps(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		other := &book{config: b.config, at: noon}
		other.open(t)
		defer other.Close()
		together(t, 60, func(i int) {
			_, err := []*book{b, other}[i%2].AcceptAlerts(t.Context(), []Alert{
				{Source: "s", Key: fmt.Sprint("k", i), Status: Firing}, {Source: "s", Key: fmt.Sprint("k", (i+1)%60), Status: Firing},
			})
			require.NoError(t, err)
		})
		all, err := b.Incidents(t.Context(), Filter{Limit: 100})
		require.NoError(t, err)
		require.Len(t, all, 60)
		for i, incident := range all {
			require.Equal(t, 60-i, incident.Number)
		}
	})
}

func TestAcceptAlerts_repeats_writeNoInboxRow(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.alert(t, "s", "k", Firing)
		b.finish(t, b.claim(t, 1)...)
		var storm []Alert
		for range 500 {
			storm = append(storm, Alert{Source: "s", Key: "k", Status: Firing, Severity: "critical"})
		}
		_, err := b.AcceptAlerts(t.Context(), storm)
		require.NoError(t, err)
		require.Zero(t, b.count(t, "SELECT COUNT(*) FROM alert_changes"))
		require.Empty(t, b.claim(t, 1), "repeats are held back")
		b.pass(15 * time.Second)
		batches := b.claim(t, 1)
		require.Len(t, batches, 1)
		require.Len(t, batches[0].Alerts, 1)
		require.EqualValues(t, 501, batches[0].Alerts[0].Count)
		require.Equal(t, "critical", batches[0].Alerts[0].Severity, "a repeat still brings its facts")
		require.Equal(t, "k is broken", batches[0].Alerts[0].Title, "and takes none away")
	})
}

func TestAcceptAlerts_unreadable_overwritesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		_, err := b.AcceptAlerts(t.Context(), []Alert{
			{Source: "s", Key: "k", Status: Firing, Title: "good", Impact: "most", StartedAt: noon},
			{Source: "s", Key: "k", Status: Firing, Title: "rubbish", Unreadable: true, StartedAt: noon.Add(time.Hour)},
		})
		require.NoError(t, err)
		require.Equal(t, []AlertState{{Source: "s", Key: "k", Status: Firing, Title: "good", Impact: "most", StartedAt: noon, LastAt: noon, Count: 2}}, b.claim(t, 1)[0].Alerts)
	})
}

func TestAcceptAlerts_poison_isStoredAndDeliveredClean(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		long := strings.Repeat("ü", 20_000)
		for _, key := range []string{"nul\x00", "broken\xff", long, long + "2", "quote'; DROP TABLE incidents; --"} {
			require.True(t, b.alert(t, "s", key, Firing).Opened)
			require.False(t, b.alert(t, "s", key, Firing).Opened)
		}
		batches := b.claim(t, 10)
		require.Len(t, batches, 5)
		require.Equal(t, "nul", batches[0].Alerts[0].Key)
		require.Equal(t, "broken\uFFFD is broken", batches[1].Alerts[0].Title)
		require.Len(t, batches[2].Alerts[0].Key, 64)
		for _, a := range []Alert{{Key: "k", Status: Firing}, {Source: "s", Status: Firing}, {Source: "s", Key: "k", Status: "on fire"}} {
			_, err := b.AcceptAlerts(t.Context(), []Alert{a})
			require.Error(t, err)
		}
	})
}

func TestAcceptAlerts_fullQueue_isOverloadedAndTakesNothing(t *testing.T) {
	t.Parallel()
	b := openBook(t, Config{URL: "sqlite::memory:", Queue: 1})
	conn, err := b.db.Conn(t.Context()) // the disk stands still
	require.NoError(t, err)
	answers := make(chan error, 2)
	for _, key := range []string{"at work", "queued"} {
		go func() {
			_, err := b.AcceptAlerts(t.Context(), []Alert{{Source: "s", Key: key, Status: Firing}})
			answers <- err
		}()
		if key == "at work" {
			require.Eventually(t, func() bool { return b.db.Stats().WaitCount > 0 }, 5*time.Second, time.Millisecond)
		} else {
			require.Eventually(t, func() bool { return len(b.inbox.queue) == 1 }, 5*time.Second, time.Millisecond)
		}
	}
	_, err = b.AcceptAlerts(t.Context(), []Alert{{Source: "s", Key: "refused", Status: Firing}})
	require.ErrorIs(t, err, ErrOverloaded)
	require.NoError(t, conn.Close())
	require.NoError(t, <-answers)
	require.NoError(t, <-answers)
	require.Equal(t, 2, b.count(t, "SELECT COUNT(*) FROM incidents"))
}

func TestAcceptAlerts_callerGone_storesNothingOrTellsTheTruth(t *testing.T) {
	t.Parallel()
	b := openBook(t, Config{URL: "sqlite::memory:"})
	conn, err := b.db.Conn(t.Context())
	require.NoError(t, err)
	go func() { // is at work, so that the next one waits in the queue
		_, _ = b.AcceptAlerts(context.Background(), []Alert{{Source: "s", Key: "first", Status: Firing}})
	}()
	require.Eventually(t, func() bool { return b.db.Stats().WaitCount > 0 }, 5*time.Second, time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error, 1)
	go func() {
		_, err := b.AcceptAlerts(ctx, []Alert{{Source: "s", Key: "gone", Status: Firing}})
		answer <- err
	}()
	require.Eventually(t, func() bool { return len(b.inbox.queue) == 1 }, 5*time.Second, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-answer, context.Canceled)
	require.NoError(t, conn.Close())
	require.True(t, b.alert(t, "s", "last", Firing).Opened)
	require.Zero(t, b.count(t, "SELECT COUNT(*) FROM alert_keys WHERE dedup_key = 'gone'"))
}

func TestOpenByHand_sameKey_isTheSameIncidentForEver(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		first, err := b.OpenByHand(t.Context(), "api", "key-1", "Checkout down", noon)
		require.NoError(t, err)
		require.Equal(t, Accepted{Incident: 1, Year: 2026, Opened: true}, first)
		require.NoError(t, b.CloseIncident(t.Context(), 1, noon))
		again, err := b.OpenByHand(t.Context(), "api", "key-1", "Checkout down", noon)
		require.NoError(t, err)
		require.Equal(t, Accepted{Incident: 1, Year: 2026}, again)
		other, err := b.OpenByHand(t.Context(), "api", "key-2", "Search down", noon.AddDate(1, 0, 0))
		require.NoError(t, err)
		require.Equal(t, Accepted{Incident: 2, Year: 2027, Opened: true}, other)
		b.pass(time.Hour)
		require.Empty(t, b.claim(t, 10), "nothing is left to the pump")

		require.False(t, b.alert(t, "api", "key-2", Resolved).Opened, "an alert of the key belongs to it")
		batches := b.claim(t, 10)
		require.Len(t, batches, 1)
		require.False(t, batches[0].Opened)
	})
}
