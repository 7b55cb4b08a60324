package webhook

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/activities/provider"
	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/internal/lab"
)

const (
	oldSecret = "whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQ="
	newSecret = "whsec_bmV3LW5ldy1uZXctbmV3LW5ldy1uZXc="
)

func event(url string) Event {
	return Event{ID: "n1", URL: url, Secret: newSecret + " " + oldSecret, Private: true, Type: "application/cloudevents+json", Body: []byte(`{"a":1}`)}
}

func deliver(t *testing.T, e Event) provider.Result {
	t.Helper()
	result, err := New(Config{Timeout: time.Second}).Deliver(t.Context(), e)
	require.NoError(t, err)
	return result
}

// A receiver that knows either secret verifies the event with the standard's own library.
func TestDeliver_signature_verifiesWithEverySecret(t *testing.T) {
	t.Parallel()
	var header http.Header
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		body, _ = io.ReadAll(r.Body)
		require.Equal(t, "/in?x=1", r.URL.RequestURI())
	}))
	t.Cleanup(server.Close)
	require.Equal(t, delivery.Outcome{State: delivery.Delivered}, deliver(t, event(server.URL+"/in?x=1")).Outcome)
	require.Equal(t, "n1", header.Get("Webhook-Id"))
	require.Equal(t, "application/cloudevents+json", header.Get("Content-Type"))
	for _, secret := range []string{oldSecret, newSecret} {
		verifier, err := standardwebhooks.NewWebhook(secret)
		require.NoError(t, err)
		require.NoError(t, verifier.Verify(body, header))
	}
	stranger, err := standardwebhooks.NewWebhook("whsec_c3RyYW5nZXItc3RyYW5nZXItc3RyYW5nZXI=")
	require.NoError(t, err)
	require.ErrorIs(t, stranger.Verify(body, header), standardwebhooks.ErrNoMatchingSignature)
}

func TestDeliver_answers_areClassified(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]delivery.Outcome{
		200: {State: delivery.Delivered}, 204: {State: delivery.Delivered},
		302: {State: delivery.Failed, Class: delivery.NotProcessed, Code: "302"},
		401: {State: delivery.Failed, Class: delivery.NotProcessed, Code: "401"},
		404: {State: delivery.Failed, Class: delivery.NotProcessed, Code: "404"},
		410: {State: delivery.Failed, Class: delivery.Permanent, Code: "410"},
		429: {State: delivery.Failed, Class: delivery.NotProcessed, Code: "429"},
		500: {State: delivery.Unknown, Class: delivery.Ambiguous, Code: "500"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(status)
		}))
		t.Cleanup(server.Close)
		result := deliver(t, event(server.URL))
		require.Equal(t, want, result.Outcome)
		if status == http.StatusTooManyRequests || status == http.StatusInternalServerError {
			require.Equal(t, 7*time.Second, result.RetryAfter)
		}
	}
}

// A redirect is an answer and not a way, least of all into our own network.
func TestDeliver_redirect_isNotFollowed(t *testing.T) {
	t.Parallel()
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	t.Cleanup(inside.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(inside.URL, status))
		t.Cleanup(server.Close)
		require.Equal(t, delivery.NotProcessed, deliver(t, event(server.URL)).Class)
	}
}

func TestDeliver_privateAddresses_areNotReached(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		if conn, err := listener.Accept(); err == nil {
			_ = conn.Close()
			t.Error("reached")
		}
	}()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	for _, host := range []string{
		"127.0.0.1:" + port, "localhost:" + port, "[::ffff:127.0.0.1]:" + port, "0.0.0.0:" + port, "[::]:" + port, "[::1]:" + port,
		"169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "[fd00::8]", "[fe80::1]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[ff02::1]", "224.0.0.1",
	} {
		e := event("https://" + host + "/hook")
		e.Private = false
		require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.Permanent, Code: CodePrivate}, deliver(t, e).Outcome, host)
	}
}

func TestDeliver_wrongArguments_areErrorsThatShowNothing(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(*Event){
		"is no https address": func(e *Event) { e.URL = "http://hooks.example/hunter2" },
		"no https address":    func(e *Event) { e.URL = "http://127.0.0.1/hunter2"; e.Private = false },
		"its url is no":       func(e *Event) { e.URL = "ftp://hooks.example/hunter2" },
		"its url":             func(e *Event) { e.URL = "https://hunter2 hunter2/" },
		"is empty":            func(e *Event) { e.Secret = " " },
		"is no base64":        func(e *Event) { e.Secret = "hunter2!" },
	} {
		e := event("https://hooks.example/hunter2")
		change(&e)
		_, err := New(Config{}).Deliver(t.Context(), e)
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestDeliver_slowOrTalkativeReceiver_isCutOff(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
		case <-gone:
		}
	}))
	t.Cleanup(func() { close(gone); slow.Close() })
	result, err := New(Config{Timeout: 50 * time.Millisecond}).Deliver(t.Context(), event(slow.URL))
	require.NoError(t, err)
	require.Equal(t, delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous, Code: "timeout"}, result.Outcome)

	loud := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, strings.NewReader(strings.Repeat("x", 4<<20)))
	}))
	t.Cleanup(loud.Close)
	require.Equal(t, delivery.Delivered, deliver(t, event(loud.URL)).State)
}

// The lab checks the signature with code of its own.
func TestDeliver_lab_takesWhatIsSigned(t *testing.T) {
	t.Parallel()
	l, err := lab.New(lab.Config{})
	require.NoError(t, err)
	server := httptest.NewServer(l.Handler())
	t.Cleanup(func() { l.Close(); server.Close() })
	e := event(server.URL + lab.HookPath + "statuspage")
	require.Equal(t, "401", deliver(t, e).Code)
	e.Secret = newSecret + " " + lab.DefaultHookSecret
	for range 2 {
		require.Equal(t, delivery.Delivered, deliver(t, e).State)
	}
	require.Len(t, l.Hooked(), 1)
	require.Equal(t, 2, l.Hooked()[0].Times)
	require.JSONEq(t, `{"a":1}`, string(l.Hooked()[0].Body))
	old := New(Config{Now: func() time.Time { return time.Now().Add(-time.Hour) }})
	result, err := old.Deliver(context.Background(), e)
	require.NoError(t, err)
	require.Equal(t, "401", result.Code)
	require.NotEmpty(t, fmt.Sprint(l.Log()))
}
