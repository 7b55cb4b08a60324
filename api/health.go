package api

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/stormbell/stormbell/api/problem"
)

// probe bounds how long a look at the database or at Temporal may take.
const probe = 2 * time.Second

// health answers load balancers, Prometheus and people who report a bug.
type health struct{ Config }

func (h health) register(engine *gin.Engine) {
	alive := func(g *gin.Context) { g.JSON(http.StatusOK, gin.H{"status": "healthy"}) }
	engine.GET("/-/healthy", alive)
	engine.GET("/healthz", alive)
	engine.GET("/-/ready", h.ready)
	engine.GET("/version", func(g *gin.Context) { g.JSON(http.StatusOK, gin.H{"version": h.Version, "go": runtime.Version()}) })
	engine.GET("/metrics", gin.WrapH(promhttp.HandlerFor(h.Registry, promhttp.HandlerOpts{})))
}

// ready tells whether commands can be taken. A carrier's trouble is not ours: taking the
// server out of the load balancer would only silence the other carriers too.
func (h health) ready(g *gin.Context) {
	ctx, cancel := context.WithTimeout(g.Request.Context(), probe)
	defer cancel()
	d := problem.New(problem.Unavailable, "not ready; alerts and replies are accepted as long as the record answers").With("Retry-After", "5")
	for _, part := range []struct {
		name  string
		check func(context.Context) error
	}{{"record", h.Record.Ping}, {"temporal", h.Commands.Ready}} {
		if err := part.check(ctx); err != nil {
			d = d.Because(err)
			d.At(part.name, "does not answer")
		}
	}
	if len(d.Errors) > 0 {
		problem.Write(g.Writer, g.Request, d)
		return
	}
	g.JSON(http.StatusOK, gin.H{"status": "ready"})
}
