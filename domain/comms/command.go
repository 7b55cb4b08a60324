package comms

import (
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// Command is what can be asked of a message. The set is closed.
type Command interface{ command() }

// Begin fills the template.
type Begin struct{}

// Edit replaces texts. After the draft was submitted it voids the gates that come after its
// author's own, and that one.
type Edit struct {
	Actor actor.Actor   `json:"actor"`
	Texts []effect.Text `json:"texts"`
	// Hash is the text the edit started from; another one is refused as stale.
	Hash string `json:"hash,omitempty"`
}

// Submit says that the draft is ready to be read.
type Submit struct {
	Actor actor.Actor `json:"actor"`
}

// Agree is a reviewer's or the liaison's yes.
type Agree struct {
	Actor actor.Actor `json:"actor"`
	// Role says in which role; it may be left out when only one fits.
	Role string `json:"role,omitempty"`
	Hash string `json:"hash,omitempty"`
	// Suggestion is a wish that does not block (R103).
	Suggestion string `json:"suggestion,omitempty"`
}

// Object is a strong objection; Words says which words (R104).
type Object struct {
	Actor actor.Actor `json:"actor"`
	Role  string      `json:"role,omitempty"`
	Words string      `json:"words"`
}

// Settle closes an objection, by the objector or overruled by the ELT Approver or the lead, by name.
type Settle struct {
	Actor     actor.Actor `json:"actor"`
	Objection int         `json:"objection"`
	How       string      `json:"how"`
}

// Authorise is the ELT Approver's yes (R107).
type Authorise struct {
	Actor actor.Actor `json:"actor"`
	Hash  string      `json:"hash,omitempty"`
}

// Dispatch is the incident commander's release (R108).
type Dispatch struct {
	Actor actor.Actor `json:"actor"`
	Hash  string      `json:"hash,omitempty"`
}

// TakeBack undoes one's own approval, for a minute and while nothing is out.
type TakeBack struct {
	Actor actor.Actor `json:"actor"`
}

// Estimate gives the asker's gate minutes.
type Estimate struct {
	Actor   actor.Actor `json:"actor"`
	Role    string      `json:"role,omitempty"`
	Minutes int         `json:"minutes"`
}

// Size answers what one must be clear about before drafting (R97).
type Size struct {
	Actor   actor.Actor               `json:"actor"`
	Answers map[SizingQuestion]string `json:"answers"`
}

// Deliver reports that what a gate asks for besides words is done: the incident commander was
// told (R108), or what goes out by hand is out (R110).
type Deliver struct {
	Actor actor.Actor `json:"actor"`
	Note  string      `json:"note,omitempty"`
}

// Learn brings what became known since the draft was ordered; it fills a template that
// nobody has touched yet once more.
type Learn struct {
	Facts map[string]string `json:"facts"`
	Scope plan.Scope        `json:"scope,omitzero"`
}

// Deputise lets somebody else act in a role as well: its holder does not answer, and a promise
// is about to be broken.
type Deputise struct {
	Role   string `json:"role"`
	Person string `json:"person"`
}

// Withdraw stops the loop because the incident moved on.
type Withdraw struct{ Reason string }

// RoleHeld tells the loop who holds a role now.
type RoleHeld struct {
	Role   string `json:"role"`
	Person string `json:"person"`
}

// Happened carries a fact from the world.
type Happened struct{ Fact effect.Fact }

func (Begin) command()     {}
func (Edit) command()      {}
func (Submit) command()    {}
func (Agree) command()     {}
func (Object) command()    {}
func (Settle) command()    {}
func (Authorise) command() {}
func (Dispatch) command()  {}
func (TakeBack) command()  {}
func (Estimate) command()  {}
func (Size) command()      {}
func (Deliver) command()   {}
func (Learn) command()     {}
func (Deputise) command()  {}
func (Withdraw) command()  {}
func (RoleHeld) command()  {}
func (Happened) command()  {}
