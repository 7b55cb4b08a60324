package twilio

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
)

// Call is one phone call.
type Call struct {
	// N is the delivery's id.
	N string
	// To is a number in E.164.
	To string
	// Twiml is what is said first; given inline it needs no request to us before somebody hears
	// anything. At most 4000 characters.
	Twiml string
	// StatusCallback is where Twilio reports; empty means Config.StatusURL(N), NoCallback nowhere.
	StatusCallback string
	// Timeout is how long it rings; 0 means Twilio's 60 s. A short time, such as
	// 15 s, hangs up before most voicemails pick up.
	Timeout time.Duration
	// MachineDetection asks for a hint who answered. It runs beside the call, which never waits for
	// it, and needs a call-back; without one it is left out.
	MachineDetection bool
	// FallbackURL gives TwiML, by GET so that a file can be it, when ours fails during the call;
	// empty means none.
	FallbackURL string
}

func (c Call) check() error {
	switch {
	case c.N == "" || c.To == "" || c.Twiml == "":
		return errors.New("twilio: a call needs a delivery id, a number and what to say")
	case utf8.RuneCountInString(c.Twiml) > 4000:
		return errors.New("twilio: the twiml is longer than 4000 characters: say less")
	}
	return nil
}

// Call makes one phone call with one request. Whatever Twilio makes of it is an outcome; the
// error is about the arguments or the configuration, and then nobody is called. Ask OpenCall
// first: a phone must not get two calls at once.
func (c *Client) Call(ctx context.Context, call Call) (provider.Result, error) {
	if err := call.check(); err != nil {
		return provider.Result{}, err
	}
	p := (&api.CreateCallParams{}).SetTo(call.To).SetFrom(c.from).SetTwiml(call.Twiml)
	if url := c.callback(call.StatusCallback, call.N); url != "" {
		p.SetStatusCallback(url).SetStatusCallbackEvent([]string{"initiated", "ringing", "answered", "completed"})
		if call.MachineDetection {
			p.SetMachineDetection("Enable").SetAsyncAmd("true").SetAsyncAmdStatusCallback(url)
		}
	}
	if call.Timeout > 0 {
		p.SetTimeout(seconds(call.Timeout, 10*time.Minute))
	}
	if call.FallbackURL != "" {
		p.SetFallbackUrl(call.FallbackURL).SetFallbackMethod("GET")
	}
	service, x := c.service(ctx)
	made, err := service.CreateCall(p)
	return result(x, err, func() delivery.Outcome { return callOutcome(made) })
}

// callOutcome reads Twilio's picture of a call.
func callOutcome(c *api.ApiV2010Call) delivery.Outcome {
	if value(c.Sid) == "" {
		return provider.Unreadable()
	}
	o := delivery.TwilioCall(value(c.Status), value(c.AnsweredBy), 0)
	o.ProviderID = *c.Sid
	return o
}

// FindCall looks for a call whose making ended ambiguously. Calls hold nothing of ours at Twilio:
// it is recognised by both numbers and a creation at since or later, and told apart from others by
// known, as in FindText.
func (c *Client) FindCall(ctx context.Context, call Call, since time.Time, known ...string) (provider.Result, bool, error) {
	calls, x, err := c.calls(ctx, call.To)
	if err != nil {
		return provider.Result{}, false, err
	}
	w := wanted{since: since, known: known}
	var found *api.ApiV2010Call
	for i := range calls {
		if value(calls[i].From) == c.from && w.better(value(calls[i].Sid), value(calls[i].DateCreated)) {
			found = &calls[i]
		}
	}
	if found == nil {
		return provider.Result{}, false, nil
	}
	return x.Result(callOutcome(found), requestID), true, nil
}

// OpenCall gives the SID of a call of this account, from any of its numbers, that waits, rings or
// goes on at the given number; empty if there is none.
func (c *Client) OpenCall(ctx context.Context, to string) (sid string, err error) {
	calls, _, err := c.calls(ctx, to)
	if err != nil {
		return "", err
	}
	for i := range calls {
		if !over(&calls[i]) {
			return value(calls[i].Sid), nil
		}
	}
	return "", nil
}

// over tells whether a call has ended.
func over(c *api.ApiV2010Call) bool {
	switch value(c.Status) {
	case "queued", "initiated", "ringing", "in-progress":
		return false
	}
	return true
}

// calls lists the newest calls of this account to a number.
func (c *Client) calls(ctx context.Context, to string) (outbound []api.ApiV2010Call, x *provider.Exchange, err error) {
	service, x := c.service(ctx)
	page, err := service.PageCall((&api.ListCallParams{}).SetTo(to).SetPageSize(pageSize), "", "")
	if err := answer("list calls", x, err); err != nil {
		return nil, nil, err
	}
	for _, call := range page.Calls {
		if value(call.To) == to && strings.HasPrefix(value(call.Direction), "outbound") {
			outbound = append(outbound, call)
		}
	}
	return outbound, x, nil
}
