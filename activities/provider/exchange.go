package provider

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/stormbell/stormbell/domain/delivery"
)

// maxBody is the longest answer that is read, in bytes.
const maxBody = 1 << 20

// errUsed stops SDKs that send a request again by themselves.
var errUsed = errors.New("an exchange carries one request: start another one to send again")

// Exchange is one request and the facts of it. It is the http.RoundTripper below a provider's
// SDK, made for one request and used by one goroutine: the SDK's own objects are made anew for
// it too, so nothing is shared that an SDK might forget to lock.
type Exchange struct {
	// Status is the HTTP status of the answer, 0 if there was none.
	Status int
	// Header is that of the answer; nil if there was none.
	Header http.Header
	// Cut tells that the answer's body ended early or was longer than 1 MiB.
	Cut bool

	line *Line
	ctx  context.Context
	used bool
	err  error
	wire atomic.Int32
}

// How far a request got. Only wireIdle and wireBroken prove that the provider did not have it:
// between a connection and the report that all is written, the deadline may fall at any instant.
const (
	wireIdle    = iota // no connection
	wireOpen           // connected
	wireWritten        // written as a whole
	wireBroken         // writing failed half-way
)

// Client is an HTTP client over the exchange. It follows no redirects: the answer of whoever
// sends us elsewhere is a fact, and our credentials stay here.
func (x *Exchange) Client() *http.Client {
	return &http.Client{
		Transport:     x,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// RoundTrip sends the request to the line's endpoint and notes the facts. The answer's body is
// read and closed here, so a connection is free again whatever the SDK does with it.
func (x *Exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	if x.used {
		return nil, errUsed
	}
	x.used = true
	ctx, cancel := context.WithTimeout(x.ctx, x.line.timeout)
	defer cancel()
	out := req.Clone(httptrace.WithClientTrace(ctx, x.trace()))
	out.URL.Scheme, out.URL.Host = x.line.endpoint.Scheme, x.line.endpoint.Host
	out.URL.Path = strings.TrimSuffix(x.line.endpoint.Path, "/") + out.URL.Path
	out.Host = ""
	res, err := x.line.transport.RoundTrip(out)
	if err != nil {
		x.err = err
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	_ = res.Body.Close() // all that is wanted of it is here
	x.Status, x.Header = res.StatusCode, res.Header
	x.Cut = err != nil || len(body) > maxBody
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

func (x *Exchange) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		// the transport asks again only after a connection on which nothing was written
		GetConn: func(string) { x.wire.Store(wireIdle) },
		GotConn: func(httptrace.GotConnInfo) { x.wire.Store(wireOpen) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err != nil {
				x.wire.Store(wireBroken)
				return
			}
			x.wire.Store(wireWritten)
		},
	}
}

// Began tells whether the SDK sent the request at all; if not, its error is about our arguments.
func (x *Exchange) Began() bool { return x.used }

// Silence is the outcome of an exchange without an answer: not processed if the request
// certainly did not leave as a whole, ambiguous otherwise. Its code is one word.
func (x *Exchange) Silence() delivery.Outcome {
	code := word(x.err)
	switch x.wire.Load() {
	case wireIdle, wireBroken:
		return delivery.Outcome{State: delivery.Failed, Class: delivery.NotProcessed, Code: code}
	default:
		return delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous, Code: code}
	}
}

// Unreadable is the outcome of an answer that says yes in words nobody understands.
func Unreadable() delivery.Outcome {
	return delivery.Outcome{State: delivery.Unknown, Class: delivery.Ambiguous, Code: "unreadable"}
}

// Result adds what the answer said beside the outcome. IDHeader names the header with the
// provider's own id of the exchange.
func (x *Exchange) Result(o delivery.Outcome, idHeader string) Result {
	return Result{Outcome: o, RetryAfter: retryAfter(x.Status, x.Header, x.line.now()), RequestID: x.Header.Get(idHeader)}
}

// word names why there was no answer. The error itself stays here: it holds the URL, and the
// URL of a look-up holds a phone number.
func word(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &dns):
		return "dns"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "eof"
	case errors.As(err, &certificate):
		return "certificate"
	default:
		return "broken"
	}
}
