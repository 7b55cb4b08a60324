package activities_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// watch looks at duty with a clock that only the test moves.
type watch struct {
	*site
	now  time.Time
	next contract.DutyInput
}

func newWatch(t *testing.T, at string) *watch {
	t.Helper()
	w := &watch{site: newQuietSite(t)}
	w.at(at)
	w.next.Since = w.now
	clock := func() time.Time { return w.now }
	r, err := record.Open(t.Context(), record.Config{URL: "sqlite::memory:", Now: clock})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	w.record = r
	w.use(func(c *activities.Config) { c.Now, c.Record = clock, r })
	return w
}

func (w *watch) at(clock string) {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(w.t, err)
	w.now, err = time.ParseInLocation("2006-01-02 15:04", clock, zone)
	require.NoError(w.t, err)
}

// look returns what is to be told, as "anna on_duty business_lead +1 after eva next eva".
func (w *watch) look() (all []string, wait time.Duration) {
	w.t.Helper()
	found := must[contract.DutyResult](w.site, contract.LookAtDuty, w.next)
	w.next = found.Next
	steps := map[string]bool{}
	for _, n := range found.Tell {
		require.False(w.t, steps[n.Step+n.Person], "a step of its own")
		steps[n.Step+n.Person] = true
		require.Equal(w.t, w.now.Add(4*time.Hour).Unix(), n.Until.Unix())
		text := fmt.Sprintf("%s %s %s +%d after %s", n.Person, n.Notice.Kind, n.Notice.Role, n.Notice.Count, n.Notice.Mention)
		if n.Notice.Kind == notice.OnDuty {
			text += " next " + n.Notice.Next + " until " + n.Notice.At.In(w.now.Location()).Format("Mon 15:04")
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all, found.Wait
}

func (w *watch) override(o roster.Override) record.Override {
	w.t.Helper()
	added, err := w.record.AddOverrides(w.t.Context(), "ben", o)
	require.NoError(w.t, err)
	return added[0]
}

func TestLookAtDuty_builtInPlan_isQuietUntilDutyIsHandedOver(t *testing.T) {
	t.Parallel()
	w := newWatch(t, "2026-11-09 08:52")
	told, wait := w.look()
	require.Empty(t, told)
	require.Equal(t, 5*time.Minute, wait)
	w.at("2026-11-09 08:57")
	told, wait = w.look()
	require.Empty(t, told)
	require.Equal(t, 3*time.Minute, wait, "a hand-over is told when it happens")
	w.at("2026-11-09 09:00")
	told, _ = w.look()
	require.Contains(t, told, "anna on_duty business_lead +0 after eva next eva until Mon 09:00")
	require.Contains(t, told, "eva off_duty business_lead +0 after anna")
	require.Contains(t, told, "finn on_duty technical_slt +0 after dev next dev until Mon 09:00")
	for _, who := range told {
		require.True(t, strings.HasPrefix(who, "anna ") || strings.HasPrefix(who, "eva ") || strings.HasPrefix(who, "finn ") || strings.HasPrefix(who, "dev "), who)
	}
	told, _ = w.look()
	require.Empty(t, told, "once")
	w.at("2026-11-15 12:00")
	told, _ = w.look()
	require.Empty(t, told, "nothing happened in a whole week, and nothing is missing in the built-in plan")

	w.plan.Company.QuietHandovers = true
	w.at("2026-11-16 09:00")
	told, _ = w.look()
	require.Empty(t, told, "the plan does not want it")
}

func TestLookAtDuty_override_isNewsFromWhenItIsKnown(t *testing.T) {
	t.Parallel()
	w := newWatch(t, "2026-11-10 12:00")
	w.look()
	w.at("2026-11-10 12:04")
	added := w.override(roster.Override{Role: "legal_officer", Person: "dev", From: w.now.Add(-time.Hour), To: w.now.Add(8 * time.Hour), Why: "ill"})
	w.at("2026-11-10 12:05")
	told, _ := w.look()
	primary, _ := w.plan.RoleByName("legal_officer")
	require.ElementsMatch(t, []string{
		"dev on_duty legal_officer +0 after " + primary.Primary + " next " + primary.Primary + " until Tue 20:04",
		primary.Primary + " off_duty legal_officer +0 after dev",
	}, told, "that it was entered late changes nothing")
	w.at("2026-11-10 13:00")
	_, err := w.record.EndOverride(t.Context(), added.ID, "ben", "well again")
	require.NoError(t, err)
	w.at("2026-11-10 13:01")
	told, _ = w.look()
	require.Len(t, told, 2)
	require.Contains(t, told[0]+told[1], "dev off_duty legal_officer")
}

func TestLookAtDuty_atNight_waitsForTheMorning(t *testing.T) {
	t.Parallel()
	w := newWatch(t, "2026-11-10 21:00")
	w.look()
	w.override(roster.Override{Role: "legal_officer", Person: "dev", From: w.now.Add(5 * time.Hour), Why: "ill"})
	for _, at := range []string{"2026-11-10 22:30", "2026-11-11 02:00", "2026-11-11 06:58"} {
		w.at(at)
		told, wait := w.look()
		require.Empty(t, told, at)
		require.LessOrEqual(t, wait, 5*time.Minute)
	}
	_, wait := w.look()
	require.Equal(t, 2*time.Minute, wait)
	w.at("2026-11-11 07:00")
	told, _ := w.look()
	require.Len(t, told, 2, "%v", told)
	require.Contains(t, told[1], "dev on_duty legal_officer")
}

// TestLookAtDuty_gaps_alarmOncePerGap names the complaint of gap alarms about the past, every
// hour (OC #1108).
func TestLookAtDuty_gaps_alarmOncePerGap(t *testing.T) {
	t.Parallel()
	w := newWatch(t, "2026-11-10 08:00")
	from := w.now.AddDate(0, 0, -10)
	w.plan.Rotations = append(w.plan.Rotations, plan.Rotation{Name: "legal", ICal: &plan.ICal{}, Imported: plan.Imported{ReadAt: w.now, Duties: []plan.Duty{
		{Person: "carla", From: from, Until: from.AddDate(0, 0, 20)}, {Person: "eva", From: from.AddDate(0, 0, 21), Until: from.AddDate(0, 0, 60)},
	}}})
	i := slices.IndexFunc(w.plan.Roles, func(r plan.Role) bool { return r.Name == "legal_officer" })
	w.plan.Roles[i].Primary, w.plan.Roles[i].Backups = "rotation:legal", []string{"eva"}

	told, _ := w.look()
	require.Empty(t, told, "not before nine")
	w.at("2026-11-10 09:00")
	told, _ = w.look()
	require.Equal(t, []string{"anna gap_ahead legal_officer +0 after eva"}, told, "the business lead, when the plan names no owner")
	for day := 10; day < 25; day++ {
		for _, clock := range []string{"09:05", "12:00", "21:00"} {
			w.at(fmt.Sprintf("2026-11-%d %s", day, clock))
			for _, text := range first(w.look()) {
				require.NotContains(t, text, "gap_ahead")
			}
		}
	}
	// Somebody takes their duties out of the calendar.
	legal := &w.plan.Rotations[len(w.plan.Rotations)-1].Imported
	legal.Duties = legal.Duties[:1]
	w.plan.Company.Owners = []string{"ben", "dev"}
	w.at("2026-11-25 09:00")
	require.Equal(t, []string{"ben gap_ahead legal_officer +0 after eva", "dev gap_ahead legal_officer +0 after eva"}, first(w.look()))
}

func first(told []string, _ time.Duration) []string { return told }

// What is told of duty is no incident's: it leads nowhere and can be answered with nothing.
func TestSend_ofDuty_asksForNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := contract.SendInput{
		N: delivery.ID(contract.DutyID, "s", "ben", "sms"), Workflow: contract.DutyID, Step: "s", Person: "ben",
		Notice: notice.Notice{Kind: notice.OnDuty, Role: plan.BusinessLead, Mention: "eva", Next: "anna", At: time.Now().Add(24 * time.Hour)},
	}
	require.Equal(t, delivery.Accepted, s.send(contract.SendText, in, contract.First).State)
	text := s.phone("ben").Messages[0].Body
	require.Regexp(t, `^ACME: You are Business Lead on call from now until \w+ \d\d:\d\d, after Eva\. Next: Anna\.$`, text)
	in.N = delivery.ID(contract.DutyID, "s", "ben", "email")
	require.Equal(t, delivery.Accepted, s.send(contract.SendMail, in, contract.First).State)
}
