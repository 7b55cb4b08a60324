package roster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

func TestQuietUntil(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	weekdays := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
	night := plan.Quiet{Timezone: "Europe/Berlin", Hours: []plan.Hours{{Days: weekdays, From: 22 * time.Hour, To: 7 * time.Hour}}}
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, berlin)
	}
	for name, c := range map[string]struct{ now, want time.Time }{
		"by day":                           {at(11, 23, 12, 0), time.Time{}},
		"a moment before":                  {at(11, 23, 21, 59), time.Time{}},
		"when it begins":                   {at(11, 23, 22, 0), at(11, 24, 7, 0)},
		"after midnight":                   {at(11, 24, 3, 0), at(11, 24, 7, 0)},
		"when it ends":                     {at(11, 24, 7, 0), time.Time{}},
		"in the night the clocks go back":  {at(10, 24, 23, 0), at(10, 25, 7, 0)},
		"in the night they go forward":     {at(3, 28, 23, 0), at(3, 29, 7, 0)},
		"wherever the server's clock runs": {at(11, 24, 3, 0).UTC(), at(11, 24, 7, 0)},
	} {
		require.True(t, c.want.Equal(roster.QuietUntil(night, c.now)), "%s: %s", name, roster.QuietUntil(night, c.now))
	}
	require.Zero(t, roster.QuietUntil(plan.Quiet{}, at(11, 24, 3, 0)), "only where a policy says so")
}
