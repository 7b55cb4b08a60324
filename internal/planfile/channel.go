package planfile

import (
	"net/mail"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

type channelsShape struct {
	spot
	Pages   twilioShape   `yaml:"pages,need"`
	Updates twilioShape   `yaml:"updates,need"`
	Email   sendgridShape `yaml:"email,need"`
}

type twilioShape struct {
	spot
	Type     text    `yaml:"type,need"`
	Account  secret  `yaml:"account"`
	Token    secret  `yaml:"token"`
	From     setting `yaml:"from,need"`
	Endpoint setting `yaml:"endpoint"`
}

type sendgridShape struct {
	spot
	Type     text    `yaml:"type,need"`
	Key      secret  `yaml:"key"`
	From     setting `yaml:"from,need"`
	Endpoint setting `yaml:"endpoint"`
	EventKey setting `yaml:"event_key"`
}

// labType is the type of a channel that the phone lab stands in for.
const labType = "lab"

func (b *builder) channels() {
	f := b.file.Channels
	c := plan.Channels{Pages: b.twilio(f.Pages), Updates: b.twilio(f.Updates), Mail: b.sendgrid(f.Email)}
	if c.Pages.From != "" && c.Pages.From == c.Updates.From {
		b.fail(f.Updates.From.spot, "is the number of pages; use another one, or STOP to an update silences pages")
	}
	for _, p := range b.plan.People {
		for _, phone := range p.Phones {
			for _, from := range []struct {
				at     spot
				number string
			}{{f.Pages.From.spot, c.Pages.From}, {f.Updates.From.spot, c.Updates.From}} {
				if from.number == phone.Number {
					b.fail(from.at, "is the number of %s; a sender needs one of its own", p.ID)
				}
			}
		}
	}
	b.plan.Channels = c
}

func (b *builder) twilio(f twilioShape) plan.Twilio {
	b.known(f.Type, "type of channel", []string{labType, "twilio"})
	t := plan.Twilio{
		Lab: f.Type.value == labType, Account: b.reveal(f.Account), Token: b.reveal(f.Token),
		From: b.phone(f.From.text, anyLine).Number, Endpoint: b.webAddress(f.Endpoint.text),
	}
	if f.Type.value == "twilio" {
		b.needed(f.Account, f.spot, "account")
		b.needed(f.Token, f.spot, "token")
	}
	return t
}

func (b *builder) sendgrid(f sendgridShape) plan.SendGrid {
	b.known(f.Type, "type of channel", []string{labType, "sendgrid"})
	s := plan.SendGrid{
		Lab: f.Type.value == labType, Key: b.reveal(f.Key),
		Endpoint: b.webAddress(f.Endpoint.text), EventKey: strings.TrimSpace(f.EventKey.value),
	}
	if f.From.good {
		a, err := mail.ParseAddress(f.From.value)
		if err != nil {
			b.fail(f.From.spot, "%q is no sender; write it like \"ACME Incident <incident@example.com>\"", f.From.value)
		} else {
			s.FromName, s.FromEmail = a.Name, a.Address
		}
	}
	if f.Type.value == "sendgrid" {
		b.needed(f.Key, f.spot, "key")
	}
	return s
}

func (b *builder) needed(s secret, at spot, key string) {
	if !s.given() {
		b.fail(at, "%s is missing; write %s: \"${NAME}\" to take it from the environment", key, key)
	}
}
