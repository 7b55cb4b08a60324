package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/api"
	"github.com/stormbell/stormbell/api/apitest"
)

// site is a server under test with everything behind it.
type site struct {
	t       testing.TB
	engine  *apitest.Engine
	handler http.Handler
	log     *bytes.Buffer
}

// newSite starts an open server over the built-in plan.
func newSite(t testing.TB, change ...func(*api.Config)) *site {
	t.Helper()
	engine, err := apitest.New(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Record.Close()) })
	s := &site{t: t, engine: engine, log: &bytes.Buffer{}}
	c := api.Config{
		Record: engine.Record, Commands: engine, Plan: engine.Plan, Version: "1.2.3", Open: true, Now: engine.Now,
		PublicURL: "http://127.0.0.1:8080", TemporalUI: "http://127.0.0.1:8233/namespaces/default/workflows",
		Logger: slog.New(slog.NewTextHandler(s.log, nil)), Registry: prometheus.NewRegistry(), Patience: 50 * time.Millisecond,
	}
	for _, f := range change {
		f(&c)
	}
	s.handler, err = api.New(c)
	require.NoError(t, err)
	return s
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body string
}

// do sends a request; headers are given as "Name: value".
func (s *site) do(method, target, body string, headers ...string) reply {
	s.t.Helper()
	var sent io.Reader
	if body != "" {
		sent = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, sent)
	r.Host = "127.0.0.1:8080"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	return s.serve(r)
}

func (s *site) serve(r *http.Request) reply {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	answer := w.Result()
	read, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	s.check(r, answer, read)
	return reply{answer, string(read)}
}

// described is the API's own document as a judge of answers.
var described = sync.OnceValues(func() (validator.Validator, error) {
	raw, err := os.ReadFile("v1/testdata/openapi.json")
	if err != nil {
		return nil, err
	}
	document, err := libopenapi.NewDocument(raw)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(document)
	return v, errors.Join(errs...)
})

// check holds every answer of the JSON API against its document.
func (s *site) check(r *http.Request, answer *http.Response, body []byte) {
	if !strings.HasPrefix(r.URL.Path, "/api/v1/") || answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusMethodNotAllowed {
		return
	}
	v, err := described()
	require.NoError(s.t, err)
	answer.Body = io.NopCloser(bytes.NewReader(body))
	ok, wrong := v.ValidateHttpResponse(r, answer)
	require.True(s.t, ok, "%s %s answers against its document: %v", r.Method, r.URL.Path, wrong)
}

// stream sends a body without saying how long it is.
func (s *site) stream(method, target, body string) reply {
	s.t.Helper()
	r := httptest.NewRequest(method, target, io.NopCloser(strings.NewReader(body)))
	r.Host, r.ContentLength = "127.0.0.1:8080", -1
	r.Header.Set("Content-Type", "application/json")
	return s.serve(r)
}

// must sends a request and insists on the status.
func (s *site) must(status int, method, target, body string, headers ...string) map[string]any {
	s.t.Helper()
	r := s.do(method, target, body, headers...)
	require.Equal(s.t, status, r.StatusCode, "%s %s: %s", method, target, r.body)
	var decoded map[string]any
	if r.body != "" {
		require.NoError(s.t, json.Unmarshal([]byte(r.body), &decoded), r.body)
	}
	return decoded
}

// open opens an incident and returns its path.
func (s *site) open(body string) string {
	s.t.Helper()
	r := s.do(http.MethodPost, "/api/v1/incidents", body)
	require.Equal(s.t, http.StatusCreated, r.StatusCode, r.body)
	return r.Header.Get("Location")
}

// at returns what lies at a path of keys and "name=value" filters within decoded JSON.
func at(t testing.TB, v any, path ...string) any {
	t.Helper()
	for _, step := range path {
		if list, ok := v.([]any); ok {
			key, value, _ := strings.Cut(step, "=")
			v = nil
			for _, item := range list {
				if item.(map[string]any)[key] == value {
					v = item
				}
			}
			require.NotNil(t, v, "no item with %s in %v", step, list)
			continue
		}
		m, ok := v.(map[string]any)
		require.True(t, ok, "%s is not in %v", step, v)
		v = m[step]
	}
	return v
}
