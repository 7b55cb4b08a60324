package planfile

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStatusPage_saysWhatThePlanSays(t *testing.T) {
	t.Parallel()
	p, found := Check("plan.yaml", changed(t, "domains: [acme.example]", "domains: [ACME.example, \"@acme.co.uk\"]\n  sign_in: true"), Options{})
	require.NoError(t, found.Err())
	require.Equal(t, []string{"acme.example", "acme.co.uk"}, p.Status.Domains)
	require.True(t, p.Status.SignIn)
	require.Contains(t, p.Status.DoNot["de"], "Kampagnen")
	require.Contains(t, p.Status.Ask["en"], "manager")
	p, found = Check("plan.yaml", Example(), Options{})
	require.NoError(t, found.Err())
	require.False(t, p.Status.SignIn)
}
