package problem_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
)

func TestOf_everyError_hasOneStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{refusal.New(refusal.Invalid, "x"), 422, "invalid"},
		{refusal.New(refusal.Forbidden, "x"), 403, "forbidden"},
		{refusal.New(refusal.NotFound, "x"), 404, "not_found"},
		{refusal.New(refusal.WrongPhase, "x"), 409, "wrong_phase"},
		{refusal.New(refusal.TooEarly, "x"), 409, "too_early"},
		{refusal.New(refusal.AlreadyDone, "x"), 409, "already_done"},
		{refusal.New(refusal.RoleTaken, "x"), 409, "role_already_taken"},
		{refusal.New(refusal.Stale, "x"), 409, "stale"},
		{refusal.New(refusal.Objected, "x"), 409, "objection_open"},
		{refusal.New(refusal.FourEyes, "x"), 409, "four_eyes"},
		{fmt.Errorf("wrapped: %w", refusal.New(refusal.Ended, "x")), 409, "ended"},
		{fmt.Errorf("wrapped: %w", client.ErrUnavailable), 503, "unavailable"},
		{client.ErrNotRunning, 409, "not_running"},
		{fmt.Errorf("wrapped: %w", record.ErrNotFound), 404, "not_found"},
		{record.ErrOverloaded, 503, "overloaded"},
		{record.ErrClosed, 503, "unavailable"},
		{&http.MaxBytesError{Limit: 1}, 413, "too_large"},
		{problem.New(problem.Expired, ""), 410, "expired"},
		{errors.New("password=hunter2"), 500, "internal"},
	} {
		d := problem.Of(c.err)
		require.Equal(t, c.status, d.Status, c.err)
		require.EqualValues(t, c.code, d.Code)
		require.Equal(t, "/problems/"+strings.ReplaceAll(c.code, "_", "-"), d.Type)
		require.NotEmpty(t, d.Detail)
		require.NotContains(t, d.Detail, "hunter2")
		require.Equal(t, c.status == 503, d.GetHeaders().Get("Retry-After") != "", c.err)
	}
}

func TestOf_refusal_keepsWhatStandsInTheWayButNoNumber(t *testing.T) {
	t.Parallel()
	d := problem.Of(refusal.New(refusal.RoleTaken, "ben took +4915111111111 at 2026-11-22T02:51:00Z").With("holder", "ben"))
	require.Equal(t, "ben took … at 2026-11-22T02:51:00Z", d.Detail)
	require.Equal(t, map[string]string{"holder": "ben"}, d.Current)
}
