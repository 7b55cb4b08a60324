package activities_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/slack"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/lab"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// fanOut is a release to a list.
func (s *site) fanOut(to ...record.Recipient) contract.BatchInput {
	s.t.Helper()
	list, err := s.record.PutRecipients(s.t.Context(), to)
	require.NoError(s.t, err)
	in := s.release()
	in.Edition, in.List, in.Recipients, in.To = 3, list, len(to), len(to)
	in.Spokesperson = "anna"
	for i := range in.Texts {
		in.Texts[i].Body += " Yours, {spokesperson}"
		in.Texts[i].Short = "Short: {next update}"
	}
	return in
}

func mailTo(language string, n int) (to []record.Recipient) {
	for i := range n {
		to = append(to, record.Recipient{Channel: "email", Address: fmt.Sprintf("%s%d@example.com", language, i), Name: "N", Language: language})
	}
	return to
}

// mails waits until so many mails are in mailboxes, by address.
func (s *site) mails(n int) map[string]lab.Mail {
	s.t.Helper()
	var arrived map[string]lab.Mail
	require.Eventually(s.t, func() bool {
		arrived = map[string]lab.Mail{}
		all := 0
		for _, box := range s.lab.Inboxes() {
			for _, m := range box.Mails {
				arrived[box.Address], all = m, all+1
			}
		}
		return all == n
	}, 20*time.Second, 10*time.Millisecond)
	return arrived
}

func TestDistributeBatch_oneLanguage_oneRequest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	anna, _ := s.plan.Person("anna")
	shared := record.Recipient{Channel: "email", Address: "all@example.com", Language: "en", Shared: true}
	in := s.fanOut(append(append(mailTo("de", 3), mailTo("en", 700)...), shared)...)
	for range 2 {
		require.Equal(t, effect.Distributed{Sent: 704}, s.distribute(in))
		require.Equal(t, 4, s.requests("POST"), "de, twice en, and the list that nobody can leave")
	}
	arrived := s.mails(704)
	names := map[string]bool{}
	for address, m := range arrived {
		names[m.CustomArgs["n"]] = true
		require.NotContains(t, m.Text, "{")
		require.Contains(t, m.Text, anna.Name)
		link := strings.Trim(m.Headers["List-Unsubscribe"], "<>")
		if address == shared.Address {
			require.Empty(t, link)
			require.NotContains(t, m.Text, "/u/")
			continue
		}
		require.Equal(t, "List-Unsubscribe=One-Click", m.Headers["List-Unsubscribe-Post"])
		require.Contains(t, m.Text, link)
		require.Contains(t, m.HTML, `"`+link+`"`)
		l, err := s.record.ByUnsubscribeToken(t.Context(), strings.TrimPrefix(link, s.plan.Company.URL+activities.LeavePath))
		require.NoError(t, err)
		require.Equal(t, record.DestinationOf("email", address), l.Destination, "each has their own")
		require.Equal(t, s.incident, l.Incident)
	}
	require.Len(t, names, 704)
	require.Contains(t, arrived["de1@example.com"].Text, "Wir arbeiten daran")
}

func TestDistributeBatch_perWay_itsOwnWords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	anna, _ := s.plan.Person("anna")
	s.audience("internal", func(a *plan.Audience) { a.Personal = true })
	phone := s.phone("eva").Number
	off := s.phone("ben").Number
	require.NoError(t, s.record.PutRefused(t.Context(), off, s.plan.Channels.Updates.From, time.Now()))
	require.NoError(t, s.record.Suppress(t.Context(), "email", "EN1@example.com", record.StoppedIncident, s.incident, time.Now()))
	in := s.fanOut(append(mailTo("en", 2),
		record.Recipient{Channel: "sms", Address: phone, Language: "en"}, record.Recipient{Channel: "sms", Address: off, Language: "en"},
		record.Recipient{Channel: "chat", Address: "U1", Language: "en"})...)
	for range 2 {
		require.Equal(t, effect.Distributed{Sent: 2, Failed: 3}, s.distribute(in))
	}
	mail := s.mails(1)["en0@example.com"]
	require.Contains(t, mail.From, anna.Name+", "+s.plan.Company.Name)
	require.Contains(t, mail.Headers["Reply-To"], anna.Email)
	texts := s.phone("eva").Messages
	require.Len(t, texts, 1)
	require.Equal(t, s.plan.Channels.Updates.From, texts[0].From)
	require.Regexp(t, "^"+s.plan.Company.Name+`: Short: \d\d:\d\d$`, texts[0].Body)
	rows, err := s.record.AddressedBy(t.Context(), contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release), in.List, 0, 9)
	require.NoError(t, err)
	var codes []string
	for _, r := range rows {
		codes = append(codes, r.Send.Code)
	}
	require.Equal(t, []string{"", record.StoppedIncident, "", delivery.CodeStopped, "no_sender"}, codes, "each with its reason")
}

func TestDistributeBatch_aRequest_isTakenAsAWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change   func(*site)
		want     effect.Distributed
		requests int
	}{
		"a broadcast prefers silence to a double": {func(s *site) { s.fault(lab.FaultErrorAfterAccept) }, effect.Distributed{Unknown: 10}, 1},
		"our account is refused": {func(s *site) {
			s.use(func(c *activities.Config) {
				var err error
				c.Mail, err = sendgrid.New(sendgrid.Config{Key: "SG.wrong", Endpoint: s.server.URL})
				require.NoError(s.t, err)
			})
		}, effect.Distributed{Failed: 10}, 1},
		"what was throttled goes again": {func(s *site) {
			require.NoError(s.t, s.lab.SetCarrier(lab.Carrier{Fault: lab.FaultNone, Channel: lab.ChannelEmail, PerSecond: 0.5}))
			require.NoError(s.t, s.drain())
		}, effect.Distributed{Sent: 10}, 3},
		"the incident moved on": {func(s *site) { s.move(s.incident, plan.Identification, 2) }, effect.Distributed{Superseded: true}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			in := s.fanOut(mailTo("en", 10)...)
			c.change(s)
			for range 2 { // the second time changes nothing, also when the fault is over
				require.Equal(t, c.want, s.distribute(in))
				if c.requests < 3 {
					require.Equal(t, c.requests, s.requests("POST"))
				}
				s.fault(lab.FaultNone)
			}
		})
	}
}

// drain uses up what the provider takes at once.
func (s *site) drain() error {
	_, err := s.config.Mail.Send(s.t.Context(), sendgrid.Mail{N: "x", To: "x@example.com", FromEmail: "y@example.com", Subject: "x", Text: "x"})
	return err
}

// A worker that died between the ledger and the provider's answer: the next one leaves its
// request alone, and one event proves all of it.
func TestDistributeBatch_afterADeath_waitsForProof(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := s.fanOut(mailTo("en", 600)...)
	id := contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release)
	var lost []record.Leaf
	for i := range 500 {
		lost = append(lost, record.Leaf{N: delivery.ID(id, in.List, fmt.Sprint(i)), Recipient: i})
	}
	_, err := s.record.BeginBroadcast(t.Context(), record.Broadcast{
		Incident: in.Incident, Workflow: id, Phase: string(in.Phase), List: in.List, Channel: "email", Request: "lost",
	}, lost)
	require.NoError(t, err)
	require.Equal(t, effect.Distributed{Sent: 100, Unknown: 500}, s.distribute(in))
	require.Equal(t, 1, s.requests("POST"))
	_, _, err = s.record.Settle(t.Context(), lost[17].N, delivery.Outcome{State: delivery.Accepted, ProviderID: "X"})
	require.NoError(t, err)
	require.Equal(t, effect.Distributed{Sent: 600}, must[effect.Distributed](s, contract.ReckonDistribution, in.DistributionInput))
}

// Whatever a title or a text holds, it starts no header, no second recipient and no markup.
func FuzzDistributeBatch(f *testing.F) {
	f.Add("Payments\r\nBcc: all@example.com", "<script>alert(1)</script>")
	f.Add("\u202eevil\x00", "stop{spokesperson}\u2028<a href=x>")
	f.Fuzz(func(t *testing.T, title, body string) {
		s := newSite(t)
		in := s.fanOut(mailTo("en", 2)...)
		in.Texts = []effect.Text{{Language: "en", Subject: title, Body: body}}
		s.distribute(in)
		for _, m := range s.mails(2) {
			require.NotRegexp(t, `[\r\n\x00\x{202e}\x{2028}]`, m.Subject)
			require.NotContains(t, m.HTML, "<script")
			require.NotContains(t, m.HTML, "<a href=x")
			for name, v := range m.Headers {
				require.NotContains(t, name+v, "\n")
			}
		}
	})
}

func TestDistributeBatch_memberOfTheChat_getsItThereWithAWayOut(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.use(func(c *activities.Config) {
		var err error
		c.Chat, err = slack.New(slack.Config{Token: lab.DefaultSlackToken, Endpoint: s.server.URL, Timeout: 10 * time.Second})
		require.NoError(t, err)
	})
	in := s.fanOut(record.Recipient{Channel: plan.SendChat, Address: "U0123456", Language: "de"})
	for range 2 {
		require.Equal(t, effect.Distributed{Sent: 1}, s.distribute(in))
	}
	posts := s.lab.Posts()
	require.Len(t, posts, 1)
	require.Equal(t, "U0123456", posts[0].Channel)
	require.Contains(t, fmt.Sprint(posts[0]), "Diese Meldungen beenden")
}
