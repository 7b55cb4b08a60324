package problem

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
)

// style is all that these pages look like. It is named in their policy, so that nothing else counts.
const style = `:root{color-scheme:light dark}body{margin:0;background:Canvas;color:CanvasText;font:1.125rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}main{max-width:44rem;margin:0 auto;padding:1rem}h1{font-size:1.55rem;line-height:1.2}h2{font-size:1.2rem;margin:1.5rem 0 0}p{margin:.4rem 0}p a,h2 a{display:inline-block;padding:.4rem 0}`

func page(name, title, body string) *template.Template {
	return template.Must(template.New(name).Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>` + title + `</title>
<style>` + style + `</style>
</head>
<body><main>
` + body + `</main></body></html>
`))
}

var (
	errorPage = page("error", "{{.Title}}", `<h1>{{.Title}}</h1>
<p>{{.Detail}}</p>
<p><a href="{{.Type}}">What this means</a></p>
{{with .Instance}}<p>{{.}}</p>
{{end}}`)
	kindPage = page("kind", "{{.Title}}", `<h1>{{.Title}}</h1>
<p><strong>{{.Code}}</strong>, HTTP status {{.Status}}</p>
<p>{{.Means}}</p>
<p><strong>What to do:</strong> {{.Do}}</p>
<p><a href="/problems">All problems</a></p>
`)
	listPage = page("list", "Problems", `<h1>What a problem document can say</h1>
{{range .}}<h2><a href="{{.Path}}">{{.Code}}</a></h2>
<p>{{.Means}} <strong>What to do:</strong> {{.Do}} (HTTP status {{.Status}})</p>
{{end}}`)
)

var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

func writePage(w http.ResponseWriter, status int, page *template.Template, data any) {
	w.Header().Set("Content-Security-Policy", policy)
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
