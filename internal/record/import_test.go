package record

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestImport_manyProcesses_oneLooksAtATime(t *testing.T) {
	const source = "https://calendar.example/secret-address.ics"
	each(t, func(t *testing.T, b *book) {
		_, err := b.Import(t.Context(), source)
		require.ErrorIs(t, err, ErrNotFound)
		claims := func(since time.Time) (n int64) {
			var yes atomic.Int64
			together(t, 5, func(int) {
				mine, err := b.ClaimImport(t.Context(), source, since)
				require.NoError(t, err)
				if mine {
					yes.Add(1)
				}
			})
			return yes.Load()
		}
		require.EqualValues(t, 1, claims(noon.Add(-15*time.Minute)))
		first := Import{Body: "BEGIN:VCALENDAR", ETag: `"1"`, Modified: "Mon", ReadAt: noon}
		require.NoError(t, b.PutImport(t.Context(), source, first))
		b.pass(10 * time.Minute)
		require.Zero(t, claims(b.clock().Add(-15*time.Minute)), "somebody looked ten minutes ago")
		b.pass(10 * time.Minute)
		require.EqualValues(t, 1, claims(b.clock().Add(-15*time.Minute)))
		first.Trouble = "it does not answer"
		require.NoError(t, b.PutImport(t.Context(), source, first))
		first.TriedAt = b.clock()
		got, err := b.Import(t.Context(), source)
		require.NoError(t, err)
		require.Equal(t, first, got)
		require.Zero(t, b.count(t, "SELECT COUNT(*) FROM imports WHERE source LIKE '%secret%'"))
	})
}
