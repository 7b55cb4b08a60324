package carrier

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Whoever presses 1 in a test hears thanks at once; any other key is named and asks again.
func TestKeys_ofATest_areThankedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		digits, language, says string
		again                  bool
		kept                   []string
	}{
		"1":           {"1", "", "Thank you. Our calls reach you.", false, []string{`key CA9:1 {"n":"t1","to":"` + annas + `","digits":"1"}`}},
		"1 in German": {"1", "de", "Danke. Unsere Anrufe erreichen Sie.", false, []string{`key CA9:1 {"n":"t1","to":"` + annas + `","digits":"1"}`}},
		"2":           {"2", "", "That was 2. Please press 1.", true, nil},
		"9":           {"9", "", "That was 9. Please press 1.", true, nil},
		"star":        {"*", "", "Please press 1, so that we know that our calls reach you.", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, escalation.State{Stage: escalation.Climbing})
			require.NoError(t, s.SetLanguage(t.Context(), "anna", c.language))
			_, _, err := s.Begin(t.Context(), record.Delivery{N: "t1", Workflow: "test:abc", Step: "ask", Person: "anna", Channel: string(plan.Call)}, false)
			require.NoError(t, err)
			_, _, err = s.Settle(t.Context(), "t1", delivery.Outcome{State: delivery.Accepted, ProviderID: "CA9"})
			require.NoError(t, err)
			status, body := s.do(twilio("/hooks/twilio/keys?n=t1", url.Values{"CallSid": {"CA9"}, "To": {annas}, "CallStatus": {"in-progress"}, "Digits": {c.digits}}))
			require.Equal(t, http.StatusOK, status)
			h := hear(t, body)
			require.Contains(t, h.says[0]+h.says[min(2, len(h.says)-1)], c.says)
			require.Equal(t, c.again, len(h.gathers) > 0)
			require.Equal(t, c.kept, s.inbox())
			require.NotContains(t, body, "not a drill", "nobody is frightened")
		})
	}
}
