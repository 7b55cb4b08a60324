package plan

import "time"

// The ways a message goes out.
const (
	SendEmail      = "email"
	SendStatusPage = "status_page"
	// SendChat keeps one message per incident in the company's chat up to date (R142).
	SendChat = "chat"
	// SendWebhook tells the plan's hooks, such as a status page for customers.
	SendWebhook = "webhook"
	// SendByHand leaves it to a responder, who reports when it is out (R110).
	SendByHand = "by_hand"
)

// Audience is who a message is for (R86) and which gates it passes.
type Audience struct {
	Name string
	// Title is its name in texts, by language.
	Title map[string]string
	// Send lists the ways it goes out; see the Send constants.
	Send []string
	// Recipients are the addresses of the plan itself.
	Recipients []Recipient
	// List is the path of a CSV file with more of them, read when a draft begins.
	List string
	// Subscribers adds whoever asked for updates and whose wishes fit the incident (R146).
	Subscribers bool
	// Personal writes to each recipient alone, in the spokesperson's name, who gets the answers (R92).
	Personal bool
	// Spokesperson is the role whose holder is the voice: {{.Spokesperson}} in its texts, and
	// with Personal the sender. Empty means the company.
	Spokesperson string
	// Skip lists phases for which no message is owed (R90).
	Skip []Phase
	// Draft is the role that writes the first draft (R49).
	Draft string
	// Check verifies technical accuracy before anyone else reads (R100).
	Check string
	// Agree are the roles that review side by side (R99, R101).
	Agree []string
	// Approve and Release are the two last gates (R107, R108). Empty means the gate is not there.
	Approve, Release string
	// Distribute is the role that sends what goes out by hand (R110).
	Distribute string
	// Owner is the role that keeps the audience's promises (R155).
	Owner string
}

// Recipient is one address of an audience.
type Recipient struct {
	// Email or Phone, in E.164; a phone gets the short text. Exactly one is set.
	Email, Phone string
	Name         string
	Language     string
	// Shared says that several people read it: a distribution list (R140). None of them alone
	// can take it off the list.
	Shared bool
}

// Cadence is how long a message may be the latest one (R155).
type Cadence struct {
	// Updates is the longest time until the next update, by audience name.
	Updates map[string]time.Duration `json:"updates"`
	// Remind is how long before a promise lapses its owner is warned.
	Remind time.Duration `json:"remind"`
	// Hand is how long before it lapses the owner's backup is asked to keep it, Tell how long
	// before it the lead is told. Prepare is how long before it the next message is ordered.
	Hand    time.Duration `json:"hand,omitempty"`
	Tell    time.Duration `json:"tell,omitempty"`
	Prepare time.Duration `json:"prepare,omitempty"`
	// Review is the first check-back of a reviewer or approver who gave no estimate (R101).
	Review time.Duration `json:"review"`
	// Fresh is how long an approval counts: what was true an hour ago may not be now.
	Fresh time.Duration `json:"fresh,omitempty"`
	// Often is the shortest time between two messages that nobody is warned of (R157).
	Often time.Duration `json:"often,omitempty"`
}

// Small says how colleagues are kept informed of an incident below severe: by one role, with
// the same texts and promises, and without waking anybody else (R136).
type Small struct {
	// Liaison is the role that writes and sends; empty means that there are no such updates.
	Liaison string `json:"liaison,omitempty"`
	// Audiences are who is told; none of their own gates apply.
	Audiences []string `json:"audiences,omitempty"`
	// Approve is a role that must say yes; empty means that nobody need.
	Approve string `json:"approve,omitempty"`
	// Always begins them with every incident; otherwise somebody asks for them.
	Always bool `json:"always,omitempty"`
}
