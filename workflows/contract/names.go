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
	EstimateReview  = "estimateReview"
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
