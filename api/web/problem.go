package web

import (
	"cmp"
	"net/http"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
)

// problemPage says in the reader's language what went wrong, and where to go on.
type problemPage struct {
	*sheet.Sheet
	Sentence, Instance string
	// Home: the reader may see the console.
	Home bool
}

// ProblemPage answers a browser with a problem. Its own words are for programs and in English; people
// get ours.
func (p *Pages) ProblemPage(w http.ResponseWriter, r *http.Request, d *problem.Document) {
	s := p.press.Blank(p.press.Wished(r), sheet.PageStyle)
	s.Visitor = visitor.Of(r.Context())
	s.Heading = s.T(s.Either("problem_title."+string(d.Code), "problem_title.general"))
	code := s.Either("problem."+string(d.Code), s.Either("refused."+string(d.Code), "problem.general"))
	page := problemPage{Sheet: s, Sentence: s.T(code), Instance: d.Instance, Home: s.Visitor.May(actor.Read)}
	body, err := p.set.Render("problem", page)
	if err != nil {
		http.Error(w, cmp.Or(d.Detail, d.Title), d.Status)
		return
	}
	sheet.Guard(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(d.Status)
	_, _ = w.Write(body) // the client may have gone: nobody is left to tell
}
