package roster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/roster"
)

// three take turns of a week as chief: anna from monday on, then ben, then carla.
func three() plan.Plan {
	p := sample()
	p.Rotations = append(p.Rotations, plan.Rotation{
		Name: "chiefs", People: []string{"anna", "ben", "carla"}, Start: monday, Timezone: "Europe/Berlin", Every: 7 * day,
	})
	p.Roles = append(p.Roles, plan.Role{Name: "chief", Primary: "rotation:chiefs", Backups: []string{"dev"}})
	return p
}

func week(n int) time.Time { return monday.AddDate(0, 0, 7*n) }

func TestSwap_eachTakesTheOthersShift(t *testing.T) {
	t.Parallel()
	p, now := three(), monday.Add(2*day)
	for name, c := range map[string]struct {
		a, b roster.Side
		want [][2]any // person and hand-over, in order
	}{
		"what is left of this week for the next": {
			roster.Side{Person: "anna"}, roster.Side{Person: "ben"},
			[][2]any{{"ben", now}, {"anna", week(1)}, {"carla", week(2)}},
		},
		"two weeks that are named": {
			roster.Side{Person: "carla", At: week(2).Add(day)}, roster.Side{Person: "ben", At: week(4)},
			[][2]any{{"anna", now}, {"ben", week(1)}, {"anna", week(3)}, {"carla", week(4)}},
		},
		"a shift that has an override already": {
			roster.Side{Person: "dev"}, roster.Side{Person: "carla"},
			[][2]any{{"anna", now}, {"carla", week(1)}, {"dev", week(2)}, {"anna", week(3)}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var before []roster.Override
			if c.a.Person == "dev" {
				before = []roster.Override{{Role: "chief", Person: "dev", From: week(1), To: week(2)}}
			}
			pair, err := roster.Swap(p, before, "chief", c.a, c.b, now)
			require.NoError(t, err)
			require.Len(t, pair, 2)
			for i, s := range roster.Shifts(p, append(before, pair...), "chief", now, week(5))[:len(c.want)] {
				require.Equal(t, c.want[i][0], s.Person)
				require.True(t, s.From.Equal(c.want[i][1].(time.Time)), "%s from %s", s.Person, s.From)
			}
		})
	}
}

func TestSwap_refusals_sayWhoseShiftItIs(t *testing.T) {
	t.Parallel()
	p, now := three(), monday.Add(2*day)
	p.Rotations = append(p.Rotations, office().Rotations[3])
	p.Roles = append(p.Roles, plan.Role{Name: "desk", Primary: "rotation:office", Backups: []string{"carla"}})
	for says, c := range map[string]struct {
		role string
		a, b roster.Side
	}{
		"anna cannot swap with themselves":                 {"chief", roster.Side{Person: "anna"}, roster.Side{Person: "anna"}},
		"belongs to ben, not to carla":                     {"chief", roster.Side{Person: "anna"}, roster.Side{Person: "carla", At: week(1)}},
		"dev has no shift as chief in the next year":       {"chief", roster.Side{Person: "dev"}, roster.Side{Person: "anna"}},
		"carla has no shift as desk in the next year":      {"desk", roster.Side{Person: "carla"}, roster.Side{Person: "anna"}}, // a backup in the gaps
		"is over, or more than a year ahead":               {"chief", roster.Side{Person: "anna", At: monday}, roster.Side{Person: "ben"}},
		"the shift of carla as fixed has no end":           {"fixed", roster.Side{Person: "carla"}, roster.Side{Person: "dev"}},
		"nobody has a shift as vacant at 2026-11-09T09:00": {"vacant", roster.Side{Person: "anna", At: week(1)}, roster.Side{Person: "dev"}},
	} {
		_, err := roster.Swap(p, nil, c.role, c.a, c.b, now)
		require.ErrorContains(t, err, says)
		var refused *refusal.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, refusal.Invalid, refused.Code)
	}
}
