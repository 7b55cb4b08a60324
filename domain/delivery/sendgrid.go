package delivery

import (
	"strconv"
	"strings"
)

// SendGridStatus is the outcome that the HTTP status of a mail request stands for. Only 202
// means that the mail was taken. SendGrid has no code that tells a wrong address from a wrong
// request, so a 400 is blamed on our mail and not on the person's address.
func SendGridStatus(httpStatus int) Outcome {
	code := strconv.Itoa(httpStatus)
	switch {
	case httpStatus == 202:
		return Outcome{State: Accepted}
	case httpStatus == 429:
		return refused(NotProcessed, code)
	case httpStatus == 400, httpStatus == 413:
		return refused(Filtered, code)
	case httpStatus == 401, httpStatus == 402, httpStatus == 403, isForeign(httpStatus):
		return refused(Account, code)
	case httpStatus >= 400 && httpStatus < 500:
		return refused(Permanent, code)
	default:
		return refused(Ambiguous, code)
	}
}

// SendGridEvent is the outcome that an event stands for. Kind is the event's "type" (a bounce is
// "bounce" or "blocked"), reason its text, which is only compared and never kept: it may hold an
// address. Opening and clicking prove that the mail is in the mailbox and nothing else, because
// scanners do both. Unknown events give the zero Outcome, which Merge ignores.
func SendGridEvent(event, kind, reason string) Outcome {
	switch event {
	case "processed", "deferred":
		return Outcome{State: Accepted}
	case "delivered", "open", "click":
		return Outcome{State: Delivered}
	case "spamreport", "unsubscribe", "group_unsubscribe":
		return Outcome{State: Delivered, Class: OptedOut, Code: event}
	case "blocked":
		return refused(Temporary, event)
	case "bounce":
		if kind == "blocked" { // the mailbox may be fine: its server did not like ours today
			return refused(Temporary, kind)
		}
		return refused(Permanent, event)
	case "dropped":
		return refused(dropped(reason), event)
	default:
		return Outcome{}
	}
}

// dropped says why SendGrid did not even try.
func dropped(reason string) Class {
	reason = strings.ToLower(reason)
	for _, r := range []struct {
		word  string
		class Class
	}{
		{"unsubscribed", OptedOut},
		{"spam reporting", OptedOut},
		{"bounced", Permanent},
		{"invalid smtpapi", Filtered},
		{"spam content", Filtered},
		{"quota", Account},
		{"invalid", Permanent},
	} {
		if strings.Contains(reason, r.word) {
			return r.class
		}
	}
	return Temporary
}
