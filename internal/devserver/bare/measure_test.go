package bare_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/devserver/bare"
)

func TestPercentileIsTheNearestRank(t *testing.T) {
	t.Parallel()
	var r bare.Result
	require.Zero(t, r.Percentile(50))
	require.Zero(t, r.PerSecond())
	for i := range 200 {
		r.Latencies = append(r.Latencies, time.Duration(i+1)*time.Millisecond)
	}
	r.Elapsed = 4 * time.Second
	require.Equal(t, 100*time.Millisecond, r.Percentile(50))
	require.Equal(t, 198*time.Millisecond, r.Percentile(99))
	require.Equal(t, 200*time.Millisecond, r.Percentile(100))
	require.InDelta(t, 50, r.PerSecond(), 1e-9)
}
