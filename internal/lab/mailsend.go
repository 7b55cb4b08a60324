package lab

import (
	"fmt"
	"maps"
	"net/http"
	"net/mail"
	"slices"
	"strings"
)

// mailSend is what the lab reads of a mail/send request.
type mailSend struct {
	From             mailAddress
	ReplyTo          mailAddress `json:"reply_to"`
	Subject          string
	Personalizations []personalization
	Content          []struct{ Type, Value string }
	Headers          map[string]string
	CustomArgs       map[string]string `json:"custom_args"`
	Categories       []string
	TemplateID       string `json:"template_id"`
	MailSettings     struct {
		SandboxMode struct{ Enable bool } `json:"sandbox_mode"`
	} `json:"mail_settings"`
}

type personalization struct {
	To, CC, BCC   []mailAddress
	Subject       string
	Headers       map[string]string
	CustomArgs    map[string]string `json:"custom_args"`
	Substitutions map[string]string
}

type mailAddress struct{ Name, Email string }

func (a mailAddress) valid() bool {
	parsed, err := mail.ParseAddress(a.Email)
	return err == nil && parsed.Address == a.Email
}

func (a mailAddress) String() string {
	if a.Name == "" {
		return a.Email
	}
	return (&mail.Address{Name: a.Name, Address: a.Email}).String()
}

// mail is what one recipient gets.
func (m *mailSend) mail(p personalization, to mailAddress) *Mail {
	sent := &Mail{
		From: m.From.String(), To: to.Email, Subject: m.Subject, Categories: m.Categories,
		Headers: map[string]string{}, CustomArgs: map[string]string{},
	}
	if p.Subject != "" {
		sent.Subject = p.Subject
	}
	for _, c := range m.Content {
		switch c.Type {
		case "text/plain":
			sent.Text = c.Value
		case "text/html":
			sent.HTML = c.Value
		}
	}
	var words []string
	for _, word := range slices.Sorted(maps.Keys(p.Substitutions)) {
		words = append(words, word, p.Substitutions[word])
	}
	if len(words) > 0 {
		put := strings.NewReplacer(words...)
		sent.Subject, sent.Text, sent.HTML = put.Replace(sent.Subject), put.Replace(sent.Text), put.Replace(sent.HTML)
	}
	if m.ReplyTo.Email != "" {
		sent.Headers["Reply-To"] = m.ReplyTo.String()
	}
	for _, from := range []map[string]string{m.Headers, p.Headers} {
		maps.Copy(sent.Headers, from)
	}
	for _, from := range []map[string]string{m.CustomArgs, p.CustomArgs} {
		maps.Copy(sent.CustomArgs, from)
	}
	return sent
}

// reservedHeaders are SendGrid's own.
var reservedHeaders = []string{
	"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
	"to", "from", "subject", "reply-to", "cc", "bcc",
}

const (
	maxRecipients    = 1000
	maxCustomArgs    = 10_000 // bytes
	maxSubstitutions = 10_000 // bytes
)

// check refuses what SendGrid refuses before it takes a mail.
func (m *mailSend) check() *mailError {
	bad := func(field, message string) *mailError { return &mailError{http.StatusBadRequest, message, field} }
	if len(m.Personalizations) == 0 || len(m.Personalizations) > maxRecipients {
		return bad("personalizations", "The personalizations field is required and must have at least one personalization and at most 1000.")
	}
	subjects, recipients := true, 0
	for i, p := range m.Personalizations {
		if len(p.To) == 0 {
			return bad(fmt.Sprintf("personalizations.%d.to", i), "The to array is required for all personalization objects, and must have at least one email object with a valid email address.")
		}
		for j, to := range slices.Concat(p.To, p.CC, p.BCC) {
			if !to.valid() {
				return bad(fmt.Sprintf("personalizations.%d.to.%d.email", i, j), "Does not contain a valid address.")
			}
			recipients++
		}
		if size := argsSize(m.CustomArgs) + argsSize(p.CustomArgs); size > maxCustomArgs {
			return bad("custom_args", "The custom_args may not exceed 10000 bytes.")
		}
		if argsSize(p.Substitutions) > maxSubstitutions {
			return bad(fmt.Sprintf("personalizations.%d.substitutions", i), "The total size of your substitutions may not exceed 10000 bytes per personalization object.")
		}
		for name := range p.Headers {
			if slices.Contains(reservedHeaders, strings.ToLower(name)) {
				return bad("headers", "The headers may not contain the reserved header "+name+".")
			}
		}
		subjects = subjects && p.Subject != ""
	}
	for name := range m.Headers {
		if slices.Contains(reservedHeaders, strings.ToLower(name)) {
			return bad("headers", "The headers may not contain the reserved header "+name+".")
		}
	}
	switch {
	case recipients > maxRecipients:
		return bad("personalizations", "The total number of recipients must be no more than 1000.")
	case !m.From.valid():
		return bad("from.email", "The from email does not contain a valid address.")
	case m.Subject == "" && !subjects:
		return bad("subject", "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.")
	case m.TemplateID != "":
		return bad("template_id", "The phone lab has no templates: send the content.")
	case len(m.Content) == 0:
		return bad("content", "Unless a valid template_id is provided, the content parameter is required. There must be at least one defined content block.")
	}
	for i, c := range m.Content {
		switch {
		case c.Value == "":
			return bad(fmt.Sprintf("content.%d.value", i), "The content value must be a string at least one character in length.")
		case c.Type == "text/plain" && i > 0:
			return bad("content", "If present, text/plain must be first in the content, followed by text/html.")
		}
	}
	return nil
}

func argsSize(args map[string]string) int {
	size := 0
	for k, v := range args {
		size += len(k) + len(v)
	}
	return size
}
