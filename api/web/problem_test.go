package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/web"
)

// People read what went wrong in their language, and no word that came with the request.
func TestProblemPage_speaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := open(t)
	pages, err := web.New(web.Config{Views: s.views, Desk: act.New(act.Config{Record: s.Record, Commands: s.Engine, Views: s.views}), Record: s.Record, Plan: s.Plan, Now: s.Now})
	require.NoError(t, err)
	for language, want := range map[string]string{"de": "Diese Seite gibt es nicht", "en": "There is no such page"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nowhere", nil)
		r.Header.Set("Accept-Language", language)
		w := httptest.NewRecorder()
		pages.ProblemPage(w, r, problem.New("not_found", "<script>nobody knows %s</script>", "x"))
		require.Equal(t, http.StatusNotFound, w.Code)
		require.Contains(t, w.Body.String(), want)
		require.Contains(t, w.Body.String(), `<html lang="`+language+`"`)
		require.NotContains(t, w.Body.String(), "nobody knows")
		require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	}
	w := httptest.NewRecorder()
	pages.ProblemPage(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/i", nil), problem.New(problem.Internal, ""))
	require.NotContains(t, w.Body.String(), "[problem")
}
