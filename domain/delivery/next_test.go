package delivery

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNext_everyStateAndClass_hasAnAction(t *testing.T) {
	t.Parallel()
	byClass := map[Class]Action{
		Temporary: OtherChannel, NotReached: OtherChannel, RateLimited: OtherChannel,
		Permanent: LeaveChannel, OptedOut: LeaveChannel,
		Filtered: TellOperator, Account: TellOperator,
		NotProcessed: RetrySame, Ambiguous: LookUp,
	}
	byState := map[State]Action{
		Intended: RetrySame, Attempting: LookUp, Unknown: LookUp,
		Accepted: Wait, Delivered: Wait, Failed: OtherChannel, Answered: Done, "": LookUp,
	}
	used := map[Action]bool{}
	for _, s := range append([]State{""}, states...) {
		for _, c := range classes {
			want, classified := byClass[c]
			if !classified {
				require.Equal(t, None, c)
				want = byState[s]
			}
			if s == Answered {
				want = Done
			}
			require.NotEmpty(t, want)
			require.Equal(t, want, Next(Outcome{State: s, Class: c}), "%s %s", s, c)
			used[want] = true
		}
	}
	for _, a := range actions {
		require.True(t, used[a], a)
	}
}

// Only a person ends a page: no word of a provider may lead to Done, and no failure to Wait.
func TestNext_anyProviderWord_neverEndsAPage(t *testing.T) {
	t.Parallel()
	for _, o := range slices.Concat(
		[]Outcome{TwilioMessage("delivered", 0), TwilioMessage("read", 0), SendGridEvent("click", "", "")},
		[]Outcome{TwilioCall("in-progress", "human", 0), TwilioCall("completed", "human", 0)},
	) {
		require.NotEqual(t, Done, Next(o), "%+v", o)
	}
	for code := range twilioCodes {
		require.NotEqual(t, Wait, Next(TwilioMessage("undelivered", code)), code)
		require.NotEqual(t, Wait, Next(TwilioError(400, code)), code)
	}
}
