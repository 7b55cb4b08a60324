package people

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/roster"
)

// localTime is how a browser writes a time that somebody chose, on the company's clock.
const localTime = "2006-01-02T15:04"

// unreadable is the trouble of a field that holds no time.
const unreadable act.Trouble = "unreadable"

// coverForm is an override as it was typed, so that nothing of it is ever lost.
type coverForm struct {
	Role, Person, From, To, Why string
	// Wrong says which fields make no sense, and why.
	Wrong map[string]act.Trouble
	// Is and Would are who is asked first, as it is and as it would be; empty before anybody asked.
	Is, Would []view.Shift
	// Endless says that it has no end, and that only its first days are shown.
	Endless bool
}

// Foreseen tells whether its effect is shown.
func (f coverForm) Foreseen() bool { return len(f.Would) > 0 }

// Same tells whether it changes nothing.
func (f coverForm) Same() bool {
	if len(f.Is) != len(f.Would) {
		return false
	}
	for i := range f.Is {
		if f.Is[i] != f.Would[i] {
			return false
		}
	}
	return true
}

// zone is where the company's clocks hang.
func zone(p plan.Plan) *time.Location {
	if z, err := time.LoadLocation(p.Company.Timezone); err == nil {
		return z
	}
	return time.UTC // the plan's check refuses any other
}

// freshCover is the form as it is offered: from now on, or for what a link on the page names.
func freshCover(c *gin.Context, s *sheet.Sheet) coverForm {
	z := zone(s.Plan())
	f := coverForm{From: s.Now.In(z).Format(localTime)}
	if r, known := s.Plan().RoleByName(c.Query("role")); known {
		f.Role = r.Name
	}
	for field, into := range map[string]*string{"from": &f.From, "to": &f.To} {
		if at, err := time.ParseInLocation(localTime, c.Query(field), z); err == nil {
			*into = at.Format(localTime)
		}
	}
	return f
}

// typedCover reads the form, and what of it can be understood.
func typedCover(f deed.Form, p plan.Plan) (coverForm, roster.Override) {
	form := coverForm{
		Role: f.Text("role"), Person: f.Text("person"), From: f.Text("from"), To: f.Text("to"), Why: f.Text("why"), Wrong: map[string]act.Trouble{},
	}
	o := roster.Override{Role: form.Role, Person: form.Person, Why: form.Why}
	var good bool
	if o.From, good = instant(form.From, p); !good {
		form.Wrong["from"] = unreadable
	}
	if o.To, good = instant(form.To, p); !good && form.To != "" { // without an end it is until further notice
		form.Wrong["to"] = unreadable
	}
	return form, o
}

// instant reads what a browser makes of a chosen time.
func instant(text string, p plan.Plan) (time.Time, bool) {
	for _, layout := range []string{localTime, localTime + ":05"} {
		if at, err := time.ParseInLocation(layout, text, zone(p)); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// foreseen is how far the effect of an override without an end is shown, in days.
const foreseen = 14

// postCover shows what an override would change, and on the second press puts it in force.
func (p *Pages) postCover(c *gin.Context, s *sheet.Sheet, f deed.Form) {
	form, o := typedCover(f, s.Plan())
	saved, err := false, error(nil)
	if len(form.Wrong) == 0 {
		saved, err = p.cover(c, s, f.Text("step") == "save", o, &form)
	}
	wrong := act.Mistakes{}
	switch {
	case saved:
		p.next(c, "/on-call", "cover", nil)
		return
	case errors.As(err, &wrong):
		for _, m := range wrong {
			form.Wrong[m.Field] = m.Why
		}
	case err != nil:
		d := p.refused(c, err)
		s.Bad, s.Said = true, s.T(s.Either("people_refused."+string(d.Code), s.Either("refused."+string(d.Code), "refused.internal")))
		p.drawOnCall(c, s, d.Status, form)
		return
	}
	if len(form.Wrong) > 0 {
		s.Bad, s.Said = true, s.T("people_cover.wrong")
		p.drawOnCall(c, s, http.StatusUnprocessableEntity, form)
		return
	}
	p.drawOnCall(c, s, http.StatusOK, form)
}

// cover puts an override in force, or foresees what it would do.
func (p *Pages) cover(c *gin.Context, s *sheet.Sheet, save bool, o roster.Override, form *coverForm) (saved bool, err error) {
	ctx, who := c.Request.Context(), s.Visitor.Who(actor.Web)
	if save {
		_, err = p.Desk.Cover(ctx, who, o)
		return err == nil, err
	}
	until := o.To
	if form.Endless = until.IsZero(); form.Endless {
		until = o.From.AddDate(0, 0, foreseen)
	}
	is, would, err := p.Desk.Foresee(ctx, who, o, o.From, until)
	form.Is, form.Would = shown(s, o.Role, is), shown(s, o.Role, would)
	return false, err
}

// shown are shifts with the names of people.
func shown(s *sheet.Sheet, role string, shifts []roster.Shift) []view.Shift {
	all := make([]view.Shift, len(shifts))
	for i, x := range shifts {
		all[i] = view.Shift{Role: role, Person: x.Person, Gap: x.Gap, From: x.From.UTC(), Until: x.Until.UTC()}
		if x.Person != "" {
			all[i].Name = s.PersonName(x.Person)
		}
	}
	return all
}
