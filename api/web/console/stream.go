package console

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/problem"
)

// How often a stream says that it is alive, and how long one write may take.
const (
	beat      = 10 * time.Second
	writeTime = 10 * time.Second
)

// stream tells a browser which panels have changed, and nothing else: it holds no words and no
// rights. It begins with all of them, so that whoever was away misses nothing.
func (k *Console) stream(c *gin.Context) {
	number, err := k.Views.Find(c.Request.Context(), c.Param("n"))
	if err != nil {
		problem.Write(c.Writer, c.Request, problem.Of(err))
		return
	}
	one, leave := k.feeds.watch(number.Number)
	if one == nil {
		problem.Write(c.Writer, c.Request, problem.New(problem.Overloaded, "too many pages are live; this one reads itself again").With("Retry-After", "30"))
		return
	}
	defer leave()
	c.Header("Content-Type", "text/event-stream")
	c.Header("X-Accel-Buffering", "no")
	door := http.NewResponseController(c.Writer)
	say := func(format string, args ...any) bool {
		// The server's own deadline is for pages; a stream has one for each word.
		if err := door.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
			k.Logger.DebugContext(c.Request.Context(), "a stream keeps the server's deadline", "reason", err.Error())
		}
		if _, err := fmt.Fprintf(c.Writer, format, args...); err != nil {
			return false
		}
		return door.Flush() == nil
	}
	if !say("retry: 1000\n\n") {
		return
	}
	known := map[string]string{}
	alive := time.NewTicker(beat)
	defer alive.Stop()
	for {
		versions, news := one.current()
		for _, name := range panels {
			if versions[name] == known[name] {
				continue
			}
			if !say("event: %s\ndata: %s\n\n", name, versions[name]) {
				return
			}
		}
		known = versions
		select {
		case <-c.Request.Context().Done():
			return
		case <-k.feeds.closed:
			return
		case <-one.over:
			return
		case <-news:
		case <-alive.C:
			if !say("event: beat\ndata: %d\n\n", number.Number) {
				return
			}
		}
	}
}
