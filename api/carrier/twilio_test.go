package carrier

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

const address = "https://bell.example.com/carrier/twilio?n=n1"

// sign is Twilio's signature, written from its description: the address, then every field with its
// value in the order of the names.
func sign(token, address string, form url.Values) string {
	h := hmac.New(sha1.New, []byte(token))
	h.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		h.Write([]byte(name + form.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func TestVerifyTwilio_callbacks_passOnlyWhenTrue(t *testing.T) {
	t.Parallel()
	form := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"delivered"}, "To": {"+4915111111111"}, "ANewField": {"x"}}
	body := form.Encode()
	good := sign("token", address, form)
	for name, c := range map[string]struct {
		tokens                   []string
		address, body, signature string
		ok                       bool
	}{
		"true":                       {[]string{"token"}, address, body, good, true},
		"signed with the old token":  {[]string{"new", "token"}, address, body, good, true},
		"with the port of https":     {[]string{"token"}, "https://bell.example.com:443/carrier/twilio?n=n1", body, good, true},
		"wrong token":                {[]string{"other"}, address, body, good, false},
		"no token":                   {nil, address, body, good, false},
		"an empty token":             {[]string{""}, address, body, sign("", address, form), false},
		"no signature":               {[]string{"token"}, address, body, "", false},
		"seen through a proxy":       {[]string{"token"}, "http://bell.example.com/carrier/twilio?n=n1", body, good, false},
		"for another delivery":       {[]string{"token"}, "https://bell.example.com/carrier/twilio?n=n2", body, good, false},
		"another host":               {[]string{"token"}, "https://evil.example.com/carrier/twilio?n=n1", body, good, false},
		"changed":                    {[]string{"token"}, address, body + "x", good, false},
		"a field more":               {[]string{"token"}, address, body + "&Digits=1", good, false},
		"a second, unsigned value":   {[]string{"token"}, address, body + "&MessageStatus=failed", good, false},
		"a second value, not ours":   {[]string{"token"}, address, body + "&ANewField=y", good, true},
		"no form":                    {[]string{"token"}, address, "%zz", good, false},
		"no form, semicolons":        {[]string{"token"}, address, "a=1;b=2", good, false},
		"no address":                 {[]string{"token"}, "://", body, good, false},
		"an empty body with its own": {[]string{"token"}, address, "", sign("token", address, nil), true},
	} {
		err := VerifyTwilio(c.tokens, c.address, []byte(c.body), c.signature)
		require.Equal(t, c.ok, err == nil, "%s: %v", name, err)
		if err != nil {
			require.NotContains(t, err.Error(), "49151", name)
		}
	}
}

func TestDecodeTwilio_callbacks_becomeFacts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form    url.Values
		want    TwilioCallback
		outcome delivery.Outcome
	}{
		"receipt of a text": {
			url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"undelivered"}, "SmsStatus": {"undelivered"}, "ErrorCode": {"30003"}},
			TwilioCallback{MessageSid: "SM1", Status: "undelivered", ErrorCode: 30003, N: "n1"},
			delivery.Outcome{State: delivery.Failed, Class: delivery.Temporary, Code: "30003", ProviderID: "SM1"},
		},
		"incoming text": {
			url.Values{"MessageSid": {"SM2"}, "SmsStatus": {"received"}, "From": {"+49151"}, "To": {"+49157"}, "Body": {"1 20"}, "OptOutType": {"START"}},
			TwilioCallback{MessageSid: "SM2", Status: "received", From: "+49151", To: "+49157", Body: "1 20", OptOutType: "START", N: "n1"},
			delivery.Outcome{State: delivery.Accepted, ProviderID: "SM2"},
		},
		"pressed key": {
			url.Values{"CallSid": {"CA1"}, "CallStatus": {"in-progress"}, "Digits": {"1"}},
			TwilioCallback{CallSid: "CA1", Status: "in-progress", Digits: "1", N: "n1"},
			delivery.Outcome{State: delivery.Delivered, ProviderID: "CA1"},
		},
		"end of a call": {
			url.Values{"CallSid": {"CA1"}, "CallStatus": {"completed"}, "SequenceNumber": {"3"}, "SipResponseCode": {"200"}, "ErrorCode": {""}},
			TwilioCallback{CallSid: "CA1", Status: "completed", Sequence: 3, ErrorCode: 200, N: "n1"},
			delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "completed", ProviderID: "CA1"},
		},
		"phone is off": {
			url.Values{"CallSid": {"CA1"}, "CallStatus": {"failed"}, "SipResponseCode": {"480"}},
			TwilioCallback{CallSid: "CA1", Status: "failed", ErrorCode: 480, N: "n1"},
			delivery.Outcome{State: delivery.Failed, Class: delivery.NotReached, Code: "480", ProviderID: "CA1"},
		},
		"detection of machines": {
			url.Values{"CallSid": {"CA1"}, "AnsweredBy": {"machine_start"}},
			TwilioCallback{CallSid: "CA1", AnsweredBy: "machine_start", N: "n1"},
			delivery.Outcome{State: delivery.Delivered, ProviderID: "CA1"},
		},
		"words for numbers": {
			url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"sent"}, "ErrorCode": {"none"}, "SequenceNumber": {"x"}},
			TwilioCallback{MessageSid: "SM1", Status: "sent", N: "n1"},
			delivery.Outcome{State: delivery.Accepted, ProviderID: "SM1"},
		},
	} {
		got, err := DecodeTwilio(address, []byte(c.form.Encode()))
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
		require.Equal(t, c.outcome, got.Outcome(), name)
	}
	for name, body := range map[string]string{"about nothing": "To=x", "no form": "%zz", "empty": ""} {
		_, err := DecodeTwilio(address, []byte(body))
		require.Error(t, err, name)
	}
	_, err := DecodeTwilio("://", []byte("CallSid=CA1"))
	require.Error(t, err)
}

// What was verified must be what is read: no body may pass with a value nobody signed.
func FuzzTwilio_anyBody_readsOnlySignedValues(f *testing.F) {
	f.Add("CallSid=CA1&Digits=1", "&Digits=2")
	f.Add("MessageSid=SM1&Body=a%26Body=b", "&Body=c")
	f.Add("CallSid=CA1", ";Digits=2")
	f.Add("a=%zz", "")
	f.Fuzz(func(t *testing.T, signed, added string) {
		form, err := url.ParseQuery(signed)
		if err != nil {
			return
		}
		body := []byte(signed + added)
		if VerifyTwilio([]string{"token"}, address, body, sign("token", address, form)) != nil {
			return
		}
		want, wantErr := DecodeTwilio(address, []byte(signed))
		got, gotErr := DecodeTwilio(address, body)
		require.Equal(t, wantErr, gotErr)
		require.Equal(t, want, got)
	})
}
