package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

func (s *site) asksSubscriber(in contract.AskInput) contract.SendResult {
	s.t.Helper()
	out, err := s.env.ExecuteActivity(contract.AskSubscriber, in)
	require.NoError(s.t, err)
	var result contract.SendResult
	require.NoError(s.t, out.Get(&result))
	return result
}

// The question goes to the address, from the number of updates and never from that of pages, and
// once only.
func TestAskSubscriber_asksTheAddressOnce(t *testing.T) {
	t.Parallel()
	for channel, address := range map[string]string{"email": "new@acme.example", "sms": "+4917604069003"} {
		t.Run(channel, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			asked, send, err := s.record.Subscribe(t.Context(), record.Subscriber{Channel: channel, Address: address, Language: "de"})
			require.NoError(t, err)
			require.True(t, send)
			id := contract.OptInID(asked.ID, asked.AskedAt)
			in := contract.AskInput{N: contract.OptInDelivery(id), Workflow: id, Subscription: asked.ID}
			for range 3 {
				require.Equal(t, delivery.Accepted, s.asksSubscriber(in).Outcome.State)
			}
			require.Len(t, s.lab.Log(), 1)
			request := s.lab.Log()[0]
			link := s.plan.Company.URL + activities.ConfirmPath + asked.Token
			if channel == "sms" {
				require.Equal(t, s.plan.Channels.Updates.From, request.Form["From"])
				require.Equal(t, address, request.Form["To"])
				require.Contains(t, request.Form["Body"], link)
				return
			}
			require.Contains(t, string(request.JSON), address)
			require.Contains(t, string(request.JSON), link)
			require.Contains(t, string(request.JSON), "bestätigen")
		})
	}
}

// Who has ended it meanwhile is left alone.
func TestAskSubscriber_nobodyWaits_sendsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	result := s.asksSubscriber(contract.AskInput{N: "n", Workflow: "optin:x", Subscription: "gone"})
	require.Equal(t, delivery.Failed, result.Outcome.State)
	require.Empty(t, s.lab.Log())
}
