package view_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/apitest"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// standing finds how far a need is settled.
func standing(t *testing.T, r view.Readiness, n view.Need) view.Item {
	t.Helper()
	for _, i := range r.Items {
		if i.Need == n {
			return i
		}
	}
	require.FailNow(t, "no such need", string(n))
	return view.Item{}
}

// From the first start to a night that may come, one need after another.
func TestReadiness_fromNothingToARealNight(t *testing.T) {
	t.Parallel()
	e, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Record.Close()) })
	p := e.Plan()
	p.Channels.Pages.Lab, p.Channels.Mail.Lab = false, false // real carriers
	e.SetPlan(p)
	v := view.New(view.Config{Record: e.Record, Plan: e.Plan, Now: e.Now})
	look := func() view.Readiness {
		t.Helper()
		r, err := v.ReadinessNow(t.Context())
		require.NoError(t, err)
		return r
	}
	r := look()
	require.False(t, r.Ready)
	require.Equal(t, []int{2, 9}, []int{r.Done, r.Of}, "the plan is valid and has no gaps")
	require.Equal(t, view.Unsettled, standing(t, r, view.NeedTexts).Standing)
	require.True(t, standing(t, r, view.NeedCopy).Optional)

	for i, x := range p.People {
		require.NoError(t, e.Record.Confirm(t.Context(), record.Contact{Person: x.ID, Channel: plan.Call, Address: x.Address(plan.Call)}))
		want := view.Partly
		if i == len(p.People)-1 {
			want = view.Settled
		}
		require.Equal(t, want, standing(t, look(), view.NeedPeople).Standing)
	}
	for _, channel := range []string{"sms", "call", "email"} {
		_, _, err := e.Record.Begin(t.Context(), record.Delivery{N: channel, Channel: channel, Purpose: "page", Person: "anna"}, false)
		require.NoError(t, err)
		_, _, err = e.Record.Settle(t.Context(), channel, delivery.Outcome{State: delivery.Accepted})
		require.NoError(t, err)
	}
	require.NoError(t, e.Record.Hear(t.Context(), p.Triggers[0].Name))
	require.Equal(t, view.Settled, standing(t, look(), view.NeedSignal).Standing)
	p.Login.OIDC.Issuer = "https://login.acme.example"
	e.SetPlan(p)
	r = look()
	require.Equal(t, 8, r.Done, "%+v", r.Items)

	desk := act.New(act.Config{Record: e.Record, Commands: e, Views: v, Patience: 100 * time.Millisecond})
	operator := act.Who{StandIn: true}
	_, _, err = desk.Open(t.Context(), act.Act{Who: operator}, act.Opening{Title: "Practice", Visibility: "core", Impact: "most", Drill: true, Declare: true})
	require.NoError(t, err)
	for _, role := range p.Roles {
		require.NoError(t, desk.Appoint(t.Context(), act.Act{Incident: 1, Who: operator}, role.Name, "anna"), role.Name)
	}
	r = look()
	require.True(t, r.Ready, "%+v", r.Items)
	require.Equal(t, len(p.Roles), standing(t, r, view.NeedDrill).Done)

	e.Advance(t.Context(), 36*24*time.Hour)
	require.Equal(t, view.Partly, standing(t, look(), view.NeedDrill).Standing, "a drill of last season proves little")

	for _, later := range []struct {
		n    string
		ends delivery.Outcome
		want view.Standing
	}{
		{"underway", delivery.Outcome{}, view.Settled},
		{"refused", delivery.Outcome{State: delivery.Failed, Class: delivery.Account, Code: "20003"}, view.Failing},
		{"mended", delivery.Outcome{State: delivery.Accepted}, view.Settled},
	} {
		e.Advance(t.Context(), time.Minute)
		_, _, err = e.Record.Begin(t.Context(), record.Delivery{N: later.n, Channel: "sms", Purpose: "page", Person: "anna"}, false)
		require.NoError(t, err)
		if later.ends.State != "" {
			_, _, err = e.Record.Settle(t.Context(), later.n, later.ends)
			require.NoError(t, err)
		}
		require.Equal(t, later.want, standing(t, look(), view.NeedTexts).Standing, later.n)
	}
}

// Every page of the console asks, so the answer may be a few seconds old.
func TestReadiness_isKeptAFewSeconds(t *testing.T) {
	t.Parallel()
	e, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Record.Close()) })
	v := view.New(view.Config{Record: e.Record, Plan: e.Plan, Now: e.Now, Open: true})
	r, err := v.Readiness(t.Context())
	require.NoError(t, err)
	require.Equal(t, view.Pretended, standing(t, r, view.NeedSignIn).Standing)
	require.NoError(t, e.Record.Hear(t.Context(), e.Plan().Triggers[0].Name))
	again, err := v.Readiness(t.Context())
	require.NoError(t, err)
	require.Equal(t, r, again)
	e.Advance(t.Context(), 5*time.Second)
	again, err = v.Readiness(t.Context())
	require.NoError(t, err)
	require.Equal(t, r.Done+1, again.Done)
}
