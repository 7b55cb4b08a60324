package sendgrid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sendgrid/rest"
	sg "github.com/sendgrid/sendgrid-go"
	"github.com/sendgrid/sendgrid-go/helpers/mail"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
)

// Config describes a SendGrid account.
type Config struct {
	// Key is an API key that may send mail.
	Key string
	// Endpoint is the base URL of the API; empty means https://api.sendgrid.com. The European
	// region is https://api.eu.sendgrid.com.
	Endpoint string
	// Timeout ends one request; 0 means 8 s.
	Timeout time.Duration
	// Transport carries the requests; nil means a pool of its own. See provider.Config.
	Transport http.RoundTripper
}

// Client sends mail. It is safe for concurrent use.
type Client struct {
	line *provider.Line
	key  string
}

// New checks the configuration. It does not connect.
func New(cfg Config) (*Client, error) {
	if cfg.Key == "" {
		return nil, errors.New("sendgrid: key is empty: give an API key that may send mail")
	}
	if cfg.Endpoint == "" {
		cfg.Endpoint = "https://api.sendgrid.com"
	}
	line, err := provider.New(provider.Config{Endpoint: cfg.Endpoint, Timeout: cfg.Timeout, Transport: cfg.Transport})
	if err != nil {
		return nil, fmt.Errorf("sendgrid: %w", err)
	}
	return &Client{line: line, key: cfg.Key}, nil
}

// Send sends one mail with one request. Whatever SendGrid makes of it is an outcome; the error is
// about the arguments, and then nothing was sent.
func (c *Client) Send(ctx context.Context, m Mail) (provider.Result, error) {
	if err := m.check(); err != nil {
		return provider.Result{}, err
	}
	return c.post(ctx, m.message())
}

// Broadcast sends one mail to all its recipients with one request, which SendGrid takes or
// refuses as a whole.
func (c *Client) Broadcast(ctx context.Context, b Broadcast) (provider.Result, error) {
	if err := b.check(); err != nil {
		return provider.Result{}, err
	}
	return c.post(ctx, b.message())
}

func (c *Client) post(ctx context.Context, m *mail.SGMailV3) (provider.Result, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return provider.Result{}, fmt.Errorf("sendgrid: the mail could not be written: %w", err)
	}
	// One request and one client of the SDK per mail: its own Client keeps the body in itself, so
	// two senders could send each other's mail.
	req := sg.GetRequest(c.key, "/v3/mail/send", "")
	req.Method, req.Body = rest.Post, body
	x := c.line.Exchange(ctx)
	_, err = (&rest.Client{HTTPClient: x.Client()}).SendWithContext(ctx, req)
	if !x.Began() {
		return provider.Result{}, fmt.Errorf("sendgrid: the request could not be built: %w", err)
	}
	o := x.Silence()
	if x.Status != 0 {
		o = delivery.SendGridStatus(x.Status)
	}
	if o.State == delivery.Accepted {
		o.ProviderID = x.Header.Get(messageID)
	}
	return x.Result(o, messageID), nil
}

// messageID is the header with SendGrid's name of a mail; its events begin their own with it.
const messageID = "X-Message-Id"
