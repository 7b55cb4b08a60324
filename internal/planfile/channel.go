package planfile

import (
	"net/mail"
	"net/url"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

type channelsShape struct {
	spot
	Pages   twilioShape   `yaml:"pages,need"`
	Updates twilioShape   `yaml:"updates,need"`
	Email   sendgridShape `yaml:"email,need"`
	Chat    slackShape    `yaml:"chat"`
}

type twilioShape struct {
	spot
	Type     text    `yaml:"type,need"`
	Account  secret  `yaml:"account"`
	Token    secret  `yaml:"token"`
	From     setting `yaml:"from,need"`
	Endpoint setting `yaml:"endpoint"`
	Fallback setting `yaml:"fallback"`
	Texts    count   `yaml:"texts_per_second"`
	Calls    count   `yaml:"calls_per_second"`
}

type sendgridShape struct {
	spot
	Type     text         `yaml:"type,need"`
	Key      secret       `yaml:"key"`
	From     setting      `yaml:"from,need"`
	Endpoint setting      `yaml:"endpoint"`
	EventKey setting      `yaml:"event_key"`
	Inbound  inboundShape `yaml:"inbound"`
	Mails    count        `yaml:"mails_per_second"`
}

// labType is the type of a channel that the phone lab stands in for.
const labType = "lab"

func (b *builder) channels() {
	f := b.file.Channels
	c := plan.Channels{Pages: b.twilio(f.Pages), Updates: b.twilio(f.Updates), Mail: b.sendgrid(f.Email), Chat: b.chat(f.Chat)}
	if c.Pages.From != "" && c.Pages.From == c.Updates.From {
		b.fail(f.Updates.From.spot, "is the number of pages; use another one, or STOP to an update silences pages")
	}
	b.fallback(f.Pages.Fallback, c.Pages.Fallback)
	if f.Updates.Fallback.given() {
		b.fail(f.Updates.Fallback.spot, "is for calls, and this number calls nobody; remove it")
	}
	if f.Updates.Calls.given() {
		b.fail(f.Updates.Calls.spot, "is for calls, and this number calls nobody; remove it")
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
		From: b.phone(f.From.text, anyLine).Number, Endpoint: b.webAddress(f.Endpoint.text), Fallback: b.webAddress(f.Fallback.text),
	}
	texts, calls := 0, 0
	if !t.Lab && isTwilio(t.Endpoint) {
		texts, calls = textsPerSecond, callsPerSecond
	}
	t.TextsPerSecond, t.CallsPerSecond = b.pace(f.Texts, texts), b.pace(f.Calls, calls)
	if f.Type.value == "twilio" {
		b.needed(f.Account, f.spot, "account")
		b.needed(f.Token, f.spot, "token")
	}
	return t
}

// What Twilio lets a new account do: a text a second and number in North America, ten
// elsewhere, and one call a second. It takes more and queues them, which is no help: in its
// queue a page waits behind everything else.
const (
	textsPerSecond = 10
	callsPerSecond = 1
)

// isTwilio tells whether requests go to Twilio itself; what stands in for it has no such figures.
func isTwilio(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && (endpoint == "" || strings.HasSuffix(u.Hostname(), ".twilio.com"))
}

// pace is how many sends a second are begun.
func (b *builder) pace(c count, otherwise int) int {
	if !c.good {
		return otherwise
	}
	if c.value < 1 || c.value > 1000 {
		b.fail(c.spot, "%d makes no sense: it is how many are sent in a second, from 1 to 1000", c.value)
	}
	return c.value
}

// fallback warns about words for an outage that would go down with us.
func (b *builder) fallback(f setting, address string) {
	there, err := url.Parse(address)
	here, ours := url.Parse(b.plan.Company.URL)
	if err == nil && ours == nil && address != "" && there.Hostname() == here.Hostname() {
		b.warn(f.spot, "is on our own host, which cannot speak when it is down; put the file on another")
	}
}

func (b *builder) sendgrid(f sendgridShape) plan.SendGrid {
	b.known(f.Type, "type of channel", []string{labType, "sendgrid"})
	s := plan.SendGrid{
		Lab: f.Type.value == labType, Key: b.reveal(f.Key),
		Endpoint: b.webAddress(f.Endpoint.text), EventKey: strings.TrimSpace(f.EventKey.value),
		Inbound: b.inbound(f.Inbound), MailsPerSecond: b.pace(f.Mails, 0),
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
		if f.Inbound.given() && !f.Inbound.Key.given() && !f.Inbound.PublicKey.given() {
			b.fail(f.Inbound.spot, "key or public_key is missing; without one anybody could answer")
		}
	}
	return s
}

func (b *builder) needed(s secret, at spot, key string) {
	if !s.given() {
		b.fail(at, "%s is missing; write %s: \"${NAME}\" to take it from the environment", key, key)
	}
}
