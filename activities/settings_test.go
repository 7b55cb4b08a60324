package activities_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/notice"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/workflows/contract"
)

// asks is the question of a contact's test to one person.
func (s *site) asks(person string, kind notice.Kind) contract.SendInput {
	return contract.SendInput{
		N: contract.TestDelivery("test:"+person, contract.TestAsks), Workflow: "test:" + person, Step: contract.TestAsks, Person: person,
		Notice: notice.Notice{Kind: kind, Drill: kind == notice.ContactTest, Role: plan.MarketingOfficer},
	}
}

func TestSend_testOfAContact_leadsToTheSettings(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token, err := s.record.Link(t.Context(), 0, "ben")
	require.NoError(t, err)
	require.Equal(t, delivery.Accepted, s.send(contract.SendText, s.asks("ben", notice.ContactTest), contract.First).State)
	require.Equal(t, "ACME DRILL (no real incident): please reply 1 so we know this phone works. Takes 5 seconds. Details: "+s.plan.Company.URL+"/me/"+token,
		s.phone("ben").Messages[0].Body)
	link, err := s.record.ByToken(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, 0, link.Incident, "it opens no incident")

	mail := s.asks("dev", notice.Invitation)
	require.Equal(t, delivery.Accepted, s.send(contract.SendMail, mail, contract.First).State)
	var came lab.Mail
	require.Eventually(t, func() bool {
		for _, i := range s.lab.Inboxes() {
			for _, came = range i.Mails {
				return true
			}
		}
		return false
	}, 10*time.Second, 5*time.Millisecond)
	require.Regexp(t, regexp.QuoteMeta(s.plan.Company.URL)+`/me/\w{16}\?mail=`+mail.N+"\n", came.Text, "the mail knows which one it is")
	require.Equal(t, "[Action needed] ACME incident response: you are in the incident plan as Marketing", came.Subject)
}

// What a person has chosen for themselves counts more than the plan, by every channel.
func TestSend_chosenLanguage_countsMoreThanThePlans(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.NoError(t, s.record.SetLanguage(t.Context(), "ben", "de"))
	require.Equal(t, delivery.Accepted, s.send(contract.SendText, s.asks("ben", notice.ContactTest), contract.First).State)
	require.Contains(t, s.phone("ben").Messages[0].Body, "ACME ÜBUNG (kein echter Notfall): bitte mit 1 antworten")
	call := s.asks("ben", notice.ContactTest)
	call.N = delivery.ID("call")
	require.Equal(t, delivery.Accepted, s.send(contract.PlaceCall, call, contract.First).State)
	var said string
	for _, r := range s.lab.Log() {
		said += r.Form["Twiml"]
	}
	require.Contains(t, said, "Das ist eine Übung.")
	require.Contains(t, said, "Bitte drücken Sie die 1")
	require.NotContains(t, said, "keine Übung")
}

// What is about no incident leads to one's own settings: there is no other page of theirs.
func TestSend_aboutNoIncident_leadsToTheSettings(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := contract.SendInput{
		N: delivery.ID("glass"), Workflow: contract.CourtesyID("glass"), Step: "answer", Person: "ben",
		Notice: notice.Notice{Kind: notice.GlassBroken, Since: time.Now()},
	}
	require.Equal(t, delivery.Accepted, s.send(contract.SendMail, in, contract.First).State)
	require.Eventually(t, func() bool {
		inboxes := s.lab.Inboxes()
		return len(inboxes) == 1 && len(inboxes[0].Mails) == 1
	}, 10*time.Second, 5*time.Millisecond)
	require.Contains(t, s.lab.Inboxes()[0].Mails[0].Text, s.plan.Company.URL+"/me/")
}
