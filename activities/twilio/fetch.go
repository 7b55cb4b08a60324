package twilio

import (
	"context"
	"errors"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/stormbell/stormbell/activities/provider"
)

// errSID is for what was never the name of anything at Twilio.
var errSID = errors.New("twilio: that is not the SID of a text or call")

// FetchText asks what became of a text that Twilio took. The error is an *Error when Twilio
// gave no usable answer.
func (c *Client) FetchText(ctx context.Context, sid string) (provider.Result, error) {
	if !alphanumeric.MatchString(sid) {
		return provider.Result{}, errSID
	}
	service, x := c.service(ctx)
	m, err := service.FetchMessage(sid, &api.FetchMessageParams{})
	if err := answer("fetch a text", x, err); err != nil {
		return provider.Result{}, err
	}
	return x.Result(textOutcome(m), requestID), nil
}

// FetchCall asks what became of a call that Twilio took. The error is an *Error when Twilio
// gave no usable answer.
func (c *Client) FetchCall(ctx context.Context, sid string) (provider.Result, error) {
	if !alphanumeric.MatchString(sid) {
		return provider.Result{}, errSID
	}
	service, x := c.service(ctx)
	call, err := service.FetchCall(sid, &api.FetchCallParams{})
	if err := answer("fetch a call", x, err); err != nil {
		return provider.Result{}, err
	}
	return x.Result(callOutcome(call), requestID), nil
}
