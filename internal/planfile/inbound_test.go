package planfile

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

// inbound is the built-in plan with SendGrid's account and a place for answers.
func inbound(t *testing.T, fields string) (plan.Plan, error) {
	t.Helper()
	source := changed(t, `email:   { type: lab`, `email: { type: sendgrid, key: "${ACCOUNT}", inbound: { `+fields+` }`)
	o := options()
	o.Env = func(name string) (string, bool) {
		return map[string]string{"ACCOUNT": "AC123", "KEY": "hunter2-hunter2-", "SHORT": "hunter2", "PATH": "hunter2/../hunter2"}[name], true
	}
	return Parse("plan.yaml", source, o)
}

func TestParse_inbound_isRead(t *testing.T) {
	t.Parallel()
	p, err := inbound(t, `address: incident@in.acme.example, key: "${KEY}", public_key: "MFk="`)
	require.NoError(t, err)
	require.Equal(t, plan.Inbound{Address: "incident@in.acme.example", Key: "hunter2-hunter2-", PublicKey: "MFk="}, p.Channels.Mail.Inbound)
	require.True(t, p.Channels.Mail.Inbound.Has())
	require.NotContains(t, fmt.Sprintf("%+v", p), "hunter2")

	p, err = Parse("plan.yaml", Example(), options())
	require.NoError(t, err)
	require.False(t, p.Channels.Mail.Inbound.Has(), "the lab supplies it")
}

func TestParse_inboundMistakes_nameTheirPlace(t *testing.T) {
	t.Parallel()
	for fields, says := range map[string]string{
		`key: "${KEY}"`:                                                 "channels.email.inbound: address is missing",
		`address: incident@in.acme.example`:                             "channels.email.inbound: key or public_key is missing; without one anybody could answer",
		`address: incident, key: "${KEY}"`:                              `channels.email.inbound.address: "incident" is no e-mail address`,
		`address: incident+a@in.acme.example, key: "${KEY}"`:            "every mail adds its own mark there",
		`address: the-incident-response@in.acme.example, key: "${KEY}"`: "must be at most 20 characters",
		`address: incident@in.acme.example, key: "${SHORT}"`:            "channels.email.inbound.key: must be 16 to 128 letters",
		`address: incident@in.acme.example, key: "${PATH}"`:             "channels.email.inbound.key: must be 16 to 128 letters",
		`address: incident@in.acme.example, key: hunter2-hunter2-`:      "a secret does not belong into the plan",
	} {
		_, err := inbound(t, fields)
		require.ErrorContains(t, err, says, fields)
		require.NotContains(t, err.Error(), "hunter2")
	}
}
