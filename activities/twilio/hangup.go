package twilio

import (
	"context"
	"errors"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// CancelCall stops a call that waits or rings. A call that is already answered or over is left
// alone without an error: its own receipts tell how it ends.
func (c *Client) CancelCall(ctx context.Context, sid string) error {
	_, err := c.end(ctx, sid, "canceled")
	return err
}

// HangUp ends a call. One that was picked up ends with last words in TwiML, which are asked for
// only then; nil or no words end it at once. One that is over stays over.
func (c *Client) HangUp(ctx context.Context, sid string, last func() string) error {
	status, err := c.end(ctx, sid, "canceled")
	if err != nil || status == "canceled" {
		return err
	}
	// Cancelling does not touch a call that was picked up, perhaps in this moment.
	to := (&api.UpdateCallParams{}).SetStatus("completed")
	if last != nil {
		if words := last(); words != "" {
			to = (&api.UpdateCallParams{}).SetTwiml(words)
		}
	}
	_, err = c.update(ctx, sid, to)
	return err
}

// notInProgress is Twilio's code for a call that is past ending.
const notInProgress = 21220

// end asks for a status; what comes back is the one the call has then, or nothing if it is over.
func (c *Client) end(ctx context.Context, sid, status string) (now string, err error) {
	return c.update(ctx, sid, (&api.UpdateCallParams{}).SetStatus(status))
}

func (c *Client) update(ctx context.Context, sid string, to *api.UpdateCallParams) (now string, err error) {
	if !alphanumeric.MatchString(sid) {
		return "", errors.New("twilio: that is not the SID of a call")
	}
	service, x := c.service(ctx)
	call, err := service.UpdateCall(sid, to)
	var refusal *client.TwilioRestError
	if errors.As(err, &refusal) && refusal.Code == notInProgress {
		return "", nil
	}
	if err := answer("end a call", x, err); err != nil {
		return "", err
	}
	return value(call.Status), nil
}

// EndDouble leaves one of two calls that were made for one purpose, and says which: the one
// that somebody has picked up, else the older one. The other is cancelled as long as it waits or
// rings; two that are both talking are left alone.
func (c *Client) EndDouble(ctx context.Context, one, two string) (keep string, err error) {
	first, err := c.fetch(ctx, one)
	if err != nil {
		return "", err
	}
	second, err := c.fetch(ctx, two)
	if err != nil {
		return "", err
	}
	if goesOn(second) > goesOn(first) || goesOn(second) == goesOn(first) && created(second).Before(created(first)) {
		first, second = second, first
	}
	if !over(second) {
		err = c.CancelCall(ctx, value(second.Sid))
	}
	return value(first.Sid), err
}

func (c *Client) fetch(ctx context.Context, sid string) (*api.ApiV2010Call, error) {
	if !alphanumeric.MatchString(sid) {
		return nil, errors.New("twilio: that is not the SID of a call")
	}
	service, x := c.service(ctx)
	call, err := service.FetchCall(sid, nil)
	return call, answer("fetch a call", x, err)
}

// goesOn orders calls by how much is lost when they end.
func goesOn(c *api.ApiV2010Call) int {
	switch {
	case value(c.Status) == "in-progress":
		return 2
	case !over(c):
		return 1
	}
	return 0
}

func created(c *api.ApiV2010Call) time.Time {
	at, _ := time.Parse(time.RFC1123Z, value(c.DateCreated)) // without a date it counts as old
	return at
}
