package people

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/domain/roster"
)

// ahead is how many days the calendar shows.
const ahead = 30

// onCallPage is who is on call, now and in the next weeks.
type onCallPage struct {
	*sheet.Sheet
	Duties    []view.Duty
	Table     view.Timetable
	Overrides []view.Override
	// Links are the secret addresses of calendars that this visitor may see; Own is whose a new one
	// would be, empty for everybody's.
	Links []view.CalendarLink
	Own   string
	// Mine tells that the visitor may give away their own duty, Rosters that they may change anybody's.
	Mine, Rosters bool
	Cover         coverForm
	// Turns are the roles and rotations of which shifts can be swapped.
	Turns []choice
}

// choice is one entry of a list to choose from.
type choice struct{ Value, Name string }

func (p *Pages) showOnCall(c *gin.Context) {
	s := p.sheet(c)
	hear(c, s)
	p.drawOnCall(c, s, http.StatusOK, freshCover(c, s))
}

func (p *Pages) drawOnCall(c *gin.Context, s *sheet.Sheet, status int, form coverForm) {
	ctx := c.Request.Context()
	s.Base, s.Heading = "/on-call", s.T("people_duty.title", "Company", s.Company().Name)
	page := onCallPage{Sheet: s, Cover: form, Rosters: rosters(s.Visitor), Mine: s.Visitor.Person != ""}
	var err error
	if page.Duties, err = p.Views.OnCall(ctx, s.Now, ""); err != nil {
		sheet.Fail(c, err)
		return
	}
	if page.Table, err = p.Views.Timetable(ctx, ahead); err != nil {
		sheet.Fail(c, err)
		return
	}
	if page.Overrides, err = p.Views.Overrides(ctx, false); err != nil {
		sheet.Fail(c, err)
		return
	}
	if page.Links, err = p.links(c, s); err != nil {
		sheet.Fail(c, err)
		return
	}
	page.Own = s.Visitor.Person
	for _, r := range s.Plan().Rotations {
		page.Turns = append(page.Turns, choice{plan.RotationPrefix + r.Name, s.T("people_swap.rotation", "Name", s.Human(r.Name))})
	}
	for _, roles := range page.Table.Turning {
		for _, role := range roles {
			page.Turns = append(page.Turns, choice{role, s.RoleName(role)})
		}
	}
	p.set.Draw(c, status, "on-call", page)
}

// links are the calendars whose secret addresses are this visitor's to see: their own, and for
// whoever may change duty everybody's.
func (p *Pages) links(c *gin.Context, s *sheet.Sheet) ([]view.CalendarLink, error) {
	all, err := p.Views.CalendarLinks(c.Request.Context())
	var seen []view.CalendarLink
	for _, l := range all {
		own := l.Role == "" && l.Person != "" && l.Person == s.Visitor.Person
		if own || l.Role == "" && l.Person == "" && rosters(s.Visitor) {
			seen = append(seen, l)
		}
	}
	return seen, err
}

func (p *Pages) postOnCall(c *gin.Context) {
	s, ctx := p.sheet(c), c.Request.Context()
	f, err := deed.Read(c.Writer, c.Request)
	who, name := s.Visitor.Who(actor.Web), c.Param("act")
	if err == nil {
		switch name {
		case "cover":
			p.postCover(c, s, f)
			return
		case "end":
			id, _ := strconv.Atoi(f.Text("id")) // there is no override 0
			_, err = p.Desk.Uncover(ctx, who, id, f.Text("why"))
		case "swap":
			_, err = p.Desk.Swap(ctx, who, f.Text("role"), roster.Side{Person: f.Text("person")}, roster.Side{Person: f.Text("other")}, f.Text("why"))
		case "link", "unlink":
			err = p.changeLink(c, s, f, name == "link")
		default:
			err = refusal.New(refusal.NotFound, "there is no such form")
		}
	}
	if no := (*refusal.Error)(nil); name == "swap" && errors.As(err, &no) && no.Code == refusal.Invalid {
		c.Redirect(http.StatusSeeOther, "/on-call?refused=swap") // two people without a shift each is no mistake of typing
		return
	}
	p.next(c, "/on-call", name, err)
}

// changeLink makes or ends the secret address of the visitor's own shifts, or of everybody's.
func (p *Pages) changeLink(c *gin.Context, s *sheet.Sheet, f deed.Form, good bool) error {
	ctx, me, whose := c.Request.Context(), s.Visitor.Person, f.Text("person")
	if may := whose == me && me != "" || whose == "" && rosters(s.Visitor); !may {
		return refusal.New(refusal.Forbidden, "the address of a calendar is for whoever it is about, or somebody with the right to page")
	}
	if good {
		_, err := p.Views.Record.CalendarLink(ctx, "", whose, me)
		return err
	}
	return p.Views.Record.RevokeCalendarLink(ctx, "", whose, me)
}

// Why says in words why somebody is in their place.
func (p onCallPage) Why(c view.Candidate) string {
	var words []string
	switch {
	case c.Override:
		words = append(words, p.T("people_why.override"))
	case c.Backup > 0:
		words = append(words, p.T("people_why.backup", "N", c.Backup))
	case c.Rotation == "":
		return p.T("people_why.fixed")
	}
	if c.Rotation != "" {
		id := "people_why.turn"
		if c.Until.IsZero() {
			id = "people_why.next"
		}
		words = append(words, p.T(id, "Rotation", p.Human(c.Rotation)))
	}
	if !c.Until.IsZero() {
		words = append(words, p.T("people_why.until", "At", p.Clock(c.Until)))
	}
	return strings.Join(words, ", ")
}

// Quiet are the hours in which a role's pages are only mailed, in words; empty when it has none.
func (p onCallPage) Quiet(role string) string {
	r, _ := p.Plan().RoleByName(role)
	policy, _ := p.Plan().Policy(r.Policy)
	var all []string
	for _, h := range policy.Quiet.Hours {
		all = append(all, p.clockOf(h.From)+"–"+p.clockOf(h.To))
	}
	return strings.Join(all, ", ")
}

// clockOf is a time of the day.
func (p onCallPage) clockOf(d time.Duration) string {
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(d).Format("15:04")
}

// DayName is a day as the head of a line.
func (p onCallPage) DayName(d view.Day) string {
	format := "2 Jan"
	if p.Lang == "de" {
		format = "2.1."
	}
	return p.T("people_weekday.d"+strconv.Itoa(int(d.From.Weekday()))) + " " + d.From.Format(format)
}

// Today tells whether it is the day of today.
func (p onCallPage) Today(d view.Day) bool { return !p.Now.Before(d.From) && p.Now.Before(d.Until) }

// Weekend tells whether most people are off.
func (p onCallPage) Weekend(d view.Day) bool {
	return d.From.Weekday() == time.Saturday || d.From.Weekday() == time.Sunday
}

// Quietly tells whether nothing changes on a day other than today: a small screen leaves it out.
func (p onCallPage) Quietly(d view.Day) bool {
	return !p.Today(d) && !slices.ContainsFunc(d.Duty, func(duty []view.Shift) bool { return len(duty) > 1 })
}

// Changed tells whether the clocks change on that day.
func (p onCallPage) Changed(d view.Day) bool { return d.Hours() != 24 }

// When says in which part of a day somebody has the duty; empty means all of it.
func (p onCallPage) When(d view.Day, s view.Shift) string {
	from, until := s.From.In(d.From.Location()).Format("15:04"), s.Until.In(d.From.Location()).Format("15:04")
	begins, ends := s.From.Equal(d.From), s.Until.Equal(d.Until)
	switch {
	case begins && ends:
		return ""
	case begins:
		return p.T("people_table.until", "At", until)
	case ends:
		return p.T("people_table.from", "At", from)
	}
	return from + "–" + until
}

// RoleNames are the names of roles, one after another.
func (p onCallPage) RoleNames(roles []string) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = p.RoleName(r)
	}
	return strings.Join(names, ", ")
}

// Local is a time as a form takes it.
func (p onCallPage) Local(at time.Time) string { return at.In(zone(p.Plan())).Format(localTime) }

// MayEnd tells whether the visitor may end an override.
func (p onCallPage) MayEnd(o view.Override) bool {
	return p.Rosters || o.AddedBy != "" && o.AddedBy == p.Visitor.Person
}

// Calendars are the calendars elsewhere that duty rests on, each once.
func (p onCallPage) Calendars() []view.Calendar {
	var all []view.Calendar
	seen := map[string]bool{}
	for _, d := range p.Duties {
		for _, c := range d.Calendars {
			if !seen[c.Rotation] {
				seen[c.Rotation] = true
				all = append(all, c)
			}
		}
	}
	return all
}

// Soon are the next hand-overs; all of them are in the calendar.
func (p onCallPage) Soon() []view.Change { return p.Table.Handovers[:min(8, len(p.Table.Handovers))] }
