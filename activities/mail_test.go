package activities_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// posted is what of a mail matters here, as the provider was asked to send it.
type posted struct {
	ReplyTo struct{ Email, Name string } `json:"reply_to"`
	Content []struct{ Value string }
	Headers map[string]string
}

func (s *site) posted() (m posted) {
	s.t.Helper()
	require.NoError(s.t, json.Unmarshal(s.lab.Log()[0].JSON, &m))
	return m
}

// The link of a mail is one that machines may press, and who answers is known by the address.
func TestSendMail_linkAndReply_areOfTheMailAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *activities.Config) {
		current := c.Plan()
		current.Channels.Mail.Inbound = plan.Inbound{Address: "incident@in.acme.example"}
		c.Plan = func() plan.Plan { return current }
	})
	in := s.to(contract.SendMail, "ben")
	require.Equal(t, delivery.Accepted, s.send(contract.SendMail, in, contract.First).State)
	m := s.posted()
	for _, part := range m.Content {
		token := regexp.MustCompile(`/r/(\w+)`).FindStringSubmatch(part.Value)
		require.Len(t, token, 2)
		link, err := s.record.ByToken(t.Context(), token[1])
		require.NoError(t, err)
		require.Equal(t, record.MailDoor, link.Door)
		require.Contains(t, part.Value, "reply to this mail")
	}
	token, n, ok := delivery.ReplyMark("incident@in.acme.example", m.ReplyTo.Email)
	require.True(t, ok)
	require.Equal(t, in.N, n)
	require.Equal(t, s.plan.Channels.Mail.FromName, m.ReplyTo.Name)
	link, err := s.record.ByToken(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, record.ReplyDoor, link.Door)
	require.Equal(t, "ben", link.Person)
	require.Equal(t, s.incident, link.Incident)
}

// Where nobody reads answers, a mail is answered to its sender and promises nothing.
func TestSendMail_withoutInbound_promisesNoReply(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Equal(t, delivery.Accepted, s.send(contract.SendMail, s.to(contract.SendMail, "ben"), contract.First).State)
	m := s.posted()
	require.Empty(t, m.ReplyTo.Email)
	require.NotContains(t, m.Content[0].Value+m.Content[1].Value, "reply to this mail")
	require.Equal(t, "All", m.Headers["X-Auto-Response-Suppress"])
}
