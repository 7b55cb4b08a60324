package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

const deliveriesOf = "/api/v1/webhooks/statuspage/deliveries"

func TestWebhooks_deliveries_areShownAndToldAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	hook := items(t, s.must(200, "GET", "/api/v1/webhooks", ""))[0]
	require.Equal(t, []any{"statuspage", "statuspage", []any{"customers"}}, []any{hook["name"], hook["format"], hook["audiences"]})
	require.Empty(t, items(t, s.must(200, "GET", deliveriesOf, "")))

	event, err := s.engine.Record.KeepHookEvent(t.Context(), record.HookEvent{
		N: "event1", Hook: "statuspage", Incident: 7, Audience: "customers", Phase: "investigation", Release: 1, At: time.Now(), Media: "application/json", Body: "{}",
	})
	require.NoError(t, err)
	_, _, err = s.engine.Record.Begin(t.Context(), record.Delivery{N: "delivery1", Incident: 7, Workflow: "w", Step: event.N, Channel: record.HookChannel, Purpose: "outlet"}, false)
	require.NoError(t, err)
	_, _, err = s.engine.Record.Settle(t.Context(), "delivery1", delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "404"})
	require.NoError(t, err)
	shown := items(t, s.must(200, "GET", deliveriesOf, ""))[0]
	require.Equal(t, []any{"delivery1", "event1", "failed", "not_processed", "404", 1.0}, []any{shown["id"], shown["event"], shown["state"], shown["class"], shown["code"], shown["attempts"]})

	again := deliveriesOf + "/delivery1/redeliver"
	s.must(202, "POST", again, "", "Idempotency-Key: a")
	s.must(202, "POST", again, "", "Idempotency-Key: a")
	s.must(202, "POST", again, "", "Idempotency-Key: b")
	calls := s.engine.Calls()
	require.Len(t, calls, 3)
	in := calls[0].Command.(contract.OutletInput)
	require.Equal(t, []string{"webhook:statuspage", "event1"}, []string{in.Outlet, in.Event})
	require.Equal(t, calls[0].Workflow, calls[1].Workflow, "the same wish is one workflow")
	require.NotEqual(t, calls[0].Workflow, calls[2].Workflow)

	s.must(404, "POST", deliveriesOf+"/nothing/redeliver", "")
	s.must(404, "GET", "/api/v1/webhooks/nobody/deliveries", "")
	s.must(404, "POST", "/api/v1/webhooks/nobody/deliveries/delivery1/redeliver", "")
}
