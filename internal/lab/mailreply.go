package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/mail"
	"strings"
	"time"
)

// mailReplies is where answers to mails go, one after the other.
type mailReplies struct {
	url   string
	posts sequence
}

// MailReply is an answer that somebody writes to a mail.
type MailReply struct {
	// Mail is the mail's id, or its place in the inbox from 0 on; nil means the newest.
	Mail any `json:"mail"`
	// Body is what is written above the quote of the mail.
	Body string `json:"body"`
	// From is who writes; empty means the owner of the inbox. Anybody can write any name there.
	From string `json:"from"`
	// Automatic makes it the answer of a machine because its owner is away.
	Automatic bool `json:"automatic"`
}

// ReplyMail answers a mail from the inbox it is in, as mail programs do: above a quote of it. The
// answer is posted to the MailRepliesURL beside this call, in the order of the answers.
func (l *Lab) ReplyMail(address string, in MailReply) (Mail, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m, ok := l.mailOf(address, in.Mail)
	switch {
	case !ok:
		return Mail{}, refuse(http.StatusNotFound, `there is no such mail: name one of GET /lab/api/inboxes in "mail", by its id or its place, or leave it out for the newest`)
	case m.Headers["Reply-To"] == "":
		return Mail{}, refuse(http.StatusConflict, "nobody reads answers to this mail: it names no Reply-To")
	case l.mailReplies.url == "":
		return Mail{}, refuse(http.StatusConflict, "nobody takes answers to mails: the lab was given no address for them")
	}
	if in.From == "" {
		in.From = m.To
	}
	form, contentType := l.inboundForm(m, in)
	target := l.mailReplies.url
	m.Replies = append(m.Replies, in.Body)
	l.touch()
	l.enqueue(&l.mailReplies.posts, post{secure: true, send: func() {
		l.postMail(target, form, http.Header{"Content-Type": {contentType}, "User-Agent": {"Sendlib/1.0"}})
	}})
	return *m, nil
}

// mailOf finds a mail of an inbox. The caller holds l.mu.
func (l *Lab) mailOf(address string, which any) (*Mail, bool) {
	var inbox []*Mail
	for m := range l.mails.each {
		if inboxKey(m.To) == inboxKey(address) && m.Status == MailDelivered {
			inbox = append(inbox, m)
		}
	}
	place := len(inbox) - 1
	switch which := which.(type) {
	case string:
		for i, m := range inbox {
			if m.ID == which {
				return inbox[i], true
			}
		}
		return nil, false
	case float64:
		place = int(which)
	}
	if place < 0 || place >= len(inbox) {
		return nil, false
	}
	return inbox[place], true
}

// inboundForm is what SendGrid's Inbound Parse posts of an answer.
func (l *Lab) inboundForm(m *Mail, in MailReply) (body []byte, contentType string) {
	subject, id := "Re: "+m.Subject, "<"+newSID("")+"@lab.example>"
	head := fmt.Sprintf("Received: from lab.example by mx.sendgrid.net\nMessage-ID: %s\nIn-Reply-To: <%s@lab.sendgrid.net>\nFrom: %s\nTo: %s\n", id, m.ID, in.From, m.Headers["Reply-To"])
	returnPath := in.From
	if in.Automatic {
		subject, returnPath = "Automatic reply: "+m.Subject, ""
		head += "Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n"
	}
	to := m.Headers["Reply-To"]
	if a, err := mail.ParseAddress(to); err == nil {
		to = a.Address
	}
	envelope, err := json.Marshal(map[string]any{"to": []string{to}, "from": returnPath})
	if err != nil { // cannot be: strings only
		panic(err)
	}
	wrote := "On " + m.At.Format(time.RFC1123) + " " + m.From + " wrote:"
	text := in.Body + "\r\n\r\n" + wrote + "\r\n> " + strings.ReplaceAll(m.Text, "\n", "\r\n> ") + "\r\n"
	markup := "<html><body><p>" + strings.ReplaceAll(html.EscapeString(in.Body), "\n", "<br>") + "</p><p>" + html.EscapeString(wrote) + "</p><blockquote>" + m.HTML + "</blockquote></body></html>"
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("xYzZY") // SendGrid's own; writing to memory does not fail
	for _, field := range [][2]string{
		{"headers", head}, {"dkim", "none"}, {"to", m.Headers["Reply-To"]}, {"html", markup}, {"from", in.From}, {"text", text}, {"sender_ip", "127.0.0.1"},
		{"envelope", string(envelope)}, {"attachments", "0"}, {"subject", subject}, {"charsets", `{"to":"UTF-8","html":"UTF-8","subject":"UTF-8","from":"UTF-8","text":"UTF-8"}`}, {"SPF", "none"},
	} {
		_ = w.WriteField(field[0], field[1])
	}
	_ = w.Close()
	return b.Bytes(), w.FormDataContentType()
}
