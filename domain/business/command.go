package business

import (
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// Command is what can be asked of a business incident. The set is closed.
type Command interface {
	// by says who asks; the zero actor is the world itself.
	by() actor.Actor
}

// Begin pages the start-up roles.
type Begin struct{}

// Brief answers questions of the briefing (R71).
type Brief struct {
	Actor   actor.Actor  `json:"actor"`
	Answers []BriefReply `json:"answers"`
}

// BriefReply is one answer; Unknown is a valid one (R65).
type BriefReply struct {
	Question Question `json:"question"`
	Text     string   `json:"text,omitempty"`
	Unknown  bool     `json:"unknown,omitempty"`
}

// ConfirmBriefing says that there is enough to draft (R73).
type ConfirmBriefing struct {
	Actor actor.Actor `json:"actor"`
}

// EstimateTask gives a task minutes (R80).
type EstimateTask struct {
	Actor   actor.Actor `json:"actor"`
	Task    string      `json:"task"`
	Minutes int         `json:"minutes"`
}

// FinishTask reports a task done (R81).
type FinishTask struct {
	Actor actor.Actor `json:"actor"`
	Task  string      `json:"task"`
	Note  string      `json:"note,omitempty"`
}

// BlockTask says "I can't", and why.
type BlockTask struct {
	Actor  actor.Actor `json:"actor"`
	Task   string      `json:"task"`
	Reason string      `json:"reason"`
}

// DropTask takes a task off the list: it does not apply tonight.
type DropTask struct {
	Actor  actor.Actor `json:"actor"`
	Task   string      `json:"task"`
	Reason string      `json:"reason"`
}

// AddTask adds a halt by hand (R7).
type AddTask struct {
	Actor actor.Actor `json:"actor"`
	Role  string      `json:"role"`
	What  string      `json:"what"`
}

// PageRole reaches somebody for a role by hand (R37).
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

// Attend confirms that the holder of a role is on the call (R40).
type Attend struct {
	Actor actor.Actor `json:"actor"`
	Role  string      `json:"role"`
}

// NameProxy says who is on the call for the holder of a role, who cannot join it (R42).
type NameProxy struct {
	Actor  actor.Actor `json:"actor"`
	Role   string      `json:"role"`
	Person string      `json:"person"`
}

// HandOver says that the liaison has handed the engineers' call over (R33).
type HandOver struct {
	Actor actor.Actor `json:"actor"`
}

// StillHere is a sign of life of somebody who holds a role (R38).
type StillHere struct {
	Actor actor.Actor `json:"actor"`
}

// SkipMessage decides that an audience gets nothing in a phase (R90).
type SkipMessage struct {
	Actor    actor.Actor `json:"actor"`
	Audience string      `json:"audience"`
	Phase    plan.Phase  `json:"phase"`
	Reason   string      `json:"reason"`
}

// OrderMessage begins a message, or the next update to an audience that got one (R96, R155).
type OrderMessage struct {
	Actor    actor.Actor `json:"actor"`
	Audience string      `json:"audience"`
	Phase    plan.Phase  `json:"phase"`
}

// SetScope says what the incident concerns.
type SetScope struct {
	Actor actor.Actor `json:"actor"`
	Scope plan.Scope  `json:"scope"`
}

// Follow takes over what changed in the technical incident.
type Follow struct {
	Phase     plan.Phase `json:"phase"`
	By        string     `json:"by"`
	Cancelled bool       `json:"cancelled,omitempty"`
}

// Happened carries a fact from the world.
type Happened struct{ Fact effect.Fact }

func (Begin) by() actor.Actor             { return actor.Actor{} }
func (c Brief) by() actor.Actor           { return c.Actor }
func (c ConfirmBriefing) by() actor.Actor { return c.Actor }
func (c EstimateTask) by() actor.Actor    { return c.Actor }
func (c FinishTask) by() actor.Actor      { return c.Actor }
func (c BlockTask) by() actor.Actor       { return c.Actor }
func (c DropTask) by() actor.Actor        { return c.Actor }
func (c AddTask) by() actor.Actor         { return c.Actor }
func (c PageRole) by() actor.Actor        { return c.Actor }
func (c Appoint) by() actor.Actor         { return c.Actor }
func (c Attend) by() actor.Actor          { return c.Actor }
func (c NameProxy) by() actor.Actor       { return c.Actor }
func (c HandOver) by() actor.Actor        { return c.Actor }
func (c SkipMessage) by() actor.Actor     { return c.Actor }
func (c OrderMessage) by() actor.Actor    { return c.Actor }
func (c SetScope) by() actor.Actor        { return c.Actor }
func (Follow) by() actor.Actor            { return actor.Actor{} }
func (c StillHere) by() actor.Actor       { return c.Actor }
func (Happened) by() actor.Actor          { return actor.Actor{} }
