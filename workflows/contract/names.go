package contract

// TaskQueue runs workflows and cheap activities; SendQueue runs what talks to providers.
const (
	TaskQueue = "stormbell"
	SendQueue = "stormbell-send"
)

// The workflow types.
const (
	Incident         = "Incident"
	BusinessIncident = "BusinessIncident"
	Page             = "Page"
	Message          = "Message"
	Distribution     = "Distribution"
	ContactTest      = "ContactTest"
	Courtesy         = "Courtesy"
	Duty             = "Duty"
	OptIn            = "OptIn"
	Outlet           = "Outlet"
)

// Updates: what people command, validated and answered.
const (
	OpenIncident    = "openIncident"
	Assess          = "assess"
	Recommend       = "recommend"
	Declare         = "declare"
	ChangePhase     = "changePhase"
	Resolve         = "resolve"
	Cancel          = "cancel"
	PageRole        = "pageRole"
	Appoint         = "appoint"
	AddNote         = "addNote"
	AcceptPage      = "acceptPage"
	DeclinePage     = "declinePage"
	Brief           = "brief"
	ConfirmBriefing = "confirmBriefing"
	EstimateTask    = "estimateTask"
	FinishTask      = "finishTask"
	BlockTask       = "blockTask"
	DropTask        = "dropTask"
	AddTask         = "addTask"
	Attend          = "attend"
	NameProxy       = "nameProxy"
	HandOver        = "handOver"
	StillHere       = "stillHere"
	SkipMessage     = "skipMessage"
	OrderMessage    = "orderMessage"
	EditDraft       = "editDraft"
	SubmitDraft     = "submitDraft"
	AgreeToDraft    = "agreeToDraft"
	ObjectToDraft   = "objectToDraft"
	SettleObjection = "settleObjection"
	ApproveDraft    = "approveDraft"
	ReleaseDraft    = "releaseDraft"
	TakeBackDraft   = "takeBackDraft"
	EstimateReview  = "estimateReview"
	SizeMessage     = "sizeMessage"
	DeliverMessage  = "deliverMessage"
	SetScope        = "setScope"
	StartUpdates    = "startUpdates"
)

// Signals: facts that machines report, and what workflows tell each other.
const (
	AlertsReceived   = "alertsReceived"
	ReplyReceived    = "replyReceived"
	DeliveryReported = "deliveryReported"
	StandDown        = "standDown"
	IncidentMoved    = "incidentMoved"
	MessageWithdrawn = "messageWithdrawn"
	RoleHeld         = "roleHeld"
	MessageMoved     = "messageMoved"
	DeputyNamed      = "deputyNamed"
	FactsLearned     = "factsLearned"
	PageOver         = "pageOver"
	ContactConfirmed = "contactConfirmed"
	DutyChanged      = "dutyChanged"
)

// Activities.
const (
	FindPeople      = "FindPeople"
	AppendRecord    = "AppendRecord"
	SendText        = "SendText"
	PlaceCall       = "PlaceCall"
	SendMail        = "SendMail"
	LookUpSend      = "LookUpSend"
	HangUpCall      = "HangUpCall"
	RenderMessage   = "RenderMessage"
	PublishRelease  = "PublishRelease"
	DistributeBatch = "DistributeBatch"
	LookAtDuty      = "LookAtDuty"
	// GatherRecipients draws up the list that a message goes to.
	GatherRecipients = "GatherRecipients"
	// ReckonDistribution counts how a distribution stands.
	ReckonDistribution = "ReckonDistribution"
	// FindOutlets names the outlets that a release goes to.
	FindOutlets = "FindOutlets"
	// PostChat and PostHook tell the company's chat and one other system of a release.
	PostChat = "PostChat"
	PostHook = "PostHook"
	// AskSubscriber asks an address whether it wants updates.
	AskSubscriber = "AskSubscriber"
)

// Search attributes. Never personal data: they are not encrypted.
const (
	SearchIncident = "StormbellIncident"
	SearchPhase    = "StormbellPhase"
	SearchSeverity = "StormbellSeverity"
	SearchMode     = "StormbellMode"
	SearchRole     = "StormbellRole"
	SearchAudience = "StormbellAudience"
)
