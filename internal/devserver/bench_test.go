package devserver_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/devserver"
	"github.com/stormbell/stormbell/internal/devserver/bare"
)

// BenchmarkBareServer is the yardstick of all other benchmarks: what a file
// server with the settings of stormbell-solo needs for one workflow with one
// activity, at rest and under load. Run it with -benchtime 300x for a p99.
func BenchmarkBareServer(b *testing.B) {
	server, err := devserver.Start(b.Context(), devserver.Config{Dir: b.TempDir()})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, server.Stop(context.Background())) })
	c := dial(b, server)

	for _, parallel := range []int{1, 16} {
		b.Run(fmt.Sprintf("parallel=%d", parallel), func(b *testing.B) {
			result, err := bare.Measure(b.Context(), c, b.N, parallel)
			require.NoError(b, err)
			b.ReportMetric(0, "ns/op") // says nothing that the others do not
			b.ReportMetric(result.Percentile(50).Seconds()*1e3, "p50-ms")
			b.ReportMetric(result.Percentile(99).Seconds()*1e3, "p99-ms")
			b.ReportMetric(result.PerSecond(), "workflows/s")
		})
	}
}
