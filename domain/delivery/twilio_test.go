package delivery

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTwilioError_everyKnownCode_hasItsClass(t *testing.T) {
	t.Parallel()
	want := map[Class][]int{
		Account: {
			10001, 20003, 20005, 20404, 21205, 21210, 21212, 21213, 21215, 21219, 21262, 21408, 21601, 21603, 21606, 21608, 21609, 21659, 30002, 30010,
		},
		NotProcessed: {20429},
		Ambiguous:    {20503},
		Permanent:    {13224, 21201, 21211, 21214, 21217, 21266, 21604, 21614, 21635, 30005, 30006},
		OptedOut:     {21610, 30004},
		Filtered:     {21602, 21612, 21617, 30007, 30034, 30450},
		Temporary:    {21611, 22005, 30001, 30003, 30008, 30022, 30036},
	}
	seen := 0
	for class, codes := range want {
		for _, code := range codes {
			seen++
			got := TwilioError(400, code)
			require.Equal(t, class, got.Class, code)
			require.Equal(t, strconv.Itoa(code), got.Code)
			if class == Ambiguous {
				require.Equal(t, Unknown, got.State, code)
			} else {
				require.Equal(t, Failed, got.State, code)
			}
			require.Equal(t, Outcome{Unknown, Ambiguous, got.Code, ""}, TwilioError(503, code), "a 5xx proves nothing")
		}
	}
	require.Len(t, twilioCodes, seen, "a code without a line in this test")
}

func TestTwilioError_unknownCodes_goByStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status, code int
		want         Outcome
	}{
		{400, 29999, Outcome{Failed, Permanent, "29999", ""}},
		{400, 0, Outcome{Failed, Permanent, "400", ""}},
		{404, 29999, Outcome{Failed, Permanent, "29999", ""}},
		{401, 29999, Outcome{Failed, Account, "29999", ""}},
		{403, 0, Outcome{Failed, Account, "403", ""}},
		{404, 0, Outcome{Failed, Account, "404", ""}},
		{302, 0, Outcome{Failed, Account, "302", ""}},
		{429, 0, Outcome{Failed, NotProcessed, "429", ""}},
		{429, 29999, Outcome{Failed, NotProcessed, "29999", ""}},
		{429, 21611, Outcome{Failed, Temporary, "21611", ""}},
		{500, 0, Outcome{Unknown, Ambiguous, "500", ""}},
		{503, 20429, Outcome{Unknown, Ambiguous, "20429", ""}},
		{201, 0, Outcome{Unknown, Ambiguous, "201", ""}},
	} {
		require.Equal(t, c.want, TwilioError(c.status, c.code), "%d %d", c.status, c.code)
	}
}

func TestTwilioMessage_statuses_mapToOutcomes(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"accepted", "scheduled", "queued", "sending", "sent", "a new word", ""} {
		require.Equal(t, Outcome{State: Accepted}, TwilioMessage(status, 0), status)
	}
	for _, status := range []string{"delivered", "read"} {
		require.Equal(t, Outcome{State: Delivered}, TwilioMessage(status, 0), status)
	}
	for _, c := range []struct {
		status string
		code   int
		want   Outcome
	}{
		{"undelivered", 30001, Outcome{Failed, Temporary, "30001", ""}}, // not permanent, and not "sent"
		{"undelivered", 30008, Outcome{Failed, Temporary, "30008", ""}},
		{"undelivered", 30005, Outcome{Failed, Permanent, "30005", ""}},
		{"undelivered", 30034, Outcome{Failed, Filtered, "30034", ""}},
		{"undelivered", 0, Outcome{Failed, Temporary, "undelivered", ""}},
		{"failed", 21610, Outcome{Failed, OptedOut, "21610", ""}},
		{"failed", 39999, Outcome{Failed, Temporary, "39999", ""}},
		{"failed", 20503, Outcome{Failed, Temporary, "20503", ""}}, // it did fail: nothing ambiguous is left
		{"canceled", 0, Outcome{Failed, Temporary, "canceled", ""}},
	} {
		require.Equal(t, c.want, TwilioMessage(c.status, c.code), "%s %d", c.status, c.code)
	}
}

func TestTwilioCall_withoutKey_neverReachesAnybody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status, answeredBy string
		code               int
		want               Outcome
	}{
		{"queued", "", 0, Outcome{State: Accepted}},
		{"initiated", "", 0, Outcome{State: Accepted}},
		{"ringing", "", 0, Outcome{State: Accepted}},
		{"a new word", "", 0, Outcome{State: Accepted}},
		{"", "", 0, Outcome{State: Accepted}},
		{"", "machine_start", 0, Outcome{State: Delivered}},
		{"in-progress", "", 0, Outcome{State: Delivered}},
		{"in-progress", "machine_start", 0, Outcome{State: Delivered}},
		{"answered", "human", 0, Outcome{State: Delivered}},
		{"completed", "", 0, Outcome{Failed, NotReached, "completed", ""}},
		{"completed", "human", 0, Outcome{Failed, NotReached, "completed", ""}},
		{"completed", "unknown", 0, Outcome{Failed, NotReached, "completed", ""}},
		{"completed", "machine_end_beep", 0, Outcome{Failed, NotReached, "machine_end_beep", ""}},
		{"completed", "fax", 200, Outcome{Failed, NotReached, "fax", ""}},
		{"busy", "", 486, Outcome{Failed, NotReached, "busy", ""}},
		{"no-answer", "", 0, Outcome{Failed, NotReached, "no-answer", ""}},
		{"canceled", "", 487, Outcome{Failed, NotReached, "canceled", ""}},
		{"failed", "", 0, Outcome{Failed, Temporary, "failed", ""}},
		{"failed", "", 480, Outcome{Failed, NotReached, "480", ""}},
		{"failed", "", 404, Outcome{Failed, Permanent, "404", ""}},
		{"failed", "", 603, Outcome{Failed, NotReached, "603", ""}},
		{"failed", "", 608, Outcome{Failed, Filtered, "608", ""}},
		{"failed", "", 503, Outcome{Failed, Temporary, "503", ""}},
		{"failed", "", 21215, Outcome{Failed, Account, "21215", ""}},
	} {
		require.Equal(t, c.want, TwilioCall(c.status, c.answeredBy, c.code), "%s %s %d", c.status, c.answeredBy, c.code)
	}
	for code, class := range sipCodes {
		require.Equal(t, class, TwilioCall("failed", "", code).Class, code)
	}
}

// Every way in which a call can fail has a word of its own, whatever the provider calls it.
func TestCallEnd_failedCalls_areToldApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status, answeredBy string
		code               int
		want               End
	}{
		{"busy", "", 486, Busy},
		{"failed", "", 486, Busy},
		{"failed", "", 600, Busy},
		{"no-answer", "", 0, NoAnswer},
		{"failed", "", 480, NoAnswer},
		{"failed", "", 408, NoAnswer},
		{"completed", "machine_start", 200, Voicemail},
		{"completed", "machine_end_beep", 0, Voicemail},
		{"completed", "fax", 0, Voicemail},
		{"completed", "human", 0, NoKey}, // call screening sounds like a person
		{"completed", "unknown", 0, NoKey},
		{"completed", "", 0, NoKey},
		{"failed", "", 603, Declined},
		{"canceled", "", 487, HungUp},
		{"failed", "", 487, HungUp},
		{"failed", "", 0, LineFault},
		{"failed", "", 404, LineFault},
		{"failed", "", 503, LineFault},
		{"failed", "", 21215, LineFault},
		{"ringing", "", 0, ""},
		{"in-progress", "machine_start", 0, ""},
	} {
		require.Equal(t, c.want, CallEnd(TwilioCall(c.status, c.answeredBy, c.code)), "%s %s %d", c.status, c.answeredBy, c.code)
	}
	for code, class := range sipCodes {
		end := CallEnd(TwilioCall("failed", "", code))
		require.Equal(t, class != NotReached, end == LineFault, code)
		require.NotEqual(t, Voicemail, end, code)
	}
	require.Empty(t, CallEnd(Outcome{State: Answered}))
	require.Empty(t, CallEnd(Outcome{State: Intended, Class: NotProcessed, Code: InCall}))
}
