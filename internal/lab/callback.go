package lab

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	callbackTimeout  = 15 * time.Second // Twilio's and, in real time, ours
	callbackAttempts = 3                // on connection failure only
	retryAfter       = time.Second      // in the lab's time
	reorderHold      = 30 * time.Second // in the lab's time; how long others let the final word overtake
	maxReply         = 64 << 10         // bytes of TwiML, Twilio's limit
)

func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil // the lab talks to its own machine
	transport.MaxIdleConnsPerHost = 64
	transport.MaxConnsPerHost = 128
	return &http.Client{
		Transport: transport,
		Timeout:   callbackTimeout,
		// A signature holds for one URL only.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// sequence posts the call-backs of one thing one after the other, without making it wait for them.
// Lab.mu guards it.
type sequence struct {
	tail  chan struct{} // closed when all before are posted
	final chan struct{} // closed when the final word is posted
}

// post is one call-back to be made.
type post struct {
	last   bool // the final word
	secure bool // never dropped or overtaken
	send   func()
}

// enqueue posts after everything that was enqueued before, or as unpleasantly as Callbacks says. The
// caller holds l.mu.
func (l *Lab) enqueue(s *sequence, p post) {
	unpleasant := l.callbacks
	if !p.secure && l.drops.Float64() < unpleasant.Drop {
		return
	}
	before, done := s.tail, make(chan struct{})
	if s.final == nil {
		s.final = make(chan struct{})
	}
	overtaken := unpleasant.Reorder && !p.last && !p.secure
	if overtaken {
		before = s.final
	} else {
		s.tail = done
	}
	l.spawn(func() {
		defer close(done)
		if before != nil && !l.waitFor(before, overtaken) {
			return
		}
		if !l.sleep(time.Duration(unpleasant.DelayMS) * time.Millisecond) {
			return
		}
		p.send()
		if unpleasant.Duplicate {
			p.send()
		}
		if p.last {
			close(s.final)
		}
	})
}

// waitFor waits for what comes before; one that is overtaken does not wait for ever.
func (l *Lab) waitFor(before <-chan struct{}, overtaken bool) bool {
	var patience <-chan time.Time
	if overtaken {
		timer := time.NewTimer(l.real(reorderHold))
		defer timer.Stop()
		patience = timer.C
	}
	select {
	case <-before:
	case <-patience:
	case <-l.life.Done():
		return false
	}
	return true
}

// tell makes a call-back whose answer does not matter.
func (l *Lab) tell(method, target string, form url.Values) {
	reply, err := l.ask(method, target, form)
	if err == nil {
		err = reply.err()
	}
	if err != nil && l.life.Err() == nil {
		l.log.WarnContext(context.Background(), "a call-back of the phone lab was not taken; look at the server it was posted to", "path", pathOf(target), "error", err)
	}
}

// reply is what a webhook has answered.
type reply struct {
	status      int
	contentType string
	body        []byte
}

func (r reply) err() error {
	if r.status < 200 || r.status > 299 {
		return fmt.Errorf("the webhook answered HTTP status %d where 2xx is wanted", r.status)
	}
	return nil
}

// ask calls a webhook as Twilio does: a signed form, and again only if there was no connection.
func (l *Lab) ask(method, target string, form url.Values) (reply, error) {
	target, _, _ = strings.Cut(target, "#")
	body := []byte(form.Encode())
	signed := form
	if method == http.MethodGet {
		separator := "?"
		if strings.Contains(target, "?") {
			separator = "&"
		}
		target += separator + form.Encode()
		body, signed = nil, nil
	}
	header := http.Header{
		"Content-Type":       {"application/x-www-form-urlencoded; charset=UTF-8"},
		"User-Agent":         {"TwilioProxy/1.1"},
		"X-Twilio-Signature": {l.sign(target, signed)},
	}
	for attempt := 1; ; attempt++ {
		r, err := l.call(method, target, header, body)
		if err == nil || attempt == callbackAttempts || isTimeout(err) || !l.wait(retryAfter) {
			return r, err
		}
	}
}

// call makes one HTTP request. Its errors do not name the URL: it may hold a token.
func (l *Lab) call(method, target string, header http.Header, body []byte) (reply, error) {
	req, err := http.NewRequestWithContext(l.life, method, target, bytes.NewReader(body))
	if err != nil {
		return reply{}, errors.New("the webhook's URL cannot be called: give an absolute http or https URL")
	}
	req.Header = header.Clone()
	resp, err := l.client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return reply{}, fmt.Errorf("call the webhook: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return reply{}, fmt.Errorf("read what the webhook answered: %w", err)
	}
	return reply{resp.StatusCode, resp.Header.Get("Content-Type"), text}, nil
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// sign is Twilio's signature: HMAC-SHA1 over the URL followed by every field of the form, sorted.
func (l *Lab) sign(target string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(l.cfg.AuthToken))
	mac.Write([]byte(target))
	for _, key := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[key] {
			mac.Write([]byte(key + value))
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// pathOf is the part of a URL that may be logged.
func pathOf(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Path
}
