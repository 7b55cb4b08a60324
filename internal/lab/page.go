package lab

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Bounds of the page: what is older or further down is in the control API.
const (
	shownAddresses = 60
	shownTexts     = 40
	shownCalls     = 5
	shownMails     = 15
	shownPosts     = 60
	shownEvents    = 30
)

// policy lets nothing in but the page's own script and style. Styles in mails are the exception: a
// mail's frame inherits this policy, and mails are styled in place.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; " +
	"connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"clock":      func(t time.Time) string { return t.Local().Format("15:04:05") },
	"behaviours": func() []Behaviour { return Behaviours },
	"keys":       func() []string { return strings.Split("123456789*0#", "") },
}).ParseFS(web, "web/*.html"))

func (l *Lab) pageRoutes(mux *http.ServeMux) {
	mux.Handle("GET /{$}", http.RedirectHandler("/lab", http.StatusFound))
	mux.Handle("GET /lab", l.show("page.html"))
	mux.Handle("GET /lab/board", l.show("board"))
	mux.HandleFunc("GET /lab/events", l.stream)
	assets, err := fs.Sub(web, "web/assets")
	if err != nil { // cannot be: web is embedded
		panic(err)
	}
	files := http.StripPrefix("/lab/assets/", http.FileServerFS(assets))
	mux.HandleFunc("GET /lab/assets/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		files.ServeHTTP(w, r)
	})
}

// board is what the page shows.
type board struct {
	Filter     string
	Phones     []phoneCard
	MorePhones int
	Boxes      []Inbox
	MoreBoxes  int
	Chat       []Post
	Hooks      []Hooked
	Carrier    Carrier
	Callbacks  Callbacks
	Faults     []Fault
	Channels   []Channel
}

// phoneCard is one phone: its texts in both directions, the call that is on and the latest others.
type phoneCard struct {
	Phone
	ID    string // usable in an id attribute
	Texts []bubble
	Call  *Call
	Past  []Call
}

type bubble struct {
	Message
	Mine bool // sent by the owner of the phone
}

// Unseen tells whether the text has not reached the phone.
func (b bubble) Unseen() bool { return !b.Mine && b.Status != MessageDelivered }

func (l *Lab) board(filter string) board {
	b := board{
		Filter: filter, Carrier: l.Carrier(), Callbacks: l.Callbacks(),
		Faults: Faults, Channels: Channels, Chat: latest(l.Posts(), shownPosts), Hooks: latest(l.Hooked(), shownEvents),
	}
	wanted := func(texts ...string) bool {
		return strings.Contains(strings.ToLower(strings.Join(texts, " ")), strings.ToLower(filter))
	}
	for _, p := range l.Phones() {
		switch {
		case !wanted(p.Number, p.Person):
		case len(b.Phones) == shownAddresses:
			b.MorePhones++
		default:
			b.Phones = append(b.Phones, card(p))
		}
	}
	for _, box := range l.Inboxes() {
		switch {
		case !wanted(box.Address):
		case len(b.Boxes) == shownAddresses:
			b.MoreBoxes++
		default:
			box.Mails = latest(box.Mails, shownMails)
			slices.Reverse(box.Mails)
			b.Boxes = append(b.Boxes, box)
		}
	}
	return b
}

func card(p PhoneState) phoneCard {
	c := phoneCard{Phone: p.Phone, ID: strings.TrimPrefix(p.Number, "+")}
	for _, m := range p.Messages {
		c.Texts = append(c.Texts, bubble{Message: m})
	}
	for _, m := range p.Replies {
		c.Texts = append(c.Texts, bubble{Message: m, Mine: true})
	}
	slices.SortStableFunc(c.Texts, func(a, b bubble) int { return a.At.Compare(b.At) })
	c.Texts = latest(c.Texts, shownTexts)
	for i, call := range p.Calls {
		if !call.Status.over() {
			c.Call = &p.Calls[i]
			continue
		}
		c.Past = append(c.Past, call)
	}
	c.Past = latest(c.Past, shownCalls)
	slices.Reverse(c.Past)
	return c
}

func latest[T any](items []T, n int) []T { return items[max(0, len(items)-n):] }

// show renders the page or its changing part.
func (l *Lab) show(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var page bytes.Buffer
		if err := pages.ExecuteTemplate(&page, name, l.board(r.URL.Query().Get("q"))); err != nil {
			l.log.ErrorContext(context.Background(), "the phone lab's page could not be rendered; this is a bug", "error", err)
			http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = page.WriteTo(w) // the browser may have gone
	}
}

// calm is the least time between two signals to one page.
const calm = 200 * time.Millisecond

// stream tells a page that something has changed; the page then asks for what it shows.
func (l *Lab) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	to := http.NewResponseController(w)
	for {
		l.mu.Lock()
		changed, revision := l.changed, l.revision
		l.mu.Unlock()
		if _, err := fmt.Fprintf(w, "data: %d\n\n", revision); err != nil || to.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-l.life.Done():
			return
		}
		if !l.sleep(calm) {
			return
		}
	}
}
