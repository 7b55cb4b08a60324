package lab_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sendgrid/sendgrid-go/helpers/eventwebhook"
	"github.com/sendgrid/sendgrid-go/helpers/mail"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

// An answer comes as SendGrid's Inbound Parse posts it: a signed form, above a quote of the mail.
func TestAMailCanBeAnswered(t *testing.T) {
	t.Parallel()
	l, address, _ := start(t)
	posts := make(chan hooked, 4)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		posts <- hooked{header: r.Header, body: body}
	}))
	t.Cleanup(server.Close)
	reply := address + "/lab/api/inboxes/anna@example.com/reply"
	code, _ := ask(t, http.MethodPost, reply, `{"body": "1"}`)
	require.Equal(t, http.StatusNotFound, code, "there is no mail yet")

	m := aMail()
	_, _ = sendMail(t, address, m)
	await(t, l, "in the mailbox", func() bool { return len(l.Inboxes()[0].Mails) == 1 })
	code, body := ask(t, http.MethodPost, reply, `{"body": "1"}`)
	require.Equal(t, http.StatusConflict, code)
	require.Contains(t, body["detail"], "it names no Reply-To")

	m.SetReplyTo(mail.NewEmail("ACME Incident", "incident+t-n1@in.example.com"))
	_, _ = sendMail(t, address, m)
	await(t, l, "in the mailbox", func() bool { return len(l.Inboxes()[0].Mails) == 2 })
	code, _ = ask(t, http.MethodPost, reply, `{"body": "1"}`)
	require.Equal(t, http.StatusConflict, code, "nobody takes it")
	l.SetMailRepliesURL(server.URL)

	for _, which := range []string{``, `, "mail": 1`, `, "mail": "` + l.Inboxes()[0].Mails[1].ID + `"`} {
		code, body = ask(t, http.MethodPost, reply, `{"body": "1 <b>\nthank you"`+which+`}`)
		require.Equal(t, http.StatusCreated, code, body)
	}
	for _, which := range []string{`2`, `-1`, `"x"`} {
		code, _ = ask(t, http.MethodPost, reply, `{"body": "1", "mail": `+which+`}`)
		require.Equal(t, http.StatusNotFound, code, which)
	}
	_, err := l.ReplyMail("ANNA@example.com", lab.MailReply{Body: "I am away", From: "ben@example.com", Automatic: true})
	require.NoError(t, err)
	require.Equal(t, []string{"1 <b>\nthank you", "1 <b>\nthank you", "1 <b>\nthank you", "I am away"}, l.Inboxes()[0].Mails[1].Replies)

	key, err := eventwebhook.ConvertPublicKeyBase64ToECDSA(l.MailVerificationKey())
	require.NoError(t, err)
	for i := range 4 {
		g := <-posts
		genuine, err := eventwebhook.VerifySignature(key, g.body, g.header.Get(eventwebhook.VerificationHTTPHeader), g.header.Get(eventwebhook.TimestampHTTPHeader))
		require.NoError(t, err)
		require.True(t, genuine)
		_, params, err := mime.ParseMediaType(g.header.Get("Content-Type"))
		require.NoError(t, err)
		form, err := multipart.NewReader(bytes.NewReader(g.body), params["boundary"]).ReadForm(1 << 20)
		require.NoError(t, err)
		field := func(name string) string { return form.Value[name][0] }
		require.Equal(t, `"ACME Incident" <incident+t-n1@in.example.com>`, field("to"))
		require.Contains(t, field("text"), "> Anna, you are on call.")
		if i < 3 {
			require.Regexp(t, `^1 <b>\nthank you\r\n\r\nOn .* wrote:\r\n> `, field("text"))
			require.Contains(t, field("html"), "<p>1 &lt;b&gt;<br>thank you</p>")
			require.Equal(t, "Anna@example.com", field("from"))
			require.JSONEq(t, `{"to":["incident+t-n1@in.example.com"],"from":"Anna@example.com"}`, field("envelope"))
			require.NotContains(t, field("headers"), "Auto-Submitted")
			continue
		}
		require.Equal(t, "ben@example.com", field("from"))
		require.JSONEq(t, `{"to":["incident+t-n1@in.example.com"],"from":""}`, field("envelope"))
		require.Contains(t, field("headers"), "Auto-Submitted: auto-replied")
	}
	_, page := get(t, address+"/lab?show=mail&box=anna@example.com&mail="+l.Inboxes()[0].Mails[1].ID)
	require.Contains(t, page, "data-answer")
	require.Contains(t, page, "<q>I am away</q>")
}
