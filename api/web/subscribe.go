package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/web/deed"
	"github.com/stormbell/stormbell/api/web/sheet"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/internal/record"
)

// subscribePage is where updates are asked for.
type subscribePage struct {
	*sheet.Sheet
	// Ways are the channels there are.
	Ways []string
	// Wishes are what updates can be limited to.
	Wishes []choice
}

// choice is one option of a list.
type choice struct{ Value, Words string }

// Domains are those of the addresses that may subscribe.
func (p subscribePage) Domains() string { return strings.Join(p.Sheet.Plan().Status.Domains, ", ") }

// ways are the channels of updates that the plan has.
func ways(p plan.Plan) []string {
	all := []string{act.ByMail}
	if p.Channels.Updates.From != "" {
		all = append(all, act.ByText)
	}
	if p.Channels.Chat.Has() {
		all = append(all, act.ByChat)
	}
	return all
}

// choices are what updates can be limited to: a form's one field for service, region and incident.
func choices(s *sheet.Sheet, current []view.Told) []choice {
	all := []choice{{"", s.T("updates.everything")}}
	for _, i := range current {
		all = append(all, choice{"incident:" + strconv.Itoa(i.Number), s.T("updates.only_incident", "Number", i.Number, "Title", i.Title)})
	}
	for _, t := range s.Plan().Services {
		all = append(all, choice{"service:" + t.Name, s.T("updates.only_service", "Name", s.Pick(t.Title, t.Name))})
	}
	for _, t := range s.Plan().Regions {
		all = append(all, choice{"region:" + t.Name, s.T("updates.only_region", "Name", s.Pick(t.Title, t.Name))})
	}
	return all
}

// wishOf reads such a choice.
func wishOf(f deed.Form, lang string) (record.Subscriber, error) {
	w := record.Subscriber{Channel: f.Text("by"), Address: f.Text("address"), Language: lang}
	kind, name, _ := strings.Cut(f.Text("about"), ":")
	var err error
	switch kind {
	case "":
	case "service":
		w.Service = name
	case "region":
		w.Region = name
	case "incident":
		w.Incident, err = strconv.Atoi(name)
	default:
		err = errors.New("no such wish")
	}
	if err != nil {
		return w, refusal.New(refusal.Invalid, "choose what the updates are about")
	}
	return w, nil
}

func (p *Pages) showSubscribe(c *gin.Context) {
	if !p.admitted(c) {
		p.showStatus(c) // which says so
		return
	}
	status, _, err := p.status(c.Request.Context())
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s := p.press.Sheet(c, sheet.PageStyle)
	s.Heading, s.Base = s.T("updates.title", "Company", s.Plan().Company.Name), "/status"
	answer(s, c)
	p.set.Draw(c, http.StatusOK, "subscribe", subscribePage{Sheet: s, Ways: ways(s.Plan()), Wishes: choices(s, status.Current)})
}

// answer puts on a page what the one before it led to, in words of ours.
func answer(s *sheet.Sheet, c *gin.Context) {
	if code := c.Query("refused"); code != "" {
		s.Bad, s.Said = true, s.T(s.Either("updates_refused."+code, s.Either("refused."+code, "refused.internal")))
		return
	}
	if id := "updates_said." + c.Query("said"); s.Knows(id) {
		s.Said = s.T(id)
	}
}

// postSubscribe asks an address whether it wants updates. What it answers is the same for
// addresses that are known, are not, or may not.
func (p *Pages) postSubscribe(c *gin.Context) {
	if !p.admitted(c) {
		p.showStatus(c)
		return
	}
	lang := p.press.Wished(c.Request)
	f, err := deed.Read(c.Writer, c.Request)
	var w record.Subscriber
	if err == nil {
		lang = sheet.Preferred(f.Text("language"), lang)
		w, err = wishOf(f, lang)
	}
	if err == nil {
		err = p.Desk.Subscribe(c.Request.Context(), w)
	}
	said := deed.Ended(c, p.Logger, "asked", f, err).Said
	said.Set("lang", lang)
	c.Redirect(http.StatusSeeOther, "/status/subscribe?"+said.Encode())
}

// confirmPage is where the link of the question leads.
type confirmPage struct {
	*sheet.Sheet
	record.Subscription
	// Agreed: the address has agreed. Reason is why nothing comes all the same.
	Agreed bool
	// Leave is where it ends again.
	Leave string
	// Lifted are the reasons that the confirmation undid and that are worth a word.
	Lifted []string
}

func (p *Pages) showConfirm(c *gin.Context) {
	ctx := c.Request.Context()
	found, err := p.Record.SubscriptionByToken(ctx, c.Param("token"))
	late := err == nil && found.ConfirmedAt.IsZero() && !found.AskedAt.After(p.Now().Add(-record.ConfirmWithin))
	if errors.Is(err, record.ErrNotFound) || late {
		s := p.press.Sheet(c, sheet.PageStyle)
		s.Heading = s.T("updates.expired")
		p.set.Draw(c, http.StatusGone, "updates-expired", s)
		return
	}
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s := p.press.In(c, sheet.Preferred(c.Query("lang"), found.Language), sheet.PageStyle)
	s.Heading, s.Base = s.T("updates.confirm"), "/c/"+c.Param("token")
	answer(s, c)
	page := confirmPage{Sheet: s, Subscription: found, Agreed: !found.ConfirmedAt.IsZero()}
	for _, reason := range c.Request.URL.Query()["lifted"] {
		if s.Knows("updates_lifted." + reason) {
			page.Lifted = append(page.Lifted, s.T("updates_lifted."+reason))
		}
	}
	p.set.Draw(c, http.StatusOK, "confirm", page)
}

// postConfirm takes somebody's word that they want updates. Machines that press buttons do not
// tick boxes, so that no mail gateway ever subscribes anybody.
func (p *Pages) postConfirm(c *gin.Context) {
	f, err := deed.Read(c.Writer, c.Request)
	to := url.Values{"said": {"confirmed"}}
	switch {
	case err == nil && f.Get(humanField) != "yes":
		to = url.Values{"refused": {"unticked"}}
	case err == nil:
		var lifted []record.Suppression
		_, lifted, err = p.Record.ConfirmSubscription(c.Request.Context(), c.Param("token"))
		for _, x := range lifted {
			to.Add("lifted", x.Reason)
		}
	}
	if err != nil && !errors.Is(err, record.ErrNotFound) && !errors.Is(err, record.ErrExpired) {
		deed.Ended(c, p.Logger, "confirm", f, err)
		to = url.Values{"refused": {"unavailable"}}
	}
	c.Redirect(http.StatusSeeOther, "/c/"+c.Param("token")+"?"+to.Encode())
}

// leavePage is where updates end: the page behind every unsubscribe link.
type leavePage struct {
	*sheet.Sheet
	record.UpdatesLink
	// All and This say what is stopped already, Shared that nobody can stop it alone. Reason is
	// another reason for which nothing comes.
	All, This, Shared bool
	Reason            string
}

func (p *Pages) updatesLink(c *gin.Context) (link record.UpdatesLink, good bool) {
	link, err := p.Record.ByUnsubscribeToken(c.Request.Context(), c.Param("token"))
	switch {
	case errors.Is(err, record.ErrNotFound):
		s := p.press.Sheet(c, sheet.PageStyle)
		s.Heading = s.T("updates.unknown")
		p.set.Draw(c, http.StatusGone, "updates-unknown", s)
	case err != nil:
		sheet.Fail(c, err)
	default:
		return link, true
	}
	return link, false
}

func (p *Pages) showLeave(c *gin.Context) {
	if link, good := p.updatesLink(c); good {
		p.drawLeave(c, http.StatusOK, link)
	}
}

func (p *Pages) drawLeave(c *gin.Context, status int, link record.UpdatesLink) {
	why, err := p.Record.Suppressions(c.Request.Context(), link.Destination)
	if err != nil {
		sheet.Fail(c, err)
		return
	}
	s := p.press.Sheet(c, sheet.PageStyle)
	s.Heading, s.Base = s.T("leave.title", "Company", s.Plan().Company.Name), "/u/"+c.Param("token")
	answer(s, c)
	page := leavePage{Sheet: s, UpdatesLink: link, Shared: p.Desk.Shared(link.Destination)}
	for _, x := range why {
		switch {
		case x.Reason == record.Unsubscribed:
			page.All = true
		case x.Reason == record.StoppedIncident:
			page.This = page.This || x.Incident == link.Incident && link.Incident > 0
		case page.Reason == "" && x.Incident == 0:
			page.Reason = x.Reason
		}
	}
	p.set.Draw(c, status, "leave", page)
}

// postLeave stops updates, or undoes that. A mail program that posts by itself (RFC 8058) stops
// them all and is answered at once, for it follows no redirect.
func (p *Pages) postLeave(c *gin.Context) {
	link, good := p.updatesLink(c)
	if !good {
		return
	}
	f, err := deed.Read(c.Writer, c.Request)
	ctx, do, oneClick := c.Request.Context(), f.Text("do"), f.Get("List-Unsubscribe") == "One-Click"
	said := "left_" + do
	if err == nil {
		switch {
		case oneClick:
			err = p.Desk.StopUpdates(ctx, link, true)
		case do == "undo":
			err = p.Desk.ResumeUpdates(ctx, link)
		case do == "all" || do == "incident":
			said, err = p.stop(ctx, link, do)
		default:
			err = refusal.New(refusal.Invalid, "press one of the buttons")
		}
	}
	o := deed.Ended(c, p.Logger, said, f, err)
	if oneClick {
		p.drawLeave(c, o.Status(), link)
		return
	}
	c.Redirect(http.StatusSeeOther, "/u/"+c.Param("token")+"?"+o.Said.Encode())
}

// stop stops updates, and says whether there were any to stop.
func (p *Pages) stop(ctx context.Context, link record.UpdatesLink, what string) (said string, err error) {
	why, err := p.Record.Suppressions(ctx, link.Destination)
	if err != nil {
		return "", err
	}
	off := slices.ContainsFunc(why, func(x record.Suppression) bool {
		return x.Reason == record.Unsubscribed || what == "incident" && x.Reason == record.StoppedIncident && x.Incident == link.Incident
	})
	if off {
		return "left_already", nil
	}
	return "left_" + what, p.Desk.StopUpdates(ctx, link, what == "all")
}
