package delivery

import "strconv"

// twilioCodes is what Twilio's error codes mean for a page. The same code can come as the
// answer to a request or later in a receipt. What only the operator can mend (our sender,
// our credentials, our permissions) is Account; what is wrong with the text or with this
// sender on this route is Filtered. Neither says anything against the person's number.
var twilioCodes = map[int]Class{
	10001: Account,      // account is not active
	13224: Permanent,    // To cannot be called, or is no number
	20003: Account,      // authentication failed
	20005: Account,      // account is not active: no funds, perhaps
	20404: Account,      // no such account or resource
	20429: NotProcessed, // too many requests; Twilio says that these were not processed
	20503: Ambiguous,    // service unavailable

	21201: Permanent, // To is missing
	21205: Account,   // nothing to say: the address of the script is not valid
	21210: Account,   // From is not verified for calls
	21211: Permanent, // invalid To
	21212: Account,   // invalid From
	21213: Account,   // From is missing
	21214: Permanent, // To cannot be reached by phone
	21215: Account,   // geographic permission for calls is off
	21217: Permanent, // not a phone number
	21219: Account,   // trial account: To is not verified
	21262: Account,   // machine detection without a call-back address
	21266: Permanent, // To is our own number
	21408: Account,   // geographic permission for texts is off
	21601: Account,   // From cannot text
	21602: Filtered,  // the text is empty
	21603: Account,   // From is missing
	21604: Permanent, // To is missing
	21606: Account,   // From is not ours or cannot text there
	21608: Account,   // trial account: To is not verified
	21609: Account,   // the call-back address is not reachable
	21610: OptedOut,  // the person sent STOP
	21611: Temporary, // our queue is full for hours
	21612: Filtered,  // no route from this sender to this number
	21614: Permanent, // not a mobile number
	21617: Filtered,  // the text is too long
	21635: Permanent, // a landline
	21659: Account,   // From is not a Twilio number, or a short code of another country
	22005: Temporary, // more than a day of calls waits already

	30001: Temporary, // queue overflow
	30002: Account,   // account suspended
	30003: Temporary, // phone is off or without service
	30004: OptedOut,  // the number is blocked from receiving
	30005: Permanent, // unknown number
	30006: Permanent, // landline or a carrier that cannot be reached
	30007: Filtered,  // carrier filter
	30008: Temporary, // unknown error
	30010: Account,   // dearer than the account allows
	30022: Temporary, // carriers take no more texts from this sender now
	30034: Filtered,  // sender is not registered with the carriers
	30036: Temporary, // waited longer than it may: the queue is long
	30450: Filtered,  // blocked as suspected fraud
}

// sipCodes is what a failed call's SIP response means.
var sipCodes = map[int]Class{
	403: Filtered,   // forbidden: carriers answer it to callers they do not trust
	404: Permanent,  // no such number
	408: NotReached, // nobody answered the network
	410: Permanent,  // gone
	480: NotReached, // phone is off
	484: Permanent,  // number is incomplete
	486: NotReached, // busy
	487: NotReached, // hung up while ringing
	600: NotReached, // busy everywhere
	603: NotReached, // declined
	604: Permanent,  // exists nowhere
	607: Filtered,   // marked as unwanted
	608: Filtered,   // rejected by a filter of calls
}

// TwilioError is the outcome of a request that Twilio answered with an error. Code is
// Twilio's own code, 0 if the answer had none. A 5xx is ambiguous whatever it says: the
// message may be on its way.
func TwilioError(httpStatus, code int) Outcome {
	class, known := twilioCodes[code]
	switch {
	case httpStatus >= 500:
		class = Ambiguous
	case known:
	case httpStatus == 429:
		class = NotProcessed
	case httpStatus == 401, httpStatus == 403, code == 0 && isForeign(httpStatus):
		class = Account
	case httpStatus >= 400:
		class = Permanent
	default:
		class = Ambiguous
	}
	if code == 0 {
		code = httpStatus
	}
	return refused(class, strconv.Itoa(code))
}

// isForeign tells a status that is not a word about the message: somebody else lives at the
// address that the operator configured.
func isForeign(httpStatus int) bool {
	return httpStatus >= 300 && httpStatus < 400 || httpStatus == 404 || httpStatus == 405
}

// TwilioMessage is the outcome that a text's status stands for, with the error code that came
// with it or 0. A word that Twilio adds some day means that Twilio has the text, no more.
func TwilioMessage(status string, code int) Outcome {
	switch status {
	case "delivered", "read":
		return Outcome{State: Delivered}
	case "failed", "undelivered", "canceled":
		return ended(status, code, twilioCodes)
	default: // accepted, scheduled, queued, sending, sent
		return Outcome{State: Accepted}
	}
}

// TwilioCall is the outcome that a call's status stands for. Code is a SIP response, Twilio's
// own code, or 0. A call that ends without a pressed key did not reach anybody, whoever or
// whatever answered; a pressed key is recorded where it arrives, as Answered. AnsweredBy is
// a hint for the timeline only: detection of machines is wrong too often to end a call by it.
func TwilioCall(status, answeredBy string, code int) Outcome {
	switch status {
	case "completed":
		if answeredBy != "" && answeredBy != "human" && answeredBy != "unknown" {
			status = answeredBy
		}
		return Outcome{State: Failed, Class: NotReached, Code: status}
	case "busy", "no-answer", Canceled:
		return Outcome{State: Failed, Class: NotReached, Code: status}
	case "failed":
		if code >= 1000 {
			return ended(status, code, twilioCodes)
		}
		return ended(status, code, sipCodes)
	case "in-progress", "answered":
		return Outcome{State: Delivered}
	case "":
		if answeredBy != "" { // the detection of machines reports by itself, without a status
			return Outcome{State: Delivered}
		}
		return Outcome{State: Accepted}
	default: // queued, initiated, ringing
		return Outcome{State: Accepted}
	}
}

// Canceled is the code of a call that we ended because nobody needed it any more, and InCall
// that of one that waits because another call to the same phone is under way.
const (
	Canceled = "canceled"
	InCall   = "in_call"
)

// End is how a call that reached nobody ended, in words that do not depend on the provider.
type End string

// The ends of a call. Screening by the phone, somebody who listens and hangs up, and a mailbox
// that machine detection missed cannot be told apart: all of them are NoKey.
const (
	Busy      End = "busy"
	NoAnswer  End = "no_answer"
	Voicemail End = "voicemail"
	NoKey     End = "no_key"
	Declined  End = "declined"
	HungUp    End = "hung_up"
	LineFault End = "line_fault"
)

// CallEnd tells how a call ended that has failed; it is empty for every other call.
func CallEnd(o Outcome) End {
	if o.State != Failed {
		return ""
	}
	switch o.Code {
	case "busy", "486", "600":
		return Busy
	case "no-answer", "408", "480": // 480 is a phone that is switched off
		return NoAnswer
	case "completed":
		return NoKey
	case "603":
		return Declined
	case Canceled, "487":
		return HungUp
	}
	if o.Class == NotReached {
		return Voicemail // what detection of machines calls it, in one of several words
	}
	return LineFault
}

// ended is a send that certainly failed after it was taken. Unknown codes count as temporary:
// they prove nothing against the number.
func ended(status string, code int, codes map[int]Class) Outcome {
	class, known := codes[code]
	if !known || class == Ambiguous || class == NotProcessed {
		class = Temporary
	}
	if code != 0 {
		status = strconv.Itoa(code)
	}
	return Outcome{State: Failed, Class: class, Code: status}
}

// refused is a request that did not go well.
func refused(class Class, code string) Outcome {
	if class == Ambiguous {
		return Outcome{State: Unknown, Class: class, Code: code}
	}
	return Outcome{State: Failed, Class: class, Code: code}
}
