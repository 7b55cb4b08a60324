package sendgrid

import (
	"errors"
	"fmt"

	"github.com/sendgrid/sendgrid-go/helpers/mail"
)

// MaxRecipients is how many people one request may mail, by SendGrid's rules.
const MaxRecipients = 1000

// maxSubstitutions is how long the substitutions of one recipient may be together, in bytes.
const maxSubstitutions = 10_000

// Broadcast is one mail to many people, none of whom sees the others.
type Broadcast struct {
	// Mail is what all of them get. Its N, To and ToName are not looked at.
	Mail
	Recipients []Recipient
}

// Recipient is one of those who get a broadcast.
type Recipient struct {
	// N is the delivery's id; every event about this recipient's mail carries it as "n".
	N           string
	Email, Name string
	// Headers are added to those of the mail, for this recipient alone.
	Headers map[string]string
	// Substitutions replace words of subject, text and HTML as they stand: a value must be safe in
	// all of them, and a word must be one that nobody else can have written.
	Substitutions map[string]string
}

func (b Broadcast) check() error {
	switch {
	case len(b.Recipients) == 0 || len(b.Recipients) > MaxRecipients:
		return fmt.Errorf("sendgrid: a broadcast has %d recipients: give 1 to %d", len(b.Recipients), MaxRecipients)
	case b.FromEmail == "" || b.Subject == "" || b.Text == "":
		return errors.New("sendgrid: a broadcast needs a sender, a subject and a text")
	}
	for _, r := range b.Recipients {
		size := 0
		for word, value := range r.Substitutions {
			size += len(word) + len(value)
		}
		if r.N == "" || r.Email == "" || size > maxSubstitutions {
			return errors.New("sendgrid: each recipient needs a delivery id, an address and substitutions below 10000 bytes")
		}
	}
	return nil
}

func (b Broadcast) message() *mail.SGMailV3 {
	msg := b.letter()
	for name, v := range b.CustomArgs {
		msg.SetCustomArg(name, v)
	}
	for _, r := range b.Recipients {
		to := mail.NewPersonalization()
		to.AddTos(mail.NewEmail(line(r.Name), line(r.Email)))
		to.SetCustomArg("n", r.N)
		for name, v := range r.Headers {
			to.SetHeader(line(name), line(v))
		}
		for word, value := range r.Substitutions {
			to.SetSubstitution(word, value)
		}
		msg.AddPersonalizations(to)
	}
	return msg
}
