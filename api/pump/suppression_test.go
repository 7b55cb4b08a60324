package pump_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/pump"
	"github.com/stormbell/stormbell/internal/record"
)

// A bounce takes the address off every list, and hides in the ledger of no page.
func TestRun_suppression_isKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	stop := pump.Suppression{To: record.DestinationOf("email", "Anna@acme.example"), Reason: record.Bounced, At: s.now()}
	s.accept(item(record.ItemSuppression, "e1", stop), item(record.ItemSuppression, "e1", stop))
	s.pump("a")
	s.drained()
	why, err := s.Suppressed(t.Context(), 7, "email", []string{"anna@acme.example", "ben@acme.example"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"anna@acme.example": record.Bounced}, why)
}
