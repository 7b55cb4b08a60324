package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
)

// Config describes one sender number of a Twilio account.
type Config struct {
	// Account and Token are the account's SID and its auth token. Both are letters and digits only.
	Account, Token string
	// From is the sender, a number in E.164.
	From string
	// Endpoint is the base URL of the API; empty means https://api.twilio.com. Another region is
	// another endpoint: the SDK's TWILIO_EDGE and TWILIO_REGION have no effect.
	Endpoint string
	// Timeout ends one request; 0 means 8 s.
	Timeout time.Duration
	// StatusURL gives the address of call-backs for the delivery id n, for sends that bring none.
	// It must carry n in its query, because Twilio signs the query and never shows the address
	// again. Nil means no call-backs.
	StatusURL func(n string) string
	// Transport carries the requests; nil means a pool of its own. See provider.Config.
	Transport http.RoundTripper
}

// Client sends from one number. It is safe for concurrent use.
type Client struct {
	line        *provider.Line
	credentials *client.Credentials
	from        string
	statusURL   func(n string) string
}

// alphanumeric is what the SDK accepts as account and token; it refuses others only when sending.
var alphanumeric = regexp.MustCompile(`^[0-9A-Za-z]+$`)

// New checks the configuration. It does not connect.
func New(cfg Config) (*Client, error) {
	if !alphanumeric.MatchString(cfg.Account) || !alphanumeric.MatchString(cfg.Token) {
		return nil, errors.New("twilio: account and token must be letters and digits: copy both from the console of Twilio")
	}
	if cfg.From == "" {
		return nil, errors.New("twilio: from is empty: give the number that sends")
	}
	if cfg.Endpoint == "" {
		cfg.Endpoint = "https://api.twilio.com"
	}
	line, err := provider.New(provider.Config{Endpoint: cfg.Endpoint, Timeout: cfg.Timeout, Transport: cfg.Transport})
	if err != nil {
		return nil, fmt.Errorf("twilio: %w", err)
	}
	if cfg.StatusURL == nil {
		cfg.StatusURL = func(string) string { return "" }
	}
	return &Client{
		line: line, credentials: client.NewCredentials(cfg.Account, cfg.Token), from: cfg.From, statusURL: cfg.StatusURL,
	}, nil
}

// NoCallback is the address of a send that Twilio is not to report on.
const NoCallback = "none"

// callback is where Twilio reports on a send.
func (c *Client) callback(own, n string) string {
	switch own {
	case "":
		return c.statusURL(n)
	case NoCallback:
		return ""
	}
	return own
}

// service makes the SDK anew around one exchange: that is cheap, gives it the context it has no
// parameter for, and leaves nothing that two sends could share.
func (c *Client) service(ctx context.Context) (*api.ApiService, *provider.Exchange) {
	x := c.line.Exchange(ctx)
	sdk := &client.Client{Credentials: c.credentials, HTTPClient: x.Client()}
	sdk.SetAccountSid(c.credentials.Username)
	return api.NewApiServiceWithClient(sdk), x
}

// result turns one exchange into an outcome. Read is asked only for an answer that says yes and
// could be decoded. The error is about our own arguments, for which nothing was sent.
func result(x *provider.Exchange, sdkError error, read func() delivery.Outcome) (provider.Result, error) {
	if !x.Began() {
		return provider.Result{}, fmt.Errorf("twilio: the request could not be built: %w", sdkError)
	}
	var o delivery.Outcome
	var refusal *client.TwilioRestError
	switch {
	case x.Status == 0:
		o = x.Silence()
	case x.Status/100 == 2 && (sdkError != nil || x.Cut):
		o = provider.Unreadable()
	case x.Status/100 == 2:
		o = read()
	case errors.As(sdkError, &refusal):
		o = delivery.TwilioError(x.Status, refusal.Code)
	default:
		o = delivery.TwilioError(x.Status, 0)
	}
	return x.Result(o, requestID), nil
}

// Error is a look-up or a cancelling that got no usable answer. It tells what Twilio made of it
// in the words of delivery and holds nothing of the request.
type Error struct {
	// Doing is what was attempted, such as "list texts".
	Doing string
	// Result tells why it failed and how long Twilio asked to wait.
	Result provider.Result
}

// Error names what failed and the reason's class and code.
func (e *Error) Error() string {
	return fmt.Sprintf("twilio: %s: %s (%s): ask again later", e.Doing, e.Result.Class, e.Result.Code)
}

// answer is result for requests that only ask: everything but a readable yes is an error.
func answer(doing string, x *provider.Exchange, sdkError error) error {
	yes := delivery.Outcome{State: delivery.Accepted}
	r, err := result(x, sdkError, func() delivery.Outcome { return yes })
	if err != nil {
		return err
	}
	if r.Outcome != yes {
		return &Error{Doing: doing, Result: r}
	}
	return nil
}

// value is what an optional field of the SDK holds.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
