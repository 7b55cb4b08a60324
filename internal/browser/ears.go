package browser

import (
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// ears keep what the browser complains about.
type ears struct {
	mu    sync.Mutex
	heard []string
}

// hear listens to all but the status of answers, which tests look at.
func (e *ears) hear(event any) {
	said := ""
	switch event := event.(type) {
	case *log.EventEntryAdded:
		if event.Entry.Level == log.EntryLevelError && event.Entry.Source != log.EntrySourceNetwork {
			said = event.Entry.Text
		}
	case *runtime.EventExceptionThrown:
		said = event.ExceptionDetails.Text
		if event.ExceptionDetails.Exception != nil {
			said = event.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if event.Type == "error" {
			said = "console.error"
		}
	}
	if said != "" {
		e.mu.Lock()
		e.heard = append(e.heard, said)
		e.mu.Unlock()
	}
}

// complaints are what the browser said since it was last asked: errors of scripts, and what the
// page's security policy kept out.
func (e *ears) complaints() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	said := e.heard
	e.heard = nil
	return said
}
