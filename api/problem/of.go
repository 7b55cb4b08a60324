package problem

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
)

// Pause is how long a sender waits before it comes again.
const Pause = 5 * time.Second

// number is what may be somebody's phone. Refusals quote what was sent, so that a mistyped
// name is seen; a number that slipped into its place is not.
var number = regexp.MustCompile(`\+?\d{7,}`)

// Of turns any error into a problem. What it does not know becomes Internal, and the text of
// the error stays in the log.
func Of(err error) *Document {
	var (
		ready   *Document
		refused *refusal.Error
		large   *http.MaxBytesError
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &refused):
		d := New(Code(refused.Code), "%s", number.ReplaceAllString(refused.Detail, "…"))
		d.Current = refused.Current
		return d
	case errors.As(err, &large):
		return New(TooLarge, "")
	case errors.Is(err, record.ErrNotFound):
		return New(Code(refusal.NotFound), "")
	case errors.Is(err, record.ErrOverloaded):
		return New(Overloaded, "").Because(err).With("Retry-After", seconds(Pause))
	case errors.Is(err, client.ErrNotRunning):
		return New(NotRunning, "")
	case errors.Is(err, client.ErrUnavailable), errors.Is(err, record.ErrClosed), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return New(Unavailable, "").Because(err).With("Retry-After", seconds(Pause))
	}
	return New(Internal, "").Because(err)
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
