package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/roster"
)

const hour = time.Hour

func (b *book) override(t *testing.T, all ...roster.Override) []Override {
	t.Helper()
	added, err := b.AddOverrides(t.Context(), "dev", all...)
	require.NoError(t, err)
	require.Len(t, added, len(all))
	return added
}

func TestOverrides_inForce_oldestFirst(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		swap := roster.Override{Role: "lead", Person: "ben", From: noon, To: noon.Add(hour), Why: "swap"}
		ill := roster.Override{Role: "lead", Person: "anna", From: noon.Add(-hour), Why: "ill"}
		first := b.override(t, swap)[0]
		require.Equal(t, Override{Override: swap, ID: 1, AddedAt: noon, AddedBy: "dev"}, first)
		b.pass(time.Second)
		require.Equal(t, 2, b.override(t, ill)[0].ID)
		again := swap
		again.Why = "swapped"
		require.Equal(t, first, b.override(t, again)[0], "the same again stays what it was")
		for at, want := range map[time.Time][]roster.Override{
			noon.Add(-2 * hour):              nil,
			noon.Add(-time.Second):           {ill},
			noon:                             {swap, ill},
			noon.Add(hour):                   {ill},
			noon.Add(hour - time.Nanosecond): {swap, ill},
		} {
			got, err := b.Overrides(t.Context(), at)
			require.NoError(t, err)
			require.Equal(t, want, got, at)
		}
	})
}

func TestOverridesFrom_leavesOutWhatIsOver(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		now := roster.Override{Role: "lead", Person: "ben", From: noon, To: noon.Add(hour), Why: "swap"}
		later := roster.Override{Role: "lead", Person: "anna", From: noon.Add(24 * hour), Why: "until further notice"}
		b.override(t, now, later)
		for at, want := range map[time.Time][]roster.Override{
			noon.Add(-hour):     {now, later},
			noon:                {now, later},
			noon.Add(hour):      {later},
			noon.Add(72 * hour): {later},
		} {
			got, err := b.OverridesFrom(t.Context(), at)
			require.NoError(t, err)
			require.Equal(t, want, got, at)
		}
	})
}

// Nothing vanishes: what was in force until it was ended stays in force for the questions
// about that time, and who ended it, when and why is kept.
func TestEndOverride_keepsWhatWas(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		running := roster.Override{Role: "lead", Person: "ben", From: noon, To: noon.Add(8 * hour), Why: "swap"}
		open := roster.Override{Role: "legal", Person: "ben", From: noon, Why: "ill"}
		ahead := roster.Override{Role: "lead", Person: "anna", From: noon.Add(24 * hour), Why: "leave"}
		added := b.override(t, running, open, ahead)
		b.pass(hour)
		for _, o := range added {
			ended, err := b.EndOverride(t.Context(), o.ID, "carla", "back early")
			require.NoError(t, err)
			o.EndedAt, o.EndedBy, o.EndedWhy = noon.Add(hour), "carla", "back early"
			require.Equal(t, o, ended)
			b.pass(time.Second)
			again, err := b.EndOverride(t.Context(), o.ID, "dev", "again")
			require.NoError(t, err)
			require.Equal(t, ended, again, "the first word stands")
			b.pass(-time.Second)
			one, err := b.Override(t.Context(), o.ID)
			require.NoError(t, err)
			require.Equal(t, ended, one)
		}
		running.To, open.To = noon.Add(hour), noon.Add(hour)
		for at, want := range map[time.Time][]roster.Override{
			noon:                 {running, open},
			noon.Add(hour):       nil,
			noon.Add(25 * hour):  nil,
			noon.Add(100 * hour): nil,
		} {
			got, err := b.Overrides(t.Context(), at)
			require.NoError(t, err)
			require.Equal(t, want, got, at)
			got, err = b.OverridesFrom(t.Context(), at)
			require.NoError(t, err)
			require.Equal(t, want, got, "from %s", at)
		}
		all, err := b.AllOverrides(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 3)
		_, err = b.EndOverride(t.Context(), 99, "dev", "x")
		require.ErrorIs(t, err, ErrNotFound)
		_, err = b.Override(t.Context(), 99)
		require.ErrorIs(t, err, ErrNotFound)
		require.Equal(t, 4, b.override(t, roster.Override{Role: "lead", Person: "ben", From: noon, To: noon.Add(8 * hour), Why: "once more"})[0].ID,
			"what was ended can be added again, and is another one")
	})
}

func TestAddOverrides_together_everyNumberOnce(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		together(t, 8, func(i int) {
			_, err := b.AddOverrides(t.Context(), "", roster.Override{Role: "lead", Person: "ben", From: noon.Add(time.Duration(i) * hour), Why: "x"})
			require.NoError(t, err)
		})
		all, err := b.AllOverrides(t.Context())
		require.NoError(t, err)
		for i, o := range all {
			require.Equal(t, i+1, o.ID)
		}
		require.Len(t, all, 8)
	})
}
