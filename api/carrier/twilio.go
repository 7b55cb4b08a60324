package carrier

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/twilio/twilio-go/client"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/reply"
)

// TwilioSignature is the header that signs a call-back of Twilio.
const TwilioSignature = "X-Twilio-Signature"

// TwilioCallback is what Twilio tells us: the receipt of a text or call, an incoming text, or
// pressed keys. To, From and Body are personal and belong in no log.
type TwilioCallback struct {
	// MessageSid or CallSid is set.
	MessageSid, CallSid string
	// Status is Twilio's word for the text or call; "received" for an incoming text, empty when
	// only the detection of machines reports.
	Status string
	// ErrorCode is Twilio's code, or the SIP response of a call that has none; 0 means none.
	ErrorCode      int
	To, From, Body string
	// Digits are the pressed keys.
	Digits string
	// AnsweredBy is the hint of the detection of machines.
	AnsweredBy string
	// OptOutType is START, STOP or HELP when the carrier has handled such a word already.
	OptOutType string
	// Sequence numbers the call-backs of one call from 0; a smaller one is older news.
	Sequence int
	// N is the delivery id, from the query of the address we gave.
	N string
}

// Outcome is what a receipt says of the send. It is of no meaning for an incoming text.
func (c TwilioCallback) Outcome() delivery.Outcome {
	o := delivery.TwilioMessage(c.Status, c.ErrorCode)
	o.ProviderID = c.MessageSid
	if c.CallSid != "" {
		o = delivery.TwilioCall(c.Status, c.AnsweredBy, c.ErrorCode)
		o.ProviderID = c.CallSid
	}
	return o
}

// word is what the carrier has acted on. Without an opinion of it the text itself decides.
func (c TwilioCallback) word() reply.Keyword {
	switch word := reply.Keyword(strings.ToLower(c.OptOutType)); word {
	case reply.Stop, reply.Start, reply.Help:
		return word
	case reply.NoKeyword:
	}
	return reply.NoKeyword
}

// twilioFields are the fields that are read. Twilio signs only the first value of a field, so a
// second value could have been added by anybody.
var twilioFields = []string{
	"MessageSid", "CallSid", "MessageStatus", "CallStatus", "SmsStatus", "ErrorCode", "SipResponseCode",
	"To", "From", "Body", "Digits", "AnsweredBy", "OptOutType", "SequenceNumber",
}

// VerifyTwilio tells whether a call-back comes from Twilio. Tokens are the auth tokens that may have
// signed it: two while one replaces the other. PublicURL is the configured public base address
// followed by the path and query as they came; a Host header must have no part in it. Body is the
// body as it came, signature the header's only value.
func VerifyTwilio(tokens []string, publicURL string, body []byte, signature string) error {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return errors.New("carrier: the body is no form")
	}
	for _, field := range twilioFields {
		if len(form[field]) > 1 {
			return fmt.Errorf("carrier: %s comes more than once", field)
		}
	}
	for _, token := range tokens {
		validator := client.NewRequestValidator(token)
		if token != "" && validator.ValidateBody(publicURL, body, signature) {
			return nil
		}
	}
	return errors.New("carrier: no token of ours made this signature: compare the plan's token and public address with Twilio's")
}

// DecodeTwilio reads a call-back that VerifyTwilio has passed. What it does not know it ignores:
// Twilio adds fields without notice.
func DecodeTwilio(publicURL string, body []byte) (TwilioCallback, error) {
	address, err := url.Parse(publicURL)
	if err != nil {
		return TwilioCallback{}, errors.New("carrier: the address cannot be read")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return TwilioCallback{}, errors.New("carrier: the body is no form")
	}
	first := func(fields ...string) string {
		for _, field := range fields {
			if v := form.Get(field); v != "" {
				return v
			}
		}
		return ""
	}
	number := func(fields ...string) int {
		n, _ := strconv.Atoi(first(fields...)) // signed, so a word where a number was is news to us: none
		return n
	}
	c := TwilioCallback{
		MessageSid: form.Get("MessageSid"),
		CallSid:    form.Get("CallSid"),
		Status:     first("MessageStatus", "CallStatus", "SmsStatus"),
		ErrorCode:  number("ErrorCode", "SipResponseCode"),
		To:         form.Get("To"),
		From:       form.Get("From"),
		Body:       form.Get("Body"),
		Digits:     form.Get("Digits"),
		AnsweredBy: form.Get("AnsweredBy"),
		OptOutType: form.Get("OptOutType"),
		Sequence:   number("SequenceNumber"),
		N:          address.Query().Get("n"),
	}
	if c.MessageSid == "" && c.CallSid == "" {
		return TwilioCallback{}, errors.New("carrier: the call-back is about no text and no call")
	}
	return c, nil
}
