package egress

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPublic_networks(t *testing.T) {
	t.Parallel()
	for address, open := range map[string]bool{
		"8.8.8.8": true, "2001:4860:4860::8888": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "::1": false, "0.0.0.0": false, "0.1.2.3": false, "::": false,
		"10.1.2.3": false, "172.16.0.1": false, "192.168.0.1": false, "100.64.10.1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fd00::8": false, "fd00:ec2::254": false,
		"224.0.0.1": false, "ff02::1": false, "255.255.255.255": false, "240.0.0.1": false, "198.18.0.1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "2002:7f00:1::": false, "2001:0:7f00:1::": false, "::127.0.0.1": false,
	} {
		require.Equal(t, open, Public(netip.MustParseAddr(address)), address)
	}
}

func TestLoopback_hosts(t *testing.T) {
	t.Parallel()
	for host, here := range map[string]bool{"localhost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true, "localhost.example": false, "10.0.0.1": false, "127.0.0.1.example": false} {
		require.Equal(t, here, Loopback(host), host)
	}
}

// What is dialled counts, not what was written: a name may lead anywhere.
func TestTransport_privateAddress_isNotDialled(t *testing.T) {
	t.Parallel()
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(server.Close)
	named := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	for _, address := range []string{server.URL, named, "http://[::ffff:127.0.0.1]:1", "http://169.254.169.254", "http://10.0.0.1", "http://100.64.10.1", "http://[fd00::8]"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		require.NoError(t, err)
		_, err = Transport(false).RoundTrip(req)
		var refused *PrivateError
		require.ErrorAs(t, err, &refused, address)
	}
	require.False(t, reached)

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	require.NoError(t, err)
	res, err := Transport(true).RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.True(t, reached)
}

func TestTransport_proxy_isNotUsed(t *testing.T) {
	t.Parallel()
	require.Nil(t, Transport(false).Proxy)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Transport(true).DialContext(ctx, "tcp", "127.0.0.1:1")
	var refused *PrivateError
	require.Error(t, err)
	require.NotErrorAs(t, err, &refused)
}
