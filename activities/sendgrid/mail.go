package sendgrid

import (
	"errors"
	"maps"
	"strings"
	"unicode"

	"github.com/sendgrid/sendgrid-go/helpers/mail"
)

// Mail is one mail to one person.
type Mail struct {
	// N is the delivery's id; every event about the mail carries it as "n".
	N string
	// To and ToName say who gets it, FromEmail and FromName who sends it.
	To, ToName          string
	FromEmail, FromName string
	// ReplyTo is where an answer goes, under the sender's name; empty means to FromEmail.
	ReplyTo string
	Subject string
	// Text is needed, HTML is not.
	Text, HTML string
	// Headers are the mail's own, such as References.
	Headers map[string]string
	// Urgent mails go first where mails wait for each other. SendGrid does not hear of it.
	Urgent bool
	// CustomArgs travel into every event. SendGrid keeps them for good: nothing personal.
	CustomArgs map[string]string
}

func (m Mail) check() error {
	if m.N == "" || m.To == "" || m.FromEmail == "" || m.Subject == "" || m.Text == "" {
		return errors.New("sendgrid: a mail needs a delivery id, a recipient, a sender, a subject and a text")
	}
	return nil
}

func (m Mail) message() *mail.SGMailV3 {
	to := mail.NewPersonalization()
	to.AddTos(mail.NewEmail(line(m.ToName), line(m.To)))
	maps.Copy(to.CustomArgs, m.CustomArgs)
	to.SetCustomArg("n", m.N)
	return m.letter().AddPersonalizations(to)
}

// letter is the mail as SendGrid wants it, without a recipient. Tracking is off in every mail,
// because it rewrites our links and lets strangers fetch them.
func (m Mail) letter() *mail.SGMailV3 {
	msg := mail.NewV3Mail()
	msg.SetFrom(mail.NewEmail(line(m.FromName), line(m.FromEmail)))
	if m.ReplyTo != "" {
		msg.SetReplyTo(mail.NewEmail(line(m.FromName), line(m.ReplyTo)))
	}
	msg.Subject = line(m.Subject)
	msg.AddContent(mail.NewContent("text/plain", m.Text))
	if m.HTML != "" {
		msg.AddContent(mail.NewContent("text/html", m.HTML))
	}
	for name, v := range m.Headers {
		msg.SetHeader(line(name), line(v))
	}
	return msg.SetTrackingSettings(mail.NewTrackingSettings().
		SetClickTracking(mail.NewClickTrackingSetting().SetEnable(false).SetEnableText(false)).
		SetOpenTracking(mail.NewOpenTrackingSetting().SetEnable(false)).
		SetSubscriptionTracking(mail.NewSubscriptionTrackingSetting().SetEnable(false)).
		SetGoogleAnalytics(mail.NewGaSetting().SetEnable(false)))
}

// line makes text fit for a header: no line breaks and control characters, with which a subject
// could start a header of its own, and nothing that turns the direction of reading.
func line(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200e', r == '\u200f':
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(s, ""))), " ")
}
