package business

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// helpAfter is how many check-backs in a row go unanswered before the lead is told.
const helpAfter = 2

// enterEmergency is the first business after the briefing (R77): the halts are issued and
// the roles that messages need are paged, because now they are needed (R46).
func (d *decision) enterEmergency() {
	d.Stage, d.Mode = Emergency, EmergencyMode
	d.record("mode_changed", "system", "emergency mode is on", map[string]string{"mode": string(d.Mode)})
	for _, r := range d.Rules.Emergency {
		kind := Halt
		if r.Every > 0 {
			kind = Watch
		}
		d.Tasks = append(d.Tasks, Task{Item: checkback.New(r.ID, r.Role), Kind: kind, Of: r.ID, Every: r.Every})
		d.need(r.Role, r.Role+" is needed for emergency mode")
	}
	d.openBoard()
}

// need pages a role unless somebody holds it or is being paged for it.
func (d *decision) need(role, why string) {
	if _, asked := d.Roles.Of(role); role != "" && !asked {
		d.page(role, nil, why)
	}
}

// askNext hands every waiting task to its role's holder: one at a time to each person, so
// that a reply needs no number; watch duties run beside.
func (d *decision) askNext() {
	if d.Stage != Emergency && d.Stage != Restoring {
		return
	}
	for i := range d.Tasks {
		t := &d.Tasks[i]
		person := d.Roles.Holder(t.Role)
		if t.State != checkback.Waiting || person == "" {
			continue
		}
		if t.Kind == Watch {
			t.Item = t.Ask(person, d.now, t.Every)
			d.record("task_given", "system", fmt.Sprintf("%s watches: %s", person, t.ID), map[string]string{"task": t.ID, "role": t.Role})
			continue
		}
		if d.current(person) >= 0 {
			continue
		}
		t.Item = t.Ask(person, d.now, d.patience(*t))
		kind := notice.TaskAsked
		if t.Kind == Undo {
			kind = notice.UndoAsked
		}
		d.record("task_given", "system", fmt.Sprintf("%s was asked for %s", person, t.ID), map[string]string{"task": t.ID, "role": t.Role})
		d.tell(person, notice.Notice{Kind: kind, Role: t.Role, Subject: t.Of, At: t.Due}, "task "+t.ID)
	}
}

// current returns the index of the task a person was last asked for, or -1.
func (d *decision) current(person string) int {
	return slices.IndexFunc(d.Tasks, func(t Task) bool {
		return t.Person == person && t.Pending() && t.Kind != Watch && t.State != checkback.Blocked
	})
}

func (d *decision) patience(t Task) time.Duration {
	if t.Kind == Duty {
		return d.Rules.AnalysisWithin / 6
	}
	if r, ok := d.taskRule(t.Of); ok && r.Expect > 0 {
		return r.Expect
	}
	return 20 * d.Rules.Minute
}

func (d *decision) taskRule(id string) (plan.TaskRule, bool) {
	i := slices.IndexFunc(d.Rules.Emergency, func(r plan.TaskRule) bool { return r.ID == id })
	if i < 0 {
		return plan.TaskRule{}, false
	}
	return d.Rules.Emergency[i], true
}

// pending tells whether tasks of a kind are still open.
func (d *decision) pending(kind TaskKind) bool {
	return slices.ContainsFunc(d.Tasks, func(t Task) bool { return t.Kind == kind && t.Open() })
}

// stopHalting drops halts and watches nobody has finished: there is nothing left to halt.
func (d *decision) stopHalting() {
	for i := range d.Tasks {
		if t := &d.Tasks[i]; (t.Kind == Halt || t.Kind == Watch && d.Stage == Restoring) && t.Open() {
			t.Item = t.Drop()
		}
	}
}

// find returns a task the actor may act on: its own, or any as a stand-in, the lead or the commander.
func (d *decision) find(a actor.Actor, id string) (*Task, error) {
	i := d.task(id)
	if i < 0 {
		return nil, refusal.New(refusal.NotFound, "there is no task %q in this incident", id)
	}
	t := &d.Tasks[i]
	owner := a.Is(t.Person) || d.Roles.Works(t.Role, a.Person)
	if !owner {
		if err := d.may(a, plan.BusinessLead, plan.IncidentCommander); err != nil {
			return nil, refusal.New(refusal.Forbidden, "%s belongs to %s", id, t.Role)
		}
	}
	return t, nil
}

func (d *decision) estimate(c EstimateTask) error {
	t, err := d.find(c.Actor, c.Task)
	if err != nil {
		return err
	}
	if c.Minutes < 1 || c.Minutes > 1440 {
		return refusal.New(refusal.Invalid, "an estimate is between 1 and 1440 minutes")
	}
	if !t.Open() {
		return refusal.New(refusal.AlreadyDone, "%s is %s already", t.ID, t.State).With("state", string(t.State))
	}
	d.promise(t, c.Actor, c.Minutes)
	return nil
}

func (d *decision) promise(t *Task, a actor.Actor, minutes int) {
	if t.Person == "" {
		t.Person, t.Since = a.Person, d.now
	}
	t.Item = t.Estimate(minutes, d.Rules.Minute, d.now)
	d.record("task_estimated", a.Name(), fmt.Sprintf("%s needs %d minutes for %s", a.Name(), minutes, t.ID), map[string]string{"task": t.ID, "minutes": fmt.Sprint(minutes)})
	d.tell(t.Person, notice.Notice{Kind: notice.Noted, Role: t.Role, Subject: t.Of, Minutes: minutes, At: t.Due}, "minutes noted")
}

func (d *decision) finish(c FinishTask) error {
	t, err := d.find(c.Actor, c.Task)
	if err != nil {
		return err
	}
	if t.State == checkback.Dropped {
		return refusal.New(refusal.Ended, "%s is not needed any more", t.ID)
	}
	if t.State == checkback.Done {
		return nil
	}
	d.done(t, c.Actor, c.Note)
	return nil
}

func (d *decision) done(t *Task, a actor.Actor, note string) {
	person := t.Person
	t.Item = t.Finish(a.Name(), d.now)
	t.Note = note
	d.record("task_done", a.Name(), fmt.Sprintf("%s finished %s", a.Name(), t.ID), map[string]string{"task": t.ID, "note": note})
	left := 0
	for _, other := range d.Tasks {
		if other.Role == t.Role && other.Kind == t.Kind && other.Open() {
			left++
		}
	}
	// The next task's own text follows; only the last one gets a thank-you.
	if left == 0 {
		d.tell(person, notice.Notice{Kind: notice.TaskDone, Role: t.Role, Subject: t.Of, Count: left}, "the last task is done")
	}
}

func (d *decision) block(c BlockTask) error {
	t, err := d.find(c.Actor, c.Task)
	if err != nil {
		return err
	}
	if !t.Open() {
		return refusal.New(refusal.AlreadyDone, "%s is %s already", t.ID, t.State)
	}
	if strings.TrimSpace(c.Reason) == "" {
		return refusal.New(refusal.Invalid, "say in a few words why %s cannot be done", t.ID)
	}
	t.Item = t.Block(c.Reason)
	d.record("task_blocked", c.Actor.Name(), fmt.Sprintf("%s cannot do %s: %s", c.Actor.Name(), t.ID, c.Reason), map[string]string{"task": t.ID, "reason": c.Reason})
	d.tell(d.Lead(), notice.Notice{Kind: notice.HelpWanted, Role: t.Role, Subject: t.Of, Mention: t.Person}, "somebody cannot do a task")
	return nil
}

func (d *decision) drop(c DropTask) error {
	if err := d.may(c.Actor, plan.BusinessLead, plan.IncidentCommander); err != nil {
		return err
	}
	i := d.task(c.Task)
	if i < 0 {
		return refusal.New(refusal.NotFound, "there is no task %q in this incident", c.Task)
	}
	if t := &d.Tasks[i]; t.Open() {
		t.Item = t.Drop()
		t.Note = c.Reason
		d.record("task_dropped", c.Actor.Name(), fmt.Sprintf("%s left out %s: %s", c.Actor.Name(), t.ID, c.Reason), map[string]string{"task": t.ID})
	}
	return nil
}

func (d *decision) addTask(c AddTask) error {
	if err := d.may(c.Actor, plan.BusinessLead, plan.IncidentCommander); err != nil {
		return err
	}
	if d.Stage != Emergency {
		return refusal.New(refusal.TooEarly, "tasks are added while emergency mode is on")
	}
	what := strings.TrimSpace(c.What)
	if _, ok := d.Rules.Role(c.Role); !ok || what == "" {
		return refusal.New(refusal.Invalid, "name a role of the plan and say what to halt")
	}
	if c.Role == plan.BusinessLead {
		return refusal.New(refusal.Invalid, "the Business Lead delegates and takes no tasks")
	}
	id := fmt.Sprintf("extra_%d", len(d.Tasks)+1)
	item := checkback.New(id, c.Role)
	item.Note = what
	d.Tasks = append(d.Tasks, Task{Item: item, Kind: Halt, Of: id})
	d.record("task_added", c.Actor.Name(), fmt.Sprintf("%s added for %s: %s", c.Actor.Name(), c.Role, what), map[string]string{"task": id})
	d.need(c.Role, c.Role+" has a task")
	return nil
}

// minutes gives a person's current task an estimate, if there is one.
func (d *decision) minutes(person string, minutes int) {
	d.askNext()
	if i := d.current(person); i >= 0 {
		d.promise(&d.Tasks[i], actor.Actor{Person: person}, minutes)
	}
}

// tick checks back on everything whose time ran out.
func (d *decision) tick() {
	if d.Over() {
		return
	}
	if d.Stage == Briefed && !d.now.Before(d.Briefing.Due) {
		d.endBriefing("system", "the briefing took too long; open answers become debts and emergency mode begins")
	}
	for i := range d.Briefing.Answers {
		if a := &d.Briefing.Answers[i]; a.Debt.Lapsed(d.now) {
			a.Debt = a.Debt.Lapse(d.now, d.Rules.Briefing.Patience)
			a.Debt.Person = d.Roles.Holder(plan.CustomerLiaison)
			d.record("briefing_owed", "system", "the answer to "+string(a.Question)+" is still owed", map[string]string{"question": string(a.Question)})
			d.tell(a.Debt.Person, notice.Notice{Kind: notice.BriefAsked, Role: plan.CustomerLiaison, Subject: string(a.Question), Count: len(d.unanswered())}, "a briefing answer is owed")
			break // One text names them all.
		}
	}
	for i := range d.Tasks {
		if d.Tasks[i].Lapsed(d.now) {
			d.lapse(&d.Tasks[i])
		}
	}
	d.Check(d.hand())
	d.checkRoles()
}

func (d *decision) lapse(t *Task) {
	if t.Kind == Watch {
		t.Item = t.Ask(t.Person, d.now, t.Every)
		d.tell(t.Person, notice.Notice{Kind: notice.WatchDue, Role: t.Role, Subject: t.Of}, "watch duty "+t.ID)
		return
	}
	was := t.Due
	t.Item = t.Lapse(d.now, max(d.patience(*t)/2, 5*d.Rules.Minute))
	if t.Kind == Duty {
		d.record("duty_overdue", "system", "the Preliminary Analysis is overdue", nil)
		d.tell(t.Person, notice.Notice{Kind: notice.AnalysisDue, Role: t.Role, Subject: t.Of, Since: was}, "the Preliminary Analysis is overdue")
		return
	}
	d.record("task_overdue", "system", fmt.Sprintf("time is over for %s (%s)", t.ID, t.Person), map[string]string{"task": t.ID})
	d.tell(t.Person, notice.Notice{Kind: notice.Lapsed, Role: t.Role, Subject: t.Of, At: was}, "check back: "+t.ID)
	if t.Lapses == helpAfter {
		d.tell(d.Lead(), notice.Notice{Kind: notice.HelpWanted, Role: t.Role, Subject: t.Of, Mention: t.Person}, "no answer about a task")
	}
}
