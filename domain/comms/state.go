package comms

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
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
	// Announce: the liaison tells the incident commander that a message waits (R108). It holds
	// nothing up: the release is its end.
	Announce GateKind = "announce"
	Release  GateKind = "release"
	// Distribute: a responder sends it by hand and reports that it is out (R110).
	Distribute GateKind = "distribute"
)

// level puts the gates in their order: an edit voids those from its author's own on.
func (k GateKind) level() int {
	return slices.Index([]GateKind{Draft, Check, Review, Approve, Announce, Release, Distribute}, k)
}

// Gate is one yes the message needs.
type Gate struct {
	checkback.Item
	Kind GateKind `json:"kind"`
	// Hash is the text the yes counts for, Version the one that was read.
	Hash    string `json:"hash,omitempty"`
	Version int    `json:"version,omitempty"`
	// Deputies were asked as well, because nobody answered; whoever is first decides.
	Deputies []string `json:"deputies,omitempty"`
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
	Stage    Stage             `json:"stage"`
	Version  int               `json:"version"`
	Texts    []effect.Text     `json:"texts,omitempty"`
	Author   string            `json:"author,omitempty"`
	// Template is what the template said, from the first edit on.
	Template   []effect.Text `json:"template,omitempty"`
	Gates      []Gate        `json:"gates"`
	Objections []Objection   `json:"objections,omitempty"`
	Suggested  []Suggestion  `json:"suggestions,omitempty"`
	Reason     string        `json:"reason,omitempty"`
	ReleasedBy string        `json:"released_by,omitempty"`
	ReleasedAt time.Time     `json:"released_at,omitzero"`
	SentAt     time.Time     `json:"sent_at,omitzero"`
	// NextUpdate is what the sent text promises (R155).
	NextUpdate time.Time          `json:"next_update,omitzero"`
	Result     effect.Distributed `json:"result,omitzero"`
	Tells      int                `json:"tells,omitempty"`
	// Edition says which reading of the rules it follows; see plan.Edition.
	Edition int `json:"edition,omitempty"`

	// LeadRole leads the incident; empty means the Business Lead.
	LeadRole string `json:"lead_role,omitempty"`
	// Fresh is how long an approval counts; 0 means for ever.
	Fresh time.Duration `json:"fresh,omitempty"`
	Scope plan.Scope    `json:"scope,omitzero"`
	// Told and Said are what the audience was told before: elements, and the whole of the last
	// text, each by a name of what it said.
	Told map[string]string `json:"told,omitempty"`
	Said string            `json:"said,omitempty"`
	// Last is when the audience was written to before.
	Last time.Time `json:"last,omitzero"`
	// Carries are the elements in the template's text, Shown the facts a status page shows.
	Carries map[string]string `json:"carries,omitempty"`
	Shown   map[string]string `json:"shown,omitempty"`
	// List names the recipients who were counted by the way each is reached.
	List string         `json:"list,omitempty"`
	By   map[string]int `json:"by,omitempty"`
	// Sizing are the answers to what was asked before drafting (R97).
	Sizing []Sizing `json:"sizing,omitempty"`
}

// Sizing is one thing to be clear about before a draft is written (R97).
type Sizing struct {
	Question SizingQuestion `json:"question"`
	Answer   string         `json:"answer"`
	By       string         `json:"by"`
}

// SizingQuestion is one of four.
type SizingQuestion string

// The sizing questions. Expectations and perspective are facts of the templates as well.
const (
	Expectations SizingQuestion = "expectations"
	Perspective  SizingQuestion = "perspective"
	Receivers    SizingQuestion = "receivers"
	Details      SizingQuestion = "details"
)

// SizingQuestions lists them in their order.
func SizingQuestions() []SizingQuestion {
	return []SizingQuestion{Expectations, Perspective, Receivers, Details}
}

// fact is the fact of the templates that answers a question, or "".
func (q SizingQuestion) fact() string {
	switch q {
	case Expectations:
		return "expected"
	case Perspective:
		return "perspective"
	case Receivers, Details:
	}
	return ""
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
	Edition  int               `json:"edition,omitempty"`
	LeadRole string            `json:"lead_role,omitempty"`
	Fresh    time.Duration     `json:"fresh,omitempty"`
	Scope    plan.Scope        `json:"scope,omitzero"`
	Told     map[string]string `json:"told,omitempty"`
	Said     string            `json:"said,omitempty"`
	Last     time.Time         `json:"last,omitzero"`
}

// New returns a message nobody has written yet, with the gates its audience asks for.
func New(s Start) State {
	m := State{
		Incident: s.Incident, Year: s.Year, Title: s.Title, Drill: s.Drill, Phase: s.Phase,
		Audience: s.Audience, Order: s.Order, Cadence: s.Cadence, Patience: s.Patience, Minute: s.Minute,
		Holders: s.Holders, Facts: s.Facts, Stage: Drafting, Edition: s.Edition,
		LeadRole: s.LeadRole, Fresh: s.Fresh, Scope: s.Scope, Told: s.Told, Said: s.Said, Last: s.Last,
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
	if s.Audience.Release != "" && s.Edition > 2 {
		gate(Announce, s.Audience.Check)
	}
	gate(Release, s.Audience.Release)
	if slices.Contains(s.Audience.Send, plan.SendByHand) {
		gate(Distribute, s.Audience.Distribute)
	}
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
	if at := s.staleAt(); !at.IsZero() && (due.IsZero() || at.Before(due)) {
		due, why = at, "the approval grows old"
	}
	return due, why
}

// staleAt is when the approval that waits for its release stops counting, or zero.
func (s State) staleAt() time.Time {
	if s.Stage != Releasing || s.Fresh == 0 {
		return time.Time{}
	}
	for _, g := range s.Gates {
		if g.Kind == Approve && g.State == checkback.Done {
			return g.DoneAt.Add(s.Fresh)
		}
	}
	return time.Time{}
}

// lead leads the incident.
func (s State) lead() string { return s.Holders[cmp.Or(s.LeadRole, plan.BusinessLead)] }

// modern tells whether the message follows edition 3 of the rules or a later one.
func (s State) modern() bool { return s.Edition > 2 }

// Untouched tells whether the text is still the template's.
func (s State) Untouched() bool { return s.Author == "" }

// Hash names the exact text and the list it goes to; every yes is bound to it.
func (s State) Hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %d %d %v\n", s.Audience.Name, s.Phase, s.Order, s.Audience.Recipients, s.Audience.Send)
	if s.List != "" {
		fmt.Fprintf(h, "%s\n", s.List)
	}
	for _, t := range s.Texts {
		fmt.Fprintf(h, "%q %q %q\n", t.Language, t.Subject, t.Body)
		if t.Short != "" {
			fmt.Fprintf(h, "%q\n", t.Short)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func (s State) clone() State {
	s.Texts = slices.Clone(s.Texts)
	s.Gates = slices.Clone(s.Gates)
	s.Objections = slices.Clone(s.Objections)
	s.Suggested = slices.Clone(s.Suggested)
	s.Sizing = slices.Clone(s.Sizing)
	s.Facts = maps.Clone(s.Facts)
	s.Holders = maps.Clone(s.Holders)
	if s.Holders == nil {
		s.Holders = map[string]string{}
	}
	return s
}
