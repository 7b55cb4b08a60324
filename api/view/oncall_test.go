package view_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// TestGaps_officeHours_nameWhoStandsIn names two complaints: gaps need a fallback person, and
// false alarms about gaps of the past.
func TestGaps_officeHours_nameWhoStandsIn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 6, 12, 0, 0, 0, time.UTC) // a Friday
	r, err := record.Open(t.Context(), record.Config{URL: "sqlite::memory:", Now: func() time.Time { return now }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	p := plan.Plan{
		People: []plan.Person{{ID: "anna", Name: "Anna Vogel"}, {ID: "ben", Name: "Ben Ortiz"}},
		Rotations: []plan.Rotation{{
			Name: "office", People: []string{"anna"}, Start: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), Timezone: "UTC", Every: 24 * time.Hour,
			Only: []plan.Hours{{Days: []time.Weekday{time.Monday, time.Friday}, From: 9 * time.Hour, To: 17 * time.Hour}},
		}},
		Roles: []plan.Role{
			{Name: "lead", Primary: "rotation:office", Backups: []string{"ben"}},
			{Name: "alone", Primary: "rotation:office"},
			{Name: "always", Primary: "ben"},
		},
	}
	views := view.New(view.Config{Record: r, Plan: func() plan.Plan { return p }, Now: func() time.Time { return now }})
	gaps, err := views.Gaps(t.Context(), now, now.AddDate(0, 0, 3))
	require.NoError(t, err)
	from, until := now.Add(5*time.Hour), now.Add(69*time.Hour)
	require.Equal(t, []view.Shift{
		{Role: "lead", Person: "ben", Name: "Ben Ortiz", Gap: true, From: from, Until: until},
		{Role: "alone", Gap: true, From: from, Until: until},
	}, gaps)

	calendar, err := views.Calendar(t.Context(), "", "")
	require.NoError(t, err)
	require.Contains(t, string(calendar), "lead: Ben Ortiz (backup)")
	require.Contains(t, string(calendar), "alone: nobody")
}
