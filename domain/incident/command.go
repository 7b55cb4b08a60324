package incident

import (
	"time"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// Command is what can be asked of an incident. The set is closed.
type Command interface {
	// by says who asks; the zero actor is the world itself.
	by() actor.Actor
}

// Open opens an incident by hand.
type Open struct {
	Actor      actor.Actor   `json:"actor"`
	Title      string        `json:"title"`
	Visibility string        `json:"visibility,omitempty"`
	Impact     string        `json:"impact,omitempty"`
	Expected   time.Duration `json:"expected,omitempty"`
}

// Alerts brings news from monitoring tools. A resolved alert asks; it never ends anything.
type Alerts struct{ Alerts []Alert }

// Assess sets the human inputs of the score (R15, R16, R18).
type Assess struct {
	Actor      actor.Actor   `json:"actor"`
	Visibility string        `json:"visibility,omitempty"`
	Impact     string        `json:"impact,omitempty"`
	Expected   time.Duration `json:"expected,omitempty"`
}

// Recommend is the Technical SLT's recommendation (R25).
type Recommend struct {
	Actor   actor.Actor `json:"actor"`
	Declare bool        `json:"declare"`
	Note    string      `json:"note,omitempty"`
	// AskAgainMinutes brings the question back after "not yet".
	AskAgainMinutes int `json:"ask_again_minutes,omitempty"`
}

// Declare raises the incident to severe: the business incident begins (R2, R21, R27).
type Declare struct {
	Actor  actor.Actor `json:"actor"`
	Reason string      `json:"reason,omitempty"`
}

// ChangePhase moves the incident on (R84).
type ChangePhase struct {
	Actor actor.Actor `json:"actor"`
	Phase plan.Phase  `json:"phase"`
}

// Resolve says that the technical trouble is over (R114).
type Resolve struct {
	Actor  actor.Actor `json:"actor"`
	Reason string      `json:"reason,omitempty"`
}

// Cancel says that it was a false alarm.
type Cancel struct {
	Actor  actor.Actor `json:"actor"`
	Reason string      `json:"reason,omitempty"`
}

// PageRole reaches somebody for a role by hand (R24, R37).
type PageRole struct {
	Actor actor.Actor `json:"actor"`
	Role  string      `json:"role"`
	// Both reaches primary and first backup side by side.
	Both bool `json:"both,omitempty"`
}

// Appoint gives a role to a person without a page.
type Appoint struct {
	Actor  actor.Actor `json:"actor"`
	Role   string      `json:"role"`
	Person string      `json:"person"`
	// Vacant leaves the role to somebody else who holds it by now.
	Vacant bool `json:"vacant,omitempty"`
}

// StillHere is a sign of life of somebody who holds a role (R38).
type StillHere struct {
	Actor actor.Actor `json:"actor"`
}

// AddNote writes a person's words to the timeline.
type AddNote struct {
	Actor actor.Actor `json:"actor"`
	Text  string      `json:"text"`
}

// StartUpdates begins to keep colleagues informed of an incident below severe (R136).
type StartUpdates struct {
	Actor actor.Actor `json:"actor"`
}

// SetScope says what the incident concerns.
type SetScope struct {
	Actor actor.Actor `json:"actor"`
	Scope plan.Scope  `json:"scope"`
}

// SkipMessage decides that an audience of a small incident gets nothing in a phase (R90).
type SkipMessage struct {
	Actor    actor.Actor `json:"actor"`
	Audience string      `json:"audience"`
	Phase    plan.Phase  `json:"phase"`
	Reason   string      `json:"reason"`
}

// OrderMessage begins a message of a small incident, or the next one.
type OrderMessage struct {
	Actor    actor.Actor `json:"actor"`
	Audience string      `json:"audience"`
	Phase    plan.Phase  `json:"phase"`
}

// Happened carries a fact from the world.
type Happened struct{ Fact effect.Fact }

func (c StartUpdates) by() actor.Actor { return c.Actor }
func (c SetScope) by() actor.Actor     { return c.Actor }
func (c SkipMessage) by() actor.Actor  { return c.Actor }
func (c OrderMessage) by() actor.Actor { return c.Actor }
func (c Open) by() actor.Actor         { return c.Actor }
func (Alerts) by() actor.Actor         { return actor.Actor{} }
func (c Assess) by() actor.Actor       { return c.Actor }
func (c Recommend) by() actor.Actor    { return c.Actor }
func (c Declare) by() actor.Actor      { return c.Actor }
func (c ChangePhase) by() actor.Actor  { return c.Actor }
func (c Resolve) by() actor.Actor      { return c.Actor }
func (c Cancel) by() actor.Actor       { return c.Actor }
func (c PageRole) by() actor.Actor     { return c.Actor }
func (c Appoint) by() actor.Actor      { return c.Actor }
func (c AddNote) by() actor.Actor      { return c.Actor }
func (c StillHere) by() actor.Actor    { return c.Actor }
func (Happened) by() actor.Actor       { return actor.Actor{} }
