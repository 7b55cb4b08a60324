package picture

import "html/template"

// markup is the only place where SVG is written. Sizes are given twice, so that letters are as high
// as the page's own; the style sheet may let the picture shrink for print.
var markup = template.Must(template.New("picture").Parse(`<svg xmlns="http://www.w3.org/2000/svg" class="pic" width="{{.Wide}}" height="{{.High}}" viewBox="0 0 {{.Wide}} {{.High}}"
{{- if .Title}} role="img" aria-labelledby="{{.ID}}-t {{.ID}}-d"><title id="{{.ID}}-t">{{.Title}}</title><desc id="{{.ID}}-d">{{.Text}}</desc>{{else}} aria-hidden="true" focusable="false">{{end}}
{{- range $mark := .Marks}}
{{if eq .Kind "rect"}}<rect class="{{.Class}}" x="{{.X}}" y="{{.Y}}" width="{{.W}}" height="{{.H}}" rx="2"/>{{with .Lines}}<path class="{{if eq $mark.Class "p-dots"}}p-dotted{{else}}p-lines{{end}}" d="{{.}}"/>{{end}}
{{- else if eq .Kind "line"}}<line class="{{.Class}}" x1="{{.X}}" y1="{{.Y}}" x2="{{.W}}" y2="{{.H}}"/>
{{- else if eq .Kind "text"}}<text class="{{.Class}}" x="{{.X}}" y="{{.Y}}"{{if ne .Anchor "start"}} text-anchor="{{.Anchor}}"{{end}}>{{.Text}}</text>
{{- else if .Path}}<path class="{{.Class}}" d="{{.Path}}"/>
{{- else}}<circle class="{{.Class}}" cx="{{.X}}" cy="{{.Y}}" r="6.5"/>{{end}}{{end}}
</svg>`))
