package lab

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// policy lets nothing in but the page's own script and style. Styles in mails are the exception: a
// mail's frame inherits this policy, and mails are styled in place.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; " +
	"connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// pages are the page in each language.
var pages = map[language]*template.Template{english: parse(english), german: parse(german)}

func parse(l language) *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"t": l.say, "n": l.count, "decimal": l.decimal, "link": link, "minutes": minutes, "name": senderName,
		"clock":      func(t time.Time) string { return t.Local().Format("15:04:05") },
		"behaviours": func() []Behaviour { return Behaviours },
		"faults":     func() []Fault { return Faults },
		"channels":   func() []Channel { return Channels },
		"keys":       func() []string { return strings.Split("123456789*0#", "") },
		"quick":      func() []string { return []string{"1", "2", "4", "20"} },
	}).ParseFS(web, "web/*.html"))
}

func (l *Lab) pageRoutes(mux *http.ServeMux) {
	mux.Handle("GET /{$}", http.RedirectHandler("/lab", http.StatusFound))
	mux.HandleFunc("GET /lab", l.show)
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

// show renders the page. To look at something changes nothing: that a text was read is told by a POST.
func (l *Lab) show(w http.ResponseWriter, r *http.Request) {
	b := l.board(wishOf(r.URL.Query()), r.Header.Get("Accept-Language"))
	var page bytes.Buffer
	if err := pages[b.Lang].ExecuteTemplate(&page, "page.html", b); err != nil {
		l.log.ErrorContext(r.Context(), "the phone lab's page could not be rendered; this is a bug", "error", err)
		http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", string(b.Lang))
	w.Header().Set("Vary", "Accept-Language")
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = page.WriteTo(w) // the browser may have gone
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
