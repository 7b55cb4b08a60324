package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// The report as data fits its own description from the first moment on, and forgets names on request.
func TestReport_asData(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const path = "/api/v1/incidents/1/report"
	require.Equal(t, http.StatusNotFound, s.do(http.MethodGet, path, "").StatusCode)
	require.Equal(t, http.StatusCreated, s.do(http.MethodPost, "/api/v1/incidents", `{"title":"Checkout is down","declare":true}`).StatusCode)
	got := s.do(http.MethodGet, path, "")
	require.Equal(t, http.StatusOK, got.StatusCode, got.body)
	require.Contains(t, got.body, `"ongoing":true`)
	require.Contains(t, got.body, "Ben Ortiz")
	for _, list := range []string{`"items":null`, `"decisions":null`, `"notes":null`} {
		require.NotContains(t, got.body, list)
	}

	plain := s.do(http.MethodGet, path+"?names=off", "")
	require.Equal(t, http.StatusOK, plain.StatusCode, plain.body)
	require.NotContains(t, plain.body, "Ben Ortiz")
	require.NotContains(t, plain.body, `"ben"`)
	require.Equal(t, http.StatusUnprocessableEntity, s.do(http.MethodGet, path+"?names=perhaps", "").StatusCode)
}
