package delivery

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What Slack says of itself is ambiguous, what it says of us is not.
func TestSlack_answers_haveTheirActions(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]Action{
		"ratelimited": RetrySame, "fatal_error": LookUp, "internal_error": LookUp, "invalid_auth": TellOperator, "missing_scope": TellOperator,
		"invalid_blocks": TellOperator, "channel_not_found": LeaveChannel, "word_of_next_year": LeaveChannel,
	} {
		require.Equal(t, want, Next(SlackError(code)), code)
	}
	for status, want := range map[int]Action{429: RetrySame, 500: LookUp, 503: LookUp, 403: TellOperator, 404: TellOperator, 302: TellOperator, 400: LeaveChannel} {
		require.Equal(t, want, Next(SlackStatus(status)), status)
	}
}
