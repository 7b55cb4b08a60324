package api_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// deadlines notes how soon a connection may be given up while it is read from.
type deadlines struct {
	net.Listener
	mu  sync.Mutex
	all []time.Duration
}

func (d *deadlines) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	return noting{c, d}, err
}

type noting struct {
	net.Conn
	in *deadlines
}

func (n noting) SetReadDeadline(t time.Time) error {
	if left := time.Until(t); left > 0 { // a past one ends a read that nobody needs any more
		n.in.mu.Lock()
		n.in.all = append(n.in.all, left)
		n.in.mu.Unlock()
	}
	return n.Conn.SetReadDeadline(t)
}

// A command waits up to ten seconds for its answer. No deadline may end the connection before:
// the command would be cancelled, and so would everything after it on that connection.
func TestCommand_withoutABody_outlastsNoDeadline(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	server := httptest.NewUnstartedServer(s.handler)
	watch := &deadlines{Listener: server.Listener}
	server.Listener = watch
	server.Start()
	t.Cleanup(server.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/api/v1/incidents/1/resolve", nil)
	require.NoError(t, err)
	resp, err := server.Client().Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	watch.mu.Lock()
	defer watch.mu.Unlock()
	require.NotEmpty(t, watch.all)
	for _, left := range watch.all {
		require.Greater(t, left, 30*time.Second)
	}
}
