package api

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/stormbell/stormbell/api/problem"
)

// meters are the metrics of HTTP. No label ever names a person or an incident.
type meters struct {
	signals  *prometheus.CounterVec
	requests *prometheus.HistogramVec
}

func newMeters(registry *prometheus.Registry, version string) (*meters, error) {
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "stormbell_build_info", Help: "Always 1; the labels say which build runs.",
	}, []string{"version", "go"})
	build.WithLabelValues(version, runtime.Version()).Set(1)
	m := &meters{
		signals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stormbell_signals_received_total", Help: "Alerts by trigger and what became of them.",
		}, []string{"source", "outcome"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "stormbell_http_request_duration_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
	}
	for _, c := range []prometheus.Collector{build, m.signals, m.requests} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// traceparent is the header of W3C trace context; its trace id names a request across systems.
var traceparent = regexp.MustCompile(`^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$`)

func traceID(r *http.Request) string {
	if parts := traceparent.FindStringSubmatch(r.Header.Get("Traceparent")); parts != nil && strings.Trim(parts[1], "0") != "" {
		return parts[1]
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// methods are those worth a label of their own; a stranger may invent any number of others.
var methods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true, http.MethodPut: true, http.MethodDelete: true, http.MethodOptions: true,
}

// observe gives every request an id, a line in the log and a place in the metrics. Only the
// route's template is logged: paths hold tokens, queries hold anything.
func observe(c Config, m *meters) gin.HandlerFunc {
	return func(g *gin.Context) {
		began := time.Now()
		noted := &problem.Request{ID: traceID(g.Request), Page: c.ProblemPage}
		ctx := problem.With(g.Request.Context(), noted)
		g.Request = g.Request.WithContext(ctx)
		g.Header("X-Request-Id", noted.ID)
		g.Next()

		took, status, route, method := time.Since(began), g.Writer.Status(), g.FullPath(), g.Request.Method
		if route == "" {
			route = "none"
		}
		if !methods[method] {
			method = "other"
		}
		m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
		level := slog.LevelInfo
		switch {
		case status >= http.StatusInternalServerError:
			level = slog.LevelError
		case strings.HasPrefix(route, "/-/"), route == "/metrics", route == "/healthz":
			level = slog.LevelDebug
		}
		attributes := []slog.Attr{
			slog.String("trace", noted.ID), slog.String("method", method), slog.String("route", route),
			slog.Int("status", status), slog.Int("bytes", max(g.Writer.Size(), 0)), slog.Duration("took", took),
		}
		if noted.Code != "" {
			attributes = append(attributes, slog.String("problem", string(noted.Code)))
		}
		if noted.Cause != nil {
			attributes = append(attributes, slog.String("reason", noted.Cause.Error()))
		}
		c.Logger.LogAttrs(ctx, level, "request", attributes...)
	}
}

// recovery turns a panic into a problem. What was panicked with is logged only when it is the
// runtime's own word; anything else may hold what a person sent.
func recovery() gin.HandlerFunc {
	return func(g *gin.Context) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			cause := fmt.Errorf("panic with a %T\n%s", v, debug.Stack())
			if err, ok := v.(runtime.Error); ok {
				cause = fmt.Errorf("panic: %w\n%s", err, debug.Stack())
			}
			d := problem.New(problem.Internal, "").Because(cause)
			if g.Writer.Written() {
				d.Noted(problem.From(g.Request.Context()))
				panic(http.ErrAbortHandler) // half an answer must not look whole
			}
			problem.Write(g.Writer, g.Request, d)
			g.Abort()
		}()
		g.Next()
	}
}
