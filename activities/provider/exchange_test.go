package provider

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

// transport is a RoundTripper made of a function.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func exchange(t *testing.T, cfg Config) *Exchange {
	t.Helper()
	if cfg.Endpoint == "" {
		cfg.Endpoint = "http://provider.invalid"
	}
	line, err := New(cfg)
	require.NoError(t, err)
	return line.Exchange(t.Context())
}

func post(t *testing.T, x *Exchange) (*http.Response, error) {
	t.Helper()
	res, err := x.Client().Post("https://api.example.com/v1/send", "text/plain", strings.NewReader("To=somebody"))
	if res != nil {
		t.Cleanup(func() { _ = res.Body.Close() })
	}
	return res, err
}

func TestNew_wrongEndpoint_saysWhatToWrite(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"", "api.example.com", "ftp://host", "https://", "://"} {
		_, err := New(Config{Endpoint: endpoint})
		require.ErrorContains(t, err, "https://host", endpoint)
	}
}

func TestExchange_request_goesToEndpointOnly(t *testing.T) {
	t.Parallel()
	var got *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		_, _ = io.WriteString(w, "hello")
	}))
	t.Cleanup(server.Close)
	x := exchange(t, Config{Endpoint: server.URL + "/mock/"})
	res, err := post(t, x)
	require.NoError(t, err)
	require.Equal(t, "/mock/v1/send", got.URL.Path)
	require.Equal(t, strings.TrimPrefix(server.URL, "http://"), got.Host)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, "hello", string(body))
	require.Equal(t, 200, x.Status)
	require.False(t, x.Cut)
}

func TestExchange_secondRequest_isRefused(t *testing.T) {
	t.Parallel()
	sent := 0
	x := exchange(t, Config{Transport: transport(func(*http.Request) (*http.Response, error) {
		sent++
		return &http.Response{StatusCode: 500, Body: http.NoBody}, nil
	})})
	_, err := post(t, x)
	require.NoError(t, err)
	_, err = post(t, x)
	require.ErrorIs(t, err, errUsed)
	require.Equal(t, 1, sent)
	require.Equal(t, 500, x.Status)
}

func TestExchange_bodies_areBoundedAndMarkedWhenCut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body io.Reader
		cut  bool
	}{
		"whole":      {strings.NewReader("{}"), false},
		"just fits":  {strings.NewReader(strings.Repeat("x", maxBody)), false},
		"too long":   {strings.NewReader(strings.Repeat("x", maxBody+1)), true},
		"ends early": {io.MultiReader(strings.NewReader("{"), broken{}), true},
	} {
		closed := false
		x := exchange(t, Config{Transport: transport(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 201, Body: body{c.body, &closed}}, nil
		})})
		_, err := post(t, x)
		require.NoError(t, err, name)
		require.Equal(t, c.cut, x.Cut, name)
		require.True(t, closed, name)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

type body struct {
	io.Reader
	closed *bool
}

func (b body) Close() error { *b.closed = true; return nil }

// The instants at which a request can die, as the trace reports them.
func TestExchange_silence_isNotProcessedOnlyWithProof(t *testing.T) {
	t.Parallel()
	failure := errors.New("the wire is gone")
	for name, c := range map[string]struct {
		report func(*httptrace.ClientTrace)
		want   delivery.Class
	}{
		"a limiter refuses":   {func(*httptrace.ClientTrace) {}, delivery.NotProcessed},
		"no connection":       {func(tr *httptrace.ClientTrace) { tr.GetConn("") }, delivery.NotProcessed},
		"between both":        {func(tr *httptrace.ClientTrace) { tr.GotConn(httptrace.GotConnInfo{}) }, delivery.Ambiguous},
		"written":             {func(tr *httptrace.ClientTrace) { tr.WroteRequest(httptrace.WroteRequestInfo{}) }, delivery.Ambiguous},
		"writing broke":       {func(tr *httptrace.ClientTrace) { tr.WroteRequest(httptrace.WroteRequestInfo{Err: failure}) }, delivery.NotProcessed},
		"dead idle one, then": {func(tr *httptrace.ClientTrace) { tr.GotConn(httptrace.GotConnInfo{}); tr.GetConn("") }, delivery.NotProcessed},
	} {
		x := exchange(t, Config{Transport: transport(func(r *http.Request) (*http.Response, error) {
			c.report(httptrace.ContextClientTrace(r.Context()))
			return nil, failure
		})})
		_, err := post(t, x)
		require.ErrorIs(t, err, failure, name)
		got := x.Silence()
		require.Equal(t, c.want, got.Class, name)
		require.Equal(t, "broken", got.Code, name)
		require.Equal(t, c.want == delivery.Ambiguous, got.State == delivery.Unknown, name)
		require.Zero(t, x.Status)
	}
}

func TestExchange_canceledBefore_isNotProcessed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	line, err := New(Config{Endpoint: "http://127.0.0.1:1"})
	require.NoError(t, err)
	x := line.Exchange(ctx)
	_, err = post(t, x)
	require.Error(t, err)
	require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "canceled"}, x.Silence())
}

func TestRetryAfter_headers_giveThePause(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 5, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		status     int
		name, text string
		want       time.Duration
	}{
		{429, "Retry-After", "7", 7 * time.Second},
		{503, "Retry-After", "7", 7 * time.Second},
		{201, "Retry-After", "7", 0},
		{429, "Retry-After", "-7", 0},
		{429, "Retry-After", "soon", 0},
		{429, "Retry-After", "99999999999999999999", 0},
		{429, "Retry-After", "2000000000", longestPause},
		{429, "Retry-After", "Thu, 05 Nov 2026 03:01:00 GMT", time.Minute},
		{429, "Retry-After", "Thu, 05 Nov 2026 02:59:00 GMT", 0},
		{429, "X-RateLimit-Reset", "1793847605", 5 * time.Second},
		{429, "", "", 0},
	} {
		h := http.Header{}
		if c.name != "" {
			h.Set(c.name, c.text)
		}
		require.Equal(t, c.want, retryAfter(c.status, h, now), "%d %s %s", c.status, c.name, c.text)
	}
}
