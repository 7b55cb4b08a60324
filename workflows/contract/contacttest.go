package contract

import (
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

// TestPrefix begins the id of every test of a contact.
const TestPrefix = "test:"

// TestID names a test of a contact by something random.
func TestID(random string) string { return TestPrefix + wire(random) }

// The steps of a test: the question, and thanks for the answer.
const (
	TestAsks   = "ask"
	TestThanks = "thanks"
)

// TestDelivery is the id of one step's send.
func TestDelivery(workflow, step string) string { return delivery.ID(workflow, step) }

// ContactTestInput asks one person, over one channel, to prove that it works.
type ContactTestInput struct {
	Person  string       `json:"person"`
	Channel plan.Channel `json:"channel"`
	// Invites introduces the person to the plan; Role is one they may be asked for.
	Invites bool   `json:"invites,omitempty"`
	Role    string `json:"role,omitempty"`
	// Lasts is how long an answer is waited for.
	Lasts  time.Duration `json:"lasts"`
	Settle time.Duration `json:"settle"`
}

// Confirmation says that the person has answered a test.
type Confirmation struct {
	// Quietly: the answer was to an incident's request, whose own answer is enough.
	Quietly bool `json:"quietly,omitempty"`
}
