package contract

import (
	"encoding/json"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// Carried is what a run hands to the next one besides its state: Temporal's own
// deduplication ends with a run.
type Carried struct {
	// Handled are the ids of the latest commands, oldest first.
	Handled []string `json:"handled,omitempty"`
	// Sequence and Revision go on where the last run stopped.
	Sequence int64 `json:"sequence,omitempty"`
	Revision int64 `json:"revision,omitempty"`
	// Listed is what the search attributes were last set to.
	Listed string `json:"listed,omitempty"`
}

// IncidentInput starts or continues a technical incident.
type IncidentInput struct {
	Number  int             `json:"number"`
	Year    int             `json:"year"`
	Rules   plan.Snapshot   `json:"rules"`
	Drill   bool            `json:"drill,omitempty"`
	State   *incident.State `json:"state,omitempty"`
	Carried Carried         `json:"carried,omitzero"`
}

// BusinessInput starts or continues a business incident.
type BusinessInput struct {
	Start   business.Start  `json:"start"`
	State   *business.State `json:"state,omitempty"`
	Carried Carried         `json:"carried,omitzero"`
}

// PageInput starts or continues a page.
type PageInput struct {
	Year    int               `json:"year"`
	Page    escalation.Page   `json:"page"`
	Skip    []string          `json:"skip,omitempty"`
	Settle  time.Duration     `json:"settle"`
	State   *escalation.State `json:"state,omitempty"`
	Carried Carried           `json:"carried,omitzero"`
}

// MessageInput starts or continues the loop of a message.
type MessageInput struct {
	Start   comms.Start   `json:"start"`
	Settle  time.Duration `json:"settle"`
	State   *comms.State  `json:"state,omitempty"`
	Carried Carried       `json:"carried,omitzero"`
}

// DistributionInput sends one release, or goes on with it.
type DistributionInput struct {
	Year       int                `json:"year"`
	Incident   int                `json:"incident"`
	Title      string             `json:"title"`
	PlanHash   string             `json:"plan_hash"`
	Phase      plan.Phase         `json:"phase"`
	Audience   string             `json:"audience"`
	Send       []string           `json:"send"`
	Release    int                `json:"release"`
	Texts      []effect.Text      `json:"texts"`
	NextUpdate time.Time          `json:"next_update,omitzero"`
	Recipients int                `json:"recipients"`
	By         string             `json:"by,omitempty"`
	Drill      bool               `json:"drill,omitempty"`
	Next       int                `json:"next,omitempty"`
	So         effect.Distributed `json:"so,omitzero"`
	// Edition says which reading of the rules it follows; see plan.Edition.
	Edition int `json:"edition,omitempty"`
	// List names the recipients; Recipients counts them.
	List         string     `json:"list,omitempty"`
	Spokesperson string     `json:"spokesperson,omitempty"`
	Holding      bool       `json:"holding,omitempty"`
	Scope        plan.Scope `json:"scope,omitzero"`
	// Facts are what a status page shows by itself.
	Facts map[string]string `json:"facts,omitempty"`
}

// GatherInput asks for the list of an audience's recipients as it is now.
type GatherInput struct {
	PlanHash string     `json:"plan_hash"`
	Incident int        `json:"incident"`
	Audience string     `json:"audience"`
	Scope    plan.Scope `json:"scope,omitzero"`
	Drill    bool       `json:"drill,omitempty"`
}

// AlertsInput is the signal of news from monitoring tools.
type AlertsInput struct {
	Alerts []incident.Alert `json:"alerts"`
}

// StandDownInput ends a page.
type StandDownInput struct {
	FalseAlarm bool `json:"false_alarm,omitempty"`
}

// WithdrawInput stops a message.
type WithdrawInput struct {
	Reason string `json:"reason"`
}

// Receipt answers a command: it is in the record from this revision on.
type Receipt struct {
	Workflow string `json:"workflow"`
	Revision int64  `json:"revision"`
}

// Entry is one line of the timeline on its way to the record.
type Entry struct {
	Sequence int64             `json:"sequence"`
	At       time.Time         `json:"at"`
	Kind     string            `json:"kind"`
	Actor    string            `json:"actor"`
	Text     string            `json:"text"`
	Data     map[string]string `json:"data,omitempty"`
}

// Kinds of snapshots in the record.
const (
	KindIncident     = "incident"
	KindBusiness     = "business"
	KindPage         = "page"
	KindMessage      = "message"
	KindDistribution = "distribution"
)

// AppendInput writes entries together with the state they led to.
type AppendInput struct {
	Incident int             `json:"incident"`
	Workflow string          `json:"workflow"`
	Run      string          `json:"run"`
	Kind     string          `json:"kind"`
	Entries  []Entry         `json:"entries,omitempty"`
	Revision int64           `json:"revision"`
	Snapshot json.RawMessage `json:"snapshot,omitempty"`
	Asks     []effect.Ask    `json:"asks,omitempty"`
	Title    string          `json:"title,omitempty"`
	Phase    string          `json:"phase,omitempty"`
	Mode     string          `json:"mode,omitempty"`
	Severity string          `json:"severity,omitempty"`
	Score    int             `json:"score,omitempty"`
	// KeysFree lets the next alert of the same key open a new incident.
	KeysFree bool `json:"keys_free,omitempty"`
	Ended    bool `json:"ended,omitempty"`
}

// FindPeopleInput asks who is behind a role now.
type FindPeopleInput struct {
	Role   string   `json:"role"`
	Others []string `json:"others,omitempty"`
	// Quiet are hours of which it is asked whether they are now.
	Quiet plan.Quiet `json:"quiet,omitzero"`
}

// FindPeopleResult answers it with person ids only.
type FindPeopleResult struct {
	Candidates []string          `json:"candidates"`
	Others     map[string]string `json:"others,omitempty"`
	QuietUntil time.Time         `json:"quiet_until,omitzero"`
}

// Again says whether a send may be tried once more.
type Again string

// The kinds of second tries.
const (
	// First: the row must not have been attempted.
	First Again = ""
	// Retry: the provider certainly did not take it before.
	Retry Again = "retry"
	// Resend: nothing could be proven; this may become a duplicate and is flagged.
	Resend Again = "resend"
)

// SendInput is exactly one attempt to reach one person by one channel.
type SendInput struct {
	// N is the delivery's id: the same for every try of this send.
	N        string        `json:"n"`
	Incident int           `json:"incident"`
	Workflow string        `json:"workflow"`
	Step     string        `json:"step"`
	Person   string        `json:"person"`
	Notice   notice.Notice `json:"notice"`
	Again    Again         `json:"again,omitempty"`
	Until    time.Time     `json:"until,omitzero"`
}

// SendResult is what became of the attempt.
type SendResult struct {
	Outcome    delivery.Outcome `json:"outcome"`
	RetryAfter time.Duration    `json:"retry_after,omitempty"`
}

// LookUpInput asks the provider whether it knows a send.
type LookUpInput struct {
	SendInput
	Channel plan.Channel `json:"channel"`
}

// LookUpResult answers it.
type LookUpResult struct {
	Found   bool             `json:"found"`
	Outcome delivery.Outcome `json:"outcome"`
}

// HangUpInput ends the call of a send.
type HangUpInput struct {
	Workflow string `json:"workflow"`
	Step     string `json:"step"`
}

// RenderInput fills the templates of an audience's message.
type RenderInput struct {
	PlanHash string            `json:"plan_hash"`
	Incident int               `json:"incident"`
	Audience string            `json:"audience"`
	Phase    plan.Phase        `json:"phase"`
	Facts    map[string]string `json:"facts"`
	Scope    plan.Scope        `json:"scope,omitzero"`
	// Told are the elements that the audience was told before.
	Told map[string]string `json:"told,omitempty"`
}

// RenderResult is the draft in every language of the company.
type RenderResult struct {
	Texts []effect.Text `json:"texts"`
	// Carries are the elements in the texts, and Facts those a status page shows by themselves.
	Carries map[string]string `json:"carries,omitempty"`
	Facts   map[string]string `json:"facts,omitempty"`
}

// BatchInput sends a release to the recipients From ≤ i < To.
type BatchInput struct {
	DistributionInput
	From int `json:"from"`
	To   int `json:"to"`
}
