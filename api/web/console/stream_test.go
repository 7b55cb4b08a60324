package console_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/client"
)

var everyPanel = []string{"head", "promises", "next", "roles", "tasks", "board", "briefing", "alerts", "timeline"}

// listener reads a stream's events.
type listener struct {
	t      *testing.T
	events chan string
	stop   context.CancelFunc
}

// listen begins a stream and hears the names of all panels.
func listen(t *testing.T, server *httptest.Server) *listener {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/i/1/events", nil)
	require.NoError(t, err)
	answer, err := server.Client().Do(r)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
	l := &listener{t: t, events: make(chan string, 100), stop: stop}
	go func() {
		defer close(l.events)
		defer func() { _ = answer.Body.Close() }()
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if name, is := strings.CutPrefix(lines.Text(), "event: "); is {
				l.events <- name
			}
		}
	}()
	for _, name := range everyPanel {
		require.Equal(t, name, l.next(), "on connect every panel is named once")
	}
	return l
}

func (l *listener) next() string {
	l.t.Helper()
	select {
	case name := <-l.events:
		return name
	case <-time.After(5 * time.Second):
		require.FailNow(l.t, "nothing came")
		return ""
	}
}

// hears waits for an event.
func (l *listener) hears(name string) {
	l.t.Helper()
	for l.next() != name {
		continue
	}
}

func TestStream_change_namesThePanelsWithinASecond(t *testing.T) {
	t.Parallel()
	s := opened(t)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	l := listen(t, server)
	began := time.Now()
	_, err := s.Engine.Incident(t.Context(), client.Ref{Year: 2026, Number: 1}, "addNote", incident.AddNote{Actor: actor.Actor{Person: "ben"}, Text: "hello"}, "n1")
	require.NoError(t, err)
	l.hears("timeline")
	require.Less(t, time.Since(began), time.Second)
	require.Contains(t, s.see("/i/1/panels/timeline"), "hello", "what is fetched then has it")
	s.press("/i/1/r/support_lead", "page", nil)
	l.hears("roles")
}

// The page of a process hears what another one wrote.
func TestStream_anotherProcess(t *testing.T) {
	t.Parallel()
	file := "sqlite:" + filepath.Join(t.TempDir(), "record.db")
	s := openOn(t, file)
	s.press("/", "i", values("title", "Checkout is down", "visibility", "core", "impact", "most"))
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	l := listen(t, server)
	other, err := record.Open(t.Context(), record.Config{URL: file})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	require.NoError(t, other.Append(t.Context(), record.Append{
		Incident: 1, Workflow: "page:2026-1:x:1", Run: "r", Kind: record.KindPage,
		Entries: []record.Entry{{Seq: 1, At: s.Now(), Kind: "note", Actor: "ben", Text: "from elsewhere"}},
	}))
	l.hears("timeline")
	require.Contains(t, s.see("/i/1/panels/timeline"), "from elsewhere")
}

// Whoever lost the stream hears of everything again; a minute that passes changes what shows time.
func TestStream_dropped_thenEverythingAgain(t *testing.T) {
	t.Parallel()
	s := opened(t)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	listen(t, server).stop()
	l := listen(t, server)
	s.Advance(t.Context(), 2*time.Minute)
	l.hears("head")
}

func TestStream_bounded_andEndsWithTheServer(t *testing.T) {
	t.Parallel()
	s := opened(t)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	all := []*listener{listen(t, server), listen(t, server), listen(t, server)}
	w := s.get("/i/1/events", "en")
	require.Equal(t, http.StatusServiceUnavailable, w.Code, "the fourth reads itself again instead")
	require.Equal(t, http.StatusNotFound, s.get("/i/9/events", "en").Code)
	s.console.Close()
	for _, l := range all {
		for ended := false; !ended; {
			_, more := <-l.events
			ended = !more
		}
	}
}
