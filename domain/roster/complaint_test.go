package roster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

// What users of such systems suffer with schedules. OC is grafana/oncall, OU OneUptime/oneuptime,
// GA target/goalert. That somebody on call cannot be reached at all (OC #1326, #1511, OU #1809)
// is an error of the plan: internal/planfile.
var complaints = []struct {
	issue, says string
	not         func(*testing.T)
}{
	{"OC #3261", "a clock change moved every schedule by an hour", func(t *testing.T) {
		for _, s := range roster.Shifts(three(), nil, "chief", monday, monday.AddDate(2, 0, 0))[1:] {
			require.Equal(t, "Mon 09:00", s.From.In(berlin).Format("Mon 15:04"))
		}
	}},
	{"OC #5455", "the shift across a clock change is cut short and leaves an hour's hole", func(t *testing.T) {
		shifts := roster.Shifts(three(), nil, "chief", monday, monday.AddDate(1, 0, 0))
		lengths := map[time.Duration]int{}
		for i, s := range shifts[1 : len(shifts)-1] {
			require.Equal(t, shifts[i].Until, s.From)
			lengths[s.Until.Sub(s.From)]++
		}
		require.Equal(t, map[time.Duration]int{167 * time.Hour: 1, 168 * time.Hour: len(shifts) - 4, 169 * time.Hour: 1}, lengths)
	}},
	{"OU #1890", "the hand-over is shown an hour off half the year", func(t *testing.T) {
		for _, at := range []time.Time{monday.AddDate(0, 2, 0), monday.AddDate(0, 8, 0)} {
			holder, _ := roster.Holder(three(), nil, "chief", at.UTC())
			require.Contains(t, holder.Why, "until Mon 09:00")
			require.Equal(t, "09:00", holder.Until.In(berlin).Format("15:04"))
		}
	}},
	{"OU #2413", "restricted hours make it unpredictable whose week it is", func(t *testing.T) {
		p := office()
		restricted, _ := p.Rotation("office")
		free := restricted
		free.Only = nil
		for _, d := range roster.Duties(restricted, monday, monday.AddDate(1, 0, 0)) {
			turn, _ := roster.TurnAt(free, d.From)
			require.Equal(t, turn.Person, d.Person)
		}
	}},
	{"OU #2086, #3411", "an override is saved but not shown", func(t *testing.T) {
		swap := []roster.Override{{Role: "chief", Person: "dev", From: monday.Add(day), To: monday.Add(2 * day)}}
		now, _ := roster.Holder(three(), swap, "chief", monday.Add(day))
		next, _ := roster.Next(three(), swap, "chief", monday)
		require.Equal(t, []string{"dev", "dev"}, []string{now.Person, next.Person})
		require.Equal(t, "dev", roster.Shifts(three(), swap, "chief", monday, week(1))[1].Person)
	}},
	{"GA #3511", "in a gap nobody is asked", func(t *testing.T) {
		for _, gap := range roster.Gaps(office(), nil, "desk", monday, week(2)) {
			asked := roster.Candidates(office(), nil, "desk", gap.From)
			require.Equal(t, []string{"carla"}, ids(asked), "the backup is, at once")
		}
	}},
	{"GA #4190, #583, #2865, OC #4576", "nobody can see who is next", func(t *testing.T) {
		next, ok := roster.Next(three(), nil, "chief", monday.Add(day))
		require.True(t, ok)
		require.Equal(t, "ben", next.Person)
		require.True(t, next.From.Equal(week(1)) && next.Until.Equal(week(2)))
		_, ok = roster.Next(three(), nil, "fixed", monday)
		require.False(t, ok, "nothing changes")
	}},
	{"OC #1108", "gap alarms about the past, every hour", func(t *testing.T) {
		p := kept()
		p.Roles = []plan.Role{{Name: "legal_officer", Primary: "rotation:legal", Backups: []string{"carla"}}}
		var known []roster.Gap
		alarms := 0
		for now := monday.Add(-day); now.Before(monday.AddDate(0, 0, 20)); now = now.Add(time.Hour) {
			found := roster.Alarming(p, nil, now)
			for _, g := range roster.NewGaps(known, found) {
				require.False(t, g.Until.Before(now))
				alarms++
			}
			known = found
		}
		require.Equal(t, 3, alarms, "before, between and after what the calendar says: once each")
	}},
}

func TestSchedules_whatUsersSuffer(t *testing.T) {
	t.Parallel()
	for _, c := range complaints {
		t.Run(c.issue+" "+c.says, func(t *testing.T) {
			t.Parallel()
			c.not(t)
		})
	}
}
