package v1

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/domain/refusal"
)

// problemOf makes huma's own errors problems like all others. It keeps where the mistake is
// and what is wrong, and drops what was sent: that may be a number, an address or a token.
func problemOf(status int, message string, errs ...error) huma.StatusError {
	code := map[int]problem.Code{
		http.StatusBadRequest:            problem.BadRequest,
		http.StatusNotAcceptable:         problem.NotAcceptable,
		http.StatusRequestTimeout:        problem.Timeout,
		http.StatusRequestEntityTooLarge: problem.TooLarge,
		http.StatusUnsupportedMediaType:  problem.UnsupportedMedia,
		http.StatusUnprocessableEntity:   problem.Code(refusal.Invalid),
	}[status]
	if code == "" {
		code = problem.Internal
	}
	var large *http.MaxBytesError
	if errors.As(errors.Join(errs...), &large) {
		code = problem.TooLarge
	}
	d := problem.New(code, "")
	if code == problem.Internal {
		return d.Because(errors.Join(append(errs, errors.New(message))...))
	}
	if len(errs) == 0 {
		d.Detail = message
	}
	for _, err := range errs {
		if detailed, ok := err.(huma.ErrorDetailer); ok {
			d.At(detailed.ErrorDetail().Location, detailed.ErrorDetail().Message)
		}
	}
	if len(d.Errors) > 0 {
		d.Detail = d.Errors[0].Location + ": " + d.Errors[0].Message
	}
	return d
}

// noted gives a problem the request's id, and the access log its cause.
func noted(ctx huma.Context, _ string, answer any) (any, error) {
	if d, ok := answer.(*problem.Document); ok {
		d.Noted(problem.From(ctx.Context()))
	}
	return answer, nil
}
