package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
)

// wishes are the forms of the settings page.
var wishes = []string{"test", "mail", "card", "language", "pin", "updates", "end"}

// errPINTwice says that the two new PINs differ.
var errPINTwice = errors.New("the two pins differ")

// settings finds whose settings an address leads to. Its token is of no incident.
func (p *Pages) settings(c *gin.Context) (link record.Link, good bool) {
	link, err := p.Record.ByToken(c.Request.Context(), c.Param("token"))
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		sheet.Fail(c, err)
		return link, false
	}
	_, known := p.Plan().Person(link.Person)
	good = err == nil && known && link.Incident == 0 && link.Door != record.ReplyDoor && link.RevokedAt.IsZero()
	if !good {
		s := p.press.Sheet(c, sheet.PageStyle)
		s.Heading = s.T("ended.title")
		p.set.Draw(c, http.StatusGone, "ended", s)
	}
	return link, good
}

// settingsPage is where a person sees how they are reached, proves that it works, and chooses.
type settingsPage struct {
	*sheet.Sheet
	view.Known
	Ways []way
	// News are the updates that the person gets.
	News ownUpdates
	// Mail is the delivery of the mail that led here, which its receiver can confirm.
	Mail string
}

// way is one way to reach the person, and its latest test.
type way struct {
	view.Reach
	// Hint is enough of the number or address for its owner to know which it is.
	Hint string
	Test view.ContactTest
}

// Confirmed tells whether it is proven to work.
func (w way) Confirmed() bool { return !w.ConfirmedAt.IsZero() }

// Waits tells whether a question is on its way, or has arrived, and no answer has come.
func (w way) Waits() bool {
	switch w.Test.State {
	case view.TestSending, view.TestSent, view.TestDelivered:
		return true
	case view.TestConfirmed, view.TestFailed, view.TestUnanswered:
	}
	return false
}

// Failed tells whether the latest try did not get through.
func (w way) Failed() bool {
	return w.Test.State == view.TestFailed || w.Test.State == view.TestUnanswered
}

// First is the name people are called by.
func (p settingsPage) First() string {
	first, _, _ := strings.Cut(p.Name, " ")
	return first
}

// Numbers are ours, which people should know when they ring.
func (p settingsPage) Numbers() []string {
	return slices.Compact([]string{p.Sheet.Plan().Channels.Pages.From, p.Sheet.Plan().Channels.Updates.From})
}

// RingThrough says how they get through at night.
func (p settingsPage) RingThrough() []string { return p.Words().RingThrough(p.Lang) }

// Languages are those the pages speak.
func (p settingsPage) Languages() []string { return sheet.Languages() }

func (p *Pages) showSettings(c *gin.Context) {
	link, good := p.settings(c)
	if !good {
		return
	}
	known, err := p.Views.Known(c.Request.Context(), link.Person)
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	tests, err := p.Views.Tests(c.Request.Context(), link.Person)
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s := p.press.In(c, sheet.Preferred(append([]string{known.Language}, p.Plan().Company.Languages...)...), sheet.PageStyle)
	s.Base = "/me/" + c.Param("token")
	p.tell(s, deed.Heard(c))
	if said := c.Query("said"); slices.Contains(wishes, said) {
		s.Said = s.T(s.Either("settings_said."+said, "updates_said."+said))
	}
	if !proven(c, link) {
		s.Me = known.Name
	}
	if c.Query("refused") == humanField {
		s.Said = s.T("human.missing", "Name", known.Name)
	}
	s.Heading = s.T("settings.title", "Company", s.Plan().Company.Name)
	page := settingsPage{Sheet: s, Known: known}
	person, _ := s.Plan().Person(link.Person)
	for _, reach := range known.Channels {
		w := way{Reach: reach, Hint: hint(person.Address(reach.Channel))}
		if i := slices.IndexFunc(tests, func(t view.ContactTest) bool { return t.Channel == reach.Channel }); i >= 0 {
			w.Test = tests[i]
		}
		if reach.Channel == plan.Email && w.Waits() {
			page.Mail = c.Query("mail")
		}
		page.Ways = append(page.Ways, w)
	}
	if page.News, err = p.ownUpdates(c.Request.Context(), s, link); err != nil {
		sheet.Fail(c, err)
		return
	}
	p.set.Draw(c, http.StatusOK, "settings", page)
}

// hint shows the end of a number, and the ends of an address.
func hint(address string) string {
	if name, domain, mail := strings.Cut(address, "@"); mail && name != "" {
		return name[:1] + "…@" + domain
	}
	return "…" + address[max(0, len(address)-2):]
}

// postSettings carries out a form of the settings page.
func (p *Pages) postSettings(c *gin.Context) {
	link, good := p.settings(c)
	if !good {
		return
	}
	name := c.Param("act")
	f, err := deed.Read(c.Writer, c.Request)
	if err == nil && !p.human(c, link, f) {
		again := url.Values{"refused": {humanField}, "mail": f.Values["mail"]}
		c.Redirect(http.StatusSeeOther, "/me/"+c.Param("token")+"?"+again.Encode())
		return
	}
	if err == nil {
		err = p.wish(c.Request.Context(), link.Person, name, f)
	}
	if err == nil && name == "card" {
		c.Redirect(http.StatusSeeOther, "/me/"+c.Param("token")+"/contact.vcf")
		return
	}
	said := deed.Ended(c, p.Logger, name, f, err).Said
	if wrong := refusedPIN(err); wrong != nil {
		said = wrong
	}
	c.Redirect(http.StatusSeeOther, "/me/"+c.Param("token")+"?"+said.Encode())
}

func (p *Pages) wish(ctx context.Context, person, name string, f deed.Form) error {
	switch name {
	case "test":
		return p.Desk.Test(ctx, person, []plan.Channel{plan.Channel(f.Text("by"))}, false)
	case "mail":
		return p.Desk.ConfirmMail(ctx, person, f.Text("mail"))
	case "card":
		return p.Record.NoteCard(ctx, person)
	case "language":
		if !slices.Contains(sheet.Languages(), f.Text("language")) {
			return refusal.New(refusal.Invalid, "there is no such language; there are %v", sheet.Languages())
		}
		return p.Record.SetLanguage(ctx, person, f.Text("language"))
	case "pin":
		if f.Text("pin") != f.Text("again") {
			return errPINTwice
		}
		return p.Record.SetPIN(ctx, person, f.Text("current"), f.Text("pin"))
	case "updates", "end":
		return p.changeUpdates(ctx, record.Link{Person: person}, name, f)
	}
	return refusal.New(refusal.NotFound, "there is no such form; there are %v", wishes)
}

// showCard hands out the contact card. Shown inline, a phone opens it as a contact at once.
func (p *Pages) showCard(c *gin.Context) {
	link, good := p.settings(c)
	if !good {
		return
	}
	known, err := p.Views.Known(c.Request.Context(), link.Person)
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s := p.press.In(c, sheet.Preferred(append([]string{known.Language}, p.Plan().Company.Languages...)...), sheet.PageStyle)
	c.Header("Content-Disposition", `inline; filename="contact.vcf"`)
	c.Data(http.StatusOK, "text/vcard; charset=utf-8", s.Words().Card(s.Lang))
}
