package planfile

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

const (
	chatLine = `chat:    { type: lab, channel: "#incidents" }`
	hookLine = `statuspage: { type: lab, format: statuspage, audiences: [customers] }`
	goodKey  = "whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg=="
)

// outletPlan is the built-in plan with other fields for its chat and its webhook.
func outletPlan(t *testing.T, chat, hook string) (plan.Plan, *Findings) {
	t.Helper()
	o := options()
	o.Env = func(name string) (string, bool) {
		value, ok := map[string]string{"TOKEN": "xoxb-hunter2", "KEY": goodKey, "KEYS": goodKey + " " + goodKey, "SHORT": "whsec_aHVudGVyMg==", "URL": "https://hooks.acme.example/hunter2"}[name]
		return value, ok
	}
	return Check("plan.yaml", changed(t, chatLine, chat, hookLine, hook), o)
}

func TestParse_outlets_areRead(t *testing.T) {
	t.Parallel()
	p, found := outletPlan(t, `chat: { type: slack, token: "${TOKEN}", channel: "C0123456789", endpoint: "https://slack.acme.example" }`,
		`partner: { url: "${URL}", secret: "${KEYS}", audiences: [internal, customers] }`)
	require.NoError(t, found.Err())
	require.Equal(t, plan.Slack{Token: "xoxb-hunter2", Channel: "C0123456789", Endpoint: "https://slack.acme.example"}, p.Channels.Chat)
	require.Equal(t, []plan.Hook{{
		Name: "partner", URL: "https://hooks.acme.example/hunter2", Secret: goodKey + " " + goodKey, Audiences: []string{"internal", "customers"}, Format: plan.FormatCloudEvents,
	}}, p.Hooks)
	require.NotContains(t, fmt.Sprintf("%+v", p), "hunter2")

	p, err := Parse("plan.yaml", Example(), options())
	require.NoError(t, err)
	require.True(t, p.Lab())
	require.Equal(t, plan.Slack{Lab: true, Channel: "#incidents"}, p.Channels.Chat)
	require.Equal(t, []plan.Hook{{Name: "statuspage", Lab: true, Audiences: []string{"customers"}, Format: plan.FormatStatuspage}}, p.Hooks)
}

func TestParse_outletMistakes_nameTheirPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ chat, hook, says string }{
		{`chat: { type: slack, channel: "#incidents" }`, hookLine, "channels.chat: token is missing"},
		{`chat: { type: slack, token: xoxb-hunter2, channel: "#incidents" }`, hookLine, "channels.chat.token: a secret does not belong into the plan"},
		{`chat: { type: lab }`, hookLine, "channels.chat: channel is missing"},
		{`chat: { type: lab, channel: incidents }`, hookLine, `channels.chat.channel: "incidents" is no channel`},
		{`chat: { type: teams, channel: "#incidents" }`, hookLine, `there is no type of channel "teams"`},
		{``, hookLine, "audiences.internal.send: says chat, and there is none"},
		{chatLine, `a: { secret: "${KEY}" }`, "webhooks.a: url is missing"},
		{chatLine, `a: { url: "https://x.example" }`, "webhooks.a: secret is missing"},
		{chatLine, `a: { url: "https://x.example", secret: hunter2 }`, "webhooks.a.secret: a secret does not belong into the plan"},
		{chatLine, `a: { url: "https://x.example", secret: "${SHORT}" }`, "webhooks.a.secret: must be whsec_ and at least 24 bytes"},
		{chatLine, `a: { url: "http://x.example/hunter2", secret: "${KEY}", private: true }`, "webhooks.a.url: must begin with https://"},
		{chatLine, `a: { url: "http://127.0.0.1:1/hunter2", secret: "${KEY}" }`, "webhooks.a.url: must begin with https://"},
		{chatLine, `a: { url: "ftp://x.example/hunter2", secret: "${KEY}" }`, "webhooks.a.url: is no address to post to"},
		{chatLine, `a: { url: "https://user:hunter2@x.example", secret: "${KEY}" }`, "webhooks.a.url: is no address to post to"},
		{chatLine, `a: { type: lab, format: atom }`, `webhooks.a.format: there is no format "atom"`},
		{chatLine, `a: { type: lab, audiences: [custmers] }`, `did you mean "customers"?`},
		{chatLine, `a: { type: lab }`, "webhooks.a: is told of nothing"},
	} {
		_, found := outletPlan(t, c.chat, c.hook)
		require.Contains(t, found.Render(false), c.says, "%s %s", c.chat, c.hook)
		for _, p := range found.Problems {
			require.NotContains(t, p.Message, "hunter2")
		}
	}
	_, err := Parse("plan.yaml", changed(t, "send: [email]\n    personal: true\n", "send: [email, webhook]\n    personal: true\n"), options())
	require.ErrorContains(t, err, "audiences.strategic.send: says webhook, and there is none for it")
}
