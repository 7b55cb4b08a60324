package activities_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// about is a notice of a kind by the workflow of another incident.
func (s *site) about(activity string, kind notice.Kind, k int) contract.SendInput {
	in := s.to(activity, "ben")
	in.Notice.Kind = kind
	in.Workflow = fmt.Sprintf("page:of-incident-%d", k)
	in.N = delivery.ID(in.Workflow, in.Step)
	return in
}

var (
	elsewhere = delivery.Outcome{State: delivery.Failed, Class: delivery.RateLimited, Code: delivery.CodeElsewhere}
	enough    = delivery.Outcome{State: delivery.Failed, Class: delivery.RateLimited, Code: delivery.CodeEnough}
)

// The carrier says what nobody told us: STOP. From then on it is not asked again, the call
// goes out at once, and START opens the way for texts.
func TestSend_stopped_isKnownUntilStart(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behave("ben", lab.OptedOut)
	require.Equal(t, "21610", s.send(contract.SendText, s.about(contract.SendText, notice.Page, 1), contract.First).Code)
	number, from := s.phone("ben").Number, s.plan.Channels.Pages.From
	shown, err := s.record.OptOuts(t.Context())
	require.NoError(t, err)
	require.True(t, shown.Has(number, from), "people see it where they see a STOP")
	require.False(t, shown.Has(number, s.plan.Channels.Updates.From))

	held := s.send(contract.SendText, s.about(contract.SendText, notice.Page, 2), contract.First)
	require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: "stop"}, held)
	require.Equal(t, delivery.LeaveChannel, delivery.Next(held))
	require.Equal(t, 1, s.requests(http.MethodPost))
	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, s.about(contract.PlaceCall, notice.Page, 2), contract.First).State)

	s.behave("ben", lab.Answer)
	require.NoError(t, s.record.PutOptOut(t.Context(), record.OptOut{Phone: number, Sender: from, Item: 1}))
	require.Equal(t, delivery.Accepted, s.send(contract.SendText, s.about(contract.SendText, notice.Page, 3), contract.First).State)
}

// What a carrier says of the number itself is no word of its owner.
func TestSend_landline_isNoStop(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behave("ben", lab.Landline)
	s.send(contract.SendText, s.about(contract.SendText, notice.Page, 1), contract.First)
	shown, err := s.record.OptOuts(t.Context())
	require.NoError(t, err)
	require.False(t, shown.Has(s.phone("ben").Number, s.plan.Channels.Pages.From))
}

// One person, ten incidents in a minute: texts and calls take turns, and nothing is lost.
func TestSend_tenIncidentsForOnePerson_areSpreadNotLost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behave("ben", lab.Busy) // so that no call is in the way of the next
	var texts, calls int
	for k := range 10 {
		got := s.send(contract.SendText, s.about(contract.SendText, notice.Page, k), contract.First)
		if got.State == delivery.Accepted {
			texts++
			continue
		}
		require.Equal(t, elsewhere, got)
		require.Equal(t, delivery.OtherChannel, delivery.Next(got))
		call := s.about(contract.PlaceCall, notice.Page, k)
		require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, call, contract.First).State)
		calls++
		_, _, err := s.record.Settle(t.Context(), call.N, delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "busy"})
		require.NoError(t, err)
		require.Eventually(t, func() bool { return s.phone("ben").Calls[calls-1].Status == lab.CallBusy }, 10*time.Second, time.Millisecond)
	}
	require.Equal(t, []int{7, 3}, []int{texts, calls}, "five texts, three calls, and then both go on")
	require.Len(t, s.sids(contract.SendText, "ben"), texts)
}

// At the same moment one of ten is to be a call, whoever asks the ledger first: more would only
// wait for each other.
func TestSend_tenAtOnce_oneIsToBeACall(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var mu sync.Mutex
	count := map[delivery.Outcome]int{}
	var all sync.WaitGroup
	for k := range 10 {
		s.use() // an environment serves one at a time
		env := s.env
		all.Go(func() {
			value, err := env.ExecuteActivity(contract.SendText, s.about(contract.SendText, notice.Page, k))
			var result contract.SendResult
			if err == nil {
				err = value.Get(&result)
			}
			mu.Lock()
			defer mu.Unlock()
			require.NoError(t, err)
			result.Outcome.ProviderID = ""
			count[result.Outcome]++
		})
	}
	all.Wait()
	require.Equal(t, map[delivery.Outcome]int{{State: delivery.Accepted}: 9, elsewhere: 1}, count)
}

// Two machines that misunderstand each other stop after five, whatever incident they talk
// about, and do not go on by mail.
func TestSend_courtesies_endAfterFive(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	kinds := []notice.Kind{notice.NotUnderstood, notice.TooLate, notice.Unneeded}
	for k := range 5 {
		require.Equal(t, delivery.Accepted, s.send(contract.SendText, s.about(contract.SendText, kinds[k%3], k), contract.First).State)
	}
	for _, activity := range []string{contract.SendText, contract.SendMail} {
		in := s.about(activity, notice.NotUnderstood, 5)
		require.Equal(t, enough, s.send(activity, in, contract.First))
		require.Equal(t, enough, s.row(in.N).Outcome(), "the ledger tells the truth")
		require.Equal(t, enough, s.send(activity, in, contract.Retry), "and it stays so")
	}
	require.Equal(t, 5, s.requests(http.MethodPost))
	require.Equal(t, delivery.Accepted, s.send(contract.SendText, s.about(contract.SendText, notice.TaskAsked, 6), contract.First).State, "work is asked all the same")
	require.Equal(t, delivery.Accepted, s.send(contract.SendMail, s.about(contract.SendMail, notice.Page, 7), contract.First).State)
}

func TestSend_updates_spareThePhone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Equal(t, delivery.Accepted, s.send(contract.SendText, s.about(contract.SendText, notice.PhaseChanged, 1), contract.First).State)
	require.Equal(t, elsewhere, s.send(contract.SendText, s.about(contract.SendText, notice.PhaseChanged, 2), contract.First))
	require.Equal(t, delivery.Accepted, s.send(contract.SendMail, s.about(contract.SendMail, notice.PhaseChanged, 2), contract.First).State)
}

// A carrier that cannot call us back takes the send without.
func TestSend_callBackRefused_goesOutWithout(t *testing.T) {
	t.Parallel()
	for activity, purpose := range map[string]string{contract.SendText: "Body", contract.PlaceCall: "Twiml"} {
		s := newSite(t)
		s.fault(lab.FaultBadCallback)
		in := s.to(activity, "ben")
		got := s.send(activity, in, contract.First)
		require.Equal(t, delivery.Accepted, got.State, "%+v", got)
		require.Equal(t, 2, s.requests(http.MethodPost))
		for i, r := range s.lab.Log() {
			if r.Method != http.MethodPost {
				continue
			}
			_, wanted := r.Form["StatusCallback"]
			require.Equal(t, wanted, r.Status != http.StatusCreated, "request %d", i)
			require.NotEmpty(t, r.Form[purpose])
		}
		require.Equal(t, 1, s.row(in.N).Attempts)
		require.False(t, s.row(in.N).PossibleDuplicate)
	}
}

func TestSend_everyAttempt_isCounted(t *testing.T) {
	t.Parallel()
	var counted []string
	s := newSite(t, func(c *activities.Config) {
		c.Count = func(channel plan.Channel, o delivery.Outcome) {
			counted = append(counted, fmt.Sprint(channel, " ", o.State, " ", o.Class))
		}
	})
	s.send(contract.SendText, s.about(contract.SendText, notice.PhaseChanged, 1), contract.First)
	s.send(contract.SendText, s.about(contract.SendText, notice.PhaseChanged, 2), contract.First)
	s.fault(lab.FaultThrottled)
	s.send(contract.SendMail, s.about(contract.SendMail, notice.PhaseChanged, 2), contract.First)
	require.Equal(t, []string{"sms accepted ", "sms failed rate_limited", "email failed not_processed"}, counted)
}
