package twilio

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/lab"
)

// newLab is a phone lab with one phone, and a client that uses it as its Twilio.
func newLab(t *testing.T, b lab.Behaviour) (*lab.Lab, *Client) {
	t.Helper()
	l, err := lab.New(lab.Config{Senders: []string{sender}, Phones: []lab.Phone{{Number: anna, Behaviour: b}}, Speed: 1000})
	require.NoError(t, err)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(func() { l.Close(); server.Close() })
	c, err := New(Config{
		Account: lab.DefaultAccountSID, Token: lab.DefaultAuthToken, From: sender,
		Endpoint: server.URL, Timeout: 2 * time.Second,
	})
	require.NoError(t, err)
	return l, c
}

// An ambiguous send is settled by looking before sending again: nothing lost, nothing doubled.
func TestLab_ambiguousText_isFoundOrSafelySentAgain(t *testing.T) {
	t.Parallel()
	for fault, arrived := range map[lab.Fault]bool{
		lab.FaultResetAfterAccept: true, lab.FaultErrorAfterAccept: true, lab.FaultTimeout: true,
		lab.FaultBroken: false, lab.FaultUnavailable: false, lab.FaultThrottled: false,
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			l, c := newLab(t, lab.Answer)
			began := time.Now()
			require.NoError(t, l.SetCarrier(lab.Carrier{Fault: fault, Share: 1, Channel: lab.ChannelSMS}))
			got, err := c.Text(t.Context(), page)
			require.NoError(t, err)
			want := delivery.LookUp
			if fault == lab.FaultThrottled {
				want = delivery.RetrySame
				require.Positive(t, got.RetryAfter)
			}
			require.Equal(t, want, delivery.Next(got.Outcome), "%+v", got)
			if !arrived { // these faults hit look-ups as well
				_, _, err := c.FindText(t.Context(), page, began)
				require.Error(t, err)
			}
			require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelAll}))
			seen, found, err := c.FindText(t.Context(), page, began)
			require.NoError(t, err)
			require.Equal(t, arrived, found)
			if !found {
				seen, err = c.Text(t.Context(), page)
				require.NoError(t, err)
			}
			require.Equal(t, delivery.Wait, delivery.Next(seen.Outcome))
			texts := l.Phones()[0].Messages
			require.Len(t, texts, 1)
			require.Equal(t, texts[0].SID, seen.ProviderID)
		})
	}
}

func TestLab_listLag_looksLikeNotFoundAtFirst(t *testing.T) {
	t.Parallel()
	l, c := newLab(t, lab.Answer)
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelAll, ListLagMS: 400}))
	began := time.Now()
	_, err := c.Text(t.Context(), page)
	require.NoError(t, err)
	_, found, err := c.FindText(t.Context(), page, began)
	require.NoError(t, err)
	require.False(t, found)
	require.Eventually(t, func() bool {
		_, found, err := c.FindText(t.Context(), page, began)
		return err == nil && found
	}, 10*time.Second, 50*time.Millisecond)
}

func TestLab_phonesThatTakeNoTexts_areLeft(t *testing.T) {
	t.Parallel()
	for behaviour, want := range map[lab.Behaviour]delivery.Outcome{
		lab.OptedOut: {State: delivery.Failed, Class: delivery.OptedOut, Code: "21610"},
		lab.Landline: {State: delivery.Failed, Class: delivery.Permanent, Code: "21614"},
	} {
		_, c := newLab(t, behaviour)
		got, err := c.Text(t.Context(), page)
		require.NoError(t, err)
		require.Equal(t, want, got.Outcome)
		require.Equal(t, delivery.LeaveChannel, delivery.Next(got.Outcome))
	}
}

func TestLab_call_isFoundAndCanceled(t *testing.T) {
	t.Parallel()
	l, err := lab.New(lab.Config{Senders: []string{sender}, Phones: []lab.Phone{{Number: anna, Behaviour: lab.Ignore}}})
	require.NoError(t, err)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(func() { l.Close(); server.Close() })
	c, err := New(Config{Account: lab.DefaultAccountSID, Token: lab.DefaultAuthToken, From: sender, Endpoint: server.URL})
	require.NoError(t, err)

	began := time.Now()
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultResetAfterAccept, Share: 1, Channel: lab.ChannelVoice}))
	got, err := c.Call(t.Context(), ring)
	require.NoError(t, err)
	require.Equal(t, delivery.LookUp, delivery.Next(got.Outcome))

	seen, found, err := c.FindCall(t.Context(), ring, began)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, delivery.Accepted, seen.State)
	open, err := c.OpenCall(t.Context(), anna)
	require.NoError(t, err)
	require.Equal(t, seen.ProviderID, open)

	require.NoError(t, c.CancelCall(t.Context(), open))
	open, err = c.OpenCall(t.Context(), anna)
	require.NoError(t, err)
	require.Empty(t, open)
	require.NoError(t, c.CancelCall(t.Context(), seen.ProviderID), "twice is as good as once")
	seen, _, err = c.FindCall(t.Context(), ring, began)
	require.NoError(t, err)
	require.Equal(t, delivery.Outcome{
		State: delivery.Failed, Class: delivery.NotReached, Code: "canceled", ProviderID: seen.ProviderID,
	}, seen.Outcome)
}
