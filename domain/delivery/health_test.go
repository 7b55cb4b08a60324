package delivery

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

func TestHealth_onlyWordsAboutTheProvider_count(t *testing.T) {
	t.Parallel()
	for want, outcomes := range map[Health][]Outcome{
		Well: {
			{State: Accepted}, TwilioMessage("delivered", 0), TwilioError(400, 21610), TwilioError(400, 21211), TwilioError(400, 21614),
			TwilioError(400, 30007), TwilioError(400, 22005), TwilioError(400, 21608), TwilioError(400, 21408), TwilioError(400, 21609), TwilioCall("busy", "", 0), SendGridStatus(400),
		},
		Ill: {
			TwilioError(500, 0), TwilioError(503, 20503), TwilioError(401, 20003), TwilioError(403, 0), TwilioError(404, 0), TwilioError(400, 20005),
			TwilioError(400, 30002), TwilioError(400, 21659), SendGridStatus(401), SendGridStatus(503),
			{Unknown, Ambiguous, "timeout", ""}, {Unknown, Ambiguous, "reset", ""}, {Failed, NotProcessed, "refused", ""}, {Failed, NotProcessed, "dns", ""},
		},
		NoWord: {
			TwilioError(429, 20429), TwilioError(429, 0), SendGridStatus(429), {Failed, NotProcessed, "canceled", ""}, {Unknown, Ambiguous, "canceled", ""},
			{Failed, NotProcessed, CodeQueue, ""}, {Failed, NotProcessed, CodeCircuit, ""}, {Intended, NotProcessed, InCall, ""}, {Failed, RateLimited, CodeEnough, ""},
		},
	} {
		for _, o := range outcomes {
			require.Equal(t, want, HealthOf(o), "%+v", o)
		}
	}
	for code := range passing {
		n, err := strconv.Atoi(code)
		require.NoError(t, err)
		require.Equal(t, Account, twilioCodes[n], "an exception from nothing: %s", code)
	}
}

func TestFinal_everyStateAndChannel(t *testing.T) {
	t.Parallel()
	for _, s := range states {
		ended := s == Failed || s == Answered
		require.Equal(t, ended || s == Delivered, Final(plan.SMS, Outcome{State: s}), s)
		require.Equal(t, ended, Final(plan.Call, Outcome{State: s}), s)
		require.Equal(t, ended, Final(plan.Email, Outcome{State: s}), s)
	}
}
