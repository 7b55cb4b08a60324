package lab_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

func TestAReplyIsPostedAndAnswered(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	hook.answers(map[string]string{"/inbound": `<Message>Thank you Anna.</Message><Message><Body>Minutes?</Body></Message>`})
	_, err := sdk(t, address).Api.CreateMessage(textTo(anna, "Reply 1=I take it"))
	require.NoError(t, err)
	sent, err := l.Reply(anna, "", "1 & 20")
	require.NoError(t, err)
	require.Equal(t, sender, sent.To, "the one who wrote last")

	await(t, l, "answered", func() bool {
		got := phone(l, anna).Messages
		return len(got) == 3 && got[2].Status == lab.MessageDelivered
	})
	require.Equal(t, "Thank you Anna.", phone(l, anna).Messages[1].Body)
	require.Equal(t, "Minutes?", phone(l, anna).Messages[2].Body)
	require.Len(t, phone(l, anna).Replies, 1)
	require.Len(t, hook.at("/inbound"), 1)
	form := hook.at("/inbound")[0].form
	require.Equal(t, sent.SID, form.Get("MessageSid"))
	require.Equal(t, anna, form.Get("From"))
	require.Equal(t, sender, form.Get("To"))
	require.Equal(t, "1 & 20", form.Get("Body"))
	require.Empty(t, form.Get("OptOutType"))
}

func TestPlainTextIsAnAnswerToo(t *testing.T) {
	t.Parallel()
	l, _, hook := start(t)
	hook.answer = func(string, url.Values) (int, string, string) { return http.StatusOK, "text/plain", "ok" }
	_, err := l.Reply(anna, sender, "1")
	require.NoError(t, err)
	await(t, l, "the careless ok", func() bool { return len(phone(l, anna).Messages) == 1 })
	require.Equal(t, "ok", phone(l, anna).Messages[0].Body)
}

func TestStopAndStart(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	hook.answers(map[string]string{"/inbound": `<Message>never seen after STOP</Message>`})
	twilio := sdk(t, address)
	_, err := l.Reply(anna, sender, " Stop ")
	require.NoError(t, err)
	eventually(t, "posted", func() bool { return len(hook.at("/inbound")) == 1 })
	require.Equal(t, []string{"STOP"}, hook.fields("/inbound", "OptOutType"))
	_, err = twilio.Api.CreateMessage(textTo(anna, "x"))
	refusedWith(t, err, http.StatusBadRequest, 21610)
	_, err = twilio.Api.CreateMessage(textTo(anna, "updates").SetFrom(other))
	require.NoError(t, err, "the other sender was not stopped")

	_, err = l.Reply(anna, sender, "START")
	require.NoError(t, err)
	_, err = twilio.Api.CreateMessage(textTo(anna, "x"))
	require.NoError(t, err)
	eventually(t, "posted", func() bool { return len(hook.at("/inbound")) == 2 })
	var bodies []string
	for _, m := range phone(l, anna).Messages {
		bodies = append(bodies, m.Body)
	}
	require.Contains(t, bodies[0], "unsubscribed")
	require.Contains(t, bodies[2], "re-subscribed")

	_, err = l.SetBehaviour(ben, lab.OptedOut)
	require.NoError(t, err)
	_, err = twilio.Api.CreateMessage(textTo(ben, "x"))
	refusedWith(t, err, http.StatusBadRequest, 21610)
	_, err = l.Reply(ben, sender, "unstop")
	require.NoError(t, err)
	_, err = twilio.Api.CreateMessage(textTo(ben, "x"))
	require.NoError(t, err)
	_, err = l.Reply(ben, sender, "please stop")
	require.NoError(t, err)
	_, err = twilio.Api.CreateMessage(textTo(ben, "y"))
	require.NoError(t, err, "only the word alone stops")
}

func TestRepliesThatCannotBe(t *testing.T) {
	t.Parallel()
	l, _, _ := start(t, func(c *lab.Config) { c.Senders = []string{sender} })
	for reason, try := range map[string][3]string{
		"no such phone":        {"+491709999999", sender, "1"},
		"which sender":         {anna, "", "1"},
		"none of the account":  {anna, other, "1"},
		"an empty text":        {anna, sender, " "},
		"a sender with a name": {anna, "ACME", "1"},
	} {
		_, err := l.Reply(try[0], try[1], try[2])
		require.ErrorContains(t, err, reason)
	}
	l.SetInboundURL("")
	_, err := l.Reply(anna, sender, "1")
	require.ErrorContains(t, err, "nobody takes incoming texts")
}
