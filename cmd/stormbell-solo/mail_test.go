package main

import (
	"bytes"
	"context"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/lab"
)

// A page comes by mail as well, and its answer takes the role. Everything else that happens to
// mails does not: gateways that open links and press every button, a machine that says that
// somebody is away, an answer from another address, a forged post.
func TestPage_byMail_onlyItsReaderAnswers(t *testing.T) {
	n := newPlan(t)
	n.solo("5")
	incident := n.opens("mail", "marketing_officer")
	mail := n.mailed("anna", "Sie sind")
	require.Equal(t, "high", mail.Headers["Importance"])
	require.Equal(t, "auto-generated", mail.Headers["Auto-Submitted"])
	require.Contains(t, mail.Headers["Reply-To"], "<incident+")
	require.Regexp(t, `(?s)Bitte antworten Sie bis .*, sonst rufen wir Ihre Vertretung .* an\..*/r/\w+.*Das tun Sie zuerst:\n1\. .*\(etwa \d+ min\)`, mail.Text)

	pressed := 0
	for _, box := range n.lab.Inboxes() {
		for _, m := range box.Mails {
			for _, link := range regexp.MustCompile(`https?://[^\s"<]+/r/\w+`).FindAllString(m.Text+m.HTML, -1) {
				pressed += n.scan(link)
			}
		}
	}
	require.Positive(t, pressed)
	status, _ := n.sendForm("/hooks/sendgrid/inbound", url.Values{"to": {mail.Headers["Reply-To"]}, "text": {"1"}, "from": {"anna@acme.example"}})
	require.Equal(t, http.StatusForbidden, status)
	n.answer(lab.MailReply{Mail: mail.ID, Body: "Ich bin bis Montag im Urlaub.", Automatic: true})
	n.answer(lab.MailReply{Mail: mail.ID, Body: "1", From: "ben@acme.example"})
	n.until("the lead could read both", func() bool {
		said := n.timeline()
		return strings.Contains(said, "(automatic answer) Ich bin bis Montag im Urlaub.") && strings.Contains(said, "(from another mail address) 1")
	})
	require.Empty(t, n.holder(incident, "marketing_officer"), "a machine or a stranger has taken the role")

	n.answer(lab.MailReply{Mail: mail.ID, Body: "1\n\nAnna Vogel"})
	n.until("anna holds the role", func() bool { return n.holder(incident, "marketing_officer") == "anna" })
	require.Contains(t, n.timeline(), "anna took marketing_officer by mail")
	n.texted("anna", "Danke Anna")
}

// mailed waits for a mail of a person whose subject has some words.
func (n *night) mailed(person, words string) (found lab.Mail) {
	n.t.Helper()
	n.until(person+" gets a mail", func() bool {
		for _, box := range n.lab.Inboxes() {
			for _, m := range box.Mails {
				if box.Address == person+"@acme.example" && strings.Contains(m.Subject, words) {
					found = m
					return true
				}
			}
		}
		return false
	})
	return found
}

// answer replies to a mail of anna.
func (n *night) answer(r lab.MailReply) {
	n.t.Helper()
	_, err := n.lab.ReplyMail("anna@acme.example", r)
	require.NoError(n.t, err)
}

func (n *night) timeline() string {
	_, raw := n.call(http.MethodGet, n.path("timeline")+"?limit=200", nil, nil)
	return raw
}

var (
	forms   = regexp.MustCompile(`(?s)<form method="post" action="([^"]*)"[^>]*>(.*?)</form>`)
	inputs  = regexp.MustCompile(`<(?:input|button)[^>]*>`)
	machine = regexp.MustCompile(` (type|name|value)="([^"]*)"`)
)

// scan opens a link of a mail and presses everything it finds, as it comes.
func (n *night) scan(link string) (pressed int) {
	n.t.Helper()
	path := strings.TrimPrefix(link, n.base)
	_, page := n.call(http.MethodGet, path, nil, nil)
	for _, f := range forms.FindAllStringSubmatch(page, -1) {
		sent, buttons := url.Values{}, []url.Values{{}}
		for _, tag := range inputs.FindAllString(f[2], -1) {
			a := map[string]string{}
			for _, pair := range machine.FindAllStringSubmatch(tag, -1) {
				a[pair[1]] = html.UnescapeString(pair[2])
			}
			switch {
			case strings.HasPrefix(tag, "<button"):
				buttons = append(buttons, url.Values{a["name"]: {a["value"]}})
			case a["type"] != "checkbox" && a["type"] != "radio":
				sent.Set(a["name"], a["value"])
			}
		}
		for _, button := range buttons {
			with := maps.Clone(sent)
			maps.Copy(with, button)
			status, _ := n.sendForm(html.UnescapeString(f[1]), with)
			require.Equal(n.t, http.StatusUnprocessableEntity, status, f[1])
			pressed++
		}
	}
	return pressed
}

func (n *night) sendForm(path string, fields url.Values) (status int, page string) {
	n.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, n.base+path, bytes.NewBufferString(fields.Encode()))
	require.NoError(n.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(n.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(n.t, err)
	return resp.StatusCode, string(raw)
}
