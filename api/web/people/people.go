package people

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
)

// listed is one person and how they are reached.
type listed struct {
	view.Known
	Ways []way
}

// way is one way to a person, and its latest test.
type way struct {
	view.Reach
	// Address is the number or address itself for who may see it, else a hint of it.
	Address string
	Test    view.ContactTest
	// UnderWay says that it was tried a moment ago, and that an answer may come.
	UnderWay bool
}

// Failed tells whether the latest try did not get through.
func (w way) Failed() bool {
	return w.Test.State == view.TestFailed || w.Test.State == view.TestUnanswered
}

// UnderWay tells whether the person is being asked.
func (l listed) UnderWay() bool {
	return slices.ContainsFunc(l.Ways, func(w way) bool { return w.UnderWay })
}

// Stopped tells whether the person has told the carrier to send no more pages.
func (l listed) Stopped() bool {
	return slices.ContainsFunc(l.Ways, func(w way) bool { return w.OptedOut })
}

// peoplePage is everybody.
type peoplePage struct {
	*sheet.Sheet
	People []listed
	// Reached of all are reached for certain, Asked are being asked, Silent are neither.
	Reached, Asked, Silent int
	Rosters                bool
	// Refresh is where the page loads itself from while something is under way; empty stands still.
	Refresh string
}

// Unreached are those whom no page reaches for certain.
func (p peoplePage) Unreached() int { return len(p.People) - p.Reached }

func (p *Pages) showPeople(c *gin.Context) {
	s := p.sheet(c)
	hear(c, s)
	s.Base, s.Heading = "/people", s.T("people_list.title", "Company", s.Company().Name)
	page := peoplePage{Sheet: s, Rosters: rosters(s.Visitor)}
	known, err := p.Views.People(c.Request.Context())
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	for _, k := range known {
		one, err := p.listed(c.Request.Context(), s, k)
		if err != nil {
			sheet.Fail(c, err)
			return
		}
		switch {
		case one.Reachable():
			page.Reached++
		case one.UnderWay():
			page.Asked++
		default:
			page.Silent++
		}
		if one.UnderWay() {
			page.Refresh = "/people"
		}
		page.People = append(page.People, one)
	}
	if p.Desk.Inviting() {
		page.Refresh = "/people"
	}
	p.set.Draw(c, http.StatusOK, "people", page)
}

// tryFor is how long a test counts as under way, in the plan's minutes.
const tryFor = 10

// listed is a person with all ways to them.
func (p *Pages) listed(ctx context.Context, s *sheet.Sheet, k view.Known) (listed, error) {
	one := listed{Known: k}
	tests, err := p.Views.Tests(ctx, k.ID)
	if err != nil {
		return one, err
	}
	person, _ := s.Plan().Person(k.ID)
	minute := cmp.Or(s.Plan().Minute, time.Minute)
	for _, r := range k.Channels {
		w := way{Reach: r, Address: view.Masked(person.Address(r.Channel))}
		if s.Visitor.May(actor.Administer) {
			w.Address = person.Address(r.Channel)
			if r.Channel != plan.Email {
				w.Address = s.Grouped(w.Address)
			}
		}
		if i := slices.IndexFunc(tests, func(t view.ContactTest) bool { return t.Channel == r.Channel }); i >= 0 {
			w.Test = tests[i]
			w.UnderWay = w.Test.Waits() && s.Now.Sub(w.Test.StartedAt) < tryFor*minute
		}
		one.Ways = append(one.Ways, w)
	}
	return one, nil
}

// postPeople invites everybody whom no page reaches for certain.
func (p *Pages) postPeople(c *gin.Context) {
	s := p.sheet(c)
	_, err := deed.Read(c.Writer, c.Request)
	if err == nil {
		_, err = p.Desk.InviteAll(c.Request.Context(), s.Visitor.Who(actor.Web))
	}
	p.next(c, "/people", "all", err)
}

// personPage is one person.
type personPage struct {
	*sheet.Sheet
	listed
	Shifts []view.Shift
	// Tries tells that the visitor may have the person tried, Clears that they may clear the PIN.
	Tries, Clears bool
	Refresh       string
}

func (p *Pages) showPerson(c *gin.Context) {
	s, ctx := p.sheet(c), c.Request.Context()
	hear(c, s)
	known, err := p.Views.Known(ctx, c.Param("id"))
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	page := personPage{Sheet: s, Tries: rosters(s.Visitor) || s.Visitor.Person == known.ID, Clears: s.Visitor.May(actor.Administer)}
	if page.listed, err = p.listed(ctx, s, known); err != nil {
		sheet.Fail(c, err)
		return
	}
	if page.Shifts, err = p.Views.Shifts(ctx, "", known.ID, s.Now, s.Now.AddDate(0, 0, ahead)); err != nil {
		sheet.Fail(c, err)
		return
	}
	s.Base, s.Heading = "/people/"+known.ID, known.Name
	if page.UnderWay() {
		page.Refresh = s.Base
	}
	p.set.Draw(c, http.StatusOK, "person", page)
}

// Endless tells whether a shift lasts longer than is looked ahead.
func (p personPage) Endless(s view.Shift) bool { return !s.Until.Before(p.Now.AddDate(0, 0, ahead)) }

// postPerson tries a way to a person, invites them, or clears their PIN.
func (p *Pages) postPerson(c *gin.Context) {
	s, ctx := p.sheet(c), c.Request.Context()
	id, name := c.Param("id"), c.Param("act")
	known, err := p.Views.Known(ctx, id)
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	f, err := deed.Read(c.Writer, c.Request)
	may := rosters(s.Visitor) || s.Visitor.Person == id
	if name == "pin" {
		may = s.Visitor.May(actor.Administer)
	}
	switch {
	case err != nil:
	case !may:
		err = refusal.New(refusal.Forbidden, "trying other people's phones needs the right to page, and clearing a pin that to administer")
	case name == "test":
		err = p.Desk.Test(ctx, known.ID, []plan.Channel{plan.Channel(f.Text("by"))}, false)
	case name == "invite":
		err = p.Desk.Test(ctx, known.ID, nil, true)
	case name == "pin":
		err = p.Views.Record.ClearPIN(ctx, known.ID)
	default:
		err = refusal.New(refusal.NotFound, "there is no such form")
	}
	p.next(c, "/people/"+known.ID, name, err)
}
