package problem

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Document is a problem as it is answered (RFC 9457). It is an error, and never holds more
// than its receiver may read.
type Document struct {
	Type     string            `json:"type" doc:"Where this kind of problem is explained" example:"/problems/role-already-taken"`
	Title    string            `json:"title" doc:"The kind of problem in a few words" example:"Role already taken"`
	Status   int               `json:"status" doc:"The HTTP status" example:"409"`
	Code     Code              `json:"code" doc:"The kind of problem as a stable word" example:"role_already_taken"`
	Detail   string            `json:"detail,omitempty" doc:"What is in the way, and what to do next"`
	Instance string            `json:"instance,omitempty" doc:"The id of this request in the log" example:"trace:4bf92f3577b34da6a3ce929d0e0e4736"`
	Errors   []Detail          `json:"errors,omitempty" doc:"What is wrong where"`
	Current  map[string]string `json:"current,omitempty" doc:"The state that stands in the way, such as a role's holder"`

	header http.Header
	cause  error
}

// Detail is one mistake in a request. It never repeats what was sent.
type Detail struct {
	Location string `json:"location,omitempty" doc:"Where the mistake is" example:"body.title"`
	Message  string `json:"message" doc:"What is wrong there"`
}

// New returns a problem with its own sentence; an empty one leaves the kind's advice.
func New(code Code, format string, args ...any) *Document {
	k := kindOf(code)
	d := &Document{Type: k.Path(), Title: k.Title, Status: k.Status, Code: k.Code, Detail: k.Do, header: http.Header{}}
	if format != "" {
		d.Detail = fmt.Sprintf(format, args...)
	}
	return d
}

// With adds a header to the answer, such as Retry-After.
func (d *Document) With(header, value string) *Document {
	d.header.Set(header, value)
	return d
}

// At adds one mistake.
func (d *Document) At(location, message string) {
	d.Errors = append(d.Errors, Detail{Location: location, Message: message})
}

// Because keeps the error behind the problem for the log.
func (d *Document) Because(err error) *Document {
	d.cause = err
	return d
}

// Error returns the sentence.
func (d *Document) Error() string { return d.Detail }

// Unwrap returns the error behind the problem, if it was kept.
func (d *Document) Unwrap() error { return d.cause }

// GetStatus returns the HTTP status.
func (d *Document) GetStatus() int { return d.Status }

// GetHeaders returns the headers that belong to the answer.
func (d *Document) GetHeaders() http.Header { return d.header }

// ContentType returns the media type of the document.
func (d *Document) ContentType(string) string { return "application/problem+json" }

// Noted writes the request's id into the document and the cause into the request.
func (d *Document) Noted(r *Request) {
	if r.ID != "" {
		d.Instance = "trace:" + r.ID
	}
	r.Code, r.Cause = d.Code, d.cause
}

// Write answers with the problem: as a page when a browser asks for one, else as JSON.
func Write(w http.ResponseWriter, r *http.Request, d *Document) {
	noted := From(r.Context())
	d.Noted(noted)
	for name, values := range d.header {
		w.Header()[name] = values
	}
	w.Header().Add("Vary", "Accept")
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		if noted.Page != nil {
			noted.Page(w, r, d)
			return
		}
		writePage(w, d.Status, errorPage, d)
		return
	}
	w.Header().Set("Content-Type", d.ContentType(""))
	w.WriteHeader(d.Status)
	_ = json.NewEncoder(w).Encode(d) // the client may have gone: nobody is left to tell
}
