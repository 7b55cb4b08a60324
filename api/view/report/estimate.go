package report

import (
	"strconv"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/checkback"
)

// Estimates compares what people said with what it took.
type Estimates struct {
	Known Known      `json:"known" enum:"recorded,pending,not_applicable,not_recorded"`
	Items []Estimate `json:"items"`
}

// Estimate is one task. Watching is none: it has no end.
type Estimate struct {
	Task  string            `json:"task"`
	Of    string            `json:"of" doc:"The plan's task that the words are looked up by"`
	What  map[string]string `json:"what" doc:"The instruction, by language"`
	Who   Someone           `json:"who"`
	Given time.Time         `json:"given_at"`
	Done  time.Time         `json:"done_at,omitzero"`
	State string            `json:"state" enum:"asked,promised,overdue,blocked,done,dropped,waiting"`
	// Minutes is the first estimate; 0 means that there was none.
	Minutes int `json:"minutes,omitempty" doc:"The first estimate; absent when nobody gave one"`
	Again   int `json:"again,omitempty" doc:"How often more time was asked for"`
	Lapses  int `json:"lapses,omitempty" doc:"How often the time ran out without an answer"`
	// Promised and Took count from the estimate, or from the asking where there was none.
	Promised Seconds `json:"promised_seconds,omitempty"`
	Took     Seconds `json:"took_seconds" doc:"So far, while it is open"`
}

// Over is how much longer than promised it took; less than zero means that it was sooner.
func (e Estimate) Over() time.Duration { return e.Took.Duration() - e.Promised.Duration() }

// given is a task as far as the record tells how it went.
type given struct {
	id, of, role, person string
	kind                 business.TaskKind
	state                checkback.State
	given, ended         time.Time
	done                 bool
	estimates            []estimated
	lapses               int
}

type estimated struct {
	at      time.Time
	minutes int
}

// given are the tasks that somebody was asked for.
func (s story) given() []given {
	var all []given
	at := map[string]int{} // counted from 1
	for _, e := range s.Timeline {
		id := e.Data["task"]
		if i := at[id]; id != "" && i == 0 && e.Kind == "task_given" {
			all = append(all, given{id: id, of: id, role: e.Data["role"], given: e.At, ended: s.until, kind: business.Halt, state: checkback.Asked})
			at[id] = len(all)
			continue
		}
		if at[id] == 0 {
			continue
		}
		t := &all[at[id]-1]
		switch e.Kind {
		case "task_estimated":
			minutes, _ := strconv.Atoi(e.Data["minutes"]) // written by us
			t.estimates = append(t.estimates, estimated{e.At, minutes})
			t.person, t.state = e.Actor, checkback.Promised
		case "task_overdue":
			t.lapses++
			t.state = checkback.Overdue
		case "task_blocked":
			t.person, t.state = e.Actor, checkback.Blocked
		case "task_done":
			t.person, t.state, t.ended, t.done = e.Actor, checkback.Done, e.At, true
		case "task_dropped":
			t.state, t.ended = checkback.Dropped, e.At
		}
	}
	if s.Business == nil {
		return all
	}
	for _, now := range s.Business.Tasks {
		if at[now.ID] == 0 {
			continue
		}
		t := &all[at[now.ID]-1]
		t.kind, t.state, t.of = now.Kind, now.State, now.Of
		if t.person == "" || t.person == "system" {
			t.person = now.Person
		}
		if now.State == checkback.Dropped && t.ended.Equal(s.until) {
			// Those that the end of the trouble made needless are dropped without a word.
			t.ended = s.over()
		}
	}
	return all
}

// over is when the trouble was over, or the end of the report.
func (s story) over() time.Time {
	for _, d := range []*time.Time{decidedAt(s.Incident.Resolved), decidedAt(s.Incident.Cancelled)} {
		if d != nil {
			return *d
		}
	}
	return s.until
}

func (s story) estimates() Estimates {
	e := Estimates{Items: []Estimate{}}
	for _, t := range s.given() {
		if t.kind == business.Watch {
			continue
		}
		x := Estimate{
			Task: t.id, Of: t.of, What: s.what(t), Who: s.someone(t.person, t.role), Given: t.given, State: string(t.state), Lapses: t.lapses,
		}
		from := t.given
		if len(t.estimates) > 0 {
			first := t.estimates[0]
			from, x.Minutes, x.Again = first.at, first.minutes, len(t.estimates)-1
			x.Promised = seconds(time.Duration(first.minutes) * s.minute)
		}
		if t.done {
			x.Done = t.ended
		}
		x.Took = seconds(max(t.ended.Sub(from), 0))
		e.Items = append(e.Items, x)
	}
	e.Known = s.known(len(e.Items) > 0)
	return e
}

// what is a task in the plan's words.
func (s story) what(t given) map[string]string {
	words, _ := s.Plan.Task(t.of)
	if t.kind == business.Undo {
		return title(words.Undo)
	}
	if words.ID == "" && s.Business != nil {
		for _, x := range s.Business.Tasks {
			if x.ID == t.id && x.Note != "" && x.Kind != business.Duty {
				return map[string]string{s.mother(): x.Note}
			}
		}
	}
	return title(words.Do)
}

// mother is the company's first language.
func (s story) mother() string {
	if len(s.Plan.Company.Languages) == 0 {
		return "en"
	}
	return s.Plan.Company.Languages[0]
}
