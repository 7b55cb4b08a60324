package calendar

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"
)

// Around every change of a clock: a time that comes is the first instant that shows it, a time
// that is skipped is the instant of the change.
func TestPlace_aroundClockChanges(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "UTC"} {
		l, err := time.LoadLocation(name)
		require.NoError(t, err)
		p := place{l}
		for at := time.Date(2011, 1, 2, 0, 0, 0, 0, l); at.Year() < 2030; {
			_, end := at.ZoneBounds()
			if end.IsZero() || !end.After(at) {
				at = at.AddDate(0, 0, 3)
				if end.IsZero() {
					break
				}
				continue
			}
			for shown := asUTC(end.In(l)).Add(-27 * time.Hour); shown.Before(asUTC(end.In(l)).Add(27 * time.Hour)); shown = shown.Add(30 * time.Minute) {
				got := p.instant(shown)
				require.False(t, p.wall(got).Before(shown), "%s %s", name, shown)
				require.True(t, p.wall(got.Add(-1)).Before(shown) || got.Equal(end), "%s: %s is not the first to show %s", name, got, shown)
			}
			at = end
		}
	}
}

func TestDrawn_isBerlin(t *testing.T) {
	t.Parallel()
	c, err := ics.ParseCalendar(strings.NewReader(book(outlook)))
	require.NoError(t, err)
	l, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	found, ok := zonesOf(c, time.UTC, end).find("W. Europe Standard Time")
	require.True(t, ok)
	for shown := start; shown.Before(end.AddDate(0, -1, 0)); shown = shown.Add(30 * time.Minute) {
		want := place{l}.instant(shown)
		require.True(t, want.Equal(found.instant(shown)), shown)
		require.Equal(t, place{l}.wall(want), found.wall(want))
	}
	_, ok = zonesOf(c, time.UTC, end).find("Moon/Base")
	require.False(t, ok)
}
