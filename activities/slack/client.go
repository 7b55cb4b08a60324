package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	api "github.com/slack-go/slack"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
)

// Config describes a Slack app in a workspace.
type Config struct {
	// Token is the app's bot token, with the scopes chat:write, channels:read and channels:history
	// (groups:read and groups:history for a private channel).
	Token string
	// Endpoint is the base URL of the API; empty means https://slack.com.
	Endpoint string
	// Timeout ends one request; 0 means 8 s.
	Timeout time.Duration
	// Transport carries the requests; nil means a pool of its own. See provider.Config.
	Transport http.RoundTripper
}

// Client posts messages and edits them. It is safe for concurrent use.
type Client struct {
	line  *provider.Line
	token string
	// channels are the ids of channels that the plan calls by their names.
	channels sync.Map
}

// New checks the configuration. It does not connect.
func New(cfg Config) (*Client, error) {
	if cfg.Token == "" {
		return nil, errors.New("slack: token is empty: give the bot token of an app that may write into the channel")
	}
	if cfg.Endpoint == "" {
		cfg.Endpoint = "https://slack.com"
	}
	line, err := provider.New(provider.Config{Endpoint: cfg.Endpoint, Timeout: cfg.Timeout, Transport: cfg.Transport})
	if err != nil {
		return nil, fmt.Errorf("slack: %w", err)
	}
	return &Client{line: line, token: cfg.Token}, nil
}

// Post posts a message with one request. Whatever Slack makes of it is an outcome, with the
// message's ID when it is there; the error is about the arguments, and then nothing was posted.
func (c *Client) Post(ctx context.Context, m Message) (provider.Result, error) {
	options := m.content()
	if m.Thread != "" {
		_, ts, err := splitID(m.Thread)
		if err != nil {
			return provider.Result{}, err
		}
		options = append(options, api.MsgOptionTS(ts))
	}
	return c.send(ctx, m, func(s *api.Client) (string, string, error) {
		return s.PostMessageContext(ctx, m.Channel, options...)
	})
}

// Edit gives the message with this ID another content, with one request. Doing it twice is
// harmless.
func (c *Client) Edit(ctx context.Context, id string, m Message) (provider.Result, error) {
	channel, ts, err := splitID(id)
	if err != nil {
		return provider.Result{}, err
	}
	return c.send(ctx, m, func(s *api.Client) (string, string, error) {
		channel, ts, _, err := s.UpdateMessageContext(ctx, channel, ts, m.content()...)
		return channel, ts, err
	})
}

func (c *Client) send(ctx context.Context, m Message, ask func(*api.Client) (channel, ts string, err error)) (provider.Result, error) {
	if err := m.check(); err != nil {
		return provider.Result{}, err
	}
	x := c.line.Exchange(ctx)
	channel, ts, err := ask(c.sdk(x))
	if !x.Began() {
		return provider.Result{}, fmt.Errorf("slack: the request could not be built: %w", err)
	}
	o := outcome(x, err)
	if o.State == delivery.Accepted {
		o.ProviderID = channel + idSeparator + ts
	}
	return x.Result(o, requestID), nil
}

// sdk is Slack's SDK for one request.
func (c *Client) sdk(x *provider.Exchange) *api.Client {
	return api.New(c.token, api.OptionHTTPClient(x.Client()))
}

// requestID is the header with Slack's name of an exchange.
const requestID = "X-Slack-Req-Id"

// outcome classifies an exchange.
func outcome(x *provider.Exchange, err error) delivery.Outcome {
	var said api.SlackErrorResponse
	switch {
	case x.Status == 0:
		return x.Silence()
	case x.Status != http.StatusOK:
		return delivery.SlackStatus(x.Status)
	case err == nil:
		return delivery.Outcome{State: delivery.Accepted}
	case errors.As(err, &said):
		return delivery.SlackError(said.Err)
	default:
		return provider.Unreadable()
	}
}

// idSeparator is between the channel and the time stamp that together name a message.
const idSeparator = "/"

func splitID(id string) (channel, ts string, err error) {
	channel, ts, ok := strings.Cut(id, idSeparator)
	if !ok || channel == "" || ts == "" {
		return "", "", fmt.Errorf("slack: %q names no message", id)
	}
	return channel, ts, nil
}
