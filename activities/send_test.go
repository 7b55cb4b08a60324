package activities_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/workflows/contract"
)

func TestSend_everyChannel_hasItsRowBeforeTheRequest(t *testing.T) {
	t.Parallel()
	for activity, channel := range channelOf {
		t.Run(activity, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			in := s.to(activity, "ben")
			got := s.send(activity, in, contract.First)
			require.Equal(t, delivery.Accepted, got.State)
			require.NotEmpty(t, got.ProviderID)

			require.Equal(t, 1, s.requests(http.MethodPost))
			last := s.asked[len(s.asked)-1]
			require.Len(t, last.ledger, 1, "the row was there first")
			then := last.ledger[0]
			require.Equal(t, in.N, then.N)
			require.Equal(t, delivery.Attempting, then.State)
			require.Equal(t, string(channel), then.Channel)
			require.Equal(t, got, s.row(in.N).Outcome())

			require.Equal(t, got, s.send(activity, in, contract.First), "again, it is answered from the ledger")
			require.Equal(t, got, s.send(activity, in, contract.Resend))
			require.Equal(t, 1, s.requests(http.MethodPost))
		})
	}
}

func TestSendText_wordsAndLimits_areThePersonsOwn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := s.to(contract.SendText, "ben")
	in.Until = time.Now().Add(3 * time.Minute)
	s.send(contract.SendText, in, contract.First)
	form := s.lab.Log()[0].Form
	require.Equal(t, s.server.URL+activities.StatusPath+"?n="+in.N, form["StatusCallback"])
	require.Regexp(t, "^1(79|80)$", form["ValidityPeriod"], "seconds: a page does not arrive hours late")

	token := regexp.MustCompile(`/r/(\w+)`).FindStringSubmatch(form["Body"])
	require.Len(t, token, 2, form["Body"])
	link, err := s.record.ByToken(t.Context(), token[1])
	require.NoError(t, err)
	require.Equal(t, "ben", link.Person)
	require.Equal(t, s.incident, link.Incident)
}

// The carrier took it and we did not hear so: it is found, and nobody is woken twice.
func TestSend_ambiguous_isLookedUpAndNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, activity := range []string{contract.SendText, contract.PlaceCall} {
		for _, fault := range []lab.Fault{lab.FaultResetAfterAccept, lab.FaultErrorAfterAccept, lab.FaultTimeout} {
			t.Run(activity+" "+string(fault), func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				if fault == lab.FaultTimeout {
					s.use(s.dial(time.Second))
				}
				s.fault(fault)
				in := s.to(activity, "ben")
				got := s.send(activity, in, contract.First)
				require.Equal(t, delivery.Unknown, got.State)
				require.Equal(t, delivery.Ambiguous, got.Class)
				require.Equal(t, got, s.send(activity, in, contract.First), "tried again, it says the same and asks nobody")
				require.Equal(t, 1, s.requests(http.MethodPost))

				before := s.requests(http.MethodGet) // a call asks first whether the phone is engaged
				found := s.lookUp(activity, in)
				require.True(t, found.Found)
				require.Equal(t, []string{found.Outcome.ProviderID}, s.sids(activity, "ben"))
				require.Equal(t, before+1, s.requests(http.MethodGet))

				require.Equal(t, found, s.lookUp(activity, in), "now the ledger knows")
				for _, again := range []contract.Again{contract.First, contract.Retry, contract.Resend} {
					require.Equal(t, found.Outcome, s.send(activity, in, again))
				}
				require.Equal(t, 1, s.requests(http.MethodPost))
				require.Equal(t, before+1, s.requests(http.MethodGet))
				require.False(t, s.row(in.N).PossibleDuplicate)
			})
		}
	}
}

// A 503 proves nothing: a page goes out once more when it cannot be found, and says so.
func TestSend_ambiguousAndNotFound_isSentAgainAndFlagged(t *testing.T) {
	t.Parallel()
	for activity := range channelOf {
		t.Run(activity, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			in := s.to(activity, "ben")
			s.fault(lab.FaultUnavailable)
			require.Equal(t, delivery.LookUp, delivery.Next(s.send(activity, in, contract.First)))
			require.False(t, s.row(in.N).PossibleDuplicate)

			look := contract.LookUpInput{SendInput: in, Channel: channelOf[activity]}
			_, err := try[contract.LookUpResult](s, contract.LookUpSend, look)
			if activity == contract.SendMail { // which has no look-up
				require.NoError(t, err)
			} else {
				var failed *temporal.ApplicationError
				require.ErrorAs(t, err, &failed)
				require.False(t, failed.NonRetryable(), "the carrier may be back in a second")
				require.Equal(t, "Error", failed.Type(), "the adapter's own")
			}
			s.fault(lab.FaultNone)
			require.Equal(t, contract.LookUpResult{}, s.lookUp(activity, in))

			got := s.send(activity, in, contract.Resend)
			require.Equal(t, delivery.Accepted, got.State)
			row := s.row(in.N)
			require.True(t, row.PossibleDuplicate)
			require.Equal(t, 2, row.Attempts)
			require.Equal(t, 2, s.requests(http.MethodPost))
		})
	}
}

func TestSend_refused_isOverForGood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		behaviour lab.Behaviour
		want      delivery.Outcome
	}{
		"a landline": {lab.Landline, delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "21614"}},
		"opted out":  {lab.OptedOut, delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: "21610"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.behave("ben", c.behaviour)
			in := s.to(contract.SendText, "ben")
			for _, again := range []contract.Again{contract.First, contract.First, contract.Retry, contract.Resend} {
				require.Equal(t, c.want, s.send(contract.SendText, in, again))
			}
			require.Equal(t, contract.LookUpResult{Found: true, Outcome: c.want}, s.lookUp(contract.SendText, in))
			require.Equal(t, 1, s.requests(http.MethodPost), "no second attempt")
			require.Zero(t, s.requests(http.MethodGet))
		})
	}
}

// What the carrier certainly did not take may go again, and is no duplicate.
func TestSend_notTaken_mayBeTriedAgain(t *testing.T) {
	t.Parallel()
	for activity := range channelOf {
		t.Run(activity, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			in := s.to(activity, "ben")
			s.fault(lab.FaultThrottled)
			throttled := must[contract.SendResult](s, activity, in)
			require.Equal(t, delivery.NotProcessed, throttled.Outcome.Class)
			require.Positive(t, throttled.RetryAfter)
			require.Equal(t, contract.LookUpResult{}, s.lookUp(activity, in), "nothing to find, so it will be sent")

			url := s.server.URL
			s.server.URL = "http://127.0.0.1:1" // nobody listens
			s.use(s.dial(time.Second))
			down := s.send(activity, in, contract.Retry)
			require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "refused"}, down)

			s.server.URL = url
			s.use(s.dial(10 * time.Second))
			s.fault(lab.FaultNone)
			require.Equal(t, delivery.Accepted, s.send(activity, in, contract.Retry).State)
			row := s.row(in.N)
			require.False(t, row.PossibleDuplicate)
			require.Equal(t, 3, row.Attempts)
		})
	}
}

func TestSend_nobodyToReach_asksNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := len(s.plan.People) - 1
	s.plan.People[i].Email, s.plan.People[i].Phones[0].NoText = "", true
	for _, c := range []struct{ activity, person string }{
		{contract.SendText, "nobody"}, {contract.PlaceCall, "nobody"}, {contract.SendMail, "nobody"},
		{contract.SendText, "finn"}, {contract.SendMail, "finn"},
	} {
		s.send(c.activity, s.to(c.activity, c.person), contract.First)
		got := s.row(s.to(c.activity, c.person).N).Outcome()
		require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: "no_address"}, got, "%+v", c)
	}
	require.Empty(t, s.asked)
}

func TestSend_withoutLedger_sendsNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	refuse := func(change func(*contract.SendInput)) {
		for activity := range channelOf {
			in := s.to(activity, "ben")
			change(&in)
			got := s.send(activity, in, contract.First)
			require.Equal(t, delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: "ledger"}, got)
			require.Equal(t, delivery.RetrySame, delivery.Next(got))
		}
		require.Empty(t, s.lab.Log())
	}
	refuse(func(in *contract.SendInput) { in.N = "the ledger takes no such id" })
	require.NoError(t, s.record.Close())
	refuse(func(*contract.SendInput) {})
}

func TestLookUp_ledgerKnows_asksNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := s.to(contract.SendText, "ben")
	require.Equal(t, contract.LookUpResult{}, s.lookUp(contract.SendText, in), "the worker died before its row was written: nothing was sent")

	s.fault(lab.FaultErrorAfterAccept)
	s.send(contract.SendText, in, contract.First)
	said := delivery.Outcome{State: delivery.Delivered, ProviderID: s.sids(contract.SendText, "ben")[0]}
	_, _, err := s.record.Settle(t.Context(), in.N, said) // a signed call-back
	require.NoError(t, err)
	require.Equal(t, contract.LookUpResult{Found: true, Outcome: said}, s.lookUp(contract.SendText, in))
	require.Zero(t, s.requests(http.MethodGet))
}

// Calls hold nothing of ours at the carrier. The call of another incident to the same person
// is not this one, which rang nowhere.
func TestLookUp_callOfAnotherIncident_isNotAdopted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.to(contract.PlaceCall, "ben")
	other.Incident, _ = s.open("second")
	other.Workflow = "page:of-another-incident"
	other.N = delivery.ID(other.Workflow, other.Step)
	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, other, contract.First).State)
	s.hangUp("ben")
	s.ended(other.N, "busy")

	in := s.to(contract.PlaceCall, "ben")
	s.fault(lab.FaultBroken)
	require.Equal(t, delivery.LookUp, delivery.Next(s.send(contract.PlaceCall, in, contract.First)))
	s.fault(lab.FaultNone)
	require.Equal(t, contract.LookUpResult{}, s.lookUp(contract.PlaceCall, in))
	require.Empty(t, s.row(in.N).ProviderID)

	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, in, contract.Resend).State)
	require.Len(t, s.sids(contract.PlaceCall, "ben"), 2)
}

func TestHangUp_ringingCall_endsThatAndNoOther(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behave("ben", lab.Ignore)
	in := s.to(contract.PlaceCall, "ben")
	hang := contract.HangUpInput{Workflow: in.Workflow, Step: in.Step}
	s.send(contract.PlaceCall, s.to(contract.PlaceCall, "anna"), contract.First)
	called := s.send(contract.PlaceCall, in, contract.First)
	before := len(s.lab.Log())
	must[any](s, contract.HangUpCall, hang)
	must[any](s, contract.HangUpCall, hang) // twice is as good as once
	for _, r := range s.lab.Log()[before:] {
		require.Contains(t, r.Path, "/Calls/"+called.ProviderID)
	}
	require.Equal(t, lab.CallCanceled, s.phone("ben").Calls[0].Status)
	s.fault(lab.FaultUnavailable)
	_, err := try[any](s, contract.HangUpCall, hang)
	require.Error(t, err, "to be tried again")

	s.ended(in.N, "canceled")
	before = len(s.lab.Log())
	must[any](s, contract.HangUpCall, hang)
	require.Len(t, s.lab.Log(), before, "a call that is over is left alone")
}
