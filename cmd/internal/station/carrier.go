package station

import (
	"crypto/ecdsa"
	"fmt"
	"net/url"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/activities/twilio"
	"github.com/stormbell/stormbell/api/carrier"
	"github.com/stormbell/stormbell/domain/plan"
)

// phone builds the number that pages.
func phone(p plan.Plan, hooks string) (*twilio.Client, error) {
	c := p.Channels.Pages
	return twilio.New(twilio.Config{
		Account: c.Account.Reveal(), Token: c.Token.Reveal(), From: c.From, Endpoint: c.Endpoint,
		StatusURL: func(n string) string { return hooks + activities.StatusPath + "?n=" + url.QueryEscape(n) },
	})
}

func mailer(p plan.Plan) (*sendgrid.Client, error) {
	return sendgrid.New(sendgrid.Config{Key: p.Channels.Mail.Key.Reveal(), Endpoint: p.Channels.Mail.Endpoint})
}

// mailKey is the key that signs mail events; without one they are all refused.
func mailKey(p plan.Plan) (*ecdsa.PublicKey, error) {
	if p.Channels.Mail.EventKey == "" {
		return nil, nil
	}
	key, err := carrier.ParseSendGridKey(p.Channels.Mail.EventKey)
	if err != nil {
		return nil, fmt.Errorf("channels.email.event_key: %w", err)
	}
	return key, nil
}
