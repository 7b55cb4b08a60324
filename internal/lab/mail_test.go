package lab_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sendgrid/rest"
	"github.com/sendgrid/sendgrid-go"
	"github.com/sendgrid/sendgrid-go/helpers/eventwebhook"
	"github.com/sendgrid/sendgrid-go/helpers/mail"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

func aMail() *mail.SGMailV3 {
	m := mail.NewSingleEmail(mail.NewEmail("ACME Incident", "incident@example.com"), "[Action needed] Incident 7",
		mail.NewEmail("Anna", "Anna@example.com"), "Anna, you are on call.", "<p>Anna, you are <b>on call</b>.</p>")
	m.SetHeader("Auto-Submitted", "auto-generated")
	m.SetCustomArg("delivery", "d-1")
	m.Personalizations[0].SetCustomArg("event", "cannot be overwritten")
	return m
}

// sendMail sends with SendGrid's SDK.
func sendMail(t *testing.T, address string, m *mail.SGMailV3) (int, *rest.Response) {
	t.Helper()
	c := &sendgrid.Client{Request: sendgrid.GetRequest(lab.DefaultSendGridKey, "/v3/mail/send", address)}
	c.Method = rest.Post
	resp, err := c.SendWithContext(t.Context(), m)
	require.NoError(t, err)
	return resp.StatusCode, resp
}

// events is every event posted so far.
func events(t *testing.T, hook *webhook) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, g := range hook.at("/events") {
		var batch []map[string]any
		require.NoError(t, json.Unmarshal(g.body, &batch))
		all = append(all, batch...)
	}
	return all
}

func TestAMailIsTakenDeliveredAndReported(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	status, resp := sendMail(t, address, aMail())
	require.Equal(t, http.StatusAccepted, status)
	require.Empty(t, resp.Body)
	require.Len(t, resp.Headers["X-Message-Id"], 1)
	id := resp.Headers["X-Message-Id"][0]

	await(t, l, "in the mailbox", func() bool { return len(l.Inboxes()[0].Mails) == 1 })
	got := l.Inboxes()[0].Mails[0]
	require.Equal(t, "anna@example.com", l.Inboxes()[0].Address, "the known mailbox, however it is spelled")
	require.Equal(t, `"ACME Incident" <incident@example.com>`, got.From)
	require.Equal(t, "[Action needed] Incident 7", got.Subject)
	require.Equal(t, "Anna, you are on call.", got.Text)
	require.Equal(t, "<p>Anna, you are <b>on call</b>.</p>", got.HTML)
	require.Equal(t, "auto-generated", got.Headers["Auto-Submitted"])
	require.Equal(t, "d-1", got.CustomArgs["delivery"])

	eventually(t, "two batches", func() bool { return len(hook.at("/events")) == 2 })
	all := events(t, hook)
	require.Len(t, all, 2)
	for i, word := range []string{"processed", "delivered"} {
		require.Equal(t, word, all[i]["event"])
		require.Equal(t, "d-1", all[i]["delivery"])
		require.Equal(t, "Anna@example.com", all[i]["email"])
		require.True(t, strings.HasPrefix(all[i]["sg_message_id"].(string), id))
		require.NotEmpty(t, all[i]["smtp-id"])
	}
	require.NotEqual(t, all[0]["sg_event_id"], all[1]["sg_event_id"])

	key, err := eventwebhook.ConvertPublicKeyBase64ToECDSA(l.MailVerificationKey())
	require.NoError(t, err)
	for _, g := range hook.at("/events") {
		signature, stamp := g.header.Get(eventwebhook.VerificationHTTPHeader), g.header.Get(eventwebhook.TimestampHTTPHeader)
		genuine, err := eventwebhook.VerifySignature(key, g.body, signature, stamp)
		require.NoError(t, err)
		require.True(t, genuine)
		forged, err := eventwebhook.VerifySignature(key, append(g.body, ' '), signature, stamp)
		require.NoError(t, err)
		require.False(t, forged)
	}
}

func TestEventsAreSignedWithTheGivenKey(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	l, _, _ := start(t, func(c *lab.Config) { c.SendGridWebhookKey = key })
	shown, err := eventwebhook.ConvertPublicKeyBase64ToECDSA(l.MailVerificationKey())
	require.NoError(t, err)
	require.True(t, key.PublicKey.Equal(shown))
	weak, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	_, err = lab.New(lab.Config{SendGridWebhookKey: weak})
	require.Error(t, err)
}

func TestEventsAreTriedUntilTheyAreTaken(t *testing.T) {
	t.Parallel()
	_, address, hook := start(t)
	tries := 0
	hook.answer = func(string, url.Values) (int, string, string) {
		if tries++; tries < 3 {
			return http.StatusServiceUnavailable, "", ""
		}
		return http.StatusNoContent, "", ""
	}
	status, _ := sendMail(t, address, aMail())
	require.Equal(t, http.StatusAccepted, status)
	eventually(t, "four posts", func() bool { return len(hook.at("/events")) == 4 })
	require.Equal(t, hook.at("/events")[0].body, hook.at("/events")[2].body)
	require.Equal(t, "delivered", events(t, hook)[3]["event"])
}

func TestEveryRecipientGetsAMail(t *testing.T) {
	t.Parallel()
	l, address, hook := start(t)
	m := aMail()
	p := mail.NewPersonalization()
	p.AddTos(mail.NewEmail("", "ben@example.com"), mail.NewEmail("", "carla@example.com"))
	p.AddBCCs(mail.NewEmail("", "dora@example.com"))
	p.Subject = "For you two"
	m.AddPersonalizations(p)
	status, _ := sendMail(t, address, m)
	require.Equal(t, http.StatusAccepted, status)
	eventually(t, "two batches", func() bool { return len(hook.at("/events")) == 2 })
	require.Len(t, events(t, hook), 8)
	boxes := l.Inboxes()
	require.Len(t, boxes, 4)
	require.Equal(t, "ben@example.com", boxes[1].Address)
	require.Equal(t, "For you two", boxes[1].Mails[0].Subject)
}

func TestSendGridRefuses(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	for name, c := range map[string]struct {
		spoil func(*mail.SGMailV3)
		field string
	}{
		"no recipient":    {func(m *mail.SGMailV3) { m.Personalizations = nil }, "personalizations"},
		"a bad recipient": {func(m *mail.SGMailV3) { m.Personalizations[0].To[0].Address = "anna" }, "personalizations.0.to.0.email"},
		"no sender":       {func(m *mail.SGMailV3) { m.From = nil }, "from.email"},
		"no subject":      {func(m *mail.SGMailV3) { m.Subject, m.Personalizations[0].Subject = "", "" }, "subject"},
		"no content":      {func(m *mail.SGMailV3) { m.Content = nil }, "content"},
		"HTML first":      {func(m *mail.SGMailV3) { m.Content[0], m.Content[1] = m.Content[1], m.Content[0] }, "content"},
		"their header":    {func(m *mail.SGMailV3) { m.SetHeader("Subject", "x") }, "headers"},
		"too much to say": {func(m *mail.SGMailV3) { m.SetCustomArg("a", strings.Repeat("x", 10_000)) }, "custom_args"},
	} {
		m := aMail()
		c.spoil(m)
		status, resp := sendMail(t, address, m)
		require.Equal(t, http.StatusBadRequest, status, name)
		var body struct {
			Errors []struct{ Message, Field string }
		}
		require.NoError(t, json.Unmarshal([]byte(resp.Body), &body))
		require.Len(t, body.Errors, 1)
		require.Equal(t, c.field, body.Errors[0].Field, name)
		require.NotEmpty(t, body.Errors[0].Message)
	}

	wrong := sendgrid.GetRequest("SG.wrong", "/v3/mail/send", address)
	wrong.Method, wrong.Body = rest.Post, mail.GetRequestBody(aMail())
	resp, err := sendgrid.MakeRequest(wrong)
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	require.Contains(t, resp.Body, "authorization grant is invalid")

	code, body := ask(t, http.MethodPost, address+"/v3/mail/send", strings.Repeat(" ", 30<<20+1))
	require.Equal(t, http.StatusRequestEntityTooLarge, code)
	require.NotEmpty(t, body["errors"])

	require.NoError(t, l.SetCarrier(lab.Carrier{Fault: lab.FaultThrottled, Share: 1, Channel: lab.ChannelEmail}))
	status, resp := sendMail(t, address, aMail())
	require.Equal(t, http.StatusTooManyRequests, status)
	require.NotEmpty(t, resp.Headers["X-Ratelimit-Reset"])
	require.Empty(t, l.Inboxes()[0].Mails)

	code, _ = ask(t, http.MethodGet, address+"/v3/messages?limit=1", "")
	require.Equal(t, http.StatusNotFound, code, "a paid feature")
}

func TestASharedClientWithGzipWorks(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	c := &sendgrid.Client{Request: sendgrid.GetRequest(lab.DefaultSendGridKey, "/v3/mail/send", address)}
	c.Method = rest.Post
	c.Headers["Content-Encoding"] = "gzip"
	resp, err := c.SendWithContext(t.Context(), aMail())
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, resp.StatusCode)
	await(t, l, "delivered", func() bool { return len(l.Inboxes()[0].Mails) == 1 })
	require.Contains(t, string(l.Log()[0].JSON), "Incident 7", "the log shows it unzipped")
}
