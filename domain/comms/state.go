package comms

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// Stage is the gate a message waits at.
type Stage string

// The stages of a message, in order.
const (
	// Drafting: the drafter completes what the template began (R98).
	Drafting Stage = "drafting"
	// Checking: the liaison verifies technical accuracy (R100).
	Checking Stage = "checking"
	// Reviewing: the reviewers read side by side (R99, R101).
	Reviewing Stage = "reviewing"
	// Approving: the ELT Approver has it (R107).
	Approving Stage = "approving"
	// Releasing: the incident commander has it (R108).
	Releasing Stage = "releasing"
	// Sending: it goes out (R110).
	Sending Stage = "sending"
	// Sent: it is out.
	Sent Stage = "sent"
	// Skipped: somebody decided that it is not needed (R90).
	Skipped Stage = "skipped"
	// Withdrawn: the incident moved on (R89).
	Withdrawn Stage = "withdrawn"
)

// GateKind tells what a gate asks of its role.
type GateKind string

// The kinds of gates.
const (
	Draft   GateKind = "draft"
	Check   GateKind = "check"
	Review  GateKind = "review"
	Approve GateKind = "approve"
	Release GateKind = "release"
)

// Gate is one yes the message needs.
type Gate struct {
	checkback.Item
	Kind GateKind `json:"kind"`
	// Hash is the text the yes was given to.
	Hash string `json:"hash,omitempty"`
}

// Objection is a strong objection: it blocks until it is settled or overruled by name (R104).
type Objection struct {
	ID      int       `json:"id"`
	Role    string    `json:"role"`
	By      string    `json:"by"`
	Words   string    `json:"words"`
	At      time.Time `json:"at"`
	Settled string    `json:"settled,omitempty"`
}

// Suggestion is a wish for wording; it never blocks (R103).
type Suggestion struct {
	By   string    `json:"by"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// State is the whole of one message; it is also what a continued run starts from.
type State struct {
	Incident   int               `json:"incident"`
	Year       int               `json:"year"`
	Title      string            `json:"title"`
	Drill      bool              `json:"drill,omitempty"`
	Phase      plan.Phase        `json:"phase"`
	Audience   plan.AudienceRule `json:"audience"`
	Order      int               `json:"order"`
	Cadence    time.Duration     `json:"cadence"`
	Patience   time.Duration     `json:"patience"`
	Minute     time.Duration     `json:"minute"`
	Holders    map[string]string `json:"holders"`
	Facts      map[string]string `json:"facts"`
	Stage      Stage             `json:"stage"`
	Version    int               `json:"version"`
	Texts      []effect.Text     `json:"texts,omitempty"`
	Author     string            `json:"author,omitempty"`
	Gates      []Gate            `json:"gates"`
	Objections []Objection       `json:"objections,omitempty"`
	Suggested  []Suggestion      `json:"suggestions,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	ReleasedBy string            `json:"released_by,omitempty"`
	ReleasedAt time.Time         `json:"released_at,omitzero"`
	SentAt     time.Time         `json:"sent_at,omitzero"`
	// NextUpdate is what the sent text promises (R155).
	NextUpdate time.Time          `json:"next_update,omitzero"`
	Result     effect.Distributed `json:"result,omitzero"`
	Tells      int                `json:"tells,omitempty"`
	// Edition says which reading of the rules it follows; see plan.Edition.
	Edition int `json:"edition,omitempty"`
}

// Start is what a message begins with.
type Start struct {
	Incident int               `json:"incident"`
	Year     int               `json:"year"`
	Title    string            `json:"title"`
	Drill    bool              `json:"drill,omitempty"`
	Phase    plan.Phase        `json:"phase"`
	Audience plan.AudienceRule `json:"audience"`
	Order    int               `json:"order"`
	Cadence  time.Duration     `json:"cadence"`
	Patience time.Duration     `json:"patience"`
	Minute   time.Duration     `json:"minute"`
	Holders  map[string]string `json:"holders"`
	Facts    map[string]string `json:"facts"`
	PlanHash string            `json:"plan_hash"`
	// Edition says which reading of the rules the message follows; see plan.Edition.
	Edition int `json:"edition,omitempty"`
}

// New returns a message nobody has written yet, with the gates its audience asks for.
func New(s Start) State {
	m := State{
		Incident: s.Incident, Year: s.Year, Title: s.Title, Drill: s.Drill, Phase: s.Phase,
		Audience: s.Audience, Order: s.Order, Cadence: s.Cadence, Patience: s.Patience, Minute: s.Minute,
		Holders: s.Holders, Facts: s.Facts, Stage: Drafting, Edition: s.Edition,
	}
	gate := func(kind GateKind, role string) {
		if role != "" {
			m.Gates = append(m.Gates, Gate{Item: checkback.New(string(kind)+":"+role, role), Kind: kind})
		}
	}
	gate(Draft, s.Audience.Draft)
	gate(Check, s.Audience.Check)
	for _, role := range s.Audience.Agree {
		gate(Review, role)
	}
	gate(Approve, s.Audience.Approve)
	gate(Release, s.Audience.Release)
	return m
}

// Over tells whether the message has ended.
func (s State) Over() bool { return s.Stage == Sent || s.Stage == Skipped || s.Stage == Withdrawn }

// Next returns when the message wakes by itself, and why.
func (s State) Next() (due time.Time, why string) {
	if s.Over() {
		return time.Time{}, ""
	}
	for _, g := range s.Gates {
		if at, id := checkback.Earliest(g.Item); !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due, why = at, "check back: "+id
		}
	}
	return due, why
}

// Hash names the exact text and the list it goes to; every yes is bound to it.
func (s State) Hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %d %d %v\n", s.Audience.Name, s.Phase, s.Order, s.Audience.Recipients, s.Audience.Send)
	for _, t := range s.Texts {
		fmt.Fprintf(h, "%q %q %q\n", t.Language, t.Subject, t.Body)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func (s State) clone() State {
	s.Texts = slices.Clone(s.Texts)
	s.Gates = slices.Clone(s.Gates)
	s.Objections = slices.Clone(s.Objections)
	s.Suggested = slices.Clone(s.Suggested)
	holders := make(map[string]string, len(s.Holders))
	for role, person := range s.Holders {
		holders[role] = person
	}
	s.Holders = holders
	return s
}
