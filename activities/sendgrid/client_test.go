package sendgrid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/delivery"
)

var mailToAnna = Mail{
	N: "n1", To: "anna@example.com", ToName: "Anna Vogel", FromEmail: "bell@example.com", FromName: "ACME",
	ReplyTo: "bell+t@in.example.com",
	Subject: "ACME EMERGENCY 7", Text: "Please answer", HTML: "<p>Please answer</p>",
	Headers: map[string]string{"References": "<incident-7@example.com>"}, CustomArgs: map[string]string{"kind": "page"},
}

func newClient(t *testing.T, endpoint string, timeout time.Duration) *Client {
	t.Helper()
	c, err := New(Config{Key: "SG.key", Endpoint: endpoint, Timeout: timeout})
	require.NoError(t, err)
	return c
}

func serve(t *testing.T, script http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // only then does a server notice that a client has gone
		r.Body = io.NopCloser(bytes.NewReader(body))
		script(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestNew_wrongConfig_saysWhatToDo(t *testing.T) {
	t.Parallel()
	_, err := New(Config{})
	require.ErrorContains(t, err, "key")
	_, err = New(Config{Key: "SG.key", Endpoint: "here"})
	require.ErrorContains(t, err, "https://host")
}

func TestSend_mail_arrivesAsMeant(t *testing.T) {
	t.Parallel()
	var got map[string]any
	var request *http.Request
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		request = r
		_ = json.NewDecoder(r.Body).Decode(&got)
		w.Header().Set("X-Message-Id", "MSG1")
		w.WriteHeader(202)
	})
	m := mailToAnna
	m.Subject = "ACME\r\nBcc: all@example.com \u202eevil"
	m.ToName = "Anna\r\nVogel"
	m.CustomArgs = map[string]string{"kind": "page", "n": "forged"}
	result, err := newClient(t, url, time.Minute).Send(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, delivery.Outcome{State: delivery.Accepted, ProviderID: "MSG1"}, result.Outcome)
	require.Equal(t, "MSG1", result.RequestID)
	require.Equal(t, "POST /v3/mail/send", request.Method+" "+request.URL.Path)
	require.Equal(t, "Bearer SG.key", request.Header.Get("Authorization"))
	off := map[string]any{"enable": false}
	require.Equal(t, map[string]any{
		"from":     map[string]any{"email": "bell@example.com", "name": "ACME"},
		"reply_to": map[string]any{"email": "bell+t@in.example.com", "name": "ACME"},
		"subject":  "ACME Bcc: all@example.com evil",
		"personalizations": []any{map[string]any{
			"to":          []any{map[string]any{"email": "anna@example.com", "name": "Anna Vogel"}},
			"custom_args": map[string]any{"kind": "page", "n": "n1"},
		}},
		"content": []any{
			map[string]any{"type": "text/plain", "value": "Please answer"},
			map[string]any{"type": "text/html", "value": "<p>Please answer</p>"},
		},
		"headers": map[string]any{"References": "<incident-7@example.com>"},
		"tracking_settings": map[string]any{
			"click_tracking": map[string]any{"enable": false, "enable_text": false},
			"open_tracking":  off, "subscription_tracking": off, "ganalytics": off,
		},
	}, got)
}

func TestSend_wrongArguments_sendNothing(t *testing.T) {
	t.Parallel()
	asked := atomic.Int64{}
	c := newClient(t, serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) }), time.Minute)
	for _, empty := range []func(*Mail){
		func(m *Mail) { m.N = "" }, func(m *Mail) { m.To = "" }, func(m *Mail) { m.FromEmail = "" },
		func(m *Mail) { m.Subject = "" }, func(m *Mail) { m.Text = "" },
	} {
		m := mailToAnna
		empty(&m)
		_, err := c.Send(t.Context(), m)
		require.Error(t, err)
	}
	require.Zero(t, asked.Load())
}

func TestSend_faults_areClassifiedByFacts(t *testing.T) {
	t.Parallel()
	says := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	outcome := func(s delivery.State, c delivery.Class, code string) delivery.Outcome {
		return delivery.Outcome{State: s, Class: c, Code: code}
	}
	for name, c := range map[string]struct {
		script http.HandlerFunc
		want   delivery.Outcome
	}{
		"sandbox":       {says(200, ""), outcome(delivery.Unknown, delivery.Ambiguous, "200")},
		"throttled":     {says(429, `{"errors":[]}`), outcome(delivery.Failed, delivery.NotProcessed, "429")},
		"wrong key":     {says(401, ""), outcome(delivery.Failed, delivery.Account, "401")},
		"wrong request": {says(400, ""), outcome(delivery.Failed, delivery.Filtered, "400")},
		"HTML":          {says(503, "<html>"), outcome(delivery.Unknown, delivery.Ambiguous, "503")},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, outcome(delivery.Failed, delivery.Account, "307")},
		"never answers":       {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, outcome(delivery.Unknown, delivery.Ambiguous, "timeout")},
		"closed after accept": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, outcome(delivery.Unknown, delivery.Ambiguous, "eof")},
		"reset after accept": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}, outcome(delivery.Unknown, delivery.Ambiguous, "reset")},
		// the promise of 202 is in the status; its body says nothing
		"accepted, cut": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "9")
			w.Header().Set("X-Message-Id", "MSG1")
			says(202, "{")(w, r)
		}, delivery.Outcome{State: delivery.Accepted, ProviderID: "MSG1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := atomic.Int64{}
			url := serve(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1); c.script(w, r) })
			timeout := time.Minute // only one of them may fail for lack of time
			if name == "never answers" {
				timeout = 300 * time.Millisecond
			}
			got, err := newClient(t, url, timeout).Send(t.Context(), mailToAnna)
			require.NoError(t, err)
			require.Equal(t, c.want, got.Outcome)
			require.EqualValues(t, 1, asked.Load(), "exactly one request, whatever happens")
		})
	}
}

func TestSend_nobodyThere_isNotProcessed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	got, err := newClient(t, server.URL, time.Minute).Send(t.Context(), mailToAnna)
	require.NoError(t, err)
	require.Equal(t, delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: "refused"}, got.Outcome)
}

func TestSend_throttled_readsTimeOfReset(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(time.Now().Add(time.Minute).Unix()))
		w.WriteHeader(429)
	})
	got, err := newClient(t, url, time.Minute).Send(t.Context(), mailToAnna)
	require.NoError(t, err)
	require.InDelta(t, time.Minute, got.RetryAfter, float64(15*time.Second))
}

// The SDK's own client would mix up the bodies of two senders.
func TestSend_concurrently_keepsMailsApart(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var m struct{ Subject string }
		_ = json.NewDecoder(r.Body).Decode(&m)
		w.Header().Set("X-Message-Id", m.Subject)
		w.WriteHeader(202)
	})
	c := newClient(t, url, time.Minute)
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			m := mailToAnna
			m.Subject = fmt.Sprint("mail ", i)
			got, err := c.Send(t.Context(), m)
			if err != nil || got.ProviderID != m.Subject {
				t.Errorf("%s got %+v, %v", m.Subject, got, err)
			}
		})
	}
	all.Wait()
}

func TestSend_twoHundredRefusals_useOneConnection(t *testing.T) {
	t.Parallel()
	connections := atomic.Int64{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c := newClient(t, server.URL, time.Minute)
	for range 200 {
		_, err := c.Send(t.Context(), mailToAnna)
		require.NoError(t, err)
	}
	require.EqualValues(t, 1, connections.Load())
}

func FuzzLine_anyText_isOneHarmlessLine(f *testing.F) {
	for _, s := range []string{"", "a\r\nBcc: b", "\u202eabc\u2066", "\xff\n", "Zoë 👩‍🚒", "\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := line(s)
		require.False(t, strings.ContainsAny(got, "\r\n\x00\u2028\u2029\u202e\u2066"), "%q", got)
		require.Equal(t, got, line(got))
	})
}
