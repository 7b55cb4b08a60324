package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api"
)

// TestHeaders_everyAddress walks everything that can be looked at, signed in and not.
func TestHeaders_everyAddress(t *testing.T) {
	t.Parallel()
	b := build(t, true)
	b.fresh()
	for _, r := range b.handler.(*gin.Engine).Routes() {
		if r.Method != http.MethodGet || strings.HasSuffix(r.Path, "/events") {
			continue
		}
		path := strings.NewReplacer(":n", "1", ":role", "incident_commander", ":audience", "internal", ":phase", "investigation", ":task", "x", ":id", "ben",
			":panel", "roles", ":token", "nonsense", ":file", "x.ics", ":code", "invalid", ":name", "x").Replace(r.Path)
		q := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		q.Host = "127.0.0.1:8080"
		q.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, q)
		h := w.Header()
		csp := h.Get("Content-Security-Policy")
		require.Contains(t, csp, "default-src 'none'", path)
		require.Contains(t, csp, "frame-ancestors 'none'", path)
		require.Contains(t, csp, "base-uri 'none'", path)
		require.NotContains(t, csp, "unsafe", path)
		console := path == "/" || strings.HasPrefix(path, "/i/") && !strings.HasSuffix(path, "/report")
		require.Equal(t, console && w.Code == http.StatusOK, strings.Contains(csp, "script-src 'self'"), "%s: only the console needs scripts", path)
		require.Equal(t, "DENY", h.Get("X-Frame-Options"), path)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"), path)
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"), path)
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"), path)
		require.Contains(t, h.Get("Permissions-Policy"), "microphone=()", path)
		require.Empty(t, h.Get("Strict-Transport-Security"), "there is no https here")
		switch {
		case strings.HasPrefix(path, "/assets/"):
			require.Contains(t, h.Get("Cache-Control"), "immutable", path)
		case strings.HasPrefix(path, "/status") && path != "/status/subscribe":
			require.Equal(t, "max-age=15", h.Get("Cache-Control"), path)
		default:
			require.Contains(t, h.Get("Cache-Control"), "no-store", path)
		}
	}
}

func TestHeaders_https_isForEver(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *api.Config) { c.PublicURL = "https://i.acme.example" })
	r := s.do(http.MethodGet, "/api/v1/mode", "")
	require.Equal(t, "max-age=31536000", r.Header.Get("Strict-Transport-Security"))
}
