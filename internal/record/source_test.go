package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

// Whoever connects a tool sees that it arrived, and a storm does not become a storm of writes.
func TestHear_keepsTheLastTimeOfEachSource(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		require.NoError(t, b.Hear(t.Context(), "alertmanager"))
		b.pass(hearAgain / 2)
		require.NoError(t, b.Hear(t.Context(), "alertmanager"))
		require.NoError(t, b.Hear(t.Context(), "grafana"))
		heard, err := b.Heard(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]time.Time{"alertmanager": noon, "grafana": noon.Add(hearAgain / 2)}, heard)
		b.pass(hearAgain / 2)
		require.NoError(t, b.Hear(t.Context(), "alertmanager"))
		heard, err = b.Heard(t.Context())
		require.NoError(t, err)
		require.Equal(t, noon.Add(hearAgain), heard["alertmanager"])
	})
}

func TestLately_newestFirst_withoutBroadcasts(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		for _, d := range []Delivery{
			{N: "a", Channel: "sms", Purpose: "page", Person: "anna"}, {N: "b", Channel: "sms", Purpose: update, Recipient: 1},
			{N: "c", Channel: "call", Purpose: "page", Person: "anna"}, {N: "d", Channel: "sms", Purpose: "test", Person: "ben"},
		} {
			_, _, err := b.Begin(t.Context(), d, false)
			require.NoError(t, err)
			b.pass(time.Second)
		}
		_, _, err := b.Settle(t.Context(), "a", delivery.Outcome{State: delivery.Accepted})
		require.NoError(t, err)
		var ns []string
		late, err := b.Lately(t.Context(), "sms", 5)
		require.NoError(t, err)
		for _, d := range late {
			ns = append(ns, d.N)
		}
		require.Equal(t, []string{"d", "a"}, ns)
	})
}
