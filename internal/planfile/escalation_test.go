package planfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

func TestParse_escalation_everyField(t *testing.T) {
	t.Parallel()
	const steps = `      - { to: primary,     by: [sms, email], wait: 3m }`
	source := strings.Replace(string(Example()), steps, `      - { to: everyone, by: [sms], wait: 3m, repeat: 2, roll_call: true }`, 1)
	source = strings.Replace(source, "    last: { to: [everyone, business_lead]", "    repeat: { from: 3, times: 2 }\n    last: { to: [everyone, business_lead]", 1)
	p, err := Parse("plan.yaml", []byte(source), Options{})
	require.NoError(t, err)
	policy, ok := p.Policy("default")
	require.True(t, ok)
	require.True(t, policy.Steps[0].RollCall)
	require.Equal(t, 2, policy.Steps[0].Repeat)
	require.Equal(t, plan.Again{From: 3, Times: 2}, policy.Again)
	require.Equal(t, plan.Edition, policy.Edition)
	urgent, _ := p.Policy("urgent")
	require.Zero(t, urgent.Again, "nothing goes back unless the plan says so")
}
