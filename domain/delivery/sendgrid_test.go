package delivery

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSendGridStatus_statuses_mapToOutcomes(t *testing.T) {
	t.Parallel()
	require.Equal(t, Outcome{State: Accepted}, SendGridStatus(202))
	for status, want := range map[int]Outcome{
		200: {Unknown, Ambiguous, "200", ""}, // 202 alone is a promise
		302: {Failed, Account, "302", ""},
		400: {Failed, Filtered, "400", ""},
		401: {Failed, Account, "401", ""},
		402: {Failed, Account, "402", ""},
		403: {Failed, Account, "403", ""},
		404: {Failed, Account, "404", ""},
		413: {Failed, Filtered, "413", ""},
		422: {Failed, Permanent, "422", ""},
		429: {Failed, NotProcessed, "429", ""},
		500: {Unknown, Ambiguous, "500", ""},
		503: {Unknown, Ambiguous, "503", ""},
	} {
		require.Equal(t, want, SendGridStatus(status), status)
	}
}

func TestSendGridEvent_events_mapToOutcomes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		event, kind, reason string
		want                Outcome
	}{
		{"processed", "", "", Outcome{State: Accepted}},
		{"deferred", "", "", Outcome{State: Accepted}},
		{"delivered", "", "", Outcome{State: Delivered}},
		{"open", "", "", Outcome{State: Delivered}}, // scanners open and click: never Answered
		{"click", "", "", Outcome{State: Delivered}},
		{"spamreport", "", "", Outcome{Delivered, OptedOut, "spamreport", ""}},
		{"unsubscribe", "", "", Outcome{Delivered, OptedOut, "unsubscribe", ""}},
		{"group_unsubscribe", "", "", Outcome{Delivered, OptedOut, "group_unsubscribe", ""}},
		{"bounce", "bounce", "550 5.1.1 anna@example.com unknown", Outcome{Failed, Permanent, "bounce", ""}},
		{"bounce", "", "", Outcome{Failed, Permanent, "bounce", ""}},
		{"bounce", "blocked", "", Outcome{Failed, Temporary, "blocked", ""}},
		{"blocked", "", "", Outcome{Failed, Temporary, "blocked", ""}},
		{"dropped", "", "Bounced Address", Outcome{Failed, Permanent, "dropped", ""}},
		{"dropped", "", "Unsubscribed Address", Outcome{Failed, OptedOut, "dropped", ""}},
		{"dropped", "", "Spam Reporting Address", Outcome{Failed, OptedOut, "dropped", ""}},
		{"dropped", "", "Spam Content (if Spam Checker app enabled)", Outcome{Failed, Filtered, "dropped", ""}},
		{"dropped", "", "Invalid SMTPAPI header", Outcome{Failed, Filtered, "dropped", ""}},
		{"dropped", "", "Invalid", Outcome{Failed, Permanent, "dropped", ""}},
		{"dropped", "", "Recipient List over Package Quota", Outcome{Failed, Account, "dropped", ""}},
		{"dropped", "", "a new reason", Outcome{Failed, Temporary, "dropped", ""}},
		{"group_resubscribe", "", "", Outcome{}},
		{"account_status_change", "", "", Outcome{}},
	} {
		require.Equal(t, c.want, SendGridEvent(c.event, c.kind, c.reason), "%s %s %s", c.event, c.kind, c.reason)
	}
}
