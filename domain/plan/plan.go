package plan

import "time"

// Plan is a company's whole response plan: what its YAML file means after every
// reference was checked and every duration scaled. Lists keep the file's order,
// because order is meaning here: backups, audiences and tasks come one after another.
type Plan struct {
	// Hash names this exact plan. Every plan ever used stays in the record under it.
	Hash    string
	Company Company
	People  []Person
	// Rotations are shared duty rosters that roles refer to as "rotation:NAME".
	Rotations []Rotation
	Roles     []Role
	Policies  []Policy
	Severity  Severity
	Briefing  Briefing
	Emergency []Task
	// Phases that owe messages, in order (R84). Detection, analysis and publishing owe none.
	Phases    []Phase
	Audiences []Audience
	Cadence   Cadence
	Templates []Template
	Channels  Channels
	Triggers  []Trigger
	// AnalysisWithin is the time the Technical SLT has for the Preliminary Analysis (R118: 24 hours).
	AnalysisWithin time.Duration
	// Services and Regions are what an incident may concern: what people subscribe to, and what
	// texts of their own are kept for. FailureModes are known ways to fail (R152).
	Services, Regions []Topic
	FailureModes      []FailureMode
	// Small says how colleagues are kept informed of what is below severe (R136).
	Small Small
	// Status is what the status page says besides released texts.
	Status StatusPage
	// Hooks are other systems that are told of every release.
	Hooks []Hook
	// Login is how people sign in to the console.
	Login Login
	// Settle is how long an ambiguous send rests before it is looked up at the provider.
	Settle time.Duration
	// Minute is what one minute means: 60 s, or less when the plan runs faster for
	// demonstrations and tests. Minutes that people reply are multiples of it.
	Minute time.Duration
}

// Company says who speaks in every text and where people find help.
type Company struct {
	// Name is the first word of every SMS and call.
	Name string
	// Languages the company speaks; the first is used for people who chose none.
	Languages []string
	// Timezone is an IANA name; clock times in texts are in it.
	Timezone string
	// URL is the public base address of Stormbell without a trailing slash; it is inside every SMS.
	URL string
	// HelpPhone reaches a human; it is on every page and in every call.
	HelpPhone string
	// Conference is the business call (R6), ConferencePIN its pin.
	Conference, ConferencePIN string
	// Chat is the link to the business chat (R6, R39).
	Chat string
	// Owners are the person ids of those who mend the plan: they are told of gaps ahead. Nobody
	// here means whoever is on call as Business Lead.
	Owners []string
	// QuietHandovers says that nobody is texted when duty is handed over.
	QuietHandovers bool
}

// Person is somebody who can be reached. Only ids travel through workflows;
// everything else here is looked up at the moment of sending.
type Person struct {
	ID, Name, Email string
	// Phones in E.164, the preferred one first.
	Phones []Phone
	// Language is "de" or "en".
	Language string
}

// Phone is one number of a person.
type Phone struct {
	// Number in E.164, such as +4915111111111.
	Number string
	// NoText marks a phone that is only ever called: a landline, or a phone that cannot take SMS.
	NoText bool
}

// Rotation is a duty roster: people take turns of equal length, handing over at the
// same local time. All arithmetic is done in the rotation's time zone (DST-safe).
type Rotation struct {
	Name   string
	People []string
	// Start is a hand-over to the first of People, as wall-clock time in Timezone: every
	// later one falls on the same clock time, whatever the clocks do in between, and one that
	// falls into a skipped hour happens when the clock goes on. Before Start the turns
	// are counted backwards, so that a rotation never leaves a gap.
	Start    time.Time
	Timezone string
	// Every is the length of one turn in wall-clock time, in which every day has 24 hours.
	Every time.Duration
	// Only are the hours outside of which nobody of the rotation is on duty; none means
	// always. Turns go on regardless.
	Only []Hours
	// ICal says that the rotation is kept in a calendar elsewhere; then nothing above but Name
	// and Timezone counts, and Imported is what the calendar says.
	ICal     *ICal
	Imported Imported
}

// ICal is where a rotation is imported from (RFC 5545).
type ICal struct {
	// Source is an https address or the path of a file. An address may be as good as a password.
	Source Secret
	// ByName matches events to people by the names in their titles instead of by the e-mail
	// addresses of those who take part.
	ByName bool
	// Private lets the address lead into a private network.
	Private bool
}

// Imported is the last good copy of a calendar, as duties.
type Imported struct {
	// Duties are in order and do not overlap; what lies between them is a gap.
	Duties []Duty
	// ReadAt is when the calendar was last known to say this; zero while it never was read.
	ReadAt time.Time
	// Trouble says why the calendar cannot be read now; Findings what in it nobody can be
	// put on duty by. They name no addresses.
	Trouble  string
	Findings []string
}

// Duty is a time for which a calendar puts one person on duty, from From until just before Until.
type Duty struct {
	Person      string
	From, Until time.Time
}

// Group is one of the four groups of roles in the guide (R45), or the technical response's own.
type Group string

// The groups of roles.
const (
	GroupTechnical    Group = "technical"
	GroupInitial      Group = "initial"
	GroupOperations   Group = "operations"
	GroupMessaging    Group = "messaging"
	GroupDepartmental Group = "departmental"
)

// Roles the guide gives fixed duties to. A plan may define more (R58).
const (
	IncidentCommander = "incident_commander"
	TechnicalSLT      = "technical_slt"
	BusinessLead      = "business_lead"
	CustomerLiaison   = "customer_liaison"
	// TechnicalLiaison takes the Customer Liaison's place on the engineers' call (R32).
	TechnicalLiaison = "technical_liaison"
	InternalLiaison  = "internal_liaison"
	MarketingOfficer = "marketing_officer"
	SocialOfficer    = "social_officer"
	MediaOfficer     = "media_officer"
	LegalOfficer     = "legal_officer"
	MessagingOfficer = "messaging_officer"
	ELTApprover      = "elt_approver"
)

// Role is a hat in the incident, with somebody who wears it and people behind them (R57).
type Role struct {
	Name  string
	Group Group
	// Title is how texts name the role, by language: "Marketing", "Recht".
	Title map[string]string
	// Primary and Backups are person ids or "rotation:NAME".
	Primary string
	Backups []string
	// Policy names the escalation policy its pages follow.
	Policy string
	// NeededToStart marks the roles that must be there before the briefing (R36).
	NeededToStart bool
	// Card is what somebody who has the role for the first time must know, by language (R44);
	// empty means the usual words for the guide's roles.
	Card map[string]string
}

// Severity is the company's own formula (R14–R20): visibility × impact × duration.
type Severity struct {
	Visibility []Grade `json:"visibility"`
	Impact     []Grade `json:"impact"`
	// Duration grades by time since the start or the expected time, whichever is longer.
	// A grade applies from Over on.
	Duration []Grade `json:"duration"`
	// AskExpertAt pages the Technical SLT to judge (R23).
	AskExpertAt int `json:"ask_expert_at"`
	// RecommendAt shows "declare a business incident" (R20); it never declares (R21).
	RecommendAt int `json:"recommend_at"`
}

// Grade is one named value of a factor.
type Grade struct {
	Name  string `json:"name"`
	Value int    `json:"value"`
	// Over is used by the duration factor only: the grade applies from this age on.
	Over time.Duration `json:"over,omitempty"`
}

// Briefing sets the clocks of the initial briefing (R70–R76).
type Briefing struct {
	// Patience is how long an unknown answer may stay unknown before the liaison is asked again (R72),
	// and how long the briefing may hold up emergency mode once everybody needed is present.
	Patience time.Duration `json:"patience"`
}

// Task is one thing that emergency mode asks of a role, with its undo (R77–R83).
type Task struct {
	ID, Role string
	// Do and Undo are the instructions by language. A task without Undo is not restored.
	Do, Undo map[string]string
	// How links to instructions.
	How string
	// Expect is the usual time it takes; the first check-back when nobody gave an estimate (R80).
	Expect time.Duration
	// Every, when set, makes it a watch duty that runs on with a report at each interval (R82).
	Every time.Duration
}

// Phase is a phase of the incident (R84).
type Phase string

// The seven phases in order.
const (
	Detection      Phase = "detection"
	Investigation  Phase = "investigation"
	Identification Phase = "identification"
	Monitoring     Phase = "monitoring"
	Resolution     Phase = "resolution"
	Analysis       Phase = "analysis"
	Publishing     Phase = "publishing"
)

// AllPhases lists the phases in their order.
func AllPhases() []Phase {
	return []Phase{Detection, Investigation, Identification, Monitoring, Resolution, Analysis, Publishing}
}

// Trigger is a source of alerts.
type Trigger struct {
	// Name is the last part of its address, /in/<name>, or for Events v2 just a name.
	Name string
	// Type is alertmanager, grafana, pagerduty, events, cloudevents or generic.
	Type string
	// Key is the routing key (events), the secret that signs the webhooks (pagerduty) or the
	// bearer token (everything else); empty means that none is asked for on the loopback,
	// and that the trigger is closed elsewhere.
	Key Secret
	// Visibility and Impact map the sender's severity word, in small letters, to grades of the score;
	// the entry "" is always there and is for alerts without a known word.
	Visibility, Impact map[string]string
	// Generic triggers map a request with these expressions (expr-lang) over body, the decoded
	// JSON, and headers, a map of text. When and ResolveWhen answer true or false; empty they
	// mean always and never. The others answer a text; empty they mean that there is none.
	When, DedupKey, What, Severity, ResolveWhen string
}

// Channels are the accounts that carry texts, calls and mail.
type Channels struct {
	// Pages carries pages; Updates carries status texts from another number, so that STOP there never silences a page.
	Pages, Updates Twilio
	Mail           SendGrid
	// Chat is the company's chat; its zero value has none.
	Chat Slack
}

// Lab tells whether any channel waits for the phone lab, which only stormbell-solo has.
func (c Channels) Lab() bool { return c.Pages.Lab || c.Updates.Lab || c.Mail.Lab || c.Chat.Lab }

// Twilio is one sender number of a Twilio account.
type Twilio struct {
	// Lab says that the phone lab stands in for Twilio and supplies whatever of Account,
	// Token and Endpoint is empty.
	Lab     bool
	Account Secret
	Token   Secret
	// From is the sender's number in E.164.
	From string
	// Endpoint is another base URL than Twilio's own; empty means theirs.
	Endpoint string
	// Fallback is a web address on another host that speaks to callers when ours fails during a
	// call; empty means that only a part of ours can step in for another.
	Fallback string
	// TextsPerSecond and CallsPerSecond are how many of them one worker begins in a second;
	// 0 means as many as there are.
	TextsPerSecond, CallsPerSecond int
}

// SendGrid is a SendGrid account.
type SendGrid struct {
	// Lab says that the phone lab stands in for SendGrid and supplies Key, Endpoint and
	// EventKey where they are empty.
	Lab       bool
	Key       Secret
	FromName  string
	FromEmail string
	Endpoint  string
	// EventKey is the public key that signs the event webhook (base64 DER).
	EventKey string
	// Inbound takes answers to mails; the zero value means that nobody reads them.
	Inbound Inbound
	// MailsPerSecond is how many mails one worker sends in a second; 0 means as many as there are.
	MailsPerSecond int
}

// Inbound is where answers to mails come in: SendGrid posts to us what arrives there.
type Inbound struct {
	// Address is answered to, in a form of its own for every mail; empty means that no mail
	// promises that it can be answered. The phone lab supplies what is empty here.
	Address string
	// Key is a secret in the address that SendGrid posts to.
	Key Secret
	// PublicKey signs what SendGrid posts (base64 DER). Where both are given, both must fit.
	PublicKey string
}

// Has tells whether answers to mails reach us.
func (i Inbound) Has() bool { return i.Address != "" }

// Secret prints itself as a mask wherever it is shown.
type Secret string

// String masks the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "<secret>"
}

// GoString masks the secret in %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText masks the secret in JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal returns the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }
