package problem

import (
	"html/template"
	"net/http"
	"strings"
)

const head = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
`

var (
	errorPage = template.Must(template.New("error").Parse(head + `<title>{{.Title}}</title>
<h1>{{.Title}}</h1>
<p>{{.Detail}}</p>
<p><a href="{{.Type}}">What this means</a>{{with .Instance}} · {{.}}{{end}}</p>
`))
	kindPage = template.Must(template.New("kind").Parse(head + `<title>{{.Title}}</title>
<h1>{{.Title}}</h1>
<p><code>{{.Code}}</code>, HTTP status {{.Status}}</p>
<p>{{.Means}}</p>
<p><strong>What to do:</strong> {{.Do}}</p>
<p><a href="/problems">All problems</a></p>
`))
	listPage = template.Must(template.New("list").Parse(head + `<title>Problems</title>
<h1>What a problem document can say</h1>
<table>
<tr><th>Code<th>Status<th>Means<th>What to do
{{range .}}<tr><td><a href="{{.Path}}">{{.Code}}</a><td>{{.Status}}<td>{{.Means}}<td>{{.Do}}
{{end}}</table>
`))
)

func writePage(w http.ResponseWriter, status int, page *template.Template, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = page.Execute(w, data) // the client may have gone: nobody is left to tell
}

// ServePages explains the problems: all of them at Root, each at the type of its documents.
func ServePages(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == Root {
		writePage(w, http.StatusOK, listPage, kinds)
		return
	}
	for _, k := range kinds {
		if k.Path() == strings.ReplaceAll(r.URL.Path, "_", "-") {
			writePage(w, http.StatusOK, kindPage, k)
			return
		}
	}
	Write(w, r, New("not_found", "there is no problem of this name; %s lists them", Root))
}
