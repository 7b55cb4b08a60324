package deed

import (
	"log/slog"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/web/sheet"
)

// Outcome is how an act from a page ended, or what the address of a page says of it.
type Outcome struct {
	// Said holds codes only: the sentences are ours, and no word of an address is ever shown.
	Said    url.Values
	Refused *problem.Document
	// Unproven says that nothing was done because a machine may have pressed the button.
	Unproven bool
	// Form is what was posted and To is where.
	Form Form
	To   string
}

// Heard is what the address of a page says.
func Heard(c *gin.Context) Outcome { return Outcome{Said: c.Request.URL.Query()} }

// Ended turns the end of an act into a few codes. Why it failed is for the log.
func Ended(c *gin.Context, logger *slog.Logger, name string, f Form, err error) Outcome {
	o := Outcome{Said: url.Values{"said": {name}}, Form: f, To: c.Request.URL.Path}
	if err == nil {
		return o
	}
	o.Refused = problem.Of(err)
	o.Refused.Noted(problem.From(c.Request.Context()))
	o.Said = url.Values{"refused": {string(o.Refused.Code)}}
	if o.Refused.Status >= http.StatusInternalServerError {
		logger.WarnContext(c.Request.Context(), "an act from a page failed", "act", name, "reason", err.Error())
	}
	return o
}

// Lost tells whether somebody's words would be lost by going on to the next page: then they
// are shown at once, for nobody thinks them up twice at three in the morning.
func (o Outcome) Lost() bool { return o.Refused != nil && len(o.Form.Typed()) > 0 }

// Status is the status of a page that shows the outcome at once.
func (o Outcome) Status() int {
	if o.Unproven {
		return http.StatusUnprocessableEntity
	}
	if o.Refused == nil {
		return http.StatusOK
	}
	return o.Refused.Status
}

// Tell puts the outcome on a page.
func (o Outcome) Tell(s *sheet.Sheet) {
	name := o.Said.Get("said")
	if _, known := deeds[name]; known {
		s.Said = s.T(s.Either("said."+name, "said.noted"))
	}
	if code := o.Said.Get("refused"); code != "" {
		s.Bad, s.Said = true, s.T(s.Either("refused."+code, "refused.internal"))
	}
	if o.Unproven {
		s.Bad, s.Said = true, s.T("human.missing", "Name", s.Me)
		s.Typed, s.Again, s.AgainTo = o.Form.Typed(), o.Form.Values, o.To
	}
	if !o.Lost() {
		return
	}
	s.Typed = o.Form.Typed()
	if o.Refused.Status >= http.StatusInternalServerError {
		// The very same form once more is the very same request.
		s.Again, s.AgainTo = o.Form.Values, o.To
	}
}
