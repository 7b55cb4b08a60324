package delivery

import "strconv"

// twilioCodes is what Twilio's error codes mean for a page. The same code can come as the
// answer to a request or later in a receipt. What only the operator can mend (our sender,
// our credentials, our permissions) is Account; what is wrong with the text or with this
// sender on this route is Filtered. Neither says anything against the person's number.
var twilioCodes = map[int]Class{
	20003: Account,      // authentication failed
	20404: Account,      // no such account or resource
	20429: NotProcessed, // too many requests; Twilio says that these were not processed
	20503: Ambiguous,    // service unavailable

	21211: Permanent, // invalid To
	21212: Account,   // invalid From
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
	30034: Filtered,  // sender is not registered with the carriers
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
	case "busy", "no-answer", "canceled":
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
