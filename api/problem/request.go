package problem

import (
	"context"
	"net/http"
)

// Request is what is noted of a request while it is served, for the access log.
type Request struct {
	// ID names the request in the log and in problem documents.
	ID string
	// Page answers a browser with a problem; nil means a plain page.
	Page func(http.ResponseWriter, *http.Request, *Document)
	// Code and Cause are set by the problem it was answered with.
	Code  Code
	Cause error
}

type key struct{}

// With returns a context that carries the request's notes.
func With(ctx context.Context, r *Request) context.Context { return context.WithValue(ctx, key{}, r) }

// From returns the request's notes, never nil.
func From(ctx context.Context) *Request {
	if r, ok := ctx.Value(key{}).(*Request); ok {
		return r
	}
	return &Request{}
}
