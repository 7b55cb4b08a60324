package impact

import (
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// Facts are what is known about an incident's reach.
type Facts struct {
	// Visibility and Impact are names of grades (R15, R16). A name the plan does not know, the
	// empty one too, counts as the worst grade: what nobody judged must not be overlooked.
	Visibility string `json:"visibility,omitempty"`
	Impact     string `json:"impact,omitempty"`
	// Since is when it began (R17); the zero time counts as just now.
	Since time.Time `json:"since,omitzero"`
	// Expected is how long it is expected to take from Since to the end (R18); 0 means nobody said.
	Expected time.Duration `json:"expected,omitempty"`
}

// Verdict is what the score recommends.
type Verdict string

// The verdicts, from the mildest on.
const (
	None Verdict = "none"
	// AskExpert pages the Technical SLT to judge (R23).
	AskExpert Verdict = "ask_expert"
	// Recommend shows "declare a business incident" to the people who may (R20, R22).
	Recommend Verdict = "recommend"
)

// Result is a score together with the grades it was made of, so that criteria and current
// values can be shown side by side (R25).
type Result struct {
	Score      int        `json:"score"`
	Visibility plan.Grade `json:"visibility"`
	Impact     plan.Grade `json:"impact"`
	Duration   plan.Grade `json:"duration"`
	Verdict    Verdict    `json:"verdict"`
	// At is the instant the score was computed for.
	At time.Time `json:"at,omitzero"`
}

// Score multiplies the grades of visibility, impact and duration at an instant (R19). A
// factor the company does not use, one without grades, counts 1; a threshold of 0 is not used.
func Score(sev plan.Severity, f Facts, now time.Time) Result {
	r := Result{
		Visibility: named(sev.Visibility, f.Visibility),
		Impact:     named(sev.Impact, f.Impact),
		Duration:   aged(sev.Duration, f.age(now)),
		Verdict:    None,
		At:         now,
	}
	r.Score = r.Visibility.Value * r.Impact.Value * r.Duration.Value
	switch {
	case sev.RecommendAt > 0 && r.Score >= sev.RecommendAt:
		r.Verdict = Recommend
	case sev.AskExpertAt > 0 && r.Score >= sev.AskExpertAt:
		r.Verdict = AskExpert
	}
	return r
}

// NextChange returns the next instant after now at which the incident grows into a higher
// grade of duration, and whether there is one (R10).
func NextChange(sev plan.Severity, f Facts, now time.Time) (time.Time, bool) {
	if f.Since.IsZero() {
		return time.Time{}, false
	}
	age := f.age(now)
	current := aged(sev.Duration, age).Value
	var next time.Time
	for _, g := range sev.Duration {
		if g.Over <= age || g.Value <= current {
			continue
		}
		if at := f.Since.Add(g.Over); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, !next.IsZero()
}

// Worse returns the worse of two grades by name. A name the plan does not know loses against
// one it knows.
func Worse(grades []plan.Grade, a, b string) string {
	value := func(name string) int {
		for _, g := range grades {
			if g.Name == name {
				return g.Value
			}
		}
		return -1
	}
	if value(b) > value(a) {
		return b
	}
	return a
}

// age is how long it takes already or is expected to take, whichever is longer.
func (f Facts) age(now time.Time) time.Duration {
	if f.Since.IsZero() {
		return max(f.Expected, 0)
	}
	return max(now.Sub(f.Since), f.Expected, 0)
}

func named(grades []plan.Grade, name string) plan.Grade {
	worst := plan.Grade{Value: 1}
	for i, g := range grades {
		if g.Name == name {
			return g
		}
		if i == 0 || g.Value > worst.Value {
			worst = g
		}
	}
	return worst
}

func aged(grades []plan.Grade, age time.Duration) plan.Grade {
	grade := plan.Grade{Value: 1}
	for i, g := range grades {
		if i == 0 || g.Over <= age && g.Over >= grade.Over {
			grade = g
		}
	}
	return grade
}
