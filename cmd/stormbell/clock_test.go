package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return zone
}

func TestWhen_asPeopleWriteIt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 22, 14, 30, 0, 0, berlin(t)) // a Thursday, the clocks change on Sunday
	for text, want := range map[string]string{
		"now":                       "2026-10-22T14:30:00+02:00",
		"18:00":                     "2026-10-22T18:00:00+02:00",
		"09:00":                     "2026-10-23T09:00:00+02:00",
		"Thu 18:00":                 "2026-10-22T18:00:00+02:00",
		"thursday 09:00":            "2026-10-29T09:00:00+01:00",
		"Mon 09:00":                 "2026-10-26T09:00:00+01:00",
		"Mon":                       "2026-10-26T00:00:00+01:00",
		"today 09:00":               "2026-10-22T09:00:00+02:00",
		"tomorrow":                  "2026-10-23T00:00:00+02:00",
		" tomorrow 09:00 ":          "2026-10-23T09:00:00+02:00",
		"2026-12-24":                "2026-12-24T00:00:00+01:00",
		"2026-12-24 18:30":          "2026-12-24T18:30:00+01:00",
		"2026-12-24T18:30":          "2026-12-24T18:30:00+01:00",
		"2026-12-24T18:30:00Z":      "2026-12-24T18:30:00Z",
		"2026-12-24T18:30:00-05:00": "2026-12-24T18:30:00-05:00",
	} {
		got, err := when(text, now)
		require.NoError(t, err, text)
		require.Equal(t, want, got.Format(time.RFC3339), text)
	}
	for _, text := range []string{"", "soon", "25:00", "Mon 9", "Mon 09:00 sharp", "24.12.2026", "yesterday 09:00"} {
		_, err := when(text, now)
		require.ErrorContains(t, err, "is no time; write it like now", text)
	}
}

func TestLater_daysKeepTheClockTime(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 10, 22, 9, 0, 0, 0, berlin(t))
	for text, want := range map[string]string{
		"30m": "2026-10-22T09:30:00+02:00", "8h": "2026-10-22T17:00:00+02:00", "4d": "2026-10-26T09:00:00+01:00",
		"96h": "2026-10-26T08:00:00+01:00", "1w": "2026-10-29T09:00:00+01:00", "1w1d2h": "2026-10-30T11:00:00+01:00",
	} {
		got, err := later(from, text)
		require.NoError(t, err)
		require.Equal(t, want, got.Format(time.RFC3339), text)
	}
	for _, text := range []string{"", "8", "8 h", "h", "1y", "-1d"} {
		_, err := later(from, text)
		require.ErrorContains(t, err, "is no length of time", text)
	}
}
