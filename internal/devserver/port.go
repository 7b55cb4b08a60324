package devserver

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// PortTakenError says that another program listens on an address we need.
// Its text is one sentence for the person at the terminal.
type PortTakenError struct {
	// Addr is the host:port that is in use.
	Addr string
	// Flag is the command-line flag that chooses another; may be empty.
	Flag string
}

// Error names the port, the host and the way out.
func (e *PortTakenError) Error() string {
	where := e.Addr
	if host, port, err := net.SplitHostPort(e.Addr); err == nil {
		where = fmt.Sprintf("%s on %s", port, host)
	}
	way := "stop that program"
	if e.Flag != "" {
		way += " or choose another with " + e.Flag
	}
	return fmt.Sprintf("port %s is already in use; %s", where, way)
}

// CheckPort tries to listen on addr and lets go at once. A port in use is a
// *PortTakenError that names flag; port 0 is always free.
func CheckPort(addr, flag string) error {
	l, err := listen(addr, flag)
	if err != nil {
		return err
	}
	return l.Close()
}

func listen(addr, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &PortTakenError{Addr: addr, Flag: flag}
	case flag != "":
		return nil, fmt.Errorf("cannot use the address given with %s: %w", flag, err)
	default:
		return nil, err // says what it tried by itself
	}
}

// reservation holds ports open until whoever needs them is about to bind them.
// Both Temporal and its UI take the process down when they find a port taken,
// so the gap in which somebody else could take it has to be as small as it gets.
type reservation struct {
	held []net.Listener
}

func (r *reservation) take(addr, flag string) (*net.TCPAddr, error) {
	l, err := listen(addr, flag)
	if err != nil {
		return nil, err
	}
	r.held = append(r.held, l)
	bound := l.Addr().(*net.TCPAddr)
	if !bound.IP.IsLoopback() {
		return nil, fmt.Errorf("%s %s is open to the network, but the embedded Temporal has no authorisation: use 127.0.0.1", flag, addr)
	}
	return bound, nil
}

func (r *reservation) release() {
	for _, l := range r.held {
		_ = l.Close() // closing a listener twice is harmless
	}
	r.held = nil
}
