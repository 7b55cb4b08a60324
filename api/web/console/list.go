package console

import (
	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/internal/record"
)

// list is all incidents, and opens one.
type list struct {
	*sheet.Sheet
	Mode       view.Mode
	Open       []card
	Earlier    []view.Summary
	TemporalUI string
	// Ready is what is missing before a real night.
	Ready view.Readiness
}

// card is one open incident.
type card struct {
	view.Incident
	Lead string
	// Next is the nearest promise, or nil; Steps is how much is to be done.
	Next  *view.Promise
	Steps []step
}

// MayOpen tells whether the visitor may open an incident by hand.
func (l list) MayOpen() bool { return l.Visitor.May(actor.Declare) }

func (k *Console) showList(c *gin.Context) { k.drawList(c, deed.Heard(c)) }

func (k *Console) drawList(c *gin.Context, o deed.Outcome) {
	page, err := k.list(c)
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	o.Tell(page.Sheet)
	k.set.Draw(c, o.Status(), "list", page)
}

func (k *Console) list(c *gin.Context) (*list, error) {
	ctx, s := c.Request.Context(), k.sheet(c)
	all, err := k.Views.Incidents(ctx, record.Filter{})
	if err != nil {
		return nil, err
	}
	page := &list{Sheet: s, TemporalUI: k.TemporalUI}
	s.Heading = s.T("list.title", "Company", s.Company().Name)
	if page.Mode, err = k.Views.Mode(ctx); err != nil {
		return nil, err
	}
	if page.Ready, err = k.Views.Readiness(ctx); err != nil {
		return nil, err
	}
	for _, i := range all {
		if i.Closed {
			page.Earlier = append(page.Earlier, i)
			continue
		}
		one, err := k.card(c, s, i.Number)
		if err != nil {
			return nil, err
		}
		page.Open, s.Alarm = append(page.Open, one), true
	}
	return page, nil
}

func (k *Console) card(c *gin.Context, s *sheet.Sheet, number int) (card, error) {
	all, err := k.Views.Incident(c.Request.Context(), number)
	if err != nil {
		return card{}, err
	}
	one := card{Incident: all, Lead: all.CommanderName, Steps: (&page{Sheet: s, All: all}).steps()}
	for _, r := range all.Roles {
		if r.Role == "business_lead" && r.Holder != "" {
			one.Lead = r.HolderName
		}
	}
	for n, p := range all.Promises {
		if one.Next == nil || p.Due.Before(one.Next.Due) {
			one.Next = &all.Promises[n]
		}
	}
	return one, nil
}
