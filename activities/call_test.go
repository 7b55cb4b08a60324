package activities_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

var inCall = delivery.Outcome{State: delivery.Intended, Class: delivery.NotProcessed, Code: delivery.InCall}

// call is a call of the page to a person on a rung.
func (s *site) call(person, rung string) contract.SendInput {
	in := s.to(contract.PlaceCall, person)
	in.Step = rung + "-" + person + "-call"
	in.N = delivery.ID(in.Workflow, in.Step)
	return in
}

// elsewhere is a call to a person for another incident.
func (s *site) elsewhere(person string) contract.SendInput {
	s.t.Helper()
	in := s.to(contract.PlaceCall, person)
	s.others++
	in.Incident, _ = s.open(fmt.Sprint("other ", s.others))
	in.Workflow = contract.PageID(s.year, in.Incident, plan.IncidentCommander, 1)
	in.N = delivery.ID(in.Workflow, in.Step)
	return in
}

// ended settles a send as a call-back would.
func (s *site) ended(n, code string) {
	s.t.Helper()
	_, _, err := s.record.Settle(s.t.Context(), n, delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: code})
	require.NoError(s.t, err)
}

// hangUp ends whatever goes on at all phones of a person.
func (s *site) hangUp(person string) {
	p, _ := s.plan.Person(person)
	for _, phone := range s.lab.Phones() {
		if slices.ContainsFunc(p.Phones, func(f plan.Phone) bool { return f.Number == phone.Number }) {
			for _, c := range phone.Calls {
				_, _ = s.lab.HangUp(phone.Number, c.SID) // those that are over stay over
			}
		}
	}
}

func (s *site) reaches(person string, status lab.CallStatus) lab.Call {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	last := func() lab.Call { return s.phone(person).Calls[len(s.phone(person).Calls)-1] }
	require.NoError(s.t, s.lab.Await(ctx, func() bool { return last().Status == status }), "%s, not %s", last().Status, status)
	return last()
}

// Two incidents page one phone: the second call waits until the first is over.
func TestPlaceCall_phoneIsEngaged_waits(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behave("ben", lab.Ignore)
	first, second := s.elsewhere("ben"), s.call("ben", "rung-0")
	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, first, contract.First).State)
	got := must[contract.SendResult](s, contract.PlaceCall, second)
	require.Equal(t, inCall, got.Outcome)
	require.Equal(t, delivery.RetrySame, delivery.Next(got.Outcome))
	require.Equal(t, s.plan.Minute/6, got.RetryAfter)
	require.Equal(t, 1, s.requests(http.MethodPost))

	s.hangUp("ben")
	require.Equal(t, inCall, s.send(contract.PlaceCall, second, contract.Retry), "the ledger has not heard of the end yet")
	s.ended(first.N, "no-answer")
	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, second, contract.Retry).State)
	require.Equal(t, 2, s.requests(http.MethodPost))
	require.Equal(t, 3, s.row(second.N).Attempts)
	require.False(t, s.row(second.N).PossibleDuplicate)
}

// free is a provider that knows of no call under way.
type free struct{ activities.Phone }

func (free) OpenCall(context.Context, string) (string, error) { return "", nil }

// Whoever knows of a call under way is enough: the ledger before the provider lists it, the
// provider long after the last news of it, and the ledger alone when the provider is silent.
func TestPlaceCall_whoeverKnowsOfACall_isBelieved(t *testing.T) {
	t.Parallel()
	later := func(d time.Duration) func(*activities.Config) {
		return func(c *activities.Config) { c.Now = func() time.Time { return time.Now().Add(d) } }
	}
	for name, c := range map[string]struct {
		change func(*activities.Config)
		fault  lab.Fault
		lagMS  int
		waits  bool
	}{
		"the provider does not list it yet":       {later(5 * time.Second), lab.FaultNone, 60_000, true},
		"the provider never lists it":             {later(20 * time.Second), lab.FaultNone, 60_000, false},
		"the ledger has heard nothing for long":   {later(time.Hour), lab.FaultNone, 0, true},
		"the provider is silent":                  {later(2 * time.Minute), lab.FaultUnavailable, 0, true},
		"the provider is silent, the call is old": {later(4 * time.Minute), lab.FaultUnavailable, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.behave("ben", lab.Ignore)
			s.send(contract.PlaceCall, s.elsewhere("ben"), contract.First)
			require.NoError(t, s.lab.SetCarrier(lab.Carrier{Fault: c.fault, Share: 1, Channel: lab.ChannelAll, ListLagMS: c.lagMS}))
			s.use(c.change)
			require.Equal(t, c.waits, s.send(contract.PlaceCall, s.call("ben", "rung-0"), contract.First) == inCall)
		})
	}
}

// The complaint: a phone shared by two people rings twice at once.
func TestPlaceCall_sharedPhone_isOnePhone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := slices.IndexFunc(s.plan.People, func(p plan.Person) bool { return p.ID == "carla" })
	s.plan.People[i].Phones = []plan.Phone{{Number: s.phone("ben").Number}}
	s.behave("ben", lab.Ignore)
	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, s.call("ben", "rung-0"), contract.First).State)
	for name, change := range map[string]func(*activities.Config){
		"the ledger knows":   func(c *activities.Config) { c.Pages, c.Now = free{c.Pages}, time.Now },
		"the provider knows": func(c *activities.Config) { c.Now = func() time.Time { return time.Now().Add(time.Hour) } },
	} {
		s.use(s.dial(10*time.Second), change)
		require.Equal(t, inCall, s.send(contract.PlaceCall, s.call("carla", name), contract.First), name)
	}
	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, s.call("anna", "rung-0"), contract.First).State, "another phone")
}

// Two workers begin a call to one phone in the same moment: at most one rings, and when both
// give way to each other one of them comes back sooner.
func TestPlaceCall_twoWorkersRace_onePhoneRingsOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, person := range []string{"anna", "ben", "carla", "finn"} {
		s.use()
		one := s.env
		s.use()
		two := s.env
		inputs := []contract.SendInput{s.call(person, "rung-0"), s.elsewhere(person)}
		var results [2]contract.SendResult
		var together sync.WaitGroup
		for i, worker := range []*testsuite.TestActivityEnvironment{one, two} {
			together.Go(func() {
				value, err := worker.ExecuteActivity(contract.PlaceCall, inputs[i])
				if err == nil {
					err = value.Get(&results[i])
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		together.Wait()
		placed := 0
		for i, r := range results {
			if r.Outcome.State == delivery.Accepted {
				placed++
			} else {
				require.Equal(t, inCall, results[i].Outcome)
			}
		}
		require.LessOrEqual(t, placed, 1)
		if placed == 0 {
			require.Equal(t, s.plan.Minute/60, min(results[0].RetryAfter, results[1].RetryAfter))
			require.Equal(t, s.plan.Minute/6, max(results[0].RetryAfter, results[1].RetryAfter))
		}
		require.LessOrEqual(t, len(s.sids(contract.PlaceCall, person)), 1)
	}
}

// The first attempt went through unseen, and the list lagged: it is found when it is looked for
// a call under way, and nobody is called twice.
func TestPlaceCall_resend_adoptsTheCallUnderWay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behave("ben", lab.Ignore)
	in := s.call("ben", "rung-0")
	require.NoError(t, s.lab.SetCarrier(lab.Carrier{Fault: lab.FaultResetAfterAccept, Share: 1, Channel: lab.ChannelAll, ListLagMS: 60_000}))
	require.Equal(t, delivery.Unknown, s.send(contract.PlaceCall, in, contract.First).State)
	s.fault(lab.FaultNone)
	got := s.send(contract.PlaceCall, in, contract.Resend)
	require.Equal(t, delivery.Accepted, got.State)
	require.Equal(t, []string{got.ProviderID}, s.sids(contract.PlaceCall, "ben"))
	require.Equal(t, 1, s.requests(http.MethodPost))
}

// A call that had to wait is not placed any more once somebody holds the role; a roll call goes on.
func TestPlaceCall_waitedInVain_isNotPlaced(t *testing.T) {
	t.Parallel()
	canceled := delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: delivery.Canceled}
	for name, c := range map[string]struct {
		page  escalation.State
		waits bool
	}{
		"nobody has it":            {escalation.State{Stage: escalation.Climbing}, true},
		"ben has it himself":       {escalation.State{Stage: escalation.Held, Holder: "ben"}, false},
		"it stood down":            {escalation.State{Stage: escalation.Closed}, false},
		"the roll call needs him":  {escalation.State{Stage: escalation.Held, Holder: "anna", Roll: []string{"ben"}}, true},
		"the roll call needs Anna": {escalation.State{Stage: escalation.Held, Holder: "finn", Roll: []string{"anna"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			in := s.call("ben", "rung-0")
			s.fault(lab.FaultThrottled)
			require.Equal(t, delivery.NotProcessed, s.send(contract.PlaceCall, in, contract.First).Class)
			s.fault(lab.FaultNone)
			body, err := json.Marshal(c.page)
			require.NoError(t, err)
			require.NoError(t, s.record.Append(t.Context(), record.Append{Incident: s.incident, Workflow: s.page, Run: "r", Kind: record.KindPage, Revision: 1, Snapshot: body}))
			got := s.send(contract.PlaceCall, in, contract.Retry)
			require.Equal(t, c.waits, got.State == delivery.Accepted)
			require.Equal(t, !c.waits, got == canceled)
			require.Equal(t, c.waits, len(s.sids(contract.PlaceCall, "ben")) == 1)
		})
	}
}

// The complaint: one phone per person only. Each further call goes to the next phone.
func TestPlaceCall_severalPhones_areTriedInTurn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const landline = "+493023125777"
	i := slices.IndexFunc(s.plan.People, func(p plan.Person) bool { return p.ID == "ben" })
	mobile := s.plan.People[i].Phones[0].Number
	s.plan.People[i].Phones = append(s.plan.People[i].Phones, plan.Phone{Number: landline, NoText: true})
	called := func() string { return s.lab.Log()[len(s.lab.Log())-1].Form["To"] }

	for rung, want := range []string{mobile, landline, mobile} {
		in := s.call("ben", string(rune('a'+rung)))
		s.fault(lab.FaultThrottled)
		s.send(contract.PlaceCall, in, contract.First)
		require.Equal(t, want, called())
		s.fault(lab.FaultErrorAfterAccept)
		require.Equal(t, delivery.Unknown, s.send(contract.PlaceCall, in, contract.Retry).State)
		require.Equal(t, want, called(), "the same send stays with its phone")
		s.fault(lab.FaultNone)
		require.True(t, s.lookUp(contract.PlaceCall, in).Found)
		require.Equal(t, want, called())
		s.ended(in.N, "busy")
		s.hangUp("ben")
	}
	text := s.to(contract.SendText, "ben")
	s.send(contract.SendText, text, contract.First)
	require.Equal(t, mobile, called())
	s.send(contract.PlaceCall, s.elsewhere("ben"), contract.First)
	require.Equal(t, mobile, called(), "another page begins with the first phone")
}

// A phone that takes no texts is left at once, and called instead.
func TestSend_phoneWithoutTexts_isCalled(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	i := slices.IndexFunc(s.plan.People, func(p plan.Person) bool { return p.ID == "ben" })
	s.plan.People[i].Phones[0].NoText = true
	s.behave("ben", lab.Landline)
	got := s.send(contract.SendText, s.to(contract.SendText, "ben"), contract.First)
	require.Equal(t, delivery.LeaveChannel, delivery.Next(got), "another way is tried at once")
	require.Empty(t, s.asked)
	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, s.call("ben", "rung-0"), contract.First).State)
	s.reaches("ben", lab.CallInProgress)
}

func TestPlaceCall_outage_hasSomebodyElseToSpeak(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, c := range []struct{ plan, want string }{{"", s.server.URL + activities.FallbackPath}, {"https://words.acme.example/x.xml", "https://words.acme.example/x.xml"}} {
		s.plan.Channels.Pages.Fallback = c.plan
		person := map[bool]string{true: "anna", false: "ben"}[c.plan == ""]
		s.send(contract.PlaceCall, s.call(person, "rung-0"), contract.First)
		form := s.lab.Log()[len(s.lab.Log())-1].Form
		require.Equal(t, c.want, form["FallbackUrl"])
		require.Equal(t, http.MethodGet, form["FallbackMethod"])
	}
}

// Who asked to be connected is called with a question, because mailboxes answer too.
func TestPlaceCall_bridge_asksForAKey(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := s.call("ben", "tell-1")
	in.Notice = notice.Notice{Kind: notice.Bridge, Incident: s.incident}
	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, in, contract.First).State)
	require.Equal(t, "bridge", s.row(in.N).Purpose)
	twiml := s.lab.Log()[len(s.lab.Log())-1].Form["Twiml"]
	require.Contains(t, twiml, "Press 1 to join the conference.")
	require.Contains(t, twiml, activities.KeysPath+"?n="+in.N)
	require.NotContains(t, twiml, "<Dial")
}

func TestHangUp_calls_endUnlessSomebodyAnswers(t *testing.T) {
	t.Parallel()
	annaHasIt := &escalation.State{Stage: escalation.Held, Holder: "anna", HeldAt: time.Now(), Page: escalation.Page{Role: plan.IncidentCommander}}
	for name, c := range map[string]struct {
		does   lab.Behaviour
		status lab.CallStatus
		told   delivery.Outcome
		page   *escalation.State
		want   lab.CallStatus
		says   string
	}{
		"it rings":             {lab.Ignore, lab.CallRinging, delivery.Outcome{}, annaHasIt, lab.CallCanceled, ""},
		"a mailbox listens":    {lab.Voicemail, lab.CallInProgress, delivery.Outcome{State: delivery.Delivered}, nil, lab.CallCompleted, "You are not needed any more."},
		"a person listens":     {lab.Answer, lab.CallInProgress, delivery.Outcome{State: delivery.Delivered}, annaHasIt, lab.CallCompleted, "Anna Vogel has Incident Commander since"},
		"it stood down":        {lab.Answer, lab.CallInProgress, delivery.Outcome{State: delivery.Delivered}, &escalation.State{Stage: escalation.Closed}, lab.CallCompleted, "You are not needed any more."},
		"a person has pressed": {lab.Answer, lab.CallInProgress, delivery.Outcome{State: delivery.Answered}, annaHasIt, lab.CallInProgress, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.behave("ben", c.does)
			if c.page != nil {
				body, err := json.Marshal(c.page)
				require.NoError(t, err)
				require.NoError(t, s.record.Append(t.Context(), record.Append{Incident: s.incident, Workflow: s.page, Run: "r", Kind: record.KindPage, Revision: 1, Snapshot: body}))
			}
			in := s.call("ben", "rung-0")
			s.send(contract.PlaceCall, in, contract.First)
			s.reaches("ben", c.status)
			_, _, err := s.record.Settle(t.Context(), in.N, c.told)
			require.NoError(t, err)
			must[any](s, contract.HangUpCall, contract.HangUpInput{Workflow: in.Workflow, Step: in.Step})
			require.Contains(t, s.reaches("ben", c.want).Said, c.says)
		})
	}
}

// A call that waits its turn, or is just being placed, rings nobody once it is not needed.
func TestHangUp_beforeItRings_neverRings(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behave("ben", lab.Ignore)
	in := s.call("ben", "rung-0")
	hang := contract.HangUpInput{Workflow: in.Workflow, Step: in.Step}
	canceled := delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: delivery.Canceled}
	_, err := try[any](s, contract.HangUpCall, hang)
	require.ErrorContains(t, err, "not in the ledger yet", "to be tried again")

	s.fault(lab.FaultThrottled)
	s.send(contract.PlaceCall, in, contract.First)
	must[any](s, contract.HangUpCall, hang)
	s.fault(lab.FaultNone)
	require.Equal(t, canceled, s.send(contract.PlaceCall, in, contract.Retry))
	require.Empty(t, s.sids(contract.PlaceCall, "ben"))

	placing := s.call("ben", "rung-1")
	s.use(func(c *activities.Config) {
		c.Pages = meanwhile{c.Pages, func(provider.Result) {
			a := activities.New(*c)
			require.NoError(t, a.HangUpCall(t.Context(), contract.HangUpInput{Workflow: placing.Workflow, Step: placing.Step}))
		}}
	})
	got := s.send(contract.PlaceCall, placing, contract.First)
	require.Equal(t, canceled.Code, got.Code)
	require.Equal(t, lab.CallCanceled, s.phone("ben").Calls[0].Status)
}

// meanwhile lets something happen after a call was placed and before we know.
type meanwhile struct {
	activities.Phone
	happens func(provider.Result)
}

func (m meanwhile) Call(ctx context.Context, c twilio.Call) (provider.Result, error) {
	r, err := m.Phone.Call(ctx, c)
	m.happens(r)
	return r, err
}

// A call-back tells that the lost first attempt rings while the second is being placed: the
// younger call is ended, and the ledger says that there were two.
func TestPlaceCall_firstAttemptTurnsUp_endsTheSecond(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.behave("ben", lab.Ignore)
	in := s.call("ben", "rung-0")
	require.NoError(t, s.lab.SetCarrier(lab.Carrier{Fault: lab.FaultResetAfterAccept, Share: 1, Channel: lab.ChannelAll, ListLagMS: 60_000}))
	s.send(contract.PlaceCall, in, contract.First)
	require.NoError(t, s.lab.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelAll, ListLagMS: 60_000}))
	first := s.sids(contract.PlaceCall, "ben")[0]
	s.use(func(c *activities.Config) {
		c.Pages = meanwhile{c.Pages, func(provider.Result) {
			_, _, err := s.record.Settle(t.Context(), in.N, delivery.Outcome{State: delivery.Accepted, ProviderID: first})
			require.NoError(t, err)
		}}
	})
	got := s.send(contract.PlaceCall, in, contract.Resend)
	require.Equal(t, first, got.ProviderID)
	calls := s.phone("ben").Calls
	require.Len(t, calls, 2)
	require.Equal(t, lab.CallCanceled, calls[1].Status)
	require.NotEqual(t, lab.CallCanceled, calls[0].Status)
	require.True(t, s.row(in.N).PossibleDuplicate)
	require.Equal(t, first, s.row(in.N).ProviderID)
}
