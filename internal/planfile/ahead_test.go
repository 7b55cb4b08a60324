package planfile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

// leads is the first rotation of the built-in plan, which tests write anew.
const leads = "{ people: [eva, anna], every: 1w, handoff: Mon 09:00, start: 2026-11-02 }"

// on is a Sunday; the next morning the business lead changes.
func on() Options {
	o := options()
	o.Now = func() time.Time { return time.Date(2026, 11, 8, 12, 0, 0, 0, time.UTC) }
	return o
}

func TestCheck_theNextWeeks_areWarnedOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, says string }{
		{
			"hours outside of which a backup is asked", leads, strings.Replace(leads, "every", "only: Mon-Fri 09:00-17:00, every", 1),
			"roles.business_lead.primary: nobody is primary from Sun 8 Nov 13:00 until Mon 9 Nov 09:00 and",
		},
		{
			"hours outside of which there is nobody", leads, strings.Replace(leads, "every", "only: 09:00-17:00, every", 1) + "\n  nights: { people: [eva, anna], only: 17:00-08:00, every: 1w, handoff: Mon 09:00, start: 2026-11-02 }",
			"roles.business_lead.primary: nobody at all can be asked from Mon 9 Nov 08:00 until Mon 9 Nov 09:00 and 29 more times in 30 days; add a backup who always can",
		},
		{
			"hours outside of which nobody stands behind", leads, leads + "\n  nights: { people: [eva, anna], only: 17:00-09:00, every: 1w, handoff: Mon 09:00, start: 2026-11-02 }",
			"roles.business_lead.backup: nobody stands behind eva from Sun 8 Nov 13:00 until Sun 8 Nov 17:00 and",
		},
		{"a rotation of one", leads, strings.Replace(leads, "[eva, anna]", "[eva]", 1), "rotations.leads.people: goes round among one person"},
		{"a policy of nobody", "escalation:\n", "escalation:\n  spare:\n    steps: [{ to: primary, by: [sms], wait: 3m }]\n    last: { to: everyone, by: [call], every: 5m, at_most: 1h }\n", "escalation.spare: no role follows this policy"},
		{
			"a step that reaches nobody", "      - { to: next_backup, by: [sms, call], wait: 3m }\n", strings.Repeat("      - { to: next_backup, by: [sms, call], wait: 3m }\n", 9),
			"escalation.urgent.steps[11].to: can never reach anybody: no role that follows this policy has another backup left",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source := changed(t, c.old, c.new)
			if strings.Contains(c.new, "nights:") {
				source = changed(t, c.old, c.new, "    primary: rotation:leads\n    backup: [rotation:leads, finn]", "    primary: rotation:leads\n    backup: [rotation:nights]")
			}
			_, found := Check("plan.yaml", source, on())
			require.NoError(t, found.Err())
			i := slices.IndexFunc(found.Problems, func(p Problem) bool { return strings.Contains(p.Path+": "+p.Message, c.says) })
			require.GreaterOrEqual(t, i, 0, "%s\n%s", c.says, found.Render(false))
			require.Equal(t, Warning, found.Problems[i].Severity)
			require.NotZero(t, found.Problems[i].Line)
		})
	}
}

func TestCheck_importedRotation_isRead(t *testing.T) {
	t.Parallel()
	for ical, want := range map[string]plan.Rotation{
		`{ ical: "https://calendar.acme.example/legal.ics" }`: {
			Timezone: "Europe/Berlin", ICal: &plan.ICal{Source: "https://calendar.acme.example/legal.ics"},
		},
		`{ ical: "${CALENDAR}", match: name, timezone: UTC, private: true }`: {
			Timezone: "UTC", ICal: &plan.ICal{Source: "https://calendar.acme.example/hunter2.ics", ByName: true, Private: true},
		},
		`{ ical: calendars/legal.ics, match: email }`: {Timezone: "Europe/Berlin", ICal: &plan.ICal{Source: "nowhere/calendars/legal.ics"}},
		`{ ical: /etc/stormbell/legal.ics }`:          {Timezone: "Europe/Berlin", ICal: &plan.ICal{Source: "/etc/stormbell/legal.ics"}},
		`{ ical: "http://127.0.0.1:9/legal.ics" }`:    {Timezone: "Europe/Berlin", ICal: &plan.ICal{Source: "http://127.0.0.1:9/legal.ics"}},
	} {
		o := on()
		o.Env = func(string) (string, bool) { return "https://calendar.acme.example/hunter2.ics", true }
		p, found := Check("plan.yaml", changed(t, leads, ical), o)
		require.NoError(t, found.Err())
		require.Empty(t, found.Problems, "what it says is not known here\n%s", found.Render(false))
		want.Name = "leads"
		got, _ := p.Rotation("leads")
		require.Equal(t, want, got)
	}
}

func TestCheck_importedRotation_mistakesShowNoAddress(t *testing.T) {
	t.Parallel()
	for rotation, says := range map[string]string{
		`{ ical: "ftp://hunter2.example/x.ics" }`:                "rotations.leads.ical: is no address of a calendar",
		`{ ical: "http://hunter2.example/x.ics" }`:               "begins with https://",
		`{ ical: "https://me:hunter2@calendar.example/x.ics" }`:  "is no address of a calendar",
		`{ ical: "https://" }`:                                   "is no address of a calendar",
		`{ ical: "file:hunter2" }`:                               "write its path alone",
		`{ ical: x.ics, match: phone }`:                          `there is no way to match "phone"`,
		`{ ical: x.ics, people: [eva, anna] }`:                   "rotations.leads.people: people is the calendar's to say",
		`{ ical: x.ics, only: Mon-Fri }`:                         "rotations.leads.only: only is the calendar's to say",
		`{ people: [eva, anna], every: 1w, start: 2026-11-02 }`:  "rotations.leads: handoff is missing",
		strings.Replace(leads, "every", "match: name, every", 1): "rotations.leads.match: match belongs to a rotation with ical",
		`{}`: "rotations.leads: people is missing",
	} {
		o := on()
		o.ReadFile = func(string) ([]byte, error) { return []byte("BEGIN:VCALENDAR"), nil }
		_, found := Check("plan.yaml", changed(t, leads, rotation), o)
		require.ErrorContains(t, found.Err(), says)
		for _, p := range found.Problems {
			require.NotContains(t, p.Message, "hunter2")
		}
	}
}

func TestCheck_ownersAndHandovers_areRead(t *testing.T) {
	t.Parallel()
	require.Empty(t, builtIn(t).Company.Owners)
	require.False(t, builtIn(t).Company.QuietHandovers)
	p, found := Check("plan.yaml", changed(t, `  conference_pin: "4711"`, "  conference_pin: \"4711\"\n  owners: [dev, finn]\n  handover_notice: false"), on())
	require.NoError(t, found.Err())
	require.Equal(t, []string{"dev", "finn"}, p.Company.Owners)
	require.True(t, p.Company.QuietHandovers)
	_, found = Check("plan.yaml", changed(t, `  conference_pin: "4711"`, "  conference_pin: \"4711\"\n  owners: [dve]"), on())
	require.ErrorContains(t, found.Err(), `company.owners[0]: nobody is called "dve" - did you mean "dev"?`)
}
