// Package actor says who acts, and by which way. It must not import anything but the
// standard library.
package actor

import "slices"

// Via is the way an act came in.
type Via string

// The ways an act can come in.
const (
	SMS    Via = "sms"
	Call   Via = "call"
	Mail   Via = "mail"
	Web    Via = "web"
	API    Via = "api"
	System Via = "system"
)

// Actor is a person who acts. The zero Actor is Stormbell itself.
type Actor struct {
	// Person is the id of the person in the plan.
	Person string `json:"person,omitempty"`
	Via    Via    `json:"via,omitempty"`
	// StandIn marks somebody who may act for the person: the visitor of a solo
	// installation, or an operator's token. The record always says so.
	StandIn bool `json:"stand_in,omitempty"`
	// Proved: they have just shown who they are, by a PIN or by signing in again. A link that came
	// in a text shows only who holds the phone.
	Proved bool `json:"proved,omitempty"`
	// Rights are what the actor's sign-in brings, beside what roles in the incident bring.
	Rights []Right `json:"rights,omitempty"`
}

// May tells whether the actor's sign-in brings a right; a stand-in has them all.
func (a Actor) May(r Right) bool { return a.StandIn || slices.Contains(a.Rights, r) }

// Name is how the record names the actor: a person's id, or "system".
func (a Actor) Name() string {
	if a.Person == "" {
		return "system"
	}
	return a.Person
}

// Is tells whether the actor may act as the given person.
func (a Actor) Is(person string) bool {
	return person != "" && a.Person == person
}
