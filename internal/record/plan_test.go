package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/roster"
)

func TestOverridesFrom_leavesOutWhatIsOver(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		now := roster.Override{Role: "lead", Person: "ben", From: noon, To: noon.Add(time.Hour), Why: "swap"}
		later := roster.Override{Role: "lead", Person: "anna", From: noon.Add(24 * time.Hour), Why: "until further notice"}
		for _, o := range []roster.Override{now, later} {
			require.NoError(t, b.AddOverride(t.Context(), o))
			b.pass(time.Second)
		}
		for at, want := range map[time.Time][]roster.Override{
			noon.Add(-time.Hour):     {now, later},
			noon:                     {now, later},
			noon.Add(time.Hour):      {later},
			noon.Add(72 * time.Hour): {later},
		} {
			got, err := b.OverridesFrom(t.Context(), at)
			require.NoError(t, err)
			require.Equal(t, want, got, at)
		}
	})
}
