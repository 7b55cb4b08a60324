package roster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

func TestHandovers_whoComesAndWhoLeaves(t *testing.T) {
	t.Parallel()
	type h = roster.Handover
	double := three() // the chief has a second hat
	double.Roles = append(double.Roles, plan.Role{Name: "spokesperson", Primary: "rotation:chiefs", Backups: []string{"dev"}})
	desk := office()
	desk.Roles = []plan.Role{{Name: "desk", Primary: "rotation:office", Backups: []string{"carla"}}}
	chiefs := three()
	chiefs.Roles = chiefs.Roles[len(chiefs.Roles)-1:]
	double.Roles = double.Roles[len(double.Roles)-2:]
	minute := time.Minute
	for name, c := range map[string]struct {
		plan       plan.Plan
		overrides  []roster.Override
		since, now time.Time
		want       []h
	}{
		"a hand-over": {
			plan: chiefs, since: week(1).Add(-5 * minute), now: week(1),
			want: []h{
				{Person: "anna", Roles: []string{"chief"}, Other: "ben", From: week(1)},
				{Person: "ben", On: true, Roles: []string{"chief"}, Other: "anna", From: week(1), Until: week(2), Next: "carla"},
			},
		},
		"once":        {plan: chiefs, since: week(1), now: week(1).Add(5 * minute)},
		"just before": {plan: chiefs, since: week(1).Add(-5 * minute), now: week(1).Add(-1)},
		"two hats are one text": {
			plan: double, since: week(1).Add(-5 * minute), now: week(1),
			want: []h{
				{Person: "anna", Roles: []string{"chief", "spokesperson"}, Other: "ben", From: week(1)},
				{Person: "ben", On: true, Roles: []string{"chief", "spokesperson"}, Other: "anna", From: week(1), Until: week(2), Next: "carla"},
			},
		},
		"after an outage only how things are": {
			plan: chiefs, since: monday.Add(day), now: week(3).Add(day),
			want: []h{
				{Person: "carla", Roles: []string{"chief"}, Other: "anna", From: week(3)},
				{Person: "anna", On: true, Roles: []string{"chief"}, Other: "carla", From: week(3), Until: week(4), Next: "ben"},
			},
		},
		"an override begins": {
			plan: chiefs, overrides: []roster.Override{{Role: "chief", Person: "dev", From: monday.Add(day), To: monday.Add(2 * day)}},
			since: monday.Add(day - minute), now: monday.Add(day + minute),
			want: []h{
				{Person: "anna", Roles: []string{"chief"}, Other: "dev", From: monday.Add(day)},
				{Person: "dev", On: true, Roles: []string{"chief"}, Other: "anna", From: monday.Add(day), Until: monday.Add(2 * day), Next: "anna"},
			},
		},
		"until further notice": {
			plan: chiefs, overrides: []roster.Override{{Role: "chief", Person: "dev", From: monday.Add(day)}},
			since: monday.Add(day - minute), now: monday.Add(day + minute),
			want: []h{
				{Person: "anna", Roles: []string{"chief"}, Other: "dev", From: monday.Add(day)},
				{Person: "dev", On: true, Roles: []string{"chief"}, Other: "anna", From: monday.Add(day)},
			},
		},
		"into a gap nobody is told":               {plan: desk, since: clock("2026-11-02 16:59"), now: clock("2026-11-02 17:01")},
		"back after the night it is no hand-over": {plan: desk, since: clock("2026-11-03 08:59"), now: clock("2026-11-03 09:01")},
		"another one after the weekend": {
			plan: desk, since: clock("2026-11-09 08:59"), now: clock("2026-11-09 09:01"),
			want: []h{{Person: "ben", On: true, Roles: []string{"desk"}, From: clock("2026-11-09 09:00"), Until: clock("2026-11-09 17:00"), Next: "anna"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, roster.Handovers(c.plan, c.overrides, c.since, c.now))
		})
	}
}

func TestAsleep_betweenLateAndEarly(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"2026-11-02 22:00": "", "2026-11-02 22:15": "2026-11-03 07:00", "2026-11-03 00:00": "2026-11-03 07:00",
		"2026-11-03 06:59": "2026-11-03 07:00", "2026-11-03 07:00": "", "2026-11-03 12:00": "",
		"2027-03-28 01:30": "2027-03-28 07:00", "2026-10-25 02:30": "2026-10-25 07:00", // the clocks change
	} {
		until, asleep := roster.Asleep(berlin, clock(at).UTC())
		require.Equal(t, want != "", asleep, at)
		if asleep {
			require.Equal(t, want, until.Format("2006-01-02 15:04"), at)
		}
	}
}
