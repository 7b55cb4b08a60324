package calendar

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/egress"
)

func serve(t *testing.T, h http.HandlerFunc) plan.ICal {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return plan.ICal{Source: plan.Secret(s.URL + "/hunter2.ics")}
}

func TestFetch_sameVersion_isNotReadAgain(t *testing.T) {
	t.Parallel()
	source := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		w.Header().Set("Last-Modified", "Mon, 02 Nov 2026 08:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"7"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte("BEGIN:VCALENDAR"))
	})
	v, err := fetch(t.Context(), source, version{})
	require.NoError(t, err)
	require.Equal(t, version{"BEGIN:VCALENDAR", `"7"`, "Mon, 02 Nov 2026 08:00:00 GMT"}, v)
	_, err = fetch(t.Context(), source, v)
	require.ErrorIs(t, err, errSame)
}

func TestFetch_strangeServers_areRefused(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	for says, h := range map[string]http.HandlerFunc{
		"its server answers 404": http.NotFound,
		"its server answers 304": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"larger than 2 MiB":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxBody+1)) },
		"sends us to another one": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/x.ics", http.StatusFound)
		},
		"sends us in circles": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/hunter2.ics", http.StatusFound) },
		"cannot be reached":   func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		_, err := fetch(t.Context(), serve(t, h), version{})
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "hunter2")
		require.NotContains(t, err.Error(), "127.0.0.1")
	}
	moved := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hunter2.ics" {
			http.Redirect(w, r, "/new.ics", http.StatusMovedPermanently)
			return
		}
		_, _ = w.Write([]byte("moved"))
	})
	v, err := fetch(t.Context(), moved, version{})
	require.NoError(t, err)
	require.Equal(t, "moved", v.body, "within its own house it may move")
}

// A calendar's address must not lead into our own network unless the plan says so: neither by
// its number nor by a name that leads there.
func TestFetch_privateNetworks_needThePlansWord(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"10.1.2.3", "192.168.0.1", "172.16.5.4", "169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "[::ffff:10.0.0.1]", "0.0.0.0", "[::]"} {
		_, err := fetch(t.Context(), plan.ICal{Source: plan.Secret("https://" + host + "/x.ics")}, version{})
		require.ErrorContains(t, err, "private: true", host)
	}
	// A name of the outside that leads inside is caught when it is dialled.
	u, err := url.Parse("https://calendar.example/x.ics")
	require.NoError(t, err)
	dial := client(u, false).Transport.(*http.Transport).DialContext
	_, err = dial(t.Context(), "tcp", "localhost:1")
	var refused *egress.PrivateError
	require.ErrorAs(t, err, &refused)
}

func TestFetch_file(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "legal.ics")
	source := plan.ICal{Source: plan.Secret(path)}
	_, err := fetch(t.Context(), source, version{})
	require.EqualError(t, err, "the file is not there")
	require.NoError(t, os.WriteFile(path, []byte("BEGIN:VCALENDAR"), 0o600))
	v, err := fetch(t.Context(), source, version{})
	require.NoError(t, err)
	require.Equal(t, version{body: "BEGIN:VCALENDAR"}, v)
	_, err = fetch(t.Context(), source, v)
	require.ErrorIs(t, err, errSame)
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("x", maxBody+1)), 0o600))
	_, err = fetch(t.Context(), source, v)
	require.ErrorIs(t, err, errTooLarge)
}
