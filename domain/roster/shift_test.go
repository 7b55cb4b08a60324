package roster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

// office is the sample with a role whose primary works office hours, and one that has nobody
// outside of them.
func office() plan.Plan {
	p := sample()
	p.Rotations = append(p.Rotations, plan.Rotation{
		Name: "office", People: []string{"anna", "ben"}, Start: monday, Timezone: "Europe/Berlin", Every: 7 * day,
		Only: []plan.Hours{{Days: weekdays(time.Monday, time.Saturday), From: 9 * time.Hour, To: 17 * time.Hour}},
	})
	p.Roles = append(p.Roles,
		plan.Role{Name: "desk", Primary: "rotation:office", Backups: []string{"rotation:office", "carla"}},
		plan.Role{Name: "alone", Primary: "rotation:office"})
	return p
}

func clock(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, berlin)
	if err != nil {
		panic(err)
	}
	return t
}

// TestOnDuty_restrictedHours_arePredictable names the complaint that restricted hours made
// the rotation unpredictable: whose week it is never depends on them.
func TestOnDuty_restrictedHours_arePredictable(t *testing.T) {
	t.Parallel()
	p := office()
	r, _ := p.Rotation("office")
	r.Only = append(r.Only, plan.Hours{Days: []time.Weekday{time.Friday}, From: 22 * time.Hour, To: 6 * time.Hour})
	for _, c := range []struct{ at, want, from, until string }{
		{"2026-11-02 08:59", "", "", ""},
		{"2026-11-02 09:00", "anna", "2026-11-02 09:00", "2026-11-02 17:00"},
		{"2026-11-02 16:59", "anna", "2026-11-02 09:00", "2026-11-02 17:00"},
		{"2026-11-02 17:00", "", "", ""},
		{"2026-11-06 23:00", "anna", "2026-11-06 22:00", "2026-11-07 06:00"},
		{"2026-11-07 05:59", "anna", "2026-11-06 22:00", "2026-11-07 06:00"},
		{"2026-11-07 06:00", "", "", ""},
		{"2026-11-07 12:00", "", "", ""},
		{"2026-11-09 09:00", "ben", "2026-11-09 09:00", "2026-11-09 17:00"},
	} {
		d, ok := roster.OnDuty(r, clock(c.at))
		require.Equal(t, c.want != "", ok, c.at)
		if ok {
			require.Equal(t, []string{c.want, c.from, c.until},
				[]string{d.Person, d.From.Format("2006-01-02 15:04"), d.Until.Format("2006-01-02 15:04")}, c.at)
		}
	}
}

// TestOnDuty_clockChanges_hoursFollowTheClockOnTheWall has hours and hand-overs on the minutes
// that are skipped on 28 March 2027 and come twice on 25 October 2026.
func TestOnDuty_clockChanges_hoursFollowTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		from, to time.Duration
		about    string
		want     [2]string // in UTC
	}{
		{"office hours in winter", 9 * time.Hour, 17 * time.Hour, "2026-10-25T12:00:00Z", [2]string{"2026-10-25T08:00:00Z", "2026-10-25T16:00:00Z"}},
		{"office hours in summer", 9 * time.Hour, 17 * time.Hour, "2026-10-24T12:00:00Z", [2]string{"2026-10-24T07:00:00Z", "2026-10-24T15:00:00Z"}},
		{"the long night has an hour more", 22 * time.Hour, 6 * time.Hour, "2026-10-25T00:30:00Z", [2]string{"2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z"}},
		{"the short night has an hour less", 22 * time.Hour, 6 * time.Hour, "2027-03-28T00:30:00Z", [2]string{"2027-03-27T21:00:00Z", "2027-03-28T04:00:00Z"}},
		{"begin in the skipped hour", 150 * time.Minute, 6 * time.Hour, "2027-03-28T02:00:00Z", [2]string{"2027-03-28T01:00:00Z", "2027-03-28T04:00:00Z"}},
		{"end in the skipped hour", 22 * time.Hour, 150 * time.Minute, "2027-03-28T00:00:00Z", [2]string{"2027-03-27T21:00:00Z", "2027-03-28T01:00:00Z"}},
		{"wholly in the skipped hour", 130 * time.Minute, 150 * time.Minute, "2027-03-28T01:00:00Z", [2]string{}},
		{"begin in the hour that comes twice", 150 * time.Minute, 6 * time.Hour, "2026-10-25T01:00:00Z", [2]string{"2026-10-25T00:30:00Z", "2026-10-25T05:00:00Z"}},
		{"end in the hour that comes twice", 22 * time.Hour, 150 * time.Minute, "2026-10-25T00:00:00Z", [2]string{"2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := plan.Rotation{
				People: []string{"anna"}, Start: monday, Timezone: "Europe/Berlin", Every: 7 * day,
				Only: []plan.Hours{{Days: weekdays(0, 7), From: c.from, To: c.to}},
			}
			at, err := time.Parse(time.RFC3339, c.about)
			require.NoError(t, err)
			d, ok := roster.OnDuty(r, at)
			require.Equal(t, c.want[0] != "", ok)
			if ok {
				require.Equal(t, c.want, [2]string{d.From.UTC().Format(time.RFC3339), d.Until.UTC().Format(time.RFC3339)})
			}
		})
	}
}

func TestCandidates_outsideOfTheHours_theNextBackupIsAsked(t *testing.T) {
	t.Parallel()
	p := office()
	require.Equal(t, []string{"anna", "ben", "carla"}, ids(roster.Candidates(p, nil, "desk", clock("2026-11-02 10:00"))))
	require.Equal(t, []string{"carla"}, ids(roster.Candidates(p, nil, "desk", clock("2026-11-02 18:00"))), "nobody of the rotation is on duty")
	require.Empty(t, roster.Candidates(p, nil, "alone", clock("2026-11-02 18:00")))
}

func TestShifts_aWeek_saysWhoIsNextAndWhoStandsIn(t *testing.T) {
	t.Parallel()
	overrides := []roster.Override{
		{Role: "desk", Person: "dev", From: clock("2026-11-03 12:00"), To: clock("2026-11-03 20:00")},
		{Role: "desk", Person: "nobody", From: clock("2026-11-04 18:00"), To: clock("2026-11-04 19:00")},
		{Role: "fixed", Person: "anna", From: clock("2026-11-02 00:00")},
	}
	from, until := clock("2026-11-02 12:00"), clock("2026-11-04 12:00")
	var got [][]string
	end := from
	for _, s := range roster.Shifts(office(), overrides, "desk", from, until) {
		require.True(t, s.From.Equal(end), "no holes")
		end = s.Until
		gap := ""
		if s.Gap {
			gap = "gap"
		}
		got = append(got, []string{s.From.In(berlin).Format("Mon 15:04"), s.Person, gap})
	}
	require.True(t, end.Equal(until))
	require.Equal(t, [][]string{
		{"Mon 12:00", "anna", ""}, {"Mon 17:00", "carla", "gap"}, {"Tue 09:00", "anna", ""},
		{"Tue 12:00", "dev", ""}, {"Tue 20:00", "carla", "gap"}, {"Wed 09:00", "anna", ""},
	}, got)

	gaps := roster.Gaps(office(), overrides, "desk", from, until)
	require.Len(t, gaps, 2)
	require.Equal(t, "carla", gaps[0].Person)

	alone := roster.Gaps(office(), nil, "alone", from, until)
	require.Len(t, alone, 2)
	require.Empty(t, alone[0].Person, "nobody at all")

	require.Empty(t, roster.Gaps(office(), nil, "turning", from, from.AddDate(1, 0, 0)))
	require.Len(t, roster.Shifts(office(), nil, "turning", from, from.AddDate(0, 0, 14)), 3)
	require.Len(t, roster.Shifts(office(), overrides, "fixed", from, until), 1, "the same person goes on")
	require.Empty(t, roster.Shifts(office(), nil, "desk", until, from))
	unknown := roster.Gaps(office(), nil, "no such role", from, until)
	require.Equal(t, []roster.Shift{{Gap: true, From: from, Until: until}}, unknown)
}
