package escalation

import (
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// rule is what the current rung asks for: a step of the policy, the last rule, or the rest
// of a roll call.
func (s State) rule() (targets []plan.Target, by []plan.Channel, wait time.Duration) {
	if s.Stage == Climbing && s.Step < len(s.Page.Policy.Steps) {
		step := s.Page.Policy.Steps[s.Step]
		return []plan.Target{step.To}, step.By, step.Wait
	}
	last := s.Page.Policy.Last
	if s.Stage == Held {
		step := s.Page.Policy.Steps[s.RollStep]
		return []plan.Target{step.To}, step.By, s.slower(step.Wait)
	}
	return last.To, last.By, s.slower(last.Every)
}

// slower is a pause that doubles with every round, up to the last rule's ceiling.
func (s State) slower(wait time.Duration) time.Duration {
	ceiling := s.Page.Policy.Last.AtMost
	for range s.Round {
		if wait *= 2; wait >= ceiling {
			wait = ceiling
			break
		}
	}
	return max(wait, s.Page.Minute/10)
}

// climb begins the rung of the given step; past the last step the last rule takes over.
func (d *decision) climb(step int) {
	d.Step = step
	if d.Stage == Climbing && step >= len(d.Page.Policy.Steps) {
		d.Stage, d.Round = Unanswered, 0
		d.record("nobody_answers", "system", "nobody answered for "+d.Page.Role+"; the circle widens and goes on", nil)
	}
	d.Rung++
	d.Searching, d.Quiet = true, false
	targets, _, _ := d.rule()
	d.do(effect.FindPeople{Rung: d.Rung, Role: d.Page.Role, Others: append(roles(targets), d.Page.LeadRole), Quiet: d.Page.Policy.Quiet})
}

// roles lists the targets that are names of other roles.
func roles(targets []plan.Target) []string {
	var others []string
	for _, t := range targets {
		switch t {
		case plan.TargetPrimary, plan.TargetBackup, plan.TargetBoth, plan.TargetNextBackup, plan.TargetAllBackups, plan.TargetEveryone:
		default:
			others = append(others, string(t))
		}
	}
	return others
}

// reach turns the people found into attempts. A rung with nobody on it is skipped at once,
// except in the last rule, which waits and looks again.
func (d *decision) reach(found effect.PeopleFound) {
	if d.Over() || found.Rung != d.Rung || !d.Searching {
		return
	}
	d.Searching = false
	d.Candidates = found.Candidates
	if d.Page.Lead == "" {
		d.Page.Lead = found.Others[d.Page.LeadRole]
	}
	if d.Stage == Unanswered && d.Round == 0 {
		d.nobodyAnswers()
	}
	targets, by, wait := d.rule()
	d.People = nil
	if d.Stage != Held {
		d.People = d.pick(targets, found)
	}
	if len(d.People) == 0 && d.Stage == Climbing {
		d.record("rung_skipped", "system", fmt.Sprintf("nobody to ask at step %d for %s", d.Step+1, d.Page.Role), nil)
		d.advance(true)
		return
	}
	d.Due = d.now.Add(wait)
	if d.Quiet = found.QuietUntil.After(d.now); d.Quiet {
		by, d.Due = []plan.Channel{plan.Email}, found.QuietUntil
		d.record("quiet_hours", "system", "quiet hours: for "+d.Page.Role+" there is only mail until they are over", nil)
	}
	for _, person := range d.enrol() {
		if d.Page.Policy.Edition > 0 {
			// Only the last rule asks again whoever passed on; the answer is open once more.
			d.Declined = slices.DeleteFunc(d.Declined, func(p string) bool { return p == person })
		}
		for _, channel := range by {
			d.attempt(person, channel, fmt.Sprintf("%s for %s, step %d", channel, d.Page.Role, d.Step+1))
		}
		if !slices.Contains(d.Asked, person) {
			d.Asked = append(d.Asked, person)
		}
	}
}

// pick chooses among the candidates by the rung's targets. People who passed on are left
// alone, until the last rule has to widen the circle to everybody again.
func (d *decision) pick(targets []plan.Target, found effect.PeopleFound) []string {
	var people []string
	add := func(ids ...string) {
		for _, id := range ids {
			if id == "" || slices.Contains(people, id) || d.Stage == Climbing && slices.Contains(d.Declined, id) {
				continue
			}
			people = append(people, id)
		}
	}
	backups := found.Candidates[min(1, len(found.Candidates)):]
	for _, t := range targets {
		switch t {
		case plan.TargetPrimary:
			add(found.Candidates[:min(1, len(found.Candidates))]...)
		case plan.TargetBoth:
			add(found.Candidates[:min(2, len(found.Candidates))]...)
			d.Backups = max(d.Backups, 1)
		case plan.TargetBackup:
			add(backups[:min(1, len(backups))]...)
			d.Backups = max(d.Backups, 1)
		case plan.TargetNextBackup:
			add(d.nextBackup(backups))
			d.Backups++
		case plan.TargetAllBackups:
			add(backups...)
		case plan.TargetEveryone:
			add(found.Candidates...)
		default:
			add(found.Others[string(t)])
		}
	}
	return people
}

// nextBackup returns the first backup whom this lap has not reached yet, or "". People come
// and go while a page is open, so a place in the list says nothing.
func (d *decision) nextBackup(backups []string) string {
	if d.Page.Policy.Edition == 0 {
		if d.Backups < len(backups) {
			return backups[d.Backups]
		}
		return ""
	}
	i := slices.IndexFunc(backups, func(p string) bool {
		return !d.reachedSince(d.LapRung, p) && !slices.Contains(d.Declined, p)
	})
	if i < 0 {
		return ""
	}
	return backups[i]
}

// reachedSince tells whether somebody, or with "" anybody, was reached from a rung on.
func (d *decision) reachedSince(rung int, person string) bool {
	return slices.ContainsFunc(d.Attempts, func(a Attempt) bool {
		return a.Rung >= rung && (person == "" || a.Person == person)
	})
}

func (d *decision) attempt(person string, channel plan.Channel, why string) {
	kind := notice.Page
	if d.Rung > 0 && slices.Contains(d.Asked, person) && channel != plan.Call {
		kind = notice.Reminder
	}
	n := d.notice(kind)
	n.At, n.Mention = d.Due, d.after(person)
	if d.Stage == Held {
		n.Kind, n.Mention, n.Since = notice.RollCall, d.Holder, d.HeldAt
	}
	id := fmt.Sprintf("rung-%d-%s-%s", d.Rung, person, channel)
	d.Attempts = append(d.Attempts, Attempt{
		ID: id, Rung: d.Rung, Person: person, Channel: channel, At: d.now,
		Outcome: delivery.Outcome{State: delivery.Intended},
	})
	d.do(effect.Reach{ID: id, Rung: d.Rung, Person: person, Channel: channel, Notice: n, Until: d.Due, Why: why})
	d.record("reaching", "system", fmt.Sprintf("reaching %s for %s by %s", person, d.Page.Role, channel),
		map[string]string{"person": person, "channel": string(channel)})
}

// tick is the clock's word: nobody on this rung took the role in time.
func (d *decision) tick() {
	if d.Over() || d.Searching || d.now.Before(d.Due) {
		return
	}
	d.advance(false)
}

// advance goes to the next rung: the same step again while it repeats, else the next step.
// After an outage the steps whose whole time has passed are skipped, so that people get
// the current step and not a burst of old ones.
func (d *decision) advance(now bool) {
	if d.Quiet {
		d.climb(d.Step)
		return
	}
	if d.Stage != Climbing {
		d.Round++
		d.climb(d.Step)
		return
	}
	steps := d.Page.Policy.Steps
	due := d.Due
	if now {
		due = d.now
	}
	for {
		if !now && d.Step < len(steps) && d.Round+1 < steps[d.Step].Repeat {
			d.Round++
		} else {
			d.Step, d.Round = d.Step+1, 0
			d.goBack()
		}
		if d.Step >= len(steps) || !due.Add(steps[d.Step].Wait).Before(d.now) {
			break
		}
		due = due.Add(steps[d.Step].Wait)
		d.record("rung_skipped", "system", fmt.Sprintf("step %d for %s was overdue and is left out", d.Step+1, d.Page.Role), nil)
	}
	d.climb(d.Step)
}

// goBack leads from the end of the ladder to an earlier step, as often as the policy says. A
// lap that reached nobody is not repeated: the last rule looks wider.
func (d *decision) goBack() {
	again := d.Page.Policy.Again
	if d.Step < len(d.Page.Policy.Steps) || d.Lap >= again.Times || !d.reachedSince(d.LapRung, "") {
		return
	}
	d.Step, d.LapRung, d.Lap = max(again.From, 1)-1, d.Rung+1, d.Lap+1
	d.record("ladder_repeated", "system", fmt.Sprintf("nobody answered for %s; back to step %d", d.Page.Role, again.From), nil)
}

// reported notes a provider's word, and goes to another channel as soon as one is known
// to have failed, instead of waiting for the rung to end.
func (d *decision) reported(r effect.Reported) {
	i := slices.IndexFunc(d.Attempts, func(a Attempt) bool { return a.ID == r.ID })
	if i < 0 {
		return
	}
	a := &d.Attempts[i]
	before := a.Outcome
	a.Outcome = delivery.Merge(before, r.Outcome)
	if a.Outcome == before {
		return
	}
	failed := a.Outcome.State == delivery.Failed
	if failed || a.Outcome.State == delivery.Delivered {
		d.record("attempt_"+string(a.Outcome.State), "system", fmt.Sprintf("%s to %s for %s: %s", a.Channel, a.Person, d.Page.Role, word(*a)),
			map[string]string{"person": a.Person, "channel": string(a.Channel), "class": string(a.Outcome.Class), "code": a.Outcome.Code})
	}
	// An ambiguous send may still arrive, but nobody waits for the riddle to be solved.
	elsewhere := failed && a.Outcome.Class != delivery.NotReached || a.Outcome.Class == delivery.Ambiguous
	if d.Over() || !elsewhere || a.Rung != d.Rung || d.Searching {
		return
	}
	d.failOver(a.Person)
}

// failOver tries the first channel that this person was not yet tried by on this rung. When
// none is left for anybody on the rung, the next rung follows at once.
func (d *decision) failOver(person string) {
	if d.Page.Policy.Edition > 0 && slices.Contains(d.Declined, person) || d.Stage == Held && !slices.Contains(d.Roll, person) {
		return
	}
	if d.Quiet {
		return // Mail is all there is until the quiet hours are over.
	}
	for _, channel := range []plan.Channel{plan.Call, plan.SMS, plan.Email} {
		tried := slices.ContainsFunc(d.Attempts, func(a Attempt) bool {
			return a.Rung == d.Rung && a.Person == person && a.Channel == channel
		})
		if !tried {
			d.attempt(person, channel, fmt.Sprintf("%s, because another way failed", channel))
			return
		}
	}
	open := slices.ContainsFunc(d.Attempts, func(a Attempt) bool {
		given := a.Outcome.State == delivery.Failed && a.Outcome.Class != delivery.NotReached && a.Outcome.Class != delivery.NotProcessed
		return a.Rung == d.Rung && !given
	})
	if !open && d.Stage == Climbing {
		d.advance(true)
	}
}

// nobodyAnswers tells the lead, and by mail the owners of the plan, whoever else is told.
func (d *decision) nobodyAnswers() {
	d.tell(d.Page.Lead, d.notice(notice.NobodyAnswers), "nobody answers")
	for _, owner := range d.Page.Owners {
		d.tellBy(owner, d.notice(notice.NobodyAnswers), "nobody answers", plan.Email, plan.SMS)
	}
}

func word(a Attempt) string {
	o := a.Outcome
	if end := delivery.CallEnd(o); end != "" && a.Channel == plan.Call {
		return string(o.State) + " (" + string(end) + ")"
	}
	if o.Class == delivery.None {
		return string(o.State)
	}
	return string(o.State) + " (" + string(o.Class) + ")"
}
