package people_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// "Teams found out in the incident that people had no verified phone": the list says who is
// reached for certain, and one press asks everybody else.
func TestPeople_invitesWhoeverIsNotReached(t *testing.T) {
	t.Parallel()
	s := open(t)
	require.NoError(t, s.Record.Confirm(t.Context(), record.Contact{Person: "anna", Channel: plan.SMS, Address: s.Plan().People[0].Address(plan.SMS)}))
	page := s.see("/people", "en")
	require.Contains(t, page, "1 of 6 are reached for certain")
	require.Contains(t, page, "Invite the 5 who are missing")
	require.NotContains(t, page, "http-equiv", "a page at rest stands still")
	require.Contains(t, s.see("/people", "de"), "1 von 6 werden sicher erreicht")

	page = s.press("/people")
	require.Contains(t, page, "The invitations are going out.")
	require.Eventually(t, func() bool { return !s.desk.Inviting() }, 5*time.Second, time.Millisecond)
	page = s.see("/people", "en")
	require.Contains(t, page, "5 people are being asked.")
	require.Contains(t, page, `<meta http-equiv="refresh" content="5;url=/people">`)
	asked := map[string]bool{}
	for _, c := range s.Calls() {
		asked[c.Command.(contract.ContactTestInput).Person] = true
		require.True(t, c.Command.(contract.ContactTestInput).Invites)
	}
	require.Equal(t, map[string]bool{"ben": true, "carla": true, "dev": true, "eva": true, "finn": true}, asked)
	calls := len(s.Calls())
	s.press("/people")
	require.Eventually(t, func() bool { return !s.desk.Inviting() }, 5*time.Second, time.Millisecond)
	again := map[string]bool{}
	for _, c := range s.Calls() {
		again[c.Workflow] = true
	}
	require.Len(t, again, calls, "pressed twice, everybody is asked once")

	s.Advance(t.Context(), 11*time.Minute)
	require.NotContains(t, s.see("/people", "en"), "http-equiv", "it does not look for ever")
}

func TestPeople_whoMay(t *testing.T) {
	t.Parallel()
	s := open(t)
	number := s.Plan().People[1].Phones[0].Number
	grouped := "+49 176 " + number[len(number)-8:]
	require.Contains(t, s.see("/people/ben", "en"), grouped)
	s.visitor = guest
	for _, path := range []string{"/people", "/people/ben"} {
		page := s.see(path, "en")
		require.NotContains(t, page, number[4:], "no number without the right to administer")
		require.NotContains(t, page, grouped)
		require.NotContains(t, page, "ben@")
		require.Contains(t, page, "…02")
		require.NotContains(t, page, `action="/people`)
	}
	for path, fields := range map[string][]string{"/people": nil, "/people/ben/test": {"by", "sms"}, "/people/ben/invite": nil, "/people/ben/pin": nil} {
		require.Contains(t, s.refused(path, fields...), "You may not change this.", path)
	}
	s.visitor = anna
	s.refused("/people/ben/test", "by", "sms")
	s.refused("/people/anna/pin")
	require.Contains(t, s.press("/people/anna/test", "by", "sms"), "We are asking now.")
	require.Len(t, s.Calls(), 1)
	require.Equal(t, http.StatusNotFound, s.do(http.MethodGet, "/people/nobody", "en", nil).Code)
}

func TestPerson_showsWhatBecameOfEachTry(t *testing.T) {
	t.Parallel()
	s := open(t)
	page := s.press("/people/ben/test", "by", "call")
	require.Contains(t, page, "asked 04:02, waiting for the answer")
	require.Contains(t, page, `content="5;url=/people/ben"`)
	test := s.Calls()[0].Workflow
	_, _, err := s.Record.Settle(t.Context(), contract.TestDelivery(test, contract.TestAsks), delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached})
	require.NoError(t, err)
	page = s.see("/people/ben", "en")
	require.Contains(t, page, "the try of 04:02 did not get through")
	require.NotContains(t, page, "http-equiv")
	require.Contains(t, s.see("/people/ben", "de"), "der Versuch von 04:02 kam nicht an")
	require.Contains(t, page, "Not reached for certain")

	s.press("/people/ben/test", "by", "call")
	require.NoError(t, s.Answer(t.Context(), "ben", plan.Call))
	page = s.see("/people/ben", "en")
	require.Contains(t, page, "answered 23 Nov 04:02")
	require.NotContains(t, page, "Not reached for certain")

	ben := s.Plan().People[1].Address(plan.SMS)
	require.NoError(t, s.Record.PutOptOut(t.Context(), record.OptOut{Phone: ben, Sender: s.Plan().Channels.Pages.From, Stopped: true, Item: 1}))
	page = s.see("/people/ben", "en")
	require.Contains(t, page, "has sent STOP, gets no texts")
	require.Contains(t, page, "they send START to")
	require.NotContains(t, page, `name="by" value="sms"`, "a text would only be refused")
	require.NoError(t, s.Record.SetPIN(t.Context(), "ben", "", "8305"))
	require.Contains(t, s.press("/people/ben/pin"), "The PIN is cleared.")
	require.NotContains(t, s.see("/people/ben", "en"), "Clear the PIN")
}

// No name says anything but itself.
func TestPeople_hostileNames(t *testing.T) {
	t.Parallel()
	s := open(t)
	p := s.Plan()
	p.People[0].Name = `<script>alert(1)</script>" onmouseover="x` + "\u202egpj"
	p.Roles[0].Title = map[string]string{"en": `<img src=x>`}
	s.SetPlan(p)
	for _, path := range []string{"/people", "/people/anna", "/on-call"} {
		body := s.do(http.MethodGet, path, "en", nil).Body.String()
		require.NotContains(t, body, "<script")
		require.NotContains(t, body, "<img")
		require.NotContains(t, body, `" onmouseover="`)
		require.NotContains(t, body, "\u202e")
		require.Contains(t, body, "&lt;script&gt;", path)
	}
}
