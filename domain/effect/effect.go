// Package effect is what the aggregates decide to do in the world, and what the world
// answers. Both sets are closed: workflows interprets every Effect in one switch, and
// every Fact comes back to the aggregate that asked for it. Effects are carried out in
// the order they were decided. It must not import anything but the standard library and
// its neighbours in domain.
package effect

import (
	"time"

	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
)

// Effect is one thing to do. Each says why; the why becomes the summary in the Temporal
// UI, the log line and the timeline entry.
type Effect interface{ effect() }

// Record appends one entry to the incident's timeline.
type Record struct {
	// Kind is a stable word such as role_taken.
	Kind string
	// Actor is a person id, or "system".
	Actor string
	// Text is one English sentence without contact data.
	Text string
	Data map[string]string
}

// FindPeople looks up, now, who is behind a role; it answers with PeopleFound.
type FindPeople struct {
	Rung int
	Role string
	// Others are further roles whose holders the rung reaches.
	Others []string
	// Quiet are hours of which it is asked whether they are now.
	Quiet plan.Quiet
}

// Reach is one attempt of a page to get hold of one person by one channel. Outcomes come
// back as Reported with the same ID, perhaps more than once.
type Reach struct {
	ID      string
	Rung    int
	Person  string
	Channel plan.Channel
	Notice  notice.Notice
	// Until is when the attempt stops being useful.
	Until time.Time
	Why   string
}

// HangUp ends a call that is still ringing or talking.
type HangUp struct{ ID string }

// Tell says one thing to one person, by text, else by mail.
type Tell struct {
	// ID is unique within the aggregate; the same ID is never sent twice.
	ID     string
	Person string
	Notice notice.Notice
	// By are other ways than these, each tried when the one before it is known to have failed.
	By  []plan.Channel
	Why string
}

// OpenPage starts to reach somebody for a role; it answers with PageEnded.
type OpenPage struct {
	Role string
	// K counts the pages of this role in this incident.
	K      int
	Policy plan.Policy
	Title  string
	Since  time.Time
	// Skip lists people who need not be asked (they passed on).
	Skip []string
	// Judge says that the role is asked to judge, not to act (R23).
	Judge bool
	// Join says that whoever takes the role is needed on the call at once (R36, R39).
	Join bool
	Why  string
}

// ClosePage tells a page to stand down.
type ClosePage struct {
	Role string
	K    int
	// FalseAlarm chooses the kinder last text.
	FalseAlarm bool
}

// StartBusiness opens the business incident; it answers with BusinessEnded.
type StartBusiness struct {
	By  string
	Why string
}

// InformBusiness passes a change of the technical incident on to the business incident.
type InformBusiness struct {
	Phase     plan.Phase
	By        string
	Cancelled bool
	// Reply is a late answer of a person whose page has ended.
	Reply *Replied
	// Page is the end of a page that began before the declaration.
	Page *PageEnded
}

// OpenMessage starts the loop of one message; it answers with MessageEnded.
type OpenMessage struct {
	Audience string
	Phase    plan.Phase
	// Order counts the messages to this audience in this phase.
	Order int
	// Holders are the people who hold the roles of the loop now, by role.
	Holders map[string]string
	Facts   map[string]string
	// Rule is how it is written; nil means as the plan's audience says. LeadRole leads it.
	Rule     *plan.AudienceRule
	LeadRole string
	Scope    plan.Scope
	// Told, Said and Last are what the audience was told before.
	Told map[string]string
	Said string
	Last time.Time
	Why  string
}

// Deputise lets somebody act in roles of an open message besides their holders.
type Deputise struct {
	Audience string
	Phase    plan.Phase
	Roles    []string
	Person   string
}

// WithdrawMessage stops a loop because the incident moved on (R89).
type WithdrawMessage struct {
	Audience string
	Phase    plan.Phase
}

// InformMessages tells every open loop who holds a role now; or, without a role, what is
// known now.
type InformMessages struct {
	Role, Person string
	Facts        map[string]string
	Scope        plan.Scope
}

// Render fills a message's template with facts; it answers with Rendered.
type Render struct {
	Audience string
	Phase    plan.Phase
	Facts    map[string]string
	Scope    plan.Scope
	// Told are the elements that the audience was told before, each with a name of what it
	// said: what is new comes first (R160).
	Told map[string]string
}

// Moved tells the parent how far a message has come.
type Moved struct {
	Audience string     `json:"audience"`
	Phase    plan.Phase `json:"phase"`
	Order    int        `json:"order"`
	Step     Step       `json:"step"`
}

// Step is how far an open message has come, as far as its board needs to know.
type Step string

// The steps of an open message; the first is to be written.
const (
	// Reading: its writer is free for the next one (R95).
	Reading Step = "reading"
	// Sending: it is on its way out.
	Sending Step = "sending"
)

// Gather draws up the list of recipients as it is now; it answers with Gathered.
type Gather struct {
	Audience string
	Scope    plan.Scope
}

// Distribute sends a released text to its audience; it answers with Distributed.
type Distribute struct {
	Audience   string
	Phase      plan.Phase
	Release    int
	Texts      []Text
	Send       []string
	NextUpdate time.Time
	Recipients int
	By         string
	// List names the list of recipients that was approved; empty means the plan's own.
	List string
	// Spokesperson is the person id of whoever speaks.
	Spokesperson string
	// Holding sends the text that was agreed on beforehand; Texts are empty then.
	Holding bool
	Scope   plan.Scope
	// Facts are what a status page shows by itself.
	Facts map[string]string
}

// ShowInChat brings the incident's one message in the chat up to date.
type ShowInChat struct {
	// Why is unique among such wishes of the incident: a phase, or "end".
	Why string
}

// StopDistribution ends a distribution that is under way; it still answers with Distributed.
type StopDistribution struct{}

// Text is one language's version of a message.
type Text struct {
	Language string `json:"language"`
	Subject  string `json:"subject"`
	Body     string `json:"body"`
	// Short is what those get who read it on a phone: the start of the body, and where the
	// rest is (R153).
	Short string `json:"short,omitempty"`
}

func (Record) effect()           {}
func (FindPeople) effect()       {}
func (Reach) effect()            {}
func (HangUp) effect()           {}
func (Tell) effect()             {}
func (OpenPage) effect()         {}
func (ClosePage) effect()        {}
func (StartBusiness) effect()    {}
func (InformBusiness) effect()   {}
func (OpenMessage) effect()      {}
func (Deputise) effect()         {}
func (WithdrawMessage) effect()  {}
func (InformMessages) effect()   {}
func (Render) effect()           {}
func (Gather) effect()           {}
func (Moved) effect()            {}
func (Distribute) effect()       {}
func (ShowInChat) effect()       {}
func (StopDistribution) effect() {}

// Ask is one open request to one person: what a reply of that person can be about.
type Ask struct {
	// ID is unique within the workflow.
	ID      string `json:"id"`
	Person  string `json:"person"`
	Role    string `json:"role,omitempty"`
	Kind    string `json:"kind"`
	Subject string `json:"subject,omitempty"`
}

// The kinds of open requests.
const (
	AskPage      = "page"
	AskTask      = "task"
	AskBrief     = "brief"
	AskRecommend = "recommend"
	AskDraft     = "draft"
	AskCheck     = "check"
	AskReview    = "review"
	AskApprove   = "approve"
	AskRelease   = "release"
	AskAnnounce  = "announce"
	// AskDistribute asks to send something by hand.
	AskDistribute = "distribute"
	// AskJoin asks to be on the call, AskHold for a sign of life, AskHandOver to hand over.
	AskJoin     = "join"
	AskHold     = "hold"
	AskHandOver = "hand_over"
)
