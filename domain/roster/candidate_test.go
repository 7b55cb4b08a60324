package roster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

const day = 24 * time.Hour

var berlin = zone("Europe/Berlin")

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// monday is a hand-over of the sample's rotation: from here on it is anna's turn.
var monday = time.Date(2026, 11, 2, 9, 0, 0, 0, berlin)

func sample() plan.Plan {
	return plan.Plan{
		People: []plan.Person{{ID: "anna"}, {ID: "ben"}, {ID: "carla"}, {ID: "dev"}},
		Rotations: []plan.Rotation{
			{Name: "leads", People: []string{"anna", "ben"}, Start: monday, Timezone: "Europe/Berlin", Every: 7 * day},
			{Name: "ghosts", People: []string{"nobody", "dev"}, Start: monday, Timezone: "Europe/Berlin", Every: 7 * day},
			{Name: "empty", Every: 7 * day},
		},
		Roles: []plan.Role{
			{Name: "fixed", Primary: "carla", Backups: []string{"dev", "carla", "anna"}},
			{Name: "turning", Primary: "rotation:leads", Backups: []string{"ben", "carla"}},
			{Name: "behind", Primary: "carla", Backups: []string{"rotation:leads", "rotation:leads", "rotation:leads"}},
			{Name: "vacant", Backups: []string{"dev"}},
			{Name: "unknown", Primary: "nobody", Backups: []string{"rotation:nowhere", "rotation:empty", "dev"}},
			{Name: "ghostly", Primary: "rotation:ghosts", Backups: []string{"anna"}},
		},
	}
}

func TestCandidates_primaryThenBackups_withoutRepeatsAndWithReasons(t *testing.T) {
	t.Parallel()
	type c struct {
		Person, Why string
		Until       time.Time
	}
	week := monday.AddDate(0, 0, 7)
	for _, tc := range []struct {
		role string
		at   time.Time
		want []c
	}{
		{"fixed", monday, []c{{"carla", "primary", time.Time{}}, {"dev", "backup 1", time.Time{}}, {"anna", "backup 3", time.Time{}}}},
		{"turning", monday, []c{{"anna", "on call in rotation leads until Mon 09:00", week}, {"ben", "backup 1", time.Time{}}, {"carla", "backup 2", time.Time{}}}},
		{"turning", week, []c{{"ben", "on call in rotation leads until Mon 09:00", week.AddDate(0, 0, 7)}, {"carla", "backup 2", time.Time{}}}},
		{"turning", monday.Add(-1), []c{{"ben", "on call in rotation leads until Mon 09:00", monday}, {"carla", "backup 2", time.Time{}}}},
		{"behind", monday, []c{{"carla", "primary", time.Time{}}, {"anna", "backup 1, on call in rotation leads until Mon 09:00", week}, {"ben", "backup 2, next in rotation leads", time.Time{}}}},
		{"vacant", monday, []c{{"dev", "backup 1", time.Time{}}}},
		{"unknown", monday, []c{{"dev", "backup 3", time.Time{}}}},
		{"ghostly", monday, []c{{"dev", "primary, next in rotation ghosts", time.Time{}}, {"anna", "backup 1", time.Time{}}}},
		{"no such role", monday, nil},
	} {
		t.Run(tc.role, func(t *testing.T) {
			t.Parallel()
			got := roster.Candidates(sample(), nil, tc.role, tc.at)
			require.Len(t, got, len(tc.want))
			for i := range got {
				require.Equal(t, tc.want[i].Person, got[i].Person)
				require.Equal(t, tc.want[i].Why, got[i].Why)
				require.True(t, tc.want[i].Until.Equal(got[i].Until), "until %s", got[i].Until)
			}
		})
	}
}

func TestHolder_overrides_countWithinTheirTimeAndTheLatestFirst(t *testing.T) {
	t.Parallel()
	hour := time.Hour
	overrides := []roster.Override{
		{Role: "fixed", Person: "anna", From: monday, To: monday.Add(2 * hour), Why: "swap"},
		{Role: "fixed", Person: "ben", From: monday.Add(hour), To: monday.Add(2 * hour)},
		{Role: "fixed", Person: "nobody", From: monday},
		{Role: "other", Person: "dev", From: monday},
		{Role: "fixed", Person: "dev", From: monday.Add(3 * hour)},
	}
	for _, c := range []struct {
		after time.Duration
		want  string
		why   string
	}{
		{-1, "carla", "primary"},
		{0, "anna", "override"},
		{hour, "ben", "override"},
		{2*hour - 1, "ben", "override"},
		{2 * hour, "carla", "primary"},
		{1000 * hour, "dev", "override"},
	} {
		got, ok := roster.Holder(sample(), overrides, "fixed", monday.Add(c.after))
		require.True(t, ok)
		require.Equal(t, c.want, got.Person, "after %s", c.after)
		require.Equal(t, c.why, got.Why)
	}

	both := roster.Candidates(sample(), overrides, "fixed", monday.Add(hour))
	require.Equal(t, []string{"ben", "anna", "carla", "dev"}, ids(both), "who was overridden stays behind")

	_, ok := roster.Holder(sample(), nil, "no such role", monday)
	require.False(t, ok)
}

func ids(all []roster.Candidate) []string {
	var people []string
	for _, c := range all {
		people = append(people, c.Person)
	}
	return people
}
