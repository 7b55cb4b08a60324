package planfile

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
)

func TestLogin_saysWhatThePlanSays(t *testing.T) {
	t.Parallel()
	const hash = "$2a$10$ZPkCFv5KEiYFBZzv2JkNNOhSQQnmdEAHgOlPfrT4T0LV6nqQSN9oK"
	env := func(name string) (string, bool) {
		return map[string]string{"OIDC": "s3cret", "GLASS": hash}[name], true
	}
	const login = `login:
  oidc: { issuer: "https://login.acme.example", client_id: stormbell, client_secret: "${OIDC}", groups: roles, scopes: [groups] }
  rights: { declare: [managers, admins], administer: admins }
  break_glass: { password: "${GLASS}" }
  idle: 1h
analysis_within: 24h`
	p, found := Check("plan.yaml", changed(t, "analysis_within: 24h", login), Options{Env: env})
	require.NoError(t, found.Err())
	require.Equal(t, plan.Login{
		OIDC:       plan.OIDC{Issuer: "https://login.acme.example", ClientID: "stormbell", Secret: "s3cret", Groups: "roles", Scopes: []string{"groups"}},
		Rights:     map[actor.Right][]string{actor.Declare: {"managers", "admins"}, actor.Administer: {"admins"}},
		BreakGlass: hash, Idle: time.Hour, Session: 16 * time.Hour,
	}, p.Login)
	require.True(t, p.Login.Has())

	require.Equal(t, []actor.Right{actor.Read, actor.Approve}, p.Login.RightsOf(nil), "everybody who signs in may see, and approve what they are asked for")
	require.Equal(t, []actor.Right{actor.Read, actor.Declare, actor.Approve}, p.Login.RightsOf([]string{"managers"}))
	p.Login.Rights[actor.Read], p.Login.Rights[actor.Approve] = []string{"staff"}, []string{"board"}
	require.Empty(t, p.Login.RightsOf([]string{"strangers"}))
	require.Equal(t, []actor.Right{actor.Read}, p.Login.RightsOf([]string{"staff"}))
	require.Equal(t, []actor.Right{actor.Read, actor.Declare}, p.Login.RightsOf([]string{"managers"}), "whoever may do something may see it")

	p, found = Check("plan.yaml", Example(), Options{})
	require.NoError(t, found.Err())
	require.False(t, p.Login.Has())
}
