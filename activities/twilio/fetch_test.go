package twilio

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/lab"
)

// Nobody calls back; the last word is there to be asked for.
func TestLab_fetch_givesTheLastWord(t *testing.T) {
	t.Parallel()
	l, c := newLab(t, lab.Busy)
	for name, c := range map[string]struct {
		send  func() (provider.Result, error)
		fetch func(context.Context, string) (provider.Result, error)
		want  delivery.Outcome
	}{
		"text": {func() (provider.Result, error) { return c.Text(t.Context(), page) }, c.FetchText, delivery.Outcome{State: delivery.Delivered}},
		"call": {
			func() (provider.Result, error) { return c.Call(t.Context(), ring) }, c.FetchCall,
			delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "busy"},
		},
	} {
		sent, err := c.send()
		require.NoError(t, err, name)
		c.want.ProviderID = sent.ProviderID
		require.Eventually(t, func() bool {
			got, err := c.fetch(t.Context(), sent.ProviderID)
			return err == nil && got.Outcome == c.want
		}, 10*time.Second, 10*time.Millisecond, name)
		require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultUnavailable, Share: 1, Channel: lab.ChannelAll}))
		var failed *Error
		_, err = c.fetch(t.Context(), sent.ProviderID)
		require.ErrorAs(t, err, &failed, name)
		require.Equal(t, delivery.Ambiguous, failed.Result.Class)
		require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelAll}))
		_, err = c.fetch(t.Context(), "SM00000000000000000000000000000000")
		require.ErrorAs(t, err, &failed, name)
		_, err = c.fetch(t.Context(), "../Calls")
		require.ErrorIs(t, err, errSID, name)
	}
}
