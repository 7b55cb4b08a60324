package station

import (
	"crypto/ecdsa"
	"fmt"
	"net/url"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/slack"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/api/carrier"
	"github.com/stormbell/stormbell/domain/plan"
)

// phone builds the number that pages.
func phone(p plan.Plan, hooks string) (*twilio.Client, error) {
	return sender(p.Channels.Pages, hooks)
}

// sender builds one of our numbers.
func sender(c plan.Twilio, hooks string) (*twilio.Client, error) {
	return twilio.New(twilio.Config{
		Account: c.Account.Reveal(), Token: c.Token.Reveal(), From: c.From, Endpoint: c.Endpoint,
		StatusURL: func(n string) string { return hooks + activities.StatusPath + "?n=" + url.QueryEscape(n) },
	})
}

func mailer(p plan.Plan) (*sendgrid.Client, error) {
	return sendgrid.New(sendgrid.Config{Key: p.Channels.Mail.Key.Reveal(), Endpoint: p.Channels.Mail.Endpoint})
}

// chat builds the company's chat; nil when there is none.
func chat(p plan.Plan) (activities.Chat, error) {
	c := p.Channels.Chat
	if !c.Has() {
		return nil, nil
	}
	return slack.New(slack.Config{Token: c.Token.Reveal(), Endpoint: c.Endpoint})
}

// mailKeys are the keys that sign mail events, which without one are all refused, and the mails
// that people write to us.
func mailKeys(p plan.Plan) (events, inbound *ecdsa.PublicKey, err error) {
	read := func(field, text string) (key *ecdsa.PublicKey) {
		if text == "" || err != nil {
			return nil
		}
		if key, err = carrier.ParseSendGridKey(text); err != nil {
			err = fmt.Errorf("channels.email.%s: %w", field, err)
		}
		return key
	}
	events, inbound = read("event_key", p.Channels.Mail.EventKey), read("inbound.public_key", p.Channels.Mail.Inbound.PublicKey)
	return events, inbound, err
}
