package impact_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/impact"
	"github.com/stormbell/stormbell/domain/plan"
)

var (
	start = time.Date(2026, 11, 23, 2, 51, 0, 0, time.UTC)
	rules = plan.Severity{
		Visibility:  []plan.Grade{{Name: "side_product", Value: 1}, {Name: "important", Value: 2}, {Name: "core", Value: 3}},
		Impact:      []plan.Grade{{Name: "few", Value: 1}, {Name: "many", Value: 2}, {Name: "most", Value: 3}},
		Duration:    []plan.Grade{{Name: "short", Value: 1}, {Name: "medium", Value: 2, Over: 15 * time.Minute}, {Name: "long", Value: 3, Over: time.Hour}},
		AskExpertAt: 8, RecommendAt: 12,
	}
)

func TestScore_gradesTimesGrades_givesScoreAndVerdict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		visibility, impact string
		age, expected      time.Duration
		score              int
		duration           string
		verdict            impact.Verdict
	}{
		{"mild and young", "side_product", "few", time.Minute, 0, 1, "short", impact.None},
		{"worst, at once", "core", "most", 0, 0, 9, "short", impact.AskExpert},
		{"a moment before the next grade", "core", "most", 15*time.Minute - 1, 0, 9, "short", impact.AskExpert},
		{"the grade applies from its age on", "core", "most", 15 * time.Minute, 0, 18, "medium", impact.Recommend},
		{"expected to be long counts now", "core", "many", 0, time.Hour, 18, "long", impact.Recommend},
		{"so far beats a shorter hope", "core", "many", 2 * time.Hour, time.Minute, 18, "long", impact.Recommend},
		{"just below the first threshold", "core", "many", time.Minute, 0, 6, "short", impact.None},
		{"exactly the first threshold", "important", "many", 20 * time.Minute, 0, 8, "medium", impact.AskExpert},
		{"exactly the second threshold", "important", "many", time.Hour, 0, 12, "long", impact.Recommend},
		{"nobody judged", "", "", 0, 0, 9, "short", impact.AskExpert},
		{"a word nobody knows", "galaxy", "few", 0, 0, 3, "short", impact.None},
		{"a clock behind", "core", "most", -time.Hour, 0, 9, "short", impact.AskExpert},
		{"a negative hope", "core", "most", 0, -time.Hour, 9, "short", impact.AskExpert},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := impact.Facts{Visibility: c.visibility, Impact: c.impact, Since: start, Expected: c.expected}
			now := start.Add(c.age)
			got := impact.Score(rules, f, now)
			require.Equal(t, c.score, got.Score)
			require.Equal(t, c.duration, got.Duration.Name)
			require.Equal(t, c.verdict, got.Verdict)
			require.Equal(t, now, got.At)
			require.Equal(t, got.Score, got.Visibility.Value*got.Impact.Value*got.Duration.Value)
		})
	}
}

func TestScore_factorTheCompanyDoesNotUse_countsOne(t *testing.T) {
	t.Parallel()
	sev := plan.Severity{Visibility: rules.Visibility, AskExpertAt: 2, RecommendAt: 3}
	got := impact.Score(sev, impact.Facts{Visibility: "important"}, start)
	require.Equal(t, 2, got.Score)
	require.Equal(t, impact.AskExpert, got.Verdict)
	require.Equal(t, impact.None, impact.Score(plan.Severity{}, impact.Facts{}, start).Verdict, "no thresholds")
}

func TestNextChange_onlyRealRises(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		age, expected time.Duration
		want          time.Duration // after start; 0 means never
	}{
		{"young", 0, 0, 15 * time.Minute},
		{"just before", 15*time.Minute - 1, 0, 15 * time.Minute},
		{"at the step itself", 15 * time.Minute, 0, time.Hour},
		{"grown up", time.Hour, 0, 0},
		{"expected already counts as medium", time.Minute, 30 * time.Minute, time.Hour},
		{"expected already counts as long", time.Minute, 5 * time.Hour, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := impact.Facts{Visibility: "core", Impact: "most", Since: start, Expected: c.expected}
			at, ok := impact.NextChange(rules, f, start.Add(c.age))
			require.Equal(t, c.want != 0, ok)
			if ok {
				require.Equal(t, start.Add(c.want), at)
			}
		})
	}
	_, ok := impact.NextChange(rules, impact.Facts{}, start)
	require.False(t, ok, "without a start nothing grows")
	flat := plan.Severity{Duration: []plan.Grade{{Value: 2}, {Value: 2, Over: time.Hour}}}
	_, ok = impact.NextChange(flat, impact.Facts{Since: start}, start)
	require.False(t, ok, "the same value is no rise")
}

// TestScore_timePasses_neverFallsAndChangesExactlyWhenAnnounced draws plans and facts at random.
func TestScore_timePasses_neverFallsAndChangesExactlyWhenAnnounced(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 500 {
		sev := rules
		sev.Duration = nil
		var over time.Duration
		for value := range 1 + rnd.IntN(5) {
			sev.Duration = append(sev.Duration, plan.Grade{Value: value + 1, Over: over})
			over += time.Duration(1 + rnd.Int64N(int64(time.Hour)))
		}
		f := impact.Facts{
			Visibility: rules.Visibility[rnd.IntN(3)].Name, Impact: rules.Impact[rnd.IntN(3)].Name,
			Since: start, Expected: time.Duration(rnd.Int64N(int64(2 * time.Hour))),
		}
		now := start
		for step := 0; ; step++ {
			score := impact.Score(sev, f, now).Score
			at, ok := impact.NextChange(sev, f, now)
			if !ok {
				require.Equal(t, score, impact.Score(sev, f, now.Add(1000*time.Hour)).Score, "nothing was announced")
				break
			}
			require.True(t, at.After(now))
			require.Equal(t, score, impact.Score(sev, f, at.Add(-1)).Score, "no change before the announced instant")
			require.Greater(t, impact.Score(sev, f, at).Score, score)
			require.Less(t, step, 10)
			now = at
		}
	}
}

func TestWorse_knownBeatsUnknown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want string }{
		{"core", "important", "core"},
		{"important", "core", "core"},
		{"", "side_product", "side_product"},
		{"side_product", "", "side_product"},
		{"", "galaxy", ""},
	} {
		require.Equal(t, c.want, impact.Worse(rules.Visibility, c.a, c.b))
	}
}
