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

// Neither the chat nor the webhooks of a real plan can be reached from a lab.
func TestPhoneLab_outlets_areTheLabs(t *testing.T) {
	t.Parallel()
	phones, err := lab.New(lab.Config{})
	require.NoError(t, err)
	t.Cleanup(phones.Close)
	l := &phoneLab{Lab: phones, addr: "127.0.0.1:8090"}
	require.False(t, l.channels(plan.Channels{}).Chat.Has(), "nobody gets a chat who wants none")
	chat := l.channels(plan.Channels{Chat: plan.Slack{Token: "xoxb-real", Channel: "#incidents"}}).Chat
	require.Equal(t, plan.Slack{Lab: true, Token: lab.DefaultSlackToken, Channel: "#incidents", Endpoint: "http://127.0.0.1:8090"}, chat)
	hooks := l.webhooks([]plan.Hook{{Name: "page", URL: "https://status.acme.example/x", Secret: "whsec_real", Format: plan.FormatStatuspage}})
	require.Equal(t, []plan.Hook{{
		Name: "page", Lab: true, Private: true, URL: "http://127.0.0.1:8090/lab/hooks/page", Secret: lab.DefaultHookSecret, Format: plan.FormatStatuspage,
	}}, hooks)
}
