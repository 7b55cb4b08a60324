package calendar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/egress"
)

// Limits of one look at a calendar.
const (
	maxBody      = 2 << 20
	maxRedirects = 3
	fetchWithin  = 20 * time.Second
)

// version is a calendar as it was read, and what its server calls this version.
type version struct{ body, etag, modified string }

// errSame says that a calendar is still the version that is known.
var errSame = errors.New("nothing has changed")

// fetch reads a calendar: a file, or an address that leads where the plan allows. No error shows
// the address.
func fetch(ctx context.Context, c plan.ICal, known version) (version, error) {
	source := c.Source.Reveal()
	if !strings.Contains(source, "://") {
		return readFile(source, known)
	}
	u, err := url.Parse(source)
	if err != nil {
		return version{}, errors.New("its address cannot be read")
	}
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, source, nil)
	if err != nil {
		return version{}, errors.New("its address cannot be read")
	}
	req.Header.Set("Accept", "text/calendar")
	req.Header.Set("User-Agent", "stormbell")
	if known.body != "" && known.etag != "" {
		req.Header.Set("If-None-Match", known.etag)
	}
	if known.body != "" && known.modified != "" {
		req.Header.Set("If-Modified-Since", known.modified)
	}
	answer, err := client(u, c.Private).Do(req)
	if err != nil {
		return version{}, why(err)
	}
	defer answer.Body.Close() // read to its end or given up
	switch {
	case answer.StatusCode == http.StatusNotModified && known.body != "":
		return version{}, errSame
	case answer.StatusCode != http.StatusOK:
		return version{}, fmt.Errorf("its server answers %d", answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBody+1))
	if err != nil {
		return version{}, why(err)
	}
	if len(body) > maxBody {
		return version{}, errTooLarge
	}
	return version{string(body), answer.Header.Get("ETag"), answer.Header.Get("Last-Modified")}, nil
}

var errTooLarge = fmt.Errorf("it is larger than %d MiB", maxBody>>20)

func readFile(path string, known version) (version, error) {
	f, err := os.Open(path)
	if err != nil {
		return version{}, why(err)
	}
	defer f.Close() // it was only read
	body, err := io.ReadAll(io.LimitReader(f, maxBody+1))
	switch {
	case err != nil:
		return version{}, why(err)
	case len(body) > maxBody:
		return version{}, errTooLarge
	case string(body) == known.body:
		return version{}, errSame
	}
	return version{body: string(body)}, nil
}

// why keeps of an error what names no address: an address may be as good as a password.
func why(err error) error {
	var (
		refused *refusedError
		private *egress.PrivateError
		timeout net.Error
	)
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &private):
		return private
	case errors.Is(err, os.ErrNotExist):
		return errors.New("the file is not there")
	case errors.Is(err, os.ErrPermission):
		return errors.New("the file may not be read")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("its server does not answer in time")
	}
	return errors.New("its server cannot be reached")
}

// refusedError says that a calendar leads where it must not.
type refusedError struct{ says string }

func (e *refusedError) Error() string { return e.says }

// client goes to the one host that the plan names, and to a private network only when the plan
// allows it: a calendar's server must not be able to send us anywhere else.
func client(u *url.URL, private bool) *http.Client {
	return &http.Client{
		Transport: egress.Transport(private || egress.Loopback(u.Hostname())),
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			switch {
			case next.URL.Scheme != u.Scheme || next.URL.Host != u.Host:
				return &refusedError{"its server sends us to another one; write that address into the plan"}
			case len(via) > maxRedirects:
				return &refusedError{"its server sends us in circles"}
			}
			return nil
		},
	}
}
