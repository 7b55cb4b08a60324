package twilio

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
)

var page = Text{N: "n1", To: anna, Body: "ACME EMERGENCY 7 https://i.example.com/r/abc"}

// reset breaks the connection as a crashing proxy does.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// hang keeps the client waiting until it has gone.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// Everything that an API on the internet does, through the real SDK.
func TestText_faults_areClassifiedByFacts(t *testing.T) {
	t.Parallel()
	outcome := func(s delivery.State, c delivery.Class, code string) delivery.Outcome {
		return delivery.Outcome{State: s, Class: c, Code: code}
	}
	for name, c := range map[string]struct {
		script http.HandlerFunc
		want   delivery.Outcome
	}{
		"accepted": {
			says(201, `{"sid":"SM1","status":"queued","error_code":null}`),
			delivery.Outcome{State: delivery.Accepted, ProviderID: "SM1"},
		},
		"accepted, already failed": {
			says(201, `{"sid":"SM1","status":"failed","error_code":21610}`),
			delivery.Outcome{State: delivery.Failed, Class: delivery.OptedOut, Code: "21610", ProviderID: "SM1"},
		},
		"truncated": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "500")
			says(201, `{"sid":"SM1","sta`)(w, r)
		}, outcome(delivery.Unknown, delivery.Ambiguous, "unreadable")},
		"truncated at the end of the JSON": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "500")
			says(201, `{"sid":"SM1","status":"queued"}`)(w, r)
		}, outcome(delivery.Unknown, delivery.Ambiguous, "unreadable")},
		"yes without a SID":   {says(200, `{}`), outcome(delivery.Unknown, delivery.Ambiguous, "unreadable")},
		"yes from a portal":   {says(200, `<html>log in</html>`), outcome(delivery.Unknown, delivery.Ambiguous, "unreadable")},
		"empty":               {says(204, ``), outcome(delivery.Unknown, delivery.Ambiguous, "unreadable")},
		"too long":            {says(201, `{"sid":"SM1","x":"`+strings.Repeat("x", 1<<20)+`"}`), outcome(delivery.Unknown, delivery.Ambiguous, "unreadable")},
		"opted out":           {says(400, `{"code":21610,"status":400,"message":"no"}`), outcome(delivery.Failed, delivery.OptedOut, "21610")},
		"throttled":           {says(429, `{"code":20429,"status":429}`), outcome(delivery.Failed, delivery.NotProcessed, "20429")},
		"throttled, in HTML":  {says(429, `<html>`), outcome(delivery.Failed, delivery.NotProcessed, "429")},
		"wrong credentials":   {says(401, `{"code":20003,"status":401}`), outcome(delivery.Failed, delivery.Account, "20003")},
		"unavailable":         {says(503, `{"code":20503,"status":503}`), outcome(delivery.Unknown, delivery.Ambiguous, "20503")},
		"unavailable in HTML": {says(503, `<html>503</html>`), outcome(delivery.Unknown, delivery.Ambiguous, "503")},
		"broken, empty":       {says(500, ``), outcome(delivery.Unknown, delivery.Ambiguous, "500")},
		"redirect":            {says(302, ``, "Location", "/elsewhere"), outcome(delivery.Failed, delivery.Account, "302")},
		"never answers":       {hang, outcome(delivery.Unknown, delivery.Ambiguous, "timeout")},
		"answers half, then hangs": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(201)
			_ = http.NewResponseController(w).Flush()
			hang(w, r)
		}, outcome(delivery.Unknown, delivery.Ambiguous, "unreadable")},
		"reset after accept":  {reset, outcome(delivery.Unknown, delivery.Ambiguous, "reset")},
		"closed after accept": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, outcome(delivery.Unknown, delivery.Ambiguous, "eof")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, c.script)
			got, err := f.client(t, func(cfg *Config) {
				if strings.Contains(name, "answers") { // the others must not fail on a busy machine
					cfg.Timeout = time.Second
				}
			}).Text(t.Context(), page)
			require.NoError(t, err)
			require.Equal(t, c.want, got.Outcome)
			require.Len(t, f.asked(), 1, "exactly one request, whatever happens")
		})
	}
}

func TestText_beforeTheWire_isNotProcessed(t *testing.T) {
	t.Parallel()
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, refused.Close())
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no name server")
	}}
	for name, c := range map[string]struct {
		change func(*Config)
		word   string
	}{
		"refused": {func(c *Config) { c.Endpoint = "http://" + refused.Addr().String() }, "refused"},
		"no name": {func(c *Config) {
			c.Endpoint = "http://twilio.invalid"
			c.Transport = &http.Transport{DialContext: (&net.Dialer{Resolver: resolver}).DialContext}
		}, "dns"},
		"no way": {func(c *Config) {
			c.Timeout = 100 * time.Millisecond
			c.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}}
		}, "timeout"},
		"no TLS": {func(c *Config) { c.Endpoint = strings.Replace(c.Endpoint, "http:", "https:", 1) }, "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, says(201, `{"sid":"SM1"}`))
			got, err := f.client(t, c.change).Text(t.Context(), page)
			require.NoError(t, err)
			require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: c.word}, got.Outcome)
			require.Empty(t, f.asked())
		})
	}
}

func TestText_canceledByCaller_isAmbiguousAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) { cancel(); hang(w, r) })
	got, err := f.client(t).Text(ctx, page)
	require.NoError(t, err)
	require.Equal(t, delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous, Code: "canceled"}, got.Outcome)
}

func TestText_throttled_saysHowLongToWait(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(429, `{"code":20429}`, "Retry-After", "3", "Twilio-Request-Id", "RQ1"))
	got, err := f.client(t).Text(t.Context(), page)
	require.NoError(t, err)
	require.Equal(t, provider.Result{
		Outcome:    delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "20429"},
		RetryAfter: 3 * time.Second, RequestID: "RQ1",
	}, got)
}

// The SDK never closes the body of an error; without our transport each would cost a connection.
func TestText_twoHundredRefusals_useOneConnection(t *testing.T) {
	t.Parallel()
	f := newFake(t, says(429, `{"code":20429,"status":429}`))
	c := f.client(t)
	for range 200 {
		_, err := c.Text(t.Context(), page)
		require.NoError(t, err)
	}
	require.EqualValues(t, 1, f.connections.Load())
}

// Errors end in logs, histories and failure converters: none may hold a number.
func TestFind_errors_holdNoNumber(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]http.HandlerFunc{
		"refused": says(400, `{"code":21211,"message":"Invalid 'To' Phone Number: `+anna+`"}`),
		"silent":  hang,
		"HTML":    says(503, `<html>`+anna),
	} {
		c := newFake(t, script).client(t, func(c *Config) { c.Timeout = 100 * time.Millisecond })
		_, _, first := c.FindText(t.Context(), page, time.Now())
		_, second := c.OpenCall(t.Context(), anna)
		for _, err := range []error{first, second, c.CancelCall(t.Context(), "CA1")} {
			var typed *Error
			require.ErrorAs(t, err, &typed, name)
			require.NotContains(t, err.Error(), anna[1:], name)
			require.NotContains(t, err.Error(), "http", name)
			require.NotEqual(t, delivery.None, typed.Result.Class, name)
		}
	}
}
