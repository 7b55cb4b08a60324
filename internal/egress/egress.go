package egress

import (
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// PrivateError says that an address leads into a private network. It does not show the address,
// which may be as good as a password.
type PrivateError struct{}

// Error says what to do if it is meant.
func (*PrivateError) Error() string {
	return "its address leads into a private network; write private: true if that is meant"
}

// Transport carries requests to the open internet, and with private anywhere. It uses no proxy,
// which would dial in its place, and keeps no connection.
func Transport(private bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !private && !Public(to.Addr()) {
			return &PrivateError{}
		}
		return nil
	}}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 10 * time.Second,
		DisableKeepAlives: true, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
	}
}

// Loopback tells whether a host, as it stands in an address, is this machine.
func Loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// special are further networks that are not the open internet, or lead back into one that is
// not: between carriers and their customers (RFC 6598), kept for protocols and tests, and IPv6
// addresses with an IPv4 address inside (NAT64, 6to4, Teredo).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("fec0::/10"),
}

// Public tells whether an address is one of the open internet.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, network := range special {
		if network.Contains(a.WithZone("")) {
			return false
		}
	}
	return true
}
