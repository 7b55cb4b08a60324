package main

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/browser"
)

// The reference incident, played through a browser alone: from opening it by hand to the last
// thing that is started again, with a picture of every step.
func TestBrowser_referenceIncident(t *testing.T) {
	for _, language := range []string{"en", "de"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel() // it mostly waits
			newPlay(t, language).whole()
		})
	}
}

// play is a night seen through browsers: a desk with the console, and a phone for personal pages.
type play struct {
	*night
	language    string
	desk, phone *browser.Tab
	step        int
}

// newPlay starts a company that speaks one language.
func newPlay(t *testing.T, language string) *play {
	t.Helper()
	b := browser.Start(t)
	n := newPlan(t)
	plan := regexp.MustCompile(`language: (en|de) `).ReplaceAll(mustRead(t, n.plan), []byte("language: "+language+" "))
	require.NoError(t, os.WriteFile(n.plan, plan, 0o600))
	n.solo("5")
	return &play{
		night: n, language: language,
		desk:  b.Open(t, browser.Look{Base: n.base, Language: language}),
		phone: b.Open(t, browser.Look{Base: n.base, Language: language, Width: 390, Height: 844, NoScript: true}),
	}
}

// shoot keeps a picture of a step under its number.
func (p *play) shoot(tab *browser.Tab, name string) {
	p.t.Helper()
	p.step++
	tab.Shoot(fmt.Sprintf("incident/%02d-%s-%s", p.step, name, p.language))
}

// says waits until a tab that is loaded again says something in the play's language.
func (p *play) says(tab *browser.Tab, path, english, german string) {
	p.t.Helper()
	want := map[string]string{"en": english, "de": german}[p.language]
	p.until(path+" says "+want, func() bool { tab.Goto(path); return strings.Contains(tab.Text(), want) })
}

var personalLink = regexp.MustCompile(`/r/[A-Za-z0-9]+`)

// opens goes to somebody's own page by the latest link that they were sent.
func (p *play) opens(person string) {
	p.t.Helper()
	link := ""
	p.until(person+" is sent a link", func() bool {
		for _, m := range p.night.phone(person).Messages {
			if found := personalLink.FindString(m.Body); found != "" {
				link = found
			}
		}
		return link != ""
	})
	require.Equal(p.t, http.StatusOK, p.phone.Goto(link))
}

// does opens the page of whoever holds a role, and presses a button there as soon as it is there.
func (p *play) does(role, act string, pairs ...string) {
	p.t.Helper()
	holder := ""
	p.until(role+" is held", func() bool { holder, _, _ = p.view().role(role); return holder != "" })
	p.presses(holder, act, pairs...)
}

func (p *play) presses(person, act string, pairs ...string) {
	p.t.Helper()
	p.until(person+" can "+act, func() bool { p.opens(person); return p.phone.Offers(act, pairs...) })
	p.phone.Submit(act, pairs...)
	require.NotContains(p.t, p.phone.Path(), "refused=", "%s %s:\n%s", act, person, p.phone.Text())
}

// takes lets whoever is asked for a role take it on their own page.
func (p *play) takes(role string) {
	p.t.Helper()
	asked := []string{}
	p.until(role+" is asked for", func() bool { _, _, asked = p.view().role(role); return len(asked) > 0 })
	p.presses(asked[0], "accept", "role", role)
	p.until(role+" is held", func() bool { holder, _, _ := p.view().role(role); return holder == asked[0] })
}

// letter lets whoever holds a role do something to a text on the page of that text.
func (p *play) letter(role, audience, phase, act string, pairs ...string) {
	p.t.Helper()
	holder := ""
	p.until(role+" is held", func() bool { holder, _, _ = p.view().role(role); return holder != "" })
	pairs = append([]string{"audience", audience, "phase", phase}, pairs...)
	p.until(holder+" can "+act, func() bool {
		p.opens(holder)
		p.phone.Goto(p.phone.Path() + "/m/" + audience + "/" + phase)
		return p.phone.Offers(act, pairs...)
	})
	p.phone.Submit(act, pairs...)
	require.NotContains(p.t, p.phone.Path(), "refused=", "%s:\n%s", act, p.phone.Text())
}

// console goes to a page of the incident at the desk and presses a button there.
func (p *play) console(page, act string, pairs ...string) {
	p.t.Helper()
	p.until("the desk can "+act, func() bool { p.desk.Goto("/i/1/" + page); return p.desk.Offers(act, pairs...) })
	p.shoot(p.desk, "desk-"+act)
	p.desk.Submit(act, pairs...)
	require.NotContains(p.t, p.desk.Path(), "refused=", "%s:\n%s", act, p.desk.Text())
}

// overview keeps a picture of the incident at the desk.
func (p *play) overview(name string) {
	p.t.Helper()
	p.desk.Goto("/i/1")
	require.Equal(p.t, p.language, browser.Eval[string](p.desk, `document.documentElement.lang`))
	p.shoot(p.desk, name)
}

// publishes brings a text through its whole loop by the pages of those who have it in hand.
func (p *play) publishes(audience, phase string) {
	p.t.Helper()
	p.letter("technical_slt", audience, phase, "submit")
	p.letter("customer_liaison", audience, phase, "agree", "role", "customer_liaison")
	for _, role := range []string{"legal_officer", "messaging_officer"} {
		p.letter(role, audience, phase, "agree", "role", role)
	}
	p.shoot(p.phone, "agreed")
	p.letter("elt_approver", audience, phase, "approve", "pin", pin)
	p.shoot(p.phone, "approved")
	p.letter("incident_commander", audience, phase, "release")
	p.until("it is sent", func() bool { return p.loop(audience, phase) == "sent" })
}

const pin = "2749"

// prepares lets somebody choose their PIN, by the link of an invitation that the desk sends them.
func (p *play) prepares(person string) {
	p.t.Helper()
	p.desk.Goto("/people/" + person)
	p.desk.Submit("invite")
	p.shoot(p.desk, "invited")
	settings := ""
	p.until("the link to the settings is sent", func() bool {
		for _, m := range p.night.phone(person).Messages {
			if found := settingsLink.FindString(m.Body); found != "" {
				settings = found
			}
		}
		return settings != ""
	})
	p.phone.Goto(settings)
	p.phone.Submit("pin", "pin", pin, "again", pin)
	require.NotContains(p.t, p.phone.Path(), "refused=", p.phone.Text())
	p.shoot(p.phone, "first-pin")
}

var settingsLink = regexp.MustCompile(`/me/[A-Za-z0-9]+`)

// whole is the night, from the first suspicion to the day after.
func (p *play) whole() {
	p.desk.Goto("/")
	p.shoot(p.desk, "calm")
	p.prepares("eva")
	p.desk.Goto("/")
	p.desk.Submit("i", "title", map[string]string{"en": "Checkout is down", "de": "Kasse gestört"}[p.language], "visibility", "core", "impact", "most")
	p.overview("opened")
	p.takes("technical_slt")
	p.shoot(p.phone, "taken")
	p.console("declare", "declare", "reason", "customers cannot pay")
	p.takes("business_lead")
	p.takes("customer_liaison")
	for _, role := range []string{"business_lead", "customer_liaison", "technical_slt"} {
		p.does(role, "attend", "role", role)
	}
	p.overview("everybody-is-here")
	p.does("customer_liaison", "brief", "answer.triggering_error", "Payments fail", "answer.customers_affected", "Four in ten", "unknown.worst_case", "1")
	p.shoot(p.phone, "briefed")
	p.does("technical_slt", "confirm")
	p.until("emergency mode", func() bool { return p.mode() == "emergency" })
	for _, role := range []string{"marketing_officer", "social_officer", "legal_officer", "messaging_officer", "elt_approver"} {
		p.takes(role)
	}
	p.overview("emergency")
	p.does("marketing_officer", "minutes", "task", "stop_campaigns", "minutes", "20")
	p.shoot(p.phone, "minutes")
	p.does("marketing_officer", "done", "task", "stop_campaigns")
	p.shoot(p.phone, "halted")

	p.publishes("internal", "investigation")
	p.says(p.desk, "/status", "Next message by", "Nächste Meldung bis")
	p.shoot(p.desk, "status")
	p.overview("published")
	p.console("phase", "phase", "phase", "identification")
	p.until("the phase moved on", func() bool { return p.view().Phase == "identification" })
	p.console("resolve", "resolve", "reason", "The release is taken back")
	p.until("resolved", func() bool { return p.view().Phase == "resolution" })
	p.publishes("internal", "resolution")
	for _, audience := range []string{"strategic", "customers"} {
		p.console("m/"+audience+"/resolution", "skip", "reason", "told by phone")
	}
	p.until("what was stopped is started again", func() bool { return p.task("undo_stop_campaigns") != "" && p.task("undo_stop_campaigns") != "waiting" })
	p.overview("restoring")
	p.does("marketing_officer", "done", "task", "undo_stop_campaigns")
	p.until("normal business", func() bool { return p.mode() == "normal" })
	p.console("t/preliminary_analysis", "done", "task", "preliminary_analysis")
	p.until("analysis", func() bool { return p.view().Phase == "analysis" })
	p.console("phase", "phase", "phase", "publishing")
	p.until("closed", func() bool { return p.view().Closed })
	p.overview("closed")
	p.desk.Goto("/i/1/report")
	p.shoot(p.desk, "report")
	p.opens("ben")
	p.shoot(p.phone, "ended")
}
