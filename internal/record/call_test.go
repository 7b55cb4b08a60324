package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

func TestLiveCalls_onlyThoseThatMayGoOn(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		opened, err := b.OpenByHand(t.Context(), "test", "k", "Payments fail", noon)
		require.NoError(t, err)
		place := func(n, person, channel string, incident int, o delivery.Outcome) {
			b.pass(time.Second)
			_, _, err := b.Begin(t.Context(), Delivery{N: n, Incident: incident, Workflow: "w", Person: person, Channel: channel}, false)
			require.NoError(t, err)
			_, _, err = b.Settle(t.Context(), n, o)
			require.NoError(t, err)
		}
		place("old", "anna", "call", opened.Incident, delivery.Outcome{State: delivery.Accepted, ProviderID: "CA0"})
		b.pass(time.Hour)
		since := b.now()
		place("attempting", "anna", "call", opened.Incident, delivery.Outcome{})
		place("unknown", "anna", "call", opened.Incident, delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous})
		place("answered", "ben", "call", opened.Incident, delivery.Outcome{State: delivery.Answered, ProviderID: "CA1"})
		place("waiting", "anna", "call", opened.Incident, delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: delivery.InCall})
		place("over", "anna", "call", opened.Incident, delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "busy"})
		place("text", "anna", "sms", opened.Incident, delivery.Outcome{State: delivery.Accepted, ProviderID: "SM1"})
		place("other", "carla", "call", opened.Incident, delivery.Outcome{State: delivery.Accepted, ProviderID: "CA2"})
		place("gone", "anna", "call", 99, delivery.Outcome{State: delivery.Accepted, ProviderID: "CA3"})

		live := func(people ...string) (ns []string) {
			rows, err := b.LiveCalls(t.Context(), people, since)
			require.NoError(t, err)
			for _, d := range rows {
				ns = append(ns, d.N)
			}
			return ns
		}
		require.Equal(t, []string{"attempting", "unknown", "answered"}, live("anna", "ben"))
		require.Equal(t, []string{"answered"}, live("ben"))
		require.Empty(t, live())
		require.NoError(t, b.CloseIncident(t.Context(), opened.Incident, b.now()))
		require.Empty(t, live("anna", "ben", "carla"))
	})
}

func TestDoubled_flagsAndNamesTheSurvivor(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		b.begin(t, false)
		b.settle(t, delivery.Outcome{State: delivery.Accepted, ProviderID: "CA2"})
		d, err := b.Doubled(t.Context(), sms.N, "CA1")
		require.NoError(t, err)
		require.True(t, d.PossibleDuplicate)
		require.Equal(t, delivery.Outcome{State: delivery.Accepted, ProviderID: "CA1"}, d.Outcome())
		_, err = b.Doubled(t.Context(), "nobody", "CA1")
		require.ErrorIs(t, err, ErrNotFound)
	})
}
