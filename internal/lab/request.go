package lab

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxBody is SendGrid's limit of a request, in bytes; maxLoggedBody is what the log keeps of it.
const (
	maxBody       = 30 << 20
	maxLoggedBody = 256 << 10
)

// Request is one request to a provider as the log keeps it: no header, so no credentials.
type Request struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	// Form holds the form of a POST or the query of a GET; a repeated field's values are joined by a
	// space, as Twilio also writes lists.
	Form map[string]string `json:"form,omitempty"`
	// JSON is the body of a mail, or a sentence about it when it was too big to keep or no JSON.
	JSON json.RawMessage `json:"json,omitempty"`
	// Status is what was answered; 0 as long as there is no answer, and for ever if the lab gave none.
	Status int `json:"status"`
}

// Log is every request to a provider in the order they came.
func (l *Lab) Log() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	log := make([]Request, 0, len(l.requests.rows))
	for r := range l.requests.each {
		log = append(log, *r)
	}
	return log
}

// recorded reads a provider's request, logs it on arrival and notes its answer.
// The provider says by trouble that it cannot read it.
func (l *Lab) recorded(trouble func(status int) answer, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := readBody(w, r)
		entry := &Request{At: l.cfg.Now(), Method: r.Method, Path: r.URL.Path}
		values := r.URL.Query()
		if media := r.Header.Get("Content-Type"); strings.HasPrefix(media, "application/") && strings.Contains(media, "json") {
			entry.JSON = loggedJSON(body)
		} else if r.Method == http.MethodPost && err == nil {
			values, err = url.ParseQuery(string(body))
			r.PostForm = values
		}
		r.Form = values
		r.Body = io.NopCloser(bytes.NewReader(body))
		if len(values) > 0 {
			entry.Form = make(map[string]string, len(values))
			for k, v := range values {
				entry.Form[k] = strings.Join(v, " ")
			}
			delete(entry.Form, "token") // Slack's SDK sends it there
		}

		l.mu.Lock() // the revision is a key nobody else can have: touch raises it at once
		l.requests.add(strconv.FormatUint(l.revision, 10), entry, min(len(body), maxLoggedBody))
		l.touch()
		l.mu.Unlock()
		watched := &statusWriter{ResponseWriter: w}
		defer func() { // also when the answer is an abort
			l.mu.Lock()
			defer l.mu.Unlock()
			entry.Status = watched.status
			l.touch()
		}()
		var tooBig *http.MaxBytesError
		switch {
		case errors.As(err, &tooBig):
			trouble(http.StatusRequestEntityTooLarge).write(watched)
		case err != nil:
			trouble(http.StatusBadRequest).write(watched)
		default:
			next.ServeHTTP(watched, r)
		}
	})
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := http.MaxBytesReader(w, r.Body, maxBody)
	if r.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(body)
	}
	unzipped, err := gzip.NewReader(body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(http.MaxBytesReader(w, unzipped, maxBody))
}

func loggedJSON(body []byte) json.RawMessage {
	switch {
	case len(body) > maxLoggedBody:
		return json.RawMessage(`"too big for the log"`)
	case !json.Valid(body):
		return json.RawMessage(`"not JSON"`)
	}
	return json.RawMessage(body)
}

// statusWriter remembers the status that was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets a fault take over the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// answer is what a provider says.
type answer struct {
	status int
	header map[string]string
	body   any // nil for no body
}

func (a answer) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // the client may have gone: nobody is left to tell
}
