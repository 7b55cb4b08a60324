package provider

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
)

// Config describes the way to one provider's API.
type Config struct {
	// Endpoint is the base URL that every request goes to, whatever host the SDK had in mind.
	Endpoint string
	// Timeout ends an exchange, from dialling to the last byte of the answer; 0 means 8 s. Keep
	// it well below the start-to-close timeout of the activity, so that an attempt is provably
	// over before anybody looks it up.
	Timeout time.Duration
	// Transport carries the requests; nil means a pool of connections of its own. A rate limiter
	// or circuit breaker goes around it: an error that it returns without calling the transport
	// below counts as not processed. What does send must honour httptrace, as http.Transport does.
	Transport http.RoundTripper
	// Now is the clock that dates in Retry-After are held against; nil means time.Now.
	Now func() time.Time
}

// Line is the way to one provider's API. It is safe for concurrent use.
type Line struct {
	endpoint  *url.URL
	timeout   time.Duration
	transport http.RoundTripper
	now       func() time.Time
}

// New checks the configuration. It does not connect.
func New(cfg Config) (*Line, error) {
	endpoint, err := url.Parse(cfg.Endpoint)
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "https" && endpoint.Scheme != "http" {
		return nil, fmt.Errorf("endpoint %q is no base address: write it as https://host", cfg.Endpoint)
	}
	line := &Line{endpoint: endpoint, timeout: cfg.Timeout, transport: cfg.Transport, now: cfg.Now}
	if line.timeout <= 0 {
		line.timeout = 8 * time.Second
	}
	if line.transport == nil {
		line.transport = pool()
	}
	if line.now == nil {
		line.now = time.Now
	}
	return line, nil
}

// pool keeps enough idle connections for a fan-out; the default of two per host would dial anew
// for almost every message. Its time limits are those of the exchange.
func pool() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 32,
		IdleConnTimeout:     90 * time.Second,
	}
}

// Exchange prepares one request, bounded by ctx and the line's timeout.
func (l *Line) Exchange(ctx context.Context) *Exchange {
	return &Exchange{line: l, ctx: ctx}
}

// Result is the outcome of one send with what the provider said beside it.
type Result struct {
	delivery.Outcome
	// RetryAfter is how long the provider asked to wait; 0 if it did not ask.
	RetryAfter time.Duration `json:"retry_after,omitempty"`
	// RequestID is the provider's name of the exchange, for its support desk.
	RequestID string `json:"request_id,omitempty"`
}
