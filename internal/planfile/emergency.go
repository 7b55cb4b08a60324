package planfile

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

type briefingShape struct {
	spot
	Patience span `yaml:"patience"`
}

type taskShape struct {
	spot
	ID     text       `yaml:"id,need"`
	Role   text       `yaml:"role,need"`
	Do     dict[text] `yaml:"do,need"`
	Undo   dict[text] `yaml:"undo"`
	How    text       `yaml:"how"`
	Expect span       `yaml:"expect"`
	Every  span       `yaml:"every"`
}

func (b *builder) emergency() {
	b.plan.Briefing.Patience = b.file.Briefing.Patience.or(15 * time.Minute)
	b.between(b.file.Briefing.Patience, time.Minute, 4*time.Hour, "it is how long an answer may stay unknown")

	for i, f := range b.file.Emergency.items {
		b.identifier(f.ID)
		same := func(o taskShape) bool { return o.ID.good && o.ID.value == f.ID.value }
		if f.ID.good && slices.ContainsFunc(b.file.Emergency.items[:i], same) {
			b.fail(f.ID.spot, "another task is called %q already", f.ID.value)
		}
		if b.role(f.Role) && f.Role.value == plan.BusinessLead {
			b.fail(f.Role.spot, "the business lead delegates and takes no task; give it to another role")
		}
		b.between(f.Expect, time.Minute, day, "it is the usual time until the task is done")
		b.between(f.Every, 5*time.Minute, day, "it is how often a watch duty reports")
		t := plan.Task{
			ID: f.ID.value, Role: f.Role.value, Do: b.inLanguages(f.Do), How: b.webAddress(f.How),
			Expect: f.Expect.or(15 * time.Minute), Every: f.Every.value,
		}
		if f.Undo.given() {
			t.Undo = b.inLanguages(f.Undo)
		}
		b.plan.Emergency = append(b.plan.Emergency, t)
	}
}

// role says whether a text is the name of a role.
func (b *builder) role(t text) bool { return b.known(t, "role", b.file.Roles.keys()) }
