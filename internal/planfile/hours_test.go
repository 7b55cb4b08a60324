package planfile

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

func TestParseHours_daysAndTimes_meanTheSameToEverybody(t *testing.T) {
	t.Parallel()
	const mon, tue, wed, thu, fri, sat, sun = time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday
	type days = []time.Weekday
	for text, want := range map[string]plan.Hours{
		"Mon-Fri 09:00-17:00":  {Days: days{mon, tue, wed, thu, fri}, From: 9 * time.Hour, To: 17 * time.Hour},
		"mon-fri  9:00-17:30":  {Days: days{mon, tue, wed, thu, fri}, From: 9 * time.Hour, To: 17*time.Hour + 30*time.Minute},
		"Sat,Sun":              {Days: days{sat, sun}, To: day},
		"Fri-Mon,Sat":          {Days: days{fri, sat, sun, mon}, To: day},
		"22:00-06:00":          {Days: days{mon, tue, wed, thu, fri, sat, sun}, From: 22 * time.Hour, To: 6 * time.Hour},
		"Wed 18:00-24:00":      {Days: days{wed}, From: 18 * time.Hour, To: day},
		"Wed,Thu 18:00-00:00 ": {Days: days{wed, thu}, From: 18 * time.Hour},
	} {
		got, ok := parseHours(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "Mon-", "-Fri", "Mon,,Tue", "Mon 9", "Mon 09:00", "Mon 09:00-", "09:00", "Mon 09:00-17:00-18:00", "24:00-06:00", "Mon 09:60-10:00", "Monday", "Mon, Tue", "Mon-Tue-Wed"} {
		_, ok := parseHours(text)
		require.False(t, ok, text)
	}
}

func FuzzParseHours_anyText_neverLeavesTheWeek(f *testing.F) {
	f.Add("Mon-Fri 09:00-17:00")
	f.Fuzz(func(t *testing.T, text string) {
		h, ok := parseHours(text)
		if ok && (len(h.Days) == 0 || len(h.Days) > 7 || h.From < 0 || h.From >= day || h.To < 0 || h.To > day) {
			t.Fatalf("%q: %v", text, h)
		}
	})
}

func TestCheck_hours_reachThePlan(t *testing.T) {
	t.Parallel()
	const old = "slt:     { people: [dev, finn],"
	require.Contains(t, string(Example()), old)
	source := strings.Replace(string(Example()), old, old+` only: ["Mon,Tue 22:00-06:00", Sat-Sun],`, 1)
	source = strings.Replace(source, "leads:   { people: [eva, anna], every: 1w, handoff: Mon 09:00", "leads:   { people: [eva, anna], every: 12h, handoff: 09:00", 1)
	p, found := Check("plan.yaml", []byte(source), options())
	require.NoError(t, found.Err())
	slt, _ := p.Rotation("slt")
	require.Equal(t, []plan.Hours{
		{Days: []time.Weekday{time.Monday, time.Tuesday}, From: 22 * time.Hour, To: 6 * time.Hour},
		{Days: []time.Weekday{time.Saturday, time.Sunday}, To: day},
	}, slt.Only)
	leads, _ := p.Rotation("leads")
	require.Equal(t, 12*time.Hour, leads.Every)
}
