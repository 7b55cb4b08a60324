package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/egress"
)

// Config is how requests are made.
type Config struct {
	// Timeout ends one request; 0 means 10 s.
	Timeout time.Duration
	// Now dates the signatures; nil means time.Now.
	Now func() time.Time
}

// Client delivers events. It is safe for concurrent use.
type Client struct {
	timeout      time.Duration
	now          func() time.Time
	open, inside *http.Transport
}

// New returns a client. It connects to nothing.
func New(c Config) *Client {
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Client{timeout: c.Timeout, now: c.Now, open: egress.Transport(false), inside: egress.Transport(true)}
}

// Event is one thing to tell one receiver.
type Event struct {
	// ID is the webhook-id: the same in every attempt.
	ID string
	// URL is where it goes: https, or with Private http on this machine.
	URL string
	// Secret signs it. Of several, separated by spaces, every one signs, so that a receiver can
	// change from one to the next.
	Secret string
	// Private lets the address lead into a private network.
	Private bool
	// Type is the media type of Body.
	Type string
	Body []byte
}

// Deliver makes one attempt. Whatever the receiver makes of it is an outcome; the error is about
// the arguments, and then nothing was sent.
func (c *Client) Deliver(ctx context.Context, e Event) (provider.Result, error) {
	req, err := c.request(ctx, e)
	if err != nil {
		return provider.Result{}, err
	}
	transport := c.open
	if e.Private {
		transport = c.inside
	}
	line, err := provider.New(provider.Config{Endpoint: req.URL.Scheme + "://" + req.URL.Host, Timeout: c.timeout, Transport: transport, Now: c.now})
	if err != nil {
		return provider.Result{}, errAddress
	}
	x := line.Exchange(ctx)
	res, err := x.Client().Do(req)
	if err == nil {
		_ = res.Body.Close() // the exchange has read it
	}
	return x.Result(outcome(x, err), ""), nil
}

var errAddress = errors.New("webhook: its url is no https address; write one into the plan")

func (c *Client) request(ctx context.Context, e Event) (*http.Request, error) {
	u, err := url.Parse(e.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && (u.Scheme != "http" || !e.Private || !egress.Loopback(u.Hostname())) {
		return nil, errAddress
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(e.Body))
	if err != nil {
		return nil, errAddress
	}
	at := c.now()
	signatures, err := sign(e, at)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", e.Type)
	req.Header.Set("User-Agent", "stormbell")
	req.Header.Set(standardwebhooks.HeaderWebhookID, e.ID)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, fmt.Sprint(at.Unix()))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return req, nil
}

func sign(e Event, at time.Time) (signatures []string, err error) {
	for secret := range strings.FieldsSeq(e.Secret) {
		key, err := standardwebhooks.NewWebhook(secret)
		if err != nil { // its own words would show the secret's
			return nil, errors.New("webhook: its secret is no base64; write it as whsec_…")
		}
		signature, err := key.Sign(e.ID, at, e.Body)
		if err != nil {
			return nil, errors.New("webhook: the event cannot be signed")
		}
		signatures = append(signatures, signature)
	}
	if len(signatures) == 0 {
		return nil, errors.New("webhook: its secret is empty; nobody could tell that the event is ours")
	}
	return signatures, nil
}

// outcome classifies an exchange. What the receiver did not take is tried again, and most of
// what it refuses as well: within two days somebody may have mended it. Only one that is gone,
// or is where it must not be, is left alone.
func outcome(x *provider.Exchange, err error) delivery.Outcome {
	var inside *egress.PrivateError
	code := fmt.Sprint(x.Status)
	switch {
	case errors.As(err, &inside):
		return delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: CodePrivate}
	case x.Status == 0:
		return x.Silence()
	case x.Status >= 200 && x.Status < 300:
		return delivery.Outcome{State: delivery.Delivered}
	case x.Status == http.StatusGone:
		return delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: code}
	case x.Status >= 500:
		return delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous, Code: code}
	default:
		return delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: code}
	}
}

// CodePrivate is the code of an address that leads into a private network.
const CodePrivate = "private_network"
