package roster_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

// kept is a rotation that is kept in a calendar elsewhere: anna, a hole of a day, ben, anna.
func kept() plan.Plan {
	p := sample()
	p.Rotations = append(p.Rotations, plan.Rotation{
		Name: "legal", Timezone: "Europe/Berlin", ICal: &plan.ICal{}, Imported: plan.Imported{ReadAt: monday, Duties: []plan.Duty{
			{Person: "anna", From: monday, Until: monday.Add(day)},
			{Person: "ben", From: monday.Add(2 * day), Until: monday.Add(3 * day)},
			{Person: "anna", From: monday.Add(3 * day), Until: monday.Add(4 * day)},
		}},
	})
	p.Roles = append(p.Roles,
		plan.Role{Name: "legal_officer", Primary: "rotation:legal", Backups: []string{"rotation:legal", "carla"}},
		plan.Role{Name: "lonely", Primary: "rotation:legal"})
	return p
}

func TestCandidates_importedRotation_likeAnyOther(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration][]string{
		-1:                {"carla"},
		0:                 {"anna", "ben", "carla"},
		day:               {"carla"},
		2 * day:           {"ben", "anna", "carla"},
		3*day + time.Hour: {"anna", "carla"},
		4 * day:           {"carla"},
	} {
		got := roster.Candidates(kept(), nil, "legal_officer", monday.Add(after))
		require.Equal(t, want, ids(got), "after %s", after)
	}
	got := roster.Candidates(kept(), nil, "legal_officer", monday)
	require.Equal(t, []string{"on call in rotation legal until Tue 09:00", "backup 1, next in rotation legal", "backup 2"}, []string{got[0].Why, got[1].Why, got[2].Why})
	require.Equal(t, monday.Add(day), got[0].Until)

	empty := kept()
	empty.Rotations[len(empty.Rotations)-1].Imported = plan.Imported{}
	require.Equal(t, []string{"carla"}, ids(roster.Candidates(empty, nil, "legal_officer", monday)), "a calendar that was never read leaves the backups")
}

func TestGaps_importedRotation_areWhatLiesBetween(t *testing.T) {
	t.Parallel()
	require.Equal(t, []roster.Shift{
		{Person: "carla", Gap: true, From: monday.Add(-day), Until: monday},
		{Person: "carla", Gap: true, From: monday.Add(day), Until: monday.Add(2 * day)},
		{Person: "carla", Gap: true, From: monday.Add(4 * day), Until: monday.Add(5 * day)},
	}, roster.Gaps(kept(), nil, "legal_officer", monday.Add(-day), monday.Add(5*day)))
}

// TestShifts_anyCalendar_everyInstantHasThePersonOrADeclaredGap: whatever a calendar says, the
// timetable has no holes, and at every instant the person asked first is who it names.
func TestShifts_anyCalendar_everyInstantHasThePersonOrADeclaredGap(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		p := kept()
		imported := &p.Rotations[len(p.Rotations)-1].Imported
		imported.Duties = nil
		at := monday
		for range random.IntN(12) {
			at = at.Add(time.Duration(random.IntN(3)) * 7 * time.Hour)
			end := at.Add(time.Duration(1+random.IntN(40)) * time.Hour)
			imported.Duties = append(imported.Duties, plan.Duty{Person: p.People[random.IntN(4)].ID, From: at, Until: end})
			at = end
		}
		from, until := monday.Add(-day), at.Add(day)
		shifts := roster.Shifts(p, nil, "legal_officer", from, until)
		require.Equal(t, from, shifts[0].From)
		require.Equal(t, until, shifts[len(shifts)-1].Until)
		for i, s := range shifts {
			require.True(t, i == 0 || shifts[i-1].Until.Equal(s.From), "no hole, no overlap")
			for _, at := range []time.Time{s.From, s.From.Add(s.Until.Sub(s.From) / 2), s.Until.Add(-1)} {
				d := slices.IndexFunc(imported.Duties, func(d plan.Duty) bool { return !at.Before(d.From) && at.Before(d.Until) })
				require.Equal(t, d < 0, s.Gap)
				if d >= 0 {
					require.Equal(t, imported.Duties[d].Person, s.Person)
				}
				holder, _ := roster.Holder(p, nil, "legal_officer", at)
				require.Equal(t, s.Person, holder.Person)
			}
		}
	}
}
