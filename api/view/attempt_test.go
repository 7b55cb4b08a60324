package view_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// What nobody can know for certain is shown as that: a text that may have gone out twice, and
// one of which the carrier has no last word.
func TestAttempts_doubtful_saySo(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, _, err := s.Open(t.Context(), s.act(), act.Opening{Title: "Checkout is down", Declare: true})
	require.NoError(t, err)
	const page = "page:2026-1:business-lead:1"
	n := delivery.ID(page, "rung-0-eva-sms", "eva", "sms")
	shown := func() (view.Attempt, view.Delivery) {
		i, err := s.Incident(t.Context(), 1)
		require.NoError(t, err)
		ledger, err := s.Deliveries(t.Context(), 1)
		require.NoError(t, err)
		for _, r := range i.Roles {
			for _, d := range ledger {
				if r.Role == plan.BusinessLead && d.N == n {
					return r.Attempts[0], d
				}
			}
		}
		t.Fatal("no such send")
		return view.Attempt{}, view.Delivery{}
	}
	a, d := shown()
	require.False(t, a.PossibleDuplicate || a.NoReceipt || d.PossibleDuplicate || d.NoReceipt)

	_, err = s.engine.Record.Doubled(t.Context(), n, "SM1")
	require.NoError(t, err)
	for range record.MaxPolls {
		a, d = shown()
		require.True(t, a.PossibleDuplicate && d.PossibleDuplicate)
		require.False(t, a.NoReceipt || d.NoReceipt, "it is still asked for")
		s.engine.Advance(t.Context(), 31*time.Minute)
		_, err = s.engine.Record.ClaimSilent(t.Context(), time.Minute, 1000)
		require.NoError(t, err)
	}
	a, d = shown()
	require.True(t, a.NoReceipt && d.NoReceipt, "%+v %+v", a, d)
	require.Equal(t, "accepted", a.State, "it stays what it is known to be")
}
