package delivery

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestID_sameParts_sameShortName(t *testing.T) {
	t.Parallel()
	id := ID("page:2026-7:business_lead:1", "step-2", "anna", "sms")
	require.Equal(t, id, ID("page:2026-7:business_lead:1", "step-2", "anna", "sms"))
	require.Regexp(t, `^[a-z2-7]{26}$`, id)
	// stored ids must mean the same after an upgrade
	require.Equal(t, "vyigkz53qhblbs5v2nqgxtf4ty", id)
}

func TestID_otherCut_otherName(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, parts := range [][]string{nil, {""}, {"", ""}, {"a", "bc"}, {"ab", "c"}, {"abc"}, {"abc", ""}} {
		names[ID(parts...)] = true
	}
	require.Len(t, names, 7)
}
