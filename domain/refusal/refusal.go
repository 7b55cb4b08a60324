// Package refusal is how the domain says no: a stable code that the wire and HTTP share,
// and one sentence that says what to do next. It must not import anything but the
// standard library.
package refusal

import "fmt"

// Code is a stable reason for a refusal. workflows/contract maps each to an HTTP status.
type Code string

// The codes.
const (
	// Invalid: the command makes no sense in any state (unknown role, empty text).
	Invalid Code = "invalid"
	// Forbidden: this person may not do this.
	Forbidden Code = "forbidden"
	// Unproven: it wants a proof of who acts that a link alone is not.
	Unproven Code = "unproven"
	// NotFound: the task, role, audience or question does not exist here.
	NotFound Code = "not_found"
	// WrongPhase: the incident's phase does not allow it (R28, R114).
	WrongPhase Code = "wrong_phase"
	// TooEarly: a gate is still closed (R33, R35, R36, R73, R116).
	TooEarly Code = "too_early"
	// AlreadyDone: somebody did it before; Current says who.
	AlreadyDone Code = "already_done"
	// RoleTaken: somebody else holds the role; Current says who.
	RoleTaken Code = "role_already_taken"
	// Stale: the text changed since it was read; read it again (R96–R110).
	Stale Code = "stale"
	// Objected: a strong objection is open (R104).
	Objected Code = "objection_open"
	// FourEyes: nobody approves their own words.
	FourEyes Code = "four_eyes"
	// NothingNew: the audience was told exactly that before (R158).
	NothingNew Code = "nothing_new"
	// Lapsed: the approval is too old to count.
	Lapsed Code = "approval_lapsed"
	// Ended: the incident, page or message is over.
	Ended Code = "ended"
)

// Error is a refusal. It crosses the wire whole.
type Error struct {
	Code   Code   `json:"code"`
	Detail string `json:"detail"`
	// Current is the state that stands in the way, such as the role's holder.
	Current map[string]string `json:"current,omitempty"`
}

// Error returns the sentence.
func (e *Error) Error() string { return e.Detail }

// New returns a refusal with a formatted sentence.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// With adds one fact of the current state.
func (e *Error) With(key, value string) *Error {
	if e.Current == nil {
		e.Current = map[string]string{}
	}
	e.Current[key] = value
	return e
}
