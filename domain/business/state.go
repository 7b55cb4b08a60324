package business

import (
	"cmp"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/plan"
)

// Stage is how far the business incident has come.
type Stage string

// The stages, in order.
const (
	// Gathering: the start-up roles are being paged; nothing begins without the Business Lead (R35).
	Gathering Stage = "gathering"
	// Briefed: everybody needed is there and the briefing runs (R36, R70).
	Briefed Stage = "briefing"
	// Emergency: halts are on, messages go out (R77).
	Emergency Stage = "emergency"
	// Resolving: the resolution messages go first (R115, R116).
	Resolving Stage = "resolving"
	// Restoring: what was halted is restored (R117).
	Restoring Stage = "restoring"
	// Aftercare: normal business again; the Preliminary Analysis is owed (R118).
	Aftercare Stage = "aftercare"
	// Closed: everything is settled.
	Closed Stage = "closed"
)

// Mode is how the company works now.
type Mode string

// The modes.
const (
	Normal          Mode = "normal"
	EmergencyMode   Mode = "emergency"
	RestoringNormal Mode = "restoring"
)

// Question is one of the eight of the briefing (R71).
type Question string

// The questions of the initial briefing.
const (
	StartTime       Question = "start_time"
	TriggeringError Question = "triggering_error"
	CustomersNow    Question = "customers_affected"
	WorstCase       Question = "worst_case"
	Services        Question = "business_services"
	HowNoticed      Question = "how_noticed"
	NextNews        Question = "next_news"
	AnythingElse    Question = "anything_else"
)

// What becomes known on the way. Nobody is chased for it, but templates have a place for it.
const (
	Cause          Question = "cause"
	Fix            Question = "fix"
	Applied        Question = "applied"
	Workaround     Question = "workaround"
	SayToCustomers Question = "say_to_customers"
	DoNot          Question = "dont"
	Expected       Question = "expected"
	InPerspective  Question = "perspective"
)

// Later lists what becomes known on the way.
func Later() []Question {
	return []Question{Cause, Fix, Applied, Workaround, SayToCustomers, DoNot, Expected, InPerspective}
}

// Questions lists them in the order of the form.
func Questions() []Question {
	return []Question{StartTime, TriggeringError, CustomersNow, WorstCase, Services, HowNoticed, NextNews, AnythingElse}
}

// Answer is one answer of the briefing. "I don't know" is valid (R65) and becomes a debt
// with a clock (R72); its Item is the debt.
type Answer struct {
	Question Question       `json:"question"`
	Text     string         `json:"text,omitempty"`
	Unknown  bool           `json:"unknown,omitempty"`
	By       string         `json:"by,omitempty"`
	At       time.Time      `json:"at,omitzero"`
	Debt     checkback.Item `json:"debt,omitzero"`
}

// Known tells whether there is an answer.
func (a Answer) Known() bool { return a.Text != "" }

// Briefing is the shared picture (R70–R76).
type Briefing struct {
	Answers   []Answer  `json:"answers"`
	StartedAt time.Time `json:"started_at,omitzero"`
	// Due ends the wait for open answers: halting is reversible, waiting is not.
	Due         time.Time `json:"due,omitzero"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	ConfirmedBy string    `json:"confirmed_by,omitempty"`
}

// TaskKind tells tasks apart.
type TaskKind string

// The kinds of tasks.
const (
	// Halt stops something (R78, R79).
	Halt TaskKind = "halt"
	// Watch runs on with regular reports (R82).
	Watch TaskKind = "watch"
	// Undo restores what a halt stopped (R117).
	Undo TaskKind = "undo"
	// Duty outlives the emergency (R118).
	Duty TaskKind = "duty"
)

// PreliminaryAnalysis is the duty of the Technical SLT after the resolution (R118).
const PreliminaryAnalysis = "preliminary_analysis"

// Task is one thing asked of a role.
type Task struct {
	checkback.Item
	Kind TaskKind `json:"kind"`
	// Of is the plan's task that the words are looked up by; an undo has its halt's.
	Of    string        `json:"of"`
	Every time.Duration `json:"every,omitempty"`
}

// State is the whole of a business incident; it is also what a continued run starts from.
type State struct {
	Number     int           `json:"number"`
	Year       int           `json:"year"`
	Rules      plan.Snapshot `json:"rules,omitzero"`
	Title      string        `json:"title"`
	Since      time.Time     `json:"since"`
	Drill      bool          `json:"drill,omitempty"`
	DeclaredAt time.Time     `json:"declared_at"`
	DeclaredBy string        `json:"declared_by"`
	// Phase follows the technical incident; the board starts at FirstPhase (R85).
	Phase      plan.Phase    `json:"phase"`
	FirstPhase plan.Phase    `json:"first_phase"`
	Stage      Stage         `json:"stage"`
	Mode       Mode          `json:"mode"`
	Roles      holding.Roles `json:"roles"`
	Briefing   Briefing      `json:"briefing"`
	Tasks      []Task        `json:"tasks,omitempty"`
	board.Board
	// Scope is what the incident concerns; templates and subscribers are chosen by it.
	Scope     plan.Scope `json:"scope,omitzero"`
	Cancelled bool       `json:"cancelled,omitempty"`
	// Handover is set when a liaison has to leave the engineers' call first (R32).
	Handover *Handover `json:"handover,omitempty"`
	// Late are answers that wait for the name of who has the role.
	Late holding.Late `json:"late,omitempty"`
	// Courtesies counts friendly answers to replies nobody understood, by person.
	Courtesies map[string]int `json:"courtesies,omitempty"`
	Tells      int            `json:"tells,omitempty"`
}

// Start is what a business incident begins with.
type Start struct {
	Number     int           `json:"number"`
	Year       int           `json:"year"`
	Rules      plan.Snapshot `json:"rules"`
	Title      string        `json:"title"`
	Since      time.Time     `json:"since"`
	Drill      bool          `json:"drill,omitempty"`
	DeclaredBy string        `json:"declared_by"`
	Phase      plan.Phase    `json:"phase"`
	// Roles that somebody holds already; the Technical SLT leaves the technical call (R31).
	Roles holding.Roles `json:"roles,omitempty"`
	// Board is what colleagues were told while the incident was a small one.
	Board board.Board `json:"board,omitzero"`
	Scope plan.Scope  `json:"scope,omitzero"`
}

// New returns a business incident that has not begun.
func New(s Start) State {
	b := State{
		Number: s.Number, Year: s.Year, Rules: s.Rules, Title: s.Title, Since: s.Since, Drill: s.Drill,
		DeclaredBy: s.DeclaredBy, Phase: s.Phase, FirstPhase: s.Phase, Roles: s.Roles,
		Stage: Gathering, Mode: Normal, Board: s.Board, Scope: s.Scope,
	}
	for _, q := range Questions() {
		b.Briefing.Answers = append(b.Briefing.Answers, Answer{Question: q})
	}
	return b
}

// Lead returns the Business Lead, or while there is none the incident commander (R4).
func (s State) Lead() string {
	if p := s.Roles.Holder(plan.BusinessLead); p != "" {
		return p
	}
	return s.Roles.Holder(plan.IncidentCommander)
}

// Over tells whether nothing is left to do.
func (s State) Over() bool { return s.Stage == Closed }

// Next returns when the business incident wakes by itself, and why.
func (s State) Next() (due time.Time, why string) {
	if s.Over() {
		return time.Time{}, ""
	}
	consider := func(at time.Time, reason string) {
		if !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due, why = at, reason
		}
	}
	if s.Stage == Briefed {
		consider(s.Briefing.Due, "the briefing may not hold up emergency mode for ever")
	}
	for _, a := range s.Briefing.Answers {
		at, id := checkback.Earliest(a.Debt)
		consider(at, "check back: briefing answer "+id)
	}
	for _, t := range s.Tasks {
		at, id := checkback.Earliest(t.Item)
		consider(at, "check back: "+id)
	}
	consider(s.Roles.Next())
	if s.Handover != nil {
		at, _ := checkback.Earliest(s.Handover.Item)
		consider(at, "check back: has the engineers' call been handed over?")
	}
	consider(s.Due(s.Rules))
	return due, why
}

// Task returns the index of a task, or -1.
func (s State) task(id string) int {
	return slices.IndexFunc(s.Tasks, func(t Task) bool { return t.ID == id })
}

func (s State) clone() State {
	s.Tasks = slices.Clone(s.Tasks)
	s.Board = s.Board.Clone()
	s.Briefing.Answers = slices.Clone(s.Briefing.Answers)
	s.Late = slices.Clone(s.Late)
	if s.Handover != nil {
		h := *s.Handover
		s.Handover = &h
	}
	courtesies := make(map[string]int, len(s.Courtesies))
	for person, n := range s.Courtesies {
		courtesies[person] = n
	}
	s.Courtesies = courtesies
	return s
}

// Asks lists who is asked for what now. Of a person's tasks only the one the last text was
// about counts, so that a reply needs no number.
func (s State) Asks() []effect.Ask {
	if s.Over() {
		return nil
	}
	var asks []effect.Ask
	busy := map[string]bool{}
	for _, t := range s.Tasks {
		if t.Pending() && t.Kind != Watch && t.Person != "" && !busy[t.Person] {
			busy[t.Person] = true
			asks = append(asks, effect.Ask{ID: t.ID, Person: t.Person, Role: t.Role, Kind: effect.AskTask, Subject: t.Of})
		}
	}
	for _, r := range s.Roles {
		if r.State == holding.Held && r.Join.Length > 0 {
			asks = append(asks, effect.Ask{ID: effect.AskJoin + ":" + r.Name, Person: cmp.Or(r.Proxy, r.Person), Role: r.Name, Kind: effect.AskJoin})
		}
		if r.State == holding.Held && r.Lease.Asked {
			asks = append(asks, effect.Ask{ID: effect.AskHold + ":" + r.Name, Person: r.Person, Role: r.Name, Kind: effect.AskHold})
		}
	}
	if h := s.Handover; h != nil && h.Pending() {
		asks = append(asks, effect.Ask{ID: effect.AskHandOver, Person: h.From, Role: plan.CustomerLiaison, Kind: effect.AskHandOver})
	}
	liaison := s.Roles.Holder(plan.CustomerLiaison)
	for _, a := range s.Briefing.Answers {
		if !a.Known() && slices.Contains(Questions(), a.Question) && liaison != "" && s.Stage != Gathering && s.Stage != Aftercare {
			return append(asks, effect.Ask{ID: effect.AskBrief, Person: liaison, Role: plan.CustomerLiaison, Kind: effect.AskBrief})
		}
	}
	return asks
}
