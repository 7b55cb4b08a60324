package pump_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

// line stands in for the provider: of two calls it keeps the one it is told to.
type line struct {
	mu    sync.Mutex
	keep  string
	pairs [][2]string
}

func (l *line) EndDouble(_ context.Context, one, two string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pairs = append(l.pairs, [2]string{one, two})
	if l.keep == "" {
		return "", errors.New("the provider is down")
	}
	return l.keep, nil
}

// A send that became two is flagged, one of two calls is ended, and the end of that one is not
// taken for the end of the other.
func TestRun_secondIDForOneSend_isADouble(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		channel plan.Channel
		keep    string // by the provider
		id      string // in the ledger, in the end
		asked   bool
	}{
		"the first call stays":    {plan.Call, "Pn1", "Pn1", true},
		"the other call is older": {plan.Call, "CA2", "CA2", true},
		"the provider is down":    {plan.Call, "", "Pn1", true},
		"a text":                  {plan.SMS, "", "Pn1", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.phone = &line{keep: c.keep}
			s.incident()
			s.sent("n1", page, "anna", c.channel)
			s.pump("a")
			s.accept(receipt("r1", "n1", delivery.Outcome{State: delivery.Accepted, ProviderID: "Pn1"}))
			s.drained()
			d, err := s.Delivery(t.Context(), "n1")
			require.NoError(t, err)
			require.False(t, d.PossibleDuplicate, "the same id again is no double")

			s.accept(receipt("r2", "n1", delivery.Outcome{State: delivery.Accepted, ProviderID: "CA2"}))
			s.drained()
			d, err = s.Delivery(t.Context(), "n1")
			require.NoError(t, err)
			require.True(t, d.PossibleDuplicate)
			require.Equal(t, delivery.Outcome{State: delivery.Accepted, ProviderID: c.id}, d.Outcome())
			if c.asked {
				require.Equal(t, [][2]string{{"Pn1", "CA2"}}, s.phone.pairs)
			} else {
				require.Empty(t, s.phone.pairs)
			}

			other := map[string]string{"Pn1": "CA2", "CA2": "Pn1"}[c.id]
			end := delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: delivery.Canceled, ProviderID: other}
			s.accept(receipt("r3", "n1", end))
			s.drained()
			require.Equal(t, delivery.Accepted, s.stateOf("n1"), "the other one has ended")
			end.ProviderID, end.Code = c.id, "busy"
			s.accept(receipt("r4", "n1", end))
			s.drained()
			require.Equal(t, delivery.Failed, s.stateOf("n1"))
			require.Equal(t, []string{"reported " + page + ": step-n1 failed busy"}, s.lines("reported"))
		})
	}
}
