package incident

import (
	"maps"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/impact"
	"github.com/stormbell/stormbell/domain/plan"
)

// Severity is the explicit label (R13).
type Severity string

// The severities. Severe means that the wider company is needed (R12).
const (
	Ordinary Severity = "ordinary"
	Severe   Severity = "severe"
)

// Alert is one signal of a monitoring tool, with its repeats.
type Alert struct {
	Source     string    `json:"source"`
	Key        string    `json:"key"`
	Status     string    `json:"status"`
	Title      string    `json:"title"`
	Severity   string    `json:"severity,omitempty"`
	Visibility string    `json:"visibility,omitempty"`
	Impact     string    `json:"impact,omitempty"`
	Link       string    `json:"link,omitempty"`
	StartedAt  time.Time `json:"started_at"`
	LastAt     time.Time `json:"last_at"`
	Count      int64     `json:"count"`
	Unreadable bool      `json:"unreadable,omitempty"`
}

// The statuses of an alert.
const (
	Firing       = "firing"
	Acknowledged = "acknowledged"
	AlertEnded   = "resolved"
)

// Recommendation is the Technical SLT's one act (R25, R26).
type Recommendation struct {
	By      string    `json:"by"`
	Declare bool      `json:"declare"`
	Note    string    `json:"note,omitempty"`
	At      time.Time `json:"at"`
	// AskAgain is when the question comes back after "not yet".
	AskAgain time.Time `json:"ask_again,omitzero"`
}

// Decision is a recorded act of a person.
type Decision struct {
	By      string    `json:"by"`
	StandIn bool      `json:"stand_in,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// State is the whole of a technical incident; it is also what a continued run starts from.
type State struct {
	Number int `json:"number"`
	// Late are replies to a page that has ended while the word of its end is on the way.
	Late     holding.Late  `json:"late,omitempty"`
	Year     int           `json:"year"`
	Rules    plan.Snapshot `json:"rules,omitzero"`
	Title    string        `json:"title"`
	OpenedAt time.Time     `json:"opened_at"`
	Drill    bool          `json:"drill,omitempty"`
	Severity Severity      `json:"severity"`
	Phase    plan.Phase    `json:"phase"`
	PhaseAt  time.Time     `json:"phase_at"`
	Alerts   []Alert       `json:"alerts,omitempty"`
	Facts    impact.Facts  `json:"facts"`
	Score    impact.Result `json:"score"`
	Roles    holding.Roles `json:"roles,omitempty"`

	Recommendation *Recommendation `json:"recommendation,omitempty"`
	Declared       *Decision       `json:"declared,omitempty"`
	Resolved       *Decision       `json:"resolved,omitempty"`
	Cancelled      *Decision       `json:"cancelled,omitempty"`
	// Updates is set when colleagues are kept informed of an incident below severe.
	Updates *Decision `json:"updates,omitempty"`
	board.Board
	// Scope is what the incident concerns.
	Scope plan.Scope `json:"scope,omitzero"`
	// BusinessOver is set when the business incident has ended.
	BusinessOver bool `json:"business_over,omitempty"`
	Closed       bool `json:"closed,omitempty"`
	// Courtesies counts friendly answers to replies nobody understood, by person.
	Courtesies map[string]int `json:"courtesies,omitempty"`
	// Tells numbers what was told, so that nothing is told twice.
	Tells int `json:"tells,omitempty"`
}

// New returns an incident nobody knows anything about yet.
func New(number, year int, rules plan.Snapshot, drill bool) State {
	return State{Number: number, Year: year, Rules: rules, Drill: drill, Severity: Ordinary, Phase: plan.Detection}
}

// Over tells whether nothing is left to do.
func (s State) Over() bool { return s.Closed }

// Commander returns who commands the incident, or "".
func (s State) Commander() string { return s.Roles.Holder(plan.IncidentCommander) }

// Ongoing tells whether the technical trouble still lasts.
func (s State) Ongoing() bool { return s.Resolved == nil && s.Cancelled == nil }

// Next returns when the incident wakes by itself, and why: the score rises with time
// (R10, R17), and "not yet" is a question with a date.
func (s State) Next() (due time.Time, why string) {
	if s.small() {
		due, why = s.Due(s.Rules.AsSmall())
	}
	if s.Closed || !s.Ongoing() || s.Declared != nil || s.OpenedAt.IsZero() {
		return due, why
	}
	if at, ok := impact.NextChange(s.Rules.Severity, s.Facts, s.Score.At); ok && (due.IsZero() || at.Before(due)) {
		due, why = at, "the impact score rises with time"
	}
	if r := s.Recommendation; r != nil && !r.AskAgain.IsZero() && (due.IsZero() || r.AskAgain.Before(due)) {
		due, why = r.AskAgain, "the Technical SLT is asked again whether to declare"
	}
	if at, reason := s.Roles.Next(); !at.IsZero() && (due.IsZero() || at.Before(due)) {
		due, why = at, reason
	}
	return due, why
}

func (s State) clone() State {
	s.Alerts = slices.Clone(s.Alerts)
	s.Roles = slices.Clone(s.Roles)
	s.Late = slices.Clone(s.Late)
	s.Board = s.Board.Clone()
	courtesies := make(map[string]int, len(s.Courtesies))
	maps.Copy(courtesies, s.Courtesies)
	s.Courtesies = courtesies
	if s.Recommendation != nil {
		r := *s.Recommendation
		s.Recommendation = &r
	}
	return s
}

// Asks lists who is asked for what now.
func (s State) Asks() []effect.Ask {
	if s.Closed || !s.Ongoing() || s.Declared != nil {
		return nil
	}
	var asks []effect.Ask
	slt, r := s.Roles.Holder(plan.TechnicalSLT), s.Recommendation
	if slt != "" && (r == nil || !r.Declare && r.AskAgain.IsZero()) {
		asks = append(asks, effect.Ask{ID: effect.AskRecommend, Person: slt, Role: plan.TechnicalSLT, Kind: effect.AskRecommend})
	}
	for _, role := range s.Roles {
		if role.State == holding.Held && role.Lease.Asked {
			asks = append(asks, effect.Ask{ID: effect.AskHold + ":" + role.Name, Person: role.Person, Role: role.Name, Kind: effect.AskHold})
		}
	}
	return asks
}
