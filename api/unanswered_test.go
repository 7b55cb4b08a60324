package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A page that went through its whole ladder is loud on the metrics until somebody answers.
func TestMetrics_pageUnanswered_isCountedByRole(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.open(`{"title": "Checkout is down", "declare": true}`)
	metrics := func() string {
		r := s.do(http.MethodGet, "/metrics", "")
		require.Equal(t, http.StatusOK, r.StatusCode)
		return r.body
	}
	require.Contains(t, metrics(), `stormbell_pages_unanswered{role="business_lead"} 0`)
	for range 12 {
		s.engine.Advance(t.Context(), 5*time.Minute)
	}
	require.Equal(t, "unanswered", at(t, s.must(200, http.MethodGet, n, ""), "roles", "role=business_lead", "state"))
	require.Contains(t, metrics(), `stormbell_pages_unanswered{role="business_lead"} 1`)
	require.Contains(t, metrics(), `stormbell_pages_unanswered{role="legal_officer"} 0`)
	s.must(200, http.MethodPost, n+"/roles/business_lead/accept", "")
	require.Contains(t, metrics(), `stormbell_pages_unanswered{role="business_lead"} 0`)

	require.NoError(t, s.engine.Record.Close())
	require.NotContains(t, metrics(), "stormbell_pages_unanswered{", "no figure is better than a wrong one")
}
