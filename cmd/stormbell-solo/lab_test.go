package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/carrier"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
)

// The lab supplies whatever is empty, and replaces every secret that a real carrier knows.
func TestPhoneLab_channels_takeAnswersToMails(t *testing.T) {
	t.Parallel()
	phones, err := lab.New(lab.Config{})
	require.NoError(t, err)
	t.Cleanup(phones.Close)
	l := &phoneLab{Lab: phones, addr: "127.0.0.1:8090"}
	in := l.channels(plan.Channels{Mail: plan.SendGrid{Lab: true, FromEmail: "incident@acme.example"}}).Mail.Inbound
	require.Equal(t, "incident@in.acme.example", in.Address)
	require.Equal(t, plan.Secret(lab.DefaultInboundKey), in.Key)
	_, err = carrier.ParseSendGridKey(in.PublicKey)
	require.NoError(t, err)
	given := plan.Inbound{Address: "bell@mail.acme.example", Key: "a-real-secret-key", PublicKey: "MFk="}
	other := l.channels(plan.Channels{Mail: plan.SendGrid{Inbound: given}}).Mail.Inbound
	require.Equal(t, plan.Inbound{Address: "bell@mail.acme.example", Key: in.Key, PublicKey: in.PublicKey}, other)
}
