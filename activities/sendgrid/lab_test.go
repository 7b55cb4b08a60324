package sendgrid

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/lab"
)

func TestLab_mail_arrivesAndFaultsAreClassified(t *testing.T) {
	t.Parallel()
	l, err := lab.New(lab.Config{Speed: 1000})
	require.NoError(t, err)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(func() { l.Close(); server.Close() })
	c, err := New(Config{Key: lab.DefaultSendGridKey, Endpoint: server.URL, Timeout: 2 * time.Second})
	require.NoError(t, err)

	got, err := c.Send(t.Context(), mailToAnna)
	require.NoError(t, err)
	require.Equal(t, delivery.Accepted, got.State)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, l.Await(ctx, func() bool { return len(l.Inboxes()[0].Mails) == 1 }))
	arrived := l.Inboxes()[0].Mails[0]
	require.True(t, strings.HasPrefix(arrived.ID, got.ProviderID+"."))
	require.Equal(t, "n1", arrived.CustomArgs["n"])

	for fault, want := range map[lab.Fault]delivery.Action{
		lab.FaultThrottled: delivery.RetrySame, lab.FaultBroken: delivery.LookUp, lab.FaultUnavailable: delivery.LookUp,
		lab.FaultResetAfterAccept: delivery.LookUp, lab.FaultErrorAfterAccept: delivery.LookUp, lab.FaultTimeout: delivery.LookUp,
	} {
		require.NoError(t, l.SetCarrier(lab.Carrier{Fault: fault, Share: 1, Channel: lab.ChannelEmail}))
		got, err := c.Send(t.Context(), mailToAnna)
		require.NoError(t, err)
		require.Equal(t, want, delivery.Next(got.Outcome), "%s %+v", fault, got)
	}

	wrong, err := New(Config{Key: "SG.wrong", Endpoint: server.URL})
	require.NoError(t, err)
	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelAll}))
	got, err = wrong.Send(t.Context(), mailToAnna)
	require.NoError(t, err)
	require.Equal(t, delivery.TellOperator, delivery.Next(got.Outcome))
}
