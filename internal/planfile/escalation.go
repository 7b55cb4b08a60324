package planfile

import (
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

type policyShape struct {
	spot
	Steps  list[stepShape] `yaml:"steps,need"`
	Repeat againShape      `yaml:"repeat"`
	Last   lastShape       `yaml:"last"`
	// Quiet are hours in which there is only mail, Lease how long an acknowledgement counts.
	Quiet list[text] `yaml:"quiet"`
	Lease span       `yaml:"lease"`
}

type stepShape struct {
	spot
	To       text       `yaml:"to,need"`
	By       list[text] `yaml:"by,need"`
	Wait     span       `yaml:"wait,need"`
	Repeat   count      `yaml:"repeat"`
	RollCall flag       `yaml:"roll_call"`
}

type againShape struct {
	spot
	From  count `yaml:"from,need"`
	Times count `yaml:"times,need"`
}

type lastShape struct {
	spot
	To     list[text] `yaml:"to,need"`
	By     list[text] `yaml:"by,need"`
	Every  span       `yaml:"every,need"`
	AtMost span       `yaml:"at_most,need"`
}

// targets are the words that may stand instead of a role's name.
var targets = []string{
	string(plan.TargetPrimary), string(plan.TargetBackup), string(plan.TargetBoth), string(plan.TargetNextBackup),
	string(plan.TargetAllBackups), string(plan.TargetEveryone),
}

func (b *builder) policies() {
	for _, e := range b.file.Escalation.entries {
		b.identifier(e.key)
		p := plan.Policy{Name: e.key.value, Edition: plan.Edition}
		for _, s := range e.value.Steps.items {
			p.Steps = append(p.Steps, b.step(s))
		}
		if e.value.Steps.given() && len(p.Steps) == 0 {
			b.fail(e.value.Steps.spot, "is empty; a page needs at least one step")
		}
		if e.value.given() && !e.value.Last.given() {
			b.fail(e.value.spot, "last is missing; it says what follows when nobody has answered, so that no page falls silent")
		}
		p.Again = b.again(e.value.Repeat, len(p.Steps))
		p.Last = b.last(e.value.Last)
		p.Quiet, p.Lease = b.quiet(e.value.Quiet), b.lease(e.value.Lease)
		b.plan.Policies = append(b.plan.Policies, p)
	}
}

// quiet reads the hours in which a policy makes no noise. Whole days would silence it for good.
func (b *builder) quiet(l list[text]) plan.Quiet {
	if !l.given() {
		return plan.Quiet{}
	}
	q := plan.Quiet{Hours: b.hours(l), Timezone: b.file.Company.Timezone.value}
	for i, h := range q.Hours {
		if h.From == 0 && h.To == day {
			b.fail(l.items[i].spot, "are whole days; quiet hours end on the same night, such as 22:00-07:00")
		}
	}
	return q
}

// lease reads how long an acknowledgement counts without a sign of life.
func (b *builder) lease(s span) time.Duration {
	if s.given() && !b.between(s, 10*time.Minute, 7*day, "an acknowledgement counts for a while, and not for ever") {
		return 0
	}
	return s.value
}

func (b *builder) step(f stepShape) plan.Step {
	b.known(f.To, "target or role", append(targets, b.file.Roles.keys()...))
	b.between(f.Wait, 10*time.Second, day, "a step waits long enough for an answer and goes on the same day")
	if f.Repeat.good && f.Repeat.value > 20 {
		b.fail(f.Repeat.spot, "20 times are enough; the last rule goes on anyway")
	}
	to := plan.Target(f.To.value)
	if f.RollCall.value && to != plan.TargetEveryone && to != plan.TargetAllBackups {
		b.fail(f.RollCall.spot, "a roll call asks several people; use it where to is everyone or all_backups")
	}
	return plan.Step{To: to, By: b.ways(f.By), Wait: f.Wait.value, Repeat: f.Repeat.value, RollCall: f.RollCall.value}
}

func (b *builder) again(f againShape, steps int) plan.Again {
	if f.From.good && (f.From.value < 1 || f.From.value > steps) {
		b.fail(f.From.spot, "there is no step %d; the steps are counted from 1 to %d", f.From.value, steps)
	}
	if f.Times.good && (f.Times.value < 1 || f.Times.value > 20) {
		b.fail(f.Times.spot, "go back between 1 and 20 times; the last rule goes on anyway")
	}
	return plan.Again{From: f.From.value, Times: f.Times.value}
}

func (b *builder) last(f lastShape) plan.LastRule {
	r := plan.LastRule{By: b.ways(f.By), Every: f.Every.value, AtMost: f.AtMost.value}
	for _, t := range b.oneOf(f.To, "target or role", append(targets, b.file.Roles.keys()...)...) {
		r.To = append(r.To, plan.Target(t))
	}
	if f.To.given() && len(f.To.items) == 0 {
		b.fail(f.To.spot, "is empty; somebody must be asked in the end")
	}
	if len(r.By) == 1 && r.By[0] == plan.Email {
		b.fail(f.By.spot, "e-mail alone wakes nobody; add sms or call")
	}
	every := b.between(f.Every, 30*time.Second, day, "the last rule goes on, but is no alarm bell")
	atMost := b.between(f.AtMost, 30*time.Second, day, "the last rule must not fall asleep")
	if every && atMost && f.AtMost.value < f.Every.value {
		b.fail(f.AtMost.spot, "%s is shorter than every (%s); pauses grow from every to at_most", spell(f.AtMost.value), spell(f.Every.value))
	}
	return r
}

// ways reads the channels of a step.
func (b *builder) ways(l list[text]) []plan.Channel {
	if l.given() && len(l.items) == 0 {
		b.fail(l.spot, "is empty; name sms, call or email")
	}
	var all []plan.Channel
	for _, w := range b.oneOf(l, "channel", string(plan.SMS), string(plan.Call), string(plan.Email)) {
		all = append(all, plan.Channel(w))
	}
	return all
}
