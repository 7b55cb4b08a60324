package planfile

import (
	"slices"

	"github.com/stormbell/stormbell/domain/plan"
)

type severityShape struct {
	spot
	Visibility  dict[count]    `yaml:"visibility,need"`
	Impact      dict[count]    `yaml:"impact,need"`
	Duration    dict[ageShape] `yaml:"duration,need"`
	AskExpertAt count          `yaml:"ask_expert_at,need"`
	RecommendAt count          `yaml:"recommend_at,need"`
}

type ageShape struct {
	spot
	// From is the age from which on the grade applies.
	From  span  `yaml:"from,need"`
	Value count `yaml:"value,need"`
}

func (b *builder) severity() {
	f := b.file.Severity
	s := plan.Severity{
		Visibility: b.grades(f.Visibility), Impact: b.grades(f.Impact), Duration: b.ages(f.Duration),
		AskExpertAt: f.AskExpertAt.value, RecommendAt: f.RecommendAt.value,
	}
	b.plan.Severity = s

	ask, recommend := f.AskExpertAt, f.RecommendAt
	if ask.good && ask.value < 1 {
		b.fail(ask.spot, "must be at least 1, or every alert pages the expert")
	}
	if ask.good && recommend.good && ask.value > recommend.value {
		b.fail(ask.spot, "%d is above recommend_at (%d); the expert is asked first", ask.value, recommend.value)
	}
	if most := highest(s.Visibility) * highest(s.Impact) * highest(s.Duration); recommend.good && most > 0 && recommend.value > most {
		b.fail(recommend.spot, "%d can never be reached; the highest score is %d", recommend.value, most)
	}
}

func (b *builder) grades(d dict[count]) []plan.Grade {
	if d.given() && len(d.entries) == 0 {
		b.fail(d.spot, "is empty; name at least one grade")
	}
	var all []plan.Grade
	for _, e := range d.entries {
		b.identifier(e.key)
		b.gradeValue(e.value)
		all = append(all, plan.Grade{Name: e.key.value, Value: e.value.value})
	}
	return all
}

func (b *builder) gradeValue(c count) {
	if c.good && (c.value < 1 || c.value > 100) {
		b.fail(c.spot, "a grade counts from 1 to 100")
	}
}

// ages reads the grades by duration. They must begin at once and rise: an incident never
// becomes less severe by lasting longer.
func (b *builder) ages(d dict[ageShape]) []plan.Grade {
	if d.given() && len(d.entries) == 0 {
		b.fail(d.spot, "is empty; name at least one grade")
	}
	var all []plan.Grade
	var before *ageShape
	for i, e := range d.entries {
		b.identifier(e.key)
		f := e.value
		b.gradeValue(f.Value)
		all = append(all, plan.Grade{Name: e.key.value, Value: f.Value.value, Over: f.From.value})
		if !f.From.good || !f.Value.good {
			before = nil
			continue
		}
		switch {
		case i == 0 && f.From.value != 0:
			b.fail(f.From.spot, "the first grade applies from 0m on")
		case before != nil && f.From.value <= before.From.value:
			b.fail(f.From.spot, "grades follow each other; this one begins no later than the one before (%s)", spell(before.From.value))
		case before != nil && f.Value.value <= before.Value.value:
			b.fail(f.Value.spot, "what lasts longer counts more; the grade before counts %d", before.Value.value)
		}
		before = &d.entries[i].value
	}
	return all
}

func highest(grades []plan.Grade) int {
	if len(grades) == 0 {
		return 0
	}
	return slices.MaxFunc(grades, func(a, b plan.Grade) int { return a.Value - b.Value }).Value
}
