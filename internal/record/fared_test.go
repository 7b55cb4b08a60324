package record

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

func TestTallyRecipients_countsThoseOfMessagesAlone(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		send, leaves := b.release(t, 3)
		_, err := b.BeginBroadcast(t.Context(), send, leaves)
		require.NoError(t, err)
		require.NoError(t, b.SettleBroadcast(t.Context(), []string{"n0"}, accepted))
		_, _, err = b.Begin(t.Context(), Delivery{N: "page1", Incident: send.Incident, Workflow: "page:1", Step: "rung-0", Person: "anna", Channel: "sms", Purpose: "page"}, false)
		require.NoError(t, err)
		got, err := b.TallyRecipients(t.Context(), send.Incident)
		require.NoError(t, err)
		require.Equal(t, []Fared{
			{"distribution:1", "email", delivery.Accepted, delivery.None, 1},
			{"distribution:1", "email", delivery.Attempting, delivery.None, 2},
		}, got)
		none, err := b.TallyRecipients(t.Context(), send.Incident+1)
		require.NoError(t, err)
		require.Empty(t, none)
	})
}
