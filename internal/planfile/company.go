package planfile

import (
	"net/url"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

type companyShape struct {
	spot
	Name          text       `yaml:"name,need"`
	Languages     list[text] `yaml:"languages,need"`
	Timezone      text       `yaml:"timezone,need"`
	URL           setting    `yaml:"url,need"`
	HelpPhone     text       `yaml:"help_phone,need"`
	Conference    text       `yaml:"conference"`
	ConferencePIN text       `yaml:"conference_pin"`
	Chat          text       `yaml:"chat"`
	// Owners mend the plan; they are told of gaps ahead.
	Owners list[text] `yaml:"owners"`
	// HandoverNotice says whether people are texted when duty is handed over; they are, unless
	// it is false.
	HandoverNotice flag `yaml:"handover_notice"`
}

func (b *builder) company() {
	f := b.file.Company
	c := plan.Company{
		Name:          f.Name.value,
		Languages:     b.oneOf(f.Languages, "language", "de", "en"),
		Timezone:      f.Timezone.value,
		URL:           b.webAddress(f.URL.text),
		HelpPhone:     b.phone(f.HelpPhone, anyLine).Number,
		ConferencePIN: f.ConferencePIN.value,
	}
	if f.Languages.given() && len(f.Languages.items) == 0 {
		b.fail(f.Languages.spot, "is empty; name at least one of de and en")
	}
	b.zone(f.Timezone)
	if f.Conference.good && strings.HasPrefix(f.Conference.value, "http") {
		c.Conference = b.webAddress(f.Conference)
	} else {
		c.Conference = b.phone(f.Conference, anyLine).Number
	}
	if f.ConferencePIN.good && strings.Trim(f.ConferencePIN.value, "0123456789") != "" {
		b.fail(f.ConferencePIN.spot, "must be digits only; it is dialled")
	}
	c.Chat = b.webAddress(f.Chat)
	if f.given() && (!f.Conference.given() || !f.Chat.given()) {
		b.warn(f.spot, "taking part needs a call and a chat of the business group's own; name both, conference and chat")
	}
	for _, t := range f.Owners.items {
		if b.someone(t) && t.good {
			c.Owners = append(c.Owners, t.value)
		}
	}
	c.QuietHandovers = f.HandoverNotice.given() && !f.HandoverNotice.value
	b.plan.Company = c
	b.budget(f)
	b.plan.Minute = time.Minute
	b.plan.AnalysisWithin = b.file.AnalysisWithin.or(day)
	b.between(b.file.AnalysisWithin, time.Hour, 7*day, "the preliminary analysis is due soon after the incident")
	b.plan.Settle = b.file.Settle.or(3 * time.Second)
	b.between(b.file.Settle, time.Second, time.Minute, "it is how long an ambiguous send rests before it is looked up")
}

// Every page by text is 160 septets: company, number, link and codes are fixed, what happened
// and the role share the rest. smsFrame is the longer fixed part of the two languages without
// the company's name and address, for a number of four digits. internal/phrase owns the exact
// words and counts them; this is a guard in front of it.
const (
	smsLength = 160
	smsFrame  = 86
	smsFree   = 40
)

func (b *builder) budget(f companyShape) {
	if !f.Name.good || b.plan.Company.URL == "" {
		return
	}
	free := smsLength - smsFrame - septets(b.plan.Company.Name) - septets(b.plan.Company.URL)
	if free < smsFree {
		at := f.URL.spot
		if septets(b.plan.Company.Name) > septets(b.plan.Company.URL) {
			at = f.Name.spot
		}
		b.fail(at, "name and url together leave %d characters of a text message for what happened and for the role; %d are needed, so shorten them by %d", max(free, 0), smsFree, smsFree-free)
	}
}

// septets is the length of a text in the GSM alphabet. Characters outside of it count one,
// because texts replace them.
func septets(s string) int {
	n := 0
	for _, r := range s {
		n++
		if strings.ContainsRune("^{}\\[~]|€", r) {
			n++
		}
	}
	return n
}

// zone loads a time zone by its name.
func (b *builder) zone(t text) *time.Location {
	if !t.good {
		return nil
	}
	z, err := time.LoadLocation(t.value)
	if err != nil || t.value == "Local" {
		b.fail(t.spot, "there is no time zone %q; write a name such as Europe/Berlin or UTC", t.value)
		return nil
	}
	return z
}

// webAddress returns an address without its trailing slash.
func (b *builder) webAddress(t text) string {
	if !t.good {
		return ""
	}
	u, err := url.Parse(t.value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(t.value, " \n") {
		b.fail(t.spot, "%q is no web address; write it like https://example.com", t.value)
		return ""
	}
	if u.Scheme == "http" && !local(u) {
		b.warn(t.spot, "anybody on the way can read what goes through http; use https")
	}
	return strings.TrimRight(t.value, "/")
}

func local(u *url.URL) bool {
	return u.Hostname() == "localhost" || u.Hostname() == "::1" || strings.HasPrefix(u.Hostname(), "127.")
}
