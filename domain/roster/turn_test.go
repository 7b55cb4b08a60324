package roster_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

func TestTurnAt_clockChanges_handOverAtTheClockTimeThatExists(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone   string
		start, about time.Time // start is wall-clock time; about lies in the turn
		from, until  string
	}{
		{
			"a summer week keeps nine o'clock in winter", "Europe/Berlin",
			time.Date(2026, 10, 19, 9, 0, 0, 0, time.UTC), time.Date(2026, 10, 26, 12, 0, 0, 0, time.UTC),
			"2026-10-26T09:00:00+01:00", "2026-11-02T09:00:00+01:00",
		},
		{
			"the week of the change has 169 hours", "Europe/Berlin",
			time.Date(2026, 10, 19, 9, 0, 0, 0, time.UTC), time.Date(2026, 10, 20, 12, 0, 0, 0, time.UTC),
			"2026-10-19T09:00:00+02:00", "2026-10-26T09:00:00+01:00",
		},
		{
			"half past two is skipped: at three", "Europe/Berlin",
			time.Date(2027, 3, 21, 2, 30, 0, 0, time.UTC), time.Date(2027, 3, 28, 12, 0, 0, 0, time.UTC),
			"2027-03-28T03:00:00+02:00", "2027-04-04T02:30:00+02:00",
		},
		{
			"half past two comes twice: at the first", "Europe/Berlin",
			time.Date(2026, 10, 18, 2, 30, 0, 0, time.UTC), time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC),
			"2026-10-25T02:30:00+02:00", "2026-11-01T02:30:00+01:00",
		},
		{
			"half an hour is skipped at Lord Howe Island", "Australia/Lord_Howe",
			time.Date(2026, 9, 27, 2, 10, 0, 0, time.UTC), time.Date(2026, 10, 4, 3, 0, 0, 0, time.UTC),
			"2026-10-04T02:30:00+11:00", "2026-10-11T02:10:00+11:00",
		},
		{
			"a whole day was skipped in Samoa", "Pacific/Apia",
			time.Date(2011, 12, 23, 9, 0, 0, 0, time.UTC), time.Date(2012, 1, 2, 12, 0, 0, 0, time.UTC),
			"2011-12-31T00:00:00+14:00", "2012-01-06T09:00:00+14:00",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			z := zone(c.zone)
			s := c.start
			r := plan.Rotation{
				People: []string{"anna", "ben"}, Timezone: c.zone, Every: 7 * day,
				Start: time.Date(s.Year(), s.Month(), s.Day(), s.Hour(), s.Minute(), 0, 0, z),
			}
			turn, ok := roster.TurnAt(r, c.about)
			require.True(t, ok)
			require.Equal(t, c.from, turn.From.Format(time.RFC3339))
			require.Equal(t, c.until, turn.Until.Format(time.RFC3339))
		})
	}
}

// TestTurnAt_aroundEveryClockChange_exactlyOnePersonHolds walks through three hours on both
// sides of every clock change of eight years, with hand-overs at awkward times.
func TestTurnAt_aroundEveryClockChange_exactlyOnePersonHolds(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Europe/Berlin", "America/New_York", "America/St_Johns", "America/Santiago", "Africa/Casablanca",
		"Asia/Beirut", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kolkata", "UTC",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z := zone(name)
			changes := clockChanges(z)
			for _, clock := range []time.Duration{0, 30 * time.Minute, 2 * time.Hour, 2*time.Hour + 30*time.Minute, 9 * time.Hour} {
				for _, every := range []time.Duration{day, 7 * day} {
					r := plan.Rotation{
						People: []string{"anna", "ben", "carla"}, Timezone: name, Every: every,
						Start: time.Date(2026, 1, 5, 0, int(clock.Minutes()), 0, 0, z),
					}
					for _, change := range changes {
						walk(t, r, clock, change)
					}
				}
			}
		})
	}
}

// walk checks every five minutes around a clock change that turns follow each other without
// gap or overlap, in the order of the list, and begin at the clock time of the hand-over.
func walk(t *testing.T, r plan.Rotation, clock time.Duration, change time.Time) {
	t.Helper()
	var before roster.Turn
	for at := change.Add(-3 * time.Hour); at.Before(change.Add(3 * time.Hour)); at = at.Add(5 * time.Minute) {
		turn, ok := roster.TurnAt(r, at)
		if !ok || at.Before(turn.From) || !at.Before(turn.Until) {
			t.Fatalf("%s: %v does not cover %s", r.Timezone, turn, at)
		}
		if before.Person != "" && before != turn {
			if !before.Until.Equal(turn.From) {
				t.Fatalf("%s: %v is not followed by %v", r.Timezone, before, turn)
			}
			if next := map[string]string{"anna": "ben", "ben": "carla", "carla": "anna"}[before.Person]; turn.Person != next {
				t.Fatalf("%s: %s is followed by %s", r.Timezone, before.Person, turn.Person)
			}
		}
		before = turn

		// The clock on the wall passes the hand-over's time exactly at From: just before it
		// shows less, and from it on that time of the day or more.
		from, last := sinceMidnight(turn.From), turn.From.Add(-1)
		if from < clock || last.Day() == turn.From.Day() && sinceMidnight(last) >= clock {
			t.Fatalf("%s: the turn begins at %s instead of %s", r.Timezone, turn.From, clock)
		}
		if from != clock && !skipped(turn.From) {
			t.Fatalf("%s: the turn begins at %s although %s exists", r.Timezone, turn.From, clock)
		}
	}
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// skipped tells whether the clock jumped forward right before t.
func skipped(t time.Time) bool {
	_, before := t.Add(-1).Zone()
	_, after := t.Zone()
	return after > before
}

func clockChanges(z *time.Location) []time.Time {
	changes := []time.Time{time.Date(2026, 6, 1, 9, 0, 0, 0, z)} // an ordinary day, for zones without any
	for at := time.Date(2024, 1, 1, 0, 0, 0, 0, z); ; {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.Year() > 2032 {
			return changes
		}
		changes = append(changes, end)
		at = end
	}
}

func TestTurnAt_planOutOfTheRecord_keepsTheZone(t *testing.T) {
	t.Parallel()
	r := plan.Rotation{People: []string{"anna", "ben"}, Start: monday, Timezone: "Europe/Berlin", Every: 7 * day}
	encoded, err := json.Marshal(r)
	require.NoError(t, err)
	var stored plan.Rotation
	require.NoError(t, json.Unmarshal(encoded, &stored))
	summer := time.Date(2027, 7, 7, 0, 0, 0, 0, berlin)
	want, _ := roster.TurnAt(r, summer)
	got, _ := roster.TurnAt(stored, summer)
	require.True(t, want.From.Equal(got.From))
	require.Equal(t, 9, got.From.Hour())
	require.Equal(t, want.Person, got.Person)
}

func TestTurnAt_nobodyOrNoLength_saysSo(t *testing.T) {
	t.Parallel()
	_, ok := roster.TurnAt(plan.Rotation{Every: 7 * day}, monday)
	require.False(t, ok)
	_, ok = roster.TurnAt(plan.Rotation{People: []string{"anna"}}, monday)
	require.False(t, ok)
}

// TestTurnAt_lastDayOfALeapYear_comesToAnEnd: time.Time.ZoneBounds never gets past that day in
// a zone with clock changes, and a search that trusts it never answers.
func TestTurnAt_lastDayOfALeapYear_comesToAnEnd(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "UTC"} {
		z := zone(name)
		start := time.Date(2028, 12, 25, 9, 0, 0, 0, z)
		r := plan.Rotation{People: []string{"anna", "ben"}, Start: start, Timezone: name, Every: 7 * day}
		for _, year := range []int{2024, 2028, 2040, 2096} {
			for hour := range 72 {
				at := time.Date(year, 12, 30, hour, 0, 0, 0, z)
				turn, ok := roster.TurnAt(r, at)
				require.True(t, ok)
				require.False(t, at.Before(turn.From) || !at.Before(turn.Until))
				require.Equal(t, time.Monday, turn.Until.Weekday())
				require.Equal(t, 9, turn.Until.Hour())
			}
		}
	}
}

func TestTurnAt_farAway_isStillQuickAndRight(t *testing.T) {
	t.Parallel()
	r := plan.Rotation{People: []string{"anna", "ben"}, Start: monday, Timezone: "Europe/Berlin", Every: day}
	for _, years := range []int{-100, -1, 1, 100} {
		at := monday.AddDate(years, 0, 0).Add(time.Minute)
		turn, ok := roster.TurnAt(r, at)
		require.True(t, ok)
		require.False(t, at.Before(turn.From) || !at.Before(turn.Until))
	}
}
