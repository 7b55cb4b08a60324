package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBreakGlass_passwordsAreLongAndNewEachTime(t *testing.T) {
	t.Parallel()
	one, other := newPassword(), newPassword()
	require.NotEqual(t, one, other)
	require.Regexp(t, `^([A-Z2-7]{5}-){5}[A-Z2-7]{1,5}$`, one)
	var out bytes.Buffer
	require.NoError(t, printGlass(&out, one, "HASH"))
	require.Contains(t, out.String(), one)
	require.Contains(t, out.String(), "HASH")
}
