package view

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/incident"
)

// StepKind is what a line of DO NEXT is about.
type StepKind string

// The kinds of lines, the most urgent first: the order in which they are listed is this one.
// A broken word to the outside comes before everything; then whatever stops everybody; then a
// decision that only the commander can take; then what stops one area; then what is late; then
// what only waits; then what ends the night.
const (
	// PromiseBroken: an update was promised for a time that has passed.
	PromiseBroken StepKind = "promise_broken"
	// RoleMissing: nobody has a role that everybody waits for (R35, R36).
	RoleMissing StepKind = "role_missing"
	// RoleAbsent: the holder of such a role is not on the call.
	RoleAbsent StepKind = "role_absent"
	// MayDeclare: the score or the Technical SLT recommends to declare, and nobody has decided.
	MayDeclare StepKind = "declare"
	// RoleUnanswered: everybody was tried for a role. RolesUnanswered: for several.
	RoleUnanswered  StepKind = "role_unanswered"
	RolesUnanswered StepKind = "roles_unanswered"
	// Objected: a strong objection holds a text back (R104).
	Objected StepKind = "objected"
	// PromiseDue: a promised update is due soon.
	PromiseDue StepKind = "promise_due"
	// TaskBlocked: somebody said that they cannot.
	TaskBlocked StepKind = "task_blocked"
	// TaskOverdue: an estimate is over without an answer. TasksOverdue: several are.
	TaskOverdue  StepKind = "task_overdue"
	TasksOverdue StepKind = "tasks_overdue"
	// TextLate: somebody's word on a text is overdue.
	TextLate StepKind = "text_late"
	// BriefingOpen: questions of the briefing have no answer.
	BriefingOpen StepKind = "briefing_open"
	// BriefingEnough: all have one, and nobody said that it is enough to write.
	BriefingEnough StepKind = "briefing_enough"
	// RoleSilent: nothing was heard of a holder for long.
	RoleSilent StepKind = "role_silent"
	// RoleSought: the first one asked did not take a role; the next one is being asked.
	RoleSought StepKind = "role_sought"
	// TextWaits: a text waits for somebody whose time is not over.
	TextWaits StepKind = "text_waits"
	// TaskUnestimated: nobody said how long a task takes. TasksUnestimated: how long several do.
	TaskUnestimated  StepKind = "task_unestimated"
	TasksUnestimated StepKind = "tasks_unestimated"
	// Unproven: nobody can tell whether all receivers got a message.
	Unproven StepKind = "unproven"
	// MaybeOver: the monitoring tools report no trouble any more.
	MaybeOver StepKind = "maybe_over"
	// Restoring: halts are still to be lifted.
	Restoring StepKind = "restoring"
	// NothingLeft: the incident can be brought to its end.
	NothingLeft StepKind = "nothing_left"
)

// urgency is the order of the kinds.
var urgency = []StepKind{
	PromiseBroken, RoleMissing, RoleAbsent, MayDeclare, RoleUnanswered, RolesUnanswered, Objected, PromiseDue, TaskBlocked, TaskOverdue, TasksOverdue, TextLate,
	BriefingOpen, BriefingEnough, RoleSilent, RoleSought, TextWaits, TaskUnestimated, TasksUnestimated, Unproven, MaybeOver, Restoring, NothingLeft,
}

// MaxSteps is how many lines DO NEXT has at most: more is a list that nobody works off.
const MaxSteps = 5

// Step is one line of DO NEXT: what it is about, since when or until when, and the one thing to do.
type Step struct {
	Kind StepKind
	// What it is about; which of them are there depends on the kind. Person is who is waited for
	// or asked now, First who was asked before.
	Role, Audience, Phase, Gate string
	Person, First               string
	Task                        *Task
	Count                       int
	Since, Due                  time.Time
	// Deed is a form's command with its fields; without one, Link leads to where it is done,
	// below the page of the incident.
	Deed   string
	Fields map[string]string
	Link   string
}

// Next is DO NEXT: at most MaxSteps lines, the most urgent first and among equals the oldest.
func (i Incident) Next(now time.Time) []Step {
	if i.Closed {
		return nil
	}
	s := slices.Concat(i.promiseSteps(now), i.roleSteps(), i.textSteps(now), i.taskSteps(now), i.briefingSteps(), i.decisionSteps())
	slices.SortStableFunc(s, func(a, b Step) int {
		return cmp.Or(cmp.Compare(slices.Index(urgency, a.Kind), slices.Index(urgency, b.Kind)), a.when().Compare(b.when()))
	})
	s = gathered(s)
	return s[:min(len(s), MaxSteps)]
}

// crowds are kinds of which many become one line: five lines of one kind would hide all others.
var crowds = map[StepKind]struct {
	many StepKind
	link string
}{
	RoleUnanswered: {RolesUnanswered, "#panel-roles"}, TaskOverdue: {TasksOverdue, "#panel-tasks"}, TaskUnestimated: {TasksUnestimated, "#panel-tasks"},
}

// gathered makes one line of more than two of a kind, about the first of them.
func gathered(steps []Step) (all []Step) {
	count := map[StepKind]int{}
	for _, s := range steps {
		count[s.Kind]++
	}
	told := map[StepKind]bool{}
	for _, s := range steps {
		if crowd, is := crowds[s.Kind]; is && count[s.Kind] > 2 {
			if told[s.Kind] {
				continue
			}
			told[s.Kind] = true
			s.Kind, s.Link, s.Count = crowd.many, crowd.link, count[s.Kind]
		}
		all = append(all, s)
	}
	return all
}

// when orders lines of one kind.
func (s Step) when() time.Time {
	if s.Due.IsZero() {
		return s.Since
	}
	return s.Due
}

func (i Incident) promiseSteps(now time.Time) (steps []Step) {
	for _, p := range i.Promises {
		s := Step{Kind: PromiseDue, Audience: p.Audience, Phase: p.Phase, Person: cmp.Or(p.BackupName, p.OwnerName), Since: p.MadeAt, Due: p.Due}
		switch {
		case p.State == "broken" || p.Due.Before(now):
			s.Kind = PromiseBroken
		case p.State == "open":
			continue
		}
		s.Deed, s.Fields = "order", map[string]string{"audience": p.Audience, "phase": i.Phase}
		for _, m := range i.Messages {
			if m.Audience == p.Audience && m.Phase == i.Phase && (m.State == string(board.Open) || m.State == string(board.ToWrite)) {
				s.Deed, s.Fields, s.Link = "", nil, m.path()
			}
		}
		steps = append(steps, s)
	}
	return steps
}

func (i Incident) roleSteps() (steps []Step) {
	for _, r := range i.Roles {
		s := Step{Role: r.Role, Person: r.HolderName, Since: r.Since, Due: r.NextAt, Link: "r/" + url.PathEscape(r.Role)}
		for _, a := range r.Asked {
			if !a.Passed {
				s.Person = a.Name
			}
		}
		if len(r.Attempts) > 0 && r.Holder == "" && r.Attempts[0].Name != s.Person {
			s.First = r.Attempts[0].Name
		}
		starting := r.Needed && i.Stage == string(business.Gathering)
		sought := r.Holder == "" && r.State != NotAsked && r.State != StoodDown
		switch {
		case starting && r.Holder == "":
			s.Kind = RoleMissing
		case starting && r.PresentAt.IsZero():
			s.Kind = RoleAbsent
		case sought && r.State == Unanswered:
			s.Kind = RoleUnanswered
		case sought && (r.State == PassedOn || s.First != ""):
			s.Kind = RoleSought
		case r.Silent:
			s.Kind = RoleSilent
		default:
			continue
		}
		steps = append(steps, s)
	}
	return steps
}

func (i Incident) textSteps(now time.Time) (steps []Step) {
	for _, m := range i.Messages {
		s := Step{Kind: TextWaits, Audience: m.Audience, Phase: m.Phase, Gate: gates[comms.Stage(m.Stage)], Link: m.path()}
		if m.State == string(board.Sent) {
			if m.Result != nil && m.Result.Unknown > 0 && m.Phase == i.Phase {
				s.Kind, s.Count, s.Since = Unproven, m.Result.Unknown, m.SentAt
				steps = append(steps, s)
			}
			continue
		}
		if m.State != string(board.Open) {
			continue
		}
		if o := slices.IndexFunc(m.Objections, func(o Objection) bool { return o.Settled == "" }); o >= 0 {
			s.Kind, s.Role, s.Person, s.Since = Objected, m.Objections[o].Role, m.Objections[o].ByName, m.Objections[o].At
			steps = append(steps, s)
			continue
		}
		if len(m.WaitsFor) == 0 {
			continue
		}
		// One line for a text: for the one who is waited for the longest.
		w := slices.MinFunc(m.WaitsFor, func(a, b Waited) int { return a.Since.Compare(b.Since) })
		s.Role, s.Person, s.Since, s.Due, s.Count = w.Role, w.PersonName, w.Since, w.Due, len(m.WaitsFor)-1
		if slices.ContainsFunc(m.Gates, func(g Gate) bool { return g.Role == w.Role && g.Kind == s.Gate && g.State == string(checkback.Overdue) }) || !past(w.Due, now).IsZero() {
			s.Kind, s.Due = TextLate, past(w.Due, now)
		}
		steps = append(steps, s)
	}
	return steps
}

// past is a time that has come, else none: what was asked again is late although its time is ahead.
func past(at, now time.Time) time.Time {
	if at.Before(now) {
		return at
	}
	return time.Time{}
}

// gates are what a text waits for at a stage.
var gates = map[comms.Stage]string{
	comms.Drafting: string(comms.Draft), comms.Checking: string(comms.Check), comms.Reviewing: string(comms.Review),
	comms.Approving: string(comms.Approve), comms.Releasing: string(comms.Release), comms.Sending: string(comms.Distribute),
}

func (i Incident) taskSteps(now time.Time) (steps []Step) {
	restoring := Step{Kind: Restoring, Link: "#panel-tasks"}
	for n, t := range i.Tasks {
		s := Step{Task: &i.Tasks[n], Role: t.Role, Person: t.PersonName, Since: t.Since, Due: t.Due, Link: "t/" + url.PathEscape(t.ID)}
		state := checkback.State(t.State)
		switch {
		case state == checkback.Blocked:
			s.Kind = TaskBlocked
		case state == checkback.Overdue || state == checkback.Promised && t.Due.Before(now):
			s.Kind = TaskOverdue
			s.Due = past(t.Due, now)
		case state == checkback.Asked && t.Minutes == 0 && (t.Kind == string(business.Halt) || t.Kind == string(business.Undo)):
			s.Kind = TaskUnestimated
		}
		open := checkback.Item{State: state}.Open()
		if s.Kind != "" {
			steps = append(steps, s)
		} else if open && t.Kind == string(business.Undo) {
			restoring.Count++
		}
	}
	if i.Stage == string(business.Restoring) && restoring.Count > 0 {
		steps = append(steps, restoring)
	}
	return steps
}

func (i Incident) briefingSteps() []Step {
	b := i.Briefing
	if b == nil || b.State != "open" {
		return nil
	}
	s := Step{Kind: BriefingEnough, Since: b.StartedAt, Due: b.Due, Deed: "confirm"}
	for _, a := range b.Answers {
		if a.Text == "" && !a.Unknown {
			s.Count++
		}
	}
	if s.Count > 0 {
		s.Kind, s.Deed, s.Link = BriefingOpen, "", "briefing"
	}
	return []Step{s}
}

func (i Incident) decisionSteps() []Step {
	switch {
	case i.MayDeclare() && i.Advised():
		s := Step{Kind: MayDeclare, Since: i.Assessment.At, Count: i.Score, Link: "declare"}
		if r := i.Recommendation; r != nil && r.Declare {
			s.Person, s.Since = r.ByName, r.At
		}
		return []Step{s}
	case i.Ongoing() && len(i.Alerts) > 0 && !slices.ContainsFunc(i.Alerts, func(a Alert) bool { return a.Status != incident.AlertEnded }):
		last := slices.MaxFunc(i.Alerts, func(a, b Alert) int { return a.LastAt.Compare(b.LastAt) })
		return []Step{{Kind: MaybeOver, Count: len(i.Alerts), Since: last.LastAt, Link: "resolve"}}
	case !i.Ongoing() && len(i.Ahead()) > 0:
		return []Step{{Kind: NothingLeft, Since: i.PhaseAt, Link: "phase"}}
	}
	return nil
}

// path is where a message is, below the page of its incident.
func (m Message) path() string {
	return "m/" + url.PathEscape(m.Audience) + "/" + url.PathEscape(m.Phase)
}
