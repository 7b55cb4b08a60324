package roster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

func TestAlarming_whatNobodyPlanned(t *testing.T) {
	t.Parallel()
	p := kept()
	p.Rotations = append(p.Rotations, office().Rotations[3])
	p.Roles = []plan.Role{
		{Name: "legal_officer", Primary: "rotation:legal", Backups: []string{"carla"}},
		{Name: "desk", Primary: "rotation:office", Backups: []string{"carla"}}, // its nights are meant
		{Name: "alone", Primary: "rotation:office"},                            // then there is nobody at all
		{Name: "fixed", Primary: "carla"},
	}
	now := monday.Add(day + time.Hour)
	found := roster.Alarming(p, nil, now)
	require.Equal(t, []roster.Gap{
		{Role: "legal_officer", Backup: "carla", From: now, Until: monday.Add(2 * day)},
		{Role: "legal_officer", Backup: "carla", From: monday.Add(4 * day), Until: now.AddDate(0, 0, 30)},
	}, found[:2])
	for _, g := range found[2:] {
		require.Equal(t, "alone", g.Role)
		require.Empty(t, g.Backup)
		require.False(t, g.From.Before(now), "never about the past")
	}
	covered := roster.Override{Role: "legal_officer", Person: "dev", From: now, To: now.AddDate(0, 0, 31)}
	require.Equal(t, "alone", roster.Alarming(p, []roster.Override{covered}, now)[0].Role, "an override fills them")
	unread := kept()
	unread.Roles = p.Roles[:1]
	unread.Rotations[len(unread.Rotations)-1].Imported = plan.Imported{}
	require.Empty(t, roster.Alarming(unread, nil, now), "a calendar that nobody has looked at yet is no gap")
	unread.Rotations[len(unread.Rotations)-1].Imported.Trouble = "it is not there"
	require.Len(t, roster.Alarming(unread, nil, now), 1, "one that cannot be read is")
}

func TestNewGaps_eachIsToldOnce(t *testing.T) {
	t.Parallel()
	gap := func(role, backup string, from, until time.Duration) roster.Gap {
		return roster.Gap{Role: role, Backup: backup, From: monday.Add(from), Until: monday.Add(until)}
	}
	known := []roster.Gap{gap("legal", "carla", day, 2*day)}
	for name, c := range map[string]struct {
		found roster.Gap
		fresh bool
	}{
		"the same":           {gap("legal", "carla", day, 2*day), false},
		"time goes on":       {gap("legal", "carla", day+time.Hour, 2*day), false},
		"it grows":           {gap("legal", "carla", day, 9*day), false},
		"another one":        {gap("legal", "carla", 2*day, 3*day), true},
		"of another role":    {gap("press", "carla", day, 2*day), true},
		"the backup is gone": {gap("legal", "", day, 2*day), true},
		"there is one again": {gap("legal", "eva", day, 2*day), false},
	} {
		require.Equal(t, c.fresh, len(roster.NewGaps(known, []roster.Gap{c.found})) == 1, name)
	}
}
