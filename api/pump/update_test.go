package pump_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/record"
)

// What a provider says of an address ends the updates to it, with the reason, and nothing else
// does.
func TestRun_events_endUpdatesToAnAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx := t.Context()
	opened, err := s.OpenByHand(ctx, "test", "k", "x", time.Now())
	require.NoError(t, err)
	row, err := s.Incident(ctx, opened.Incident)
	require.NoError(t, err)
	var to []record.Recipient
	var leaves []record.Leaf
	var items []record.Item
	for i, o := range []delivery.Outcome{
		delivery.SendGridEvent("bounce", "bounce", ""), delivery.SendGridEvent("bounce", "blocked", ""), delivery.SendGridEvent("spamreport", "", ""),
		delivery.SendGridEvent("dropped", "", "Bounced Address"), delivery.SendGridEvent("delivered", "", ""),
	} {
		n := string(rune('a' + i))
		to = append(to, record.Recipient{Channel: "email", Address: n + "@example.com", Language: "en"})
		leaves = append(leaves, record.Leaf{N: n, Recipient: i})
		body, err := json.Marshal(pump.Receipt{N: n, Outcome: o})
		require.NoError(t, err)
		items = append(items, record.Item{Kind: record.ItemMail, Key: n, Body: body})
	}
	list, err := s.PutRecipients(ctx, to)
	require.NoError(t, err)
	_, err = s.BeginBroadcast(ctx, record.Broadcast{Incident: opened.Incident, Workflow: "distribution:1", Phase: row.Phase, List: list, Channel: "email"}, leaves)
	require.NoError(t, err)
	require.NoError(t, s.AcceptItems(ctx, items))
	s.pump("a")
	s.drained()
	got, err := s.Suppressed(ctx, opened.Incident, "email", []string{"a@example.com", "b@example.com", "c@example.com", "d@example.com", "e@example.com"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"a@example.com": record.Bounced, "c@example.com": record.Complained, "d@example.com": record.Dropped}, got)
	require.Empty(t, s.lines(""), "no workflow is woken by the events of a distribution")
}
