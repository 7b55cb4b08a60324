package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
)

// Input is what the record holds of an incident, and the plan in force for names and targets.
type Input struct {
	Plan plan.Plan
	Now  time.Time

	Year, Number       int
	Title              string
	OpenedAt, ClosedAt time.Time
	Incident           incident.State
	// Business is nil until the business incident has begun.
	Business *business.State
	// Pages and Loops are the states of pages and messages by workflow. Of a message that was
	// written again only the last is there; the timeline has them all.
	Pages map[string]escalation.State
	Loops map[string]comms.State
	// Timeline is every entry, oldest first.
	Timeline []Entry
	// Sends are those to people, Recipients those to the recipients of messages, counted.
	Sends      []Send
	Recipients []Count
}

// Entry is one line of the timeline.
type Entry struct {
	At                    time.Time
	Workflow, Kind, Actor string
	Text                  string
	Data                  map[string]string
}

// Send is one send to a person.
type Send struct {
	Workflow, Step, Person, Channel string
	State                           delivery.State
	Class                           delivery.Class
	At                              time.Time
}

// Count is how many sends of one workflow have fared alike.
type Count struct {
	Workflow, Channel string
	State             delivery.State
	Class             delivery.Class
	Count             int
}

// Known tells what a part of the report is worth.
type Known string

// What is known of something.
const (
	// Recorded: it is in the record.
	Recorded Known = "recorded"
	// Pending: nothing of it has happened yet, and it still can.
	Pending Known = "pending"
	// NotApplicable: this incident had nothing of the kind.
	NotApplicable Known = "not_applicable"
	// NotRecorded: it may have happened; the record does not tell.
	NotRecorded Known = "not_recorded"
)

// Seconds is a length of time in the API.
type Seconds float64

func seconds(d time.Duration) Seconds { return Seconds(math.Round(d.Seconds()*1000) / 1000) }

// Duration returns it as a time.Duration.
func (s Seconds) Duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

// Someone is a person in a role. Without names only the role is there.
type Someone struct {
	Person string `json:"person,omitempty" doc:"Person id; absent without names"`
	Name   string `json:"name,omitempty" doc:"Absent without names"`
	Role   string `json:"role,omitempty" doc:"The role this person acted in, as far as one is known"`
}

// Anybody tells whether somebody is meant at all.
func (s Someone) Anybody() bool { return s != Someone{} }

// Report is one incident in retrospect.
type Report struct {
	Number int       `json:"number"`
	Title  string    `json:"title"`
	Drill  bool      `json:"drill,omitempty" doc:"It is practice"`
	From   time.Time `json:"from" doc:"Where the pictures begin: the incident was opened"`
	Until  time.Time `json:"until" doc:"Where they end: normal business again, or now while it goes on"`
	// Ongoing is what makes it a report "so far".
	Ongoing       bool    `json:"ongoing" doc:"It still goes on; everything is so far"`
	Names         bool    `json:"names" doc:"People are named; without names only roles are"`
	MinuteSeconds Seconds `json:"minute_seconds" doc:"The length of a minute in the plan; demonstrations have shorter ones"`

	Summary     Overview    `json:"summary"`
	Course      Course      `json:"course" doc:"1: what happened when"`
	Reach       Outreach    `json:"reach" doc:"2: how far messages and pages came"`
	TakeOvers   TakeOvers   `json:"take_overs" doc:"3: how long it took until each role was held"`
	Promises    Keeping     `json:"promises" doc:"4: which promised updates came in time"`
	Waiting     Waiting     `json:"waiting" doc:"5: where each text waited"`
	Estimates   Estimates   `json:"estimates" doc:"6: how long tasks were to take, and took"`
	Score       ScoreCourse `json:"score" doc:"7: the impact score until the declaration"`
	Load        Load        `json:"load" doc:"8: how many roles each person held at once"`
	Decisions   []Deed      `json:"decisions"`
	Notes       []Remark    `json:"notes"`
	Unreachable []Unreached `json:"unreachable" doc:"Ways to people that did not work"`
	Halted      []Halted    `json:"halted" doc:"What is still stopped"`
}

// Make makes the report.
func Make(in Input) Report {
	s := tell(in)
	r := Report{
		Number: in.Number, Title: cmp.Or(in.Incident.Title, in.Title), Drill: in.Incident.Drill, From: s.from, Until: s.until, Ongoing: s.ongoing, Names: true,
		MinuteSeconds: seconds(s.minute),
	}
	r.Promises = s.keeping()
	r.Waiting = s.waiting()
	r.Course = s.course(r.Promises, r.Waiting)
	r.Reach = s.reach(r.Waiting)
	r.TakeOvers = s.takeOvers()
	r.Estimates = s.estimates()
	r.Score = s.score()
	r.Load = s.load()
	r.Decisions, r.Notes = s.deeds()
	r.Unreachable, r.Halted = s.unreachable(), s.halted()
	r.Summary = s.summary(r)
	return r
}

// known tells what a part is worth that has something in it or not.
func (s story) known(has bool) Known {
	switch {
	case has:
		return Recorded
	case len(s.Timeline) == 0:
		return NotRecorded
	case s.ongoing:
		return Pending
	}
	return NotApplicable
}

// title is how the plan calls something, never null.
func title(words map[string]string) map[string]string {
	if words == nil {
		return map[string]string{}
	}
	return words
}

func (s story) roleTitle(name string) map[string]string {
	r, _ := s.Plan.RoleByName(name)
	return title(r.Title)
}

func (s story) audienceTitle(name string) map[string]string {
	a, _ := s.Plan.Audience(name)
	return title(a.Title)
}

// someone names a person; "system" and nobody are nobody.
func (s story) someone(person, role string) Someone {
	if person == "" || person == "system" {
		return Someone{}
	}
	known, _ := s.Plan.Person(person)
	return Someone{Person: person, Name: cmp.Or(known.Name, person), Role: role}
}

// actor is a person in the role held at the time.
func (s story) actor(person string, at time.Time) Someone {
	role := ""
	for _, h := range s.holds {
		if h.person == person && !at.Before(h.from) && !at.After(h.to) {
			role = h.role
			break
		}
	}
	return s.someone(person, role)
}

func ordered[T any](all []T, at func(T) time.Time) []T {
	slices.SortStableFunc(all, func(a, b T) int { return at(a).Compare(at(b)) })
	return all
}
