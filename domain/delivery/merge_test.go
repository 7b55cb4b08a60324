package delivery

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRank_everyState_hasItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[int]State{}
	for _, s := range states {
		require.Positive(t, Rank(s), s)
		require.NotContains(t, seen, Rank(s), s)
		seen[Rank(s)] = s
	}
	require.Zero(t, Rank(""))
}

// all is every combination of state, class and two codes, and what nobody should ever say.
func all() (list []Outcome) {
	for _, s := range append([]State{""}, states...) {
		for _, c := range classes {
			for _, code := range []string{"", "30003"} {
				list = append(list, Outcome{State: s, Class: c, Code: code})
			}
		}
	}
	return list
}

func TestMerge_anyTwo_isCommutativeIdempotentAndMonotonic(t *testing.T) {
	t.Parallel()
	for _, a := range all() {
		require.Equal(t, a, Merge(a, a))
		require.Equal(t, a, Merge(a, Outcome{}), "knowing nothing changes nothing")
		for _, b := range all() {
			// plain comparisons: there are tens of thousands
			ab := Merge(a, b)
			if ab != Merge(b, a) || ab != Merge(ab, a) || ab != Merge(ab, b) || weight(ab) < max(weight(a), weight(b)) {
				t.Fatalf("%+v and %+v made %+v", a, b, ab)
			}
		}
	}
}

// The words of real sends, heard in every order and some of them twice, end the same way.
func TestMerge_everyOrderOfReceipts_endsTheSame(t *testing.T) {
	t.Parallel()
	sid := func(o Outcome) Outcome { o.ProviderID = "SM1"; return o }
	for name, c := range map[string]struct {
		words []Outcome
		want  Outcome
	}{
		"a text that arrives": {
			[]Outcome{
				{State: Attempting}, sid(TwilioMessage("queued", 0)), sid(TwilioMessage("sending", 0)),
				sid(TwilioMessage("sent", 0)), sid(TwilioMessage("delivered", 0)),
			},
			Outcome{State: Delivered, ProviderID: "SM1"},
		},
		"a text that does not": {
			[]Outcome{sid(TwilioMessage("queued", 0)), sid(TwilioMessage("sent", 0)), sid(TwilioMessage("undelivered", 30007))},
			Outcome{Failed, Filtered, "30007", "SM1"},
		},
		"a timeout that was heard of": {
			[]Outcome{TwilioError(503, 0), sid(TwilioMessage("sent", 0)), TwilioError(429, 0)},
			Outcome{State: Accepted, ProviderID: "SM1"},
		},
		"throttled after a timeout is still unknown": {
			[]Outcome{{State: Attempting}, TwilioError(500, 0), TwilioError(429, 20429)},
			Outcome{Unknown, Ambiguous, "500", ""},
		},
		"voicemail": {
			[]Outcome{
				sid(TwilioCall("initiated", "", 0)), sid(TwilioCall("in-progress", "", 0)),
				sid(TwilioCall("", "machine_start", 0)), sid(TwilioCall("completed", "", 0)),
			},
			Outcome{Failed, NotReached, "completed", "SM1"},
		},
		"a pressed key beats the end of the call": {
			[]Outcome{
				sid(TwilioCall("ringing", "", 0)), sid(TwilioCall("in-progress", "", 0)),
				{State: Answered}, sid(TwilioCall("completed", "", 0)),
			},
			Outcome{State: Answered, ProviderID: "SM1"},
		},
		"a mail that bounces late": {
			[]Outcome{
				sid(SendGridStatus(202)), sid(SendGridEvent("processed", "", "")), sid(SendGridEvent("delivered", "", "")),
				sid(SendGridEvent("bounce", "bounce", "")), SendGridEvent("group_resubscribe", "", ""),
			},
			Outcome{Failed, Permanent, "bounce", "SM1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			permute(c.words, func(order []Outcome) {
				got := Outcome{}
				for i, w := range order {
					got = Merge(got, w)
					got = Merge(got, order[rand.IntN(i+1)]) // something already heard, again
				}
				if got != c.want {
					t.Fatalf("%+v made %+v", order, got)
				}
			})
		})
	}
}

func permute(list []Outcome, visit func([]Outcome)) {
	var swap func(k int)
	swap = func(k int) {
		if k == len(list) {
			visit(list)
			return
		}
		for i := k; i < len(list); i++ {
			list[k], list[i] = list[i], list[k]
			swap(k + 1)
			list[k], list[i] = list[i], list[k]
		}
	}
	swap(0)
}

func TestMerge_twoProviderIDs_keepsTheFirst(t *testing.T) {
	t.Parallel()
	got := Merge(Outcome{State: Accepted, ProviderID: "SM1"}, Outcome{State: Delivered, ProviderID: "SM2"})
	require.Equal(t, Outcome{State: Delivered, ProviderID: "SM1"}, got)
}
