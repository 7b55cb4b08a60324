package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/problem"
)

// outcome is how an act from a page ended, or what the address of a page says of it.
type outcome struct {
	// said holds codes only: the sentences are ours, and no word of an address is ever shown.
	said    url.Values
	refused *problem.Document
	// unproven says that nothing was done because a machine may have pressed the button.
	unproven bool
	// form is what was posted and to is where.
	form form
	to   string
}

// heard is what the address of a page says.
func heard(c *gin.Context) outcome { return outcome{said: c.Request.URL.Query()} }

// ended turns the end of an act into a few codes. Why it failed is for the log.
func (p *Pages) ended(c *gin.Context, name string, f form, err error) outcome {
	o := outcome{said: url.Values{"said": {name}}, form: f, to: c.Request.URL.Path}
	if err == nil {
		return o
	}
	o.refused = problem.Of(err)
	o.refused.Noted(problem.From(c.Request.Context()))
	o.said = url.Values{"refused": {string(o.refused.Code)}}
	if o.refused.Status >= http.StatusInternalServerError {
		p.Logger.WarnContext(c.Request.Context(), "an act from a page failed", "act", name, "reason", err.Error())
	}
	return o
}

// lost tells whether somebody's words would be lost by going on to the next page: then they
// are shown at once, for nobody thinks them up twice at three in the morning.
func (o outcome) lost() bool { return o.refused != nil && len(o.form.typed()) > 0 }

func (o outcome) status() int {
	if o.unproven {
		return http.StatusUnprocessableEntity
	}
	if o.refused == nil {
		return http.StatusOK
	}
	return o.refused.Status
}

// hear puts the outcome on a page.
func (s *sheet) hear(o outcome) {
	name := o.said.Get("said")
	if _, known := deeds[name]; known {
		s.Said = s.T(s.either("said."+name, "said.noted"))
	}
	if slices.Contains(ownUpdatesDeeds, name) {
		s.Said = s.T("updates_said." + name)
	}
	if code := o.said.Get("refused"); code != "" {
		s.Bad, s.Said = true, s.T(s.either("refused."+code, "refused.internal"))
	}
	if o.unproven {
		s.Bad, s.Said = true, s.T("human.missing", "Name", s.Me)
		s.Typed, s.Again, s.AgainTo = o.form.typed(), o.form.Values, o.to
	}
	if !o.lost() {
		return
	}
	s.Typed = o.form.typed()
	if o.refused.Status >= http.StatusInternalServerError {
		// The very same form once more is the very same request.
		s.Again, s.AgainTo = o.form.Values, o.to
	}
}

// either is the first id if there is such a text, else the second.
func (s *sheet) either(id, other string) string {
	if s.pages.words.ids[id] {
		return id
	}
	return other
}
