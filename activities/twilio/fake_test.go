package twilio

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	account = "AC00000000000000000000000000000001"
	sender  = "+4915730000000"
	anna    = "+4915111111111"
)

// fake stands in for Twilio: it keeps what it was asked and answers by script.
type fake struct {
	*httptest.Server
	connections atomic.Int64
	mu          sync.Mutex
	forms       []url.Values
	paths       []string
}

func newFake(t *testing.T, script http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		f.mu.Lock()
		f.forms, f.paths = append(f.forms, r.Form), append(f.paths, r.Method+" "+r.URL.Path)
		f.mu.Unlock()
		script(w, r)
	}))
	f.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			f.connections.Add(1)
		}
	}
	f.Start()
	t.Cleanup(f.Close)
	return f
}

// asked is every request so far, as "METHOD path".
func (f *fake) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.paths)
}

// form is the only request's.
func (f *fake) form(t *testing.T) url.Values {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	require.Len(t, f.forms, 1)
	return f.forms[0]
}

func (f *fake) client(t *testing.T, change ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{Account: account, Token: "secret", From: sender, Endpoint: f.URL, Timeout: time.Minute}
	for _, c := range change {
		c(&cfg)
	}
	c, err := New(cfg)
	require.NoError(t, err)
	return c
}

// says answers with a status and a body.
func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}
