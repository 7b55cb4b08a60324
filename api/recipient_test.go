package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Everybody whom a message goes to is shown with the way, the state and the reason, page by page.
func TestRecipients_eachWithItsState(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.open(`{"title": "Checkout is down"}`)
	at := n + "/messages/internal/investigation/recipients"
	s.must(http.StatusNotFound, "GET", at, "")

	ctx, r := t.Context(), s.engine.Record
	list, err := r.PutRecipients(ctx, []record.Recipient{
		{Channel: "email", Address: "a@example.com", Language: "en"}, {Channel: "email", Address: "b@example.com", Language: "en"},
		{Channel: "sms", Address: "+4915111111111", Language: "de"}, {Channel: "email", Address: "d@example.com", Language: "en", Shared: true},
	})
	require.NoError(t, err)
	row, err := r.Incident(ctx, 1)
	require.NoError(t, err)
	loop, err := json.Marshal(comms.State{Incident: 1, Year: row.Year, Phase: plan.Investigation, Order: 1, List: list, Stage: comms.Sent})
	require.NoError(t, err)
	require.NoError(t, r.Append(ctx, record.Append{
		Incident: 1, Workflow: contract.MessageID(row.Year, 1, plan.Investigation, "internal"), Run: "r", Kind: record.KindMessage, Revision: 1, Snapshot: loop,
	}))
	id := contract.DistributionID(row.Year, 1, plan.Investigation, "internal", 1)
	_, err = r.BeginBroadcast(ctx, record.Broadcast{Incident: 1, Workflow: id, Phase: row.Phase, List: list, Channel: "email"}, []record.Leaf{{N: "n0"}, {N: "n1", Recipient: 1}})
	require.NoError(t, err)
	_, _, err = r.Settle(ctx, "n0", delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "bounce", ProviderID: "x"})
	require.NoError(t, err)
	require.NoError(t, r.Suppress(ctx, "sms", "+4915111111111", record.Stopped, 0, time.Now()))

	var states []any
	next := ""
	for range 2 {
		page := s.must(200, "GET", at+"?limit=2"+next, "")
		for _, i := range items(t, page) {
			states = append(states, i["state"], i["reason"])
		}
		if cursor, more := page["next_cursor"].(string); more {
			next = "&cursor=" + cursor
		}
	}
	require.Equal(t, []any{"failed", "bounce", "unproven", nil, "stopped", record.Stopped, "waiting", nil}, states)
	s.must(http.StatusConflict, "POST", at+"/resend-unproven", "")
}
