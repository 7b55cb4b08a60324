package console

import (
	"embed"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/api/web/piece"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/internal/record"
)

// Config is what the console is made of.
type Config struct {
	// Press draws it, Views is where it reads, Desk where it commands, Record what it watches; all
	// required.
	Press  *sheet.Press
	Views  *view.Views
	Desk   *act.Desk
	Record *record.Record
	// TemporalUI is shown when it is not empty.
	TemporalUI string
	// Logger gets what a page cannot say; nil logs nothing.
	Logger *slog.Logger
	// Poll is how often a watched incident is looked up for changes by other processes; 0 means 400 ms.
	Poll time.Duration
	// Streams is how many live pages are served at a time; 0 means 300. The next one reads itself
	// again every few seconds.
	Streams int
}

// Console is the console. It is safe for concurrent use.
type Console struct {
	Config
	set   *sheet.Set
	feeds *feeds
}

//go:embed page
var own embed.FS

// New returns the console, and gives its styles and scripts to the press.
func New(c Config) (*Console, error) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Poll == 0 {
		c.Poll = 400 * time.Millisecond
	}
	if c.Streams == 0 {
		c.Streams = 300
	}
	set, err := c.Press.Set(piece.Markup, own)
	if err != nil {
		return nil, err
	}
	return &Console{Config: c, set: set, feeds: newFeeds(c)}, c.Press.Serve(own)
}

// Close ends all streams, which would otherwise keep a server from shutting down.
func (k *Console) Close() { k.feeds.close() }

// Register adds the console. Who may see it is the caller's to decide, before.
func (k *Console) Register(r gin.IRouter) {
	see := []string{http.MethodGet, http.MethodHead}
	r = r.Group("", sheet.Scripted)
	r.Match(see, "/", k.showList)
	r.POST("/i", k.postIncident)
	r.Match(see, "/i/:n", k.showPlace)
	for _, place := range places {
		r.Match(see, "/i/:n/"+place.path, k.showPlace)
	}
	r.Match(see, "/i/:n/panels/:panel", k.showPanel)
	r.GET("/i/:n/events", k.stream)
	r.POST("/i/:n/:act", k.post)
}

// visitor is who makes the request. Whoever sits in front of an open installation may act for anybody.
func (k *Console) visitor(c *gin.Context) visitor.Visitor {
	v := visitor.Of(c.Request.Context())
	if v.Method == visitor.Nobody && k.Press.Open {
		return visitor.Visitor{StandIn: true, Method: visitor.Loopback}
	}
	return v
}

// sheet is an empty page of the console.
func (k *Console) sheet(c *gin.Context) *sheet.Sheet {
	s := k.Press.Sheet(c, "console.css")
	s.Visitor, s.Edit = k.visitor(c), true
	return s
}
