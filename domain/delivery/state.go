package delivery

// State is where one send is. "Sent" is not "delivered", and delivered is not answered:
// only a person's own act stops an escalation.
type State string

// The states of a send.
const (
	// Intended: the row is in the ledger, the provider was not called.
	Intended State = "intended"
	// Attempting: the provider is being called, or the caller died while calling it.
	Attempting State = "attempting"
	// Unknown: the provider was called and nothing proves whether it took the message.
	Unknown State = "unknown"
	// Accepted: the provider took it.
	Accepted State = "accepted"
	// Delivered: the carrier says that it reached the device or mailbox.
	Delivered State = "delivered"
	// Answered: a person acted on it.
	Answered State = "answered"
	// Failed: it will not arrive.
	Failed State = "failed"
)

// Class says why a send failed, or why it is not known to have worked.
type Class string

// The classes of failure. None means that nothing failed.
const (
	None Class = ""
	// Temporary: the person cannot be reached this way now (busy, off, queue full).
	Temporary Class = "temporary"
	// Permanent: the number or address will never work this way.
	Permanent Class = "permanent"
	// OptedOut: the person sent STOP to this sender, or sits on a suppression list.
	OptedOut Class = "opted_out"
	// Filtered: the carrier refuses the sender or the content; sending again makes it worse.
	Filtered Class = "filtered"
	// NotReached: the call ended without a pressed key: no answer, busy, voicemail, screening.
	NotReached Class = "not_reached"
	// NotProcessed: the provider certainly did not take it (throttled, never written); sending again is safe.
	NotProcessed Class = "not_processed"
	// Ambiguous: the provider may have taken it; look it up before anything is sent again.
	Ambiguous Class = "ambiguous"
	// Account: our own account is refused (credentials, funds, suspension); tell the operator.
	Account Class = "account"
	// RateLimited: we held it back ourselves, because the person was sent so much already.
	RateLimited Class = "rate_limited"
)

// What we decide ourselves has words for codes, where providers have numbers.
const (
	// CodeStopped is the code of OptedOut when the provider was not even asked.
	CodeStopped = "stop"
	// CodeElsewhere is the code of RateLimited when another way is used instead.
	CodeElsewhere = "elsewhere"
	// CodeEnough is the code of RateLimited when nothing is sent at all.
	CodeEnough = "enough"
	// CodeQueue is the code of NotProcessed when our own sender is busy for too long.
	CodeQueue = "queue"
	// CodeCircuit is the code of NotProcessed when the provider is out of order and is left alone.
	CodeCircuit = "circuit_open"
)

// Outcome is what is known of a send after a provider's word.
type Outcome struct {
	State      State  `json:"state"`
	Class      Class  `json:"class,omitempty"`
	Code       string `json:"code,omitempty"`
	ProviderID string `json:"provider_id,omitempty"`
}

// Receipt is a provider's word on one send.
type Receipt struct {
	// N is the send's id.
	N       string  `json:"n"`
	Outcome Outcome `json:"outcome"`
}
