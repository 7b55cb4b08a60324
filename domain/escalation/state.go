package escalation

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// Stage is where a page stands.
type Stage string

// The stages of a page.
const (
	// Climbing: the policy's steps are being worked through.
	Climbing Stage = "climbing"
	// Unanswered: every step is used up; the last rule goes on, wider and slower.
	Unanswered Stage = "unanswered"
	// Held: somebody holds the role.
	Held Stage = "held"
	// Closed: the page was told to stand down.
	Closed Stage = "closed"
)

// Page is what a page is about; it never changes.
type Page struct {
	Incident int         `json:"incident"`
	Role     string      `json:"role"`
	K        int         `json:"k"`
	Policy   plan.Policy `json:"policy"`
	Title    string      `json:"title"`
	Since    time.Time   `json:"since"`
	// Lead is told when nobody answers; while nobody leads, whoever is on call as LeadRole.
	Lead     string `json:"lead,omitempty"`
	LeadRole string `json:"lead_role,omitempty"`
	// Judge says that the role is asked to judge whether the business must act (R23), not to act.
	Judge bool `json:"judge,omitempty"`
	Drill bool `json:"drill,omitempty"`
	// RollOn lets a roll call go on when the role is held. Whoever sets it hears of the holder
	// before the page ends, and closes the page when the incident is over; else the roll call
	// ends with the page, when somebody takes the role.
	RollOn bool `json:"roll_on,omitempty"`
	// Join says that whoever takes the role is needed on the call at once (R36).
	Join bool `json:"join,omitempty"`
	// Owners are told when nobody answers.
	Owners []string `json:"owners,omitempty"`
	// Minute is the length of a minute in this plan.
	Minute time.Duration `json:"minute"`
}

// Attempt is one try to reach one person by one channel.
type Attempt struct {
	ID      string           `json:"id"`
	Rung    int              `json:"rung"`
	Person  string           `json:"person"`
	Channel plan.Channel     `json:"channel"`
	At      time.Time        `json:"at"`
	Outcome delivery.Outcome `json:"outcome"`
}

// State is the whole of a page; it is also what a continued run starts from.
type State struct {
	Page  Page  `json:"page"`
	Stage Stage `json:"stage"`
	// Step is the index of the policy's step in force, Round how often it was climbed before.
	Step  int `json:"step"`
	Round int `json:"round"`
	// Lap counts how often the end of the ladder led back to an earlier step; LapRung is the
	// first rung of this lap.
	Lap     int `json:"lap,omitempty"`
	LapRung int `json:"lap_rung,omitempty"`
	// Rung counts everything ever climbed, so that each attempt has a name of its own.
	Rung int `json:"rung"`
	// Searching is set while the people behind the rung are being looked up.
	Searching bool `json:"searching,omitempty"`
	// Due is when the next rung follows.
	Due time.Time `json:"due,omitzero"`
	// Quiet says that the rung fell into quiet hours, after which it is climbed again.
	Quiet bool `json:"quiet,omitempty"`
	// Candidates are the people behind the role, as last looked up.
	Candidates []string `json:"candidates,omitempty"`
	// People are reached on this rung; Asked is everybody reached so far.
	People []string `json:"people,omitempty"`
	Asked  []string `json:"asked,omitempty"`
	// Backups counts the backups reached, for the target next_backup.
	Backups  int       `json:"backups,omitempty"`
	Attempts []Attempt `json:"attempts,omitempty"`
	// Declined lists people who passed on.
	Declined []string `json:"declined,omitempty"`
	// Roll are the people of a roll call who have not answered yet, RollStep is its step.
	Roll     []string  `json:"roll,omitempty"`
	RollStep int       `json:"roll_step,omitempty"`
	Holder   string    `json:"holder,omitempty"`
	Via      string    `json:"via,omitempty"`
	HeldAt   time.Time `json:"held_at,omitzero"`
	Minutes  int       `json:"minutes,omitempty"`
	// Joined says that the holder is on the call.
	Joined bool `json:"joined,omitempty"`
	// Courtesies counts friendly answers to replies nobody understood, by person.
	Courtesies map[string]int `json:"courtesies,omitempty"`
	// Tells numbers what was told, so that nothing is told twice.
	Tells int `json:"tells,omitempty"`
}

// New returns the state of a page that has not begun.
func New(p Page, skip []string) State {
	return State{Page: p, Stage: Climbing, Rung: -1, Declined: skip}
}

// Over tells whether the page has ended: a held role still waits for its roll call.
func (s State) Over() bool { return s.Stage == Closed || s.Stage == Held && len(s.Roll) == 0 }

// Next returns when the page wakes by itself, and why.
func (s State) Next() (time.Time, string) {
	if s.Over() || s.Searching || s.Due.IsZero() {
		return time.Time{}, ""
	}
	if s.Stage == Held {
		return s.Due, "waiting for the roll call of " + s.Page.Role
	}
	if s.Quiet {
		return s.Due, "quiet hours: " + s.Page.Role + " is called when they are over"
	}
	return s.Due, "waiting for " + s.Page.Role + " to answer"
}

// after returns who is asked after a person, or "" at the end of the list.
func (s State) after(person string) string {
	i := slices.Index(s.Candidates, person)
	for _, next := range s.Candidates[i+1:] {
		if !slices.Contains(s.Declined, next) {
			return next
		}
	}
	return ""
}

func (s State) clone() State {
	s.People = slices.Clone(s.People)
	s.Asked = slices.Clone(s.Asked)
	s.Attempts = slices.Clone(s.Attempts)
	s.Declined = slices.Clone(s.Declined)
	s.Roll = slices.Clone(s.Roll)
	courtesies := make(map[string]int, len(s.Courtesies))
	for person, n := range s.Courtesies {
		courtesies[person] = n
	}
	s.Courtesies = courtesies
	return s
}

func (s State) notice(kind notice.Kind) notice.Notice {
	return notice.Notice{
		Kind: kind, Incident: s.Page.Incident, Title: s.Page.Title, Role: s.Page.Role,
		Since: s.Page.Since, Judge: s.Page.Judge, Drill: s.Page.Drill,
	}
}

// Asks lists who is asked to take the role now.
func (s State) Asks() []effect.Ask {
	if s.Over() {
		return nil
	}
	asked := s.Asked
	if s.Stage == Held {
		asked = s.Roll
	}
	var asks []effect.Ask
	for _, p := range asked {
		asks = append(asks, effect.Ask{ID: p, Person: p, Role: s.Page.Role, Kind: effect.AskPage})
	}
	return asks
}
