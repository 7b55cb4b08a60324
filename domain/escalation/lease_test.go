package escalation_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/plan"
)

func leased() escalation.Lease {
	policy := ladder
	policy.Lease = 30 * minute
	return escalation.NewLease(policy, "anna", t0)
}

func tick(t *testing.T, l escalation.Lease, after time.Duration, want escalation.Verdict) escalation.Lease {
	t.Helper()
	l, verdict := l.Tick(t0.Add(after))
	require.Equal(t, want, verdict, "after %s", after)
	return l
}

// The complaint: "Acknowledged and forgotten".
func TestLease_noSignOfLife_askedOnceThenLost(t *testing.T) {
	t.Parallel()
	l := tick(t, leased(), 29*minute, escalation.Fine)
	l = tick(t, l, 30*minute, escalation.AskAgain)
	l = tick(t, l, 30*minute, escalation.Fine)
	require.Equal(t, t0.Add(33*minute), l.Due, "an answer may take as long as a first step waits")
	l = tick(t, l, 33*minute, escalation.Lost)
	tick(t, l, 24*time.Hour, escalation.Fine)
}

func TestLease_signOfLife_beginsAnew(t *testing.T) {
	t.Parallel()
	l := leased().Alive("bob", t0.Add(20*minute), time.Time{})
	require.Equal(t, leased(), l, "only the holder's own signs count")
	l = tick(t, l, 31*minute, escalation.AskAgain)
	l = l.Alive("anna", t0.Add(32*minute), time.Time{})
	l = tick(t, l, 61*minute, escalation.Fine)
	tick(t, l, 62*minute, escalation.AskAgain)
}

func TestLease_estimate_isLeftInPeaceUntilThen(t *testing.T) {
	t.Parallel()
	l := leased().Alive("anna", t0, t0.Add(2*time.Hour))
	l = tick(t, l, 119*minute, escalation.Fine)
	tick(t, l, 120*minute, escalation.AskAgain)
	short := leased().Alive("anna", t0, t0.Add(5*minute))
	tick(t, short, 29*minute, escalation.Fine)
}

func TestLease_afterAnOutage_isAskedBeforeItIsLost(t *testing.T) {
	t.Parallel()
	l := tick(t, leased(), 48*time.Hour, escalation.AskAgain)
	tick(t, l, 48*time.Hour+2*minute, escalation.Fine)
}

func TestLease_policyWithoutOne_neverEnds(t *testing.T) {
	t.Parallel()
	l := escalation.NewLease(ladder, "anna", t0)
	require.Equal(t, escalation.Lease{}, l)
	tick(t, l.Alive("anna", t0, time.Time{}), 1000*time.Hour, escalation.Fine)
}

func TestLease_fasterPlan_isShorter(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Policies: []plan.Policy{{Lease: time.Hour}}}
	require.Equal(t, minute, p.Scaled(60).Policies[0].Lease)
	require.Equal(t, time.Hour, p.Policies[0].Lease)
}

func TestPolicy_withoutNewFields_looksAsBefore(t *testing.T) {
	t.Parallel()
	wire, err := json.Marshal(plan.Policy{Name: "urgent", Steps: []plan.Step{{To: plan.TargetPrimary, Wait: 1}}})
	require.NoError(t, err)
	for _, word := range []string{"lease", "again", "roll_call", "edition"} {
		require.NotContains(t, string(wire), word)
	}
}
