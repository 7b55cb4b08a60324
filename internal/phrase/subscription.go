package phrase

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// OptIn is what somebody is asked before they get updates.
type OptIn struct {
	Language string
	// Service, Region and Incident are what the updates are limited to; empty and 0 for no limit.
	Service, Region string
	Incident        int
	// Link is the page with the button.
	Link string
}

// optIn is what the words can name.
type optIn struct {
	Company, Scope, Every, Link string
}

func (w *Words) optIn(o OptIn) (optIn, string) {
	lang := w.language(o.Language)
	return optIn{Company: w.company, Scope: w.Wish(o), Every: w.often(), Link: o.Link}, lang
}

// Wish says what somebody wants updates about.
func (w *Words) Wish(o OptIn) string {
	lang := w.language(o.Language)
	title := func(topics []plan.Topic, name string) string {
		i := slices.IndexFunc(topics, func(t plan.Topic) bool { return t.Name == name })
		if i < 0 {
			return line(name, 60)
		}
		return line(w.pick(topics[i].Title, lang, name), 60)
	}
	return w.say(lang, "subscription.wish", map[string]any{
		"Incident": o.Incident, "Service": title(w.plan.Services, o.Service), "Region": title(w.plan.Regions, o.Region),
	})
}

// often is how long updates are apart while something lasts.
func (w *Words) often() string {
	shortest := time.Duration(0)
	for _, a := range w.plan.Audiences {
		every := w.plan.Cadence.Updates[a.Name]
		if a.Subscribers && every > 0 && (shortest == 0 || every < shortest) {
			shortest = every
		}
	}
	return w.span(cmp.Or(shortest, 30*cmp.Or(w.plan.Minute, time.Minute)))
}

// Expect says what will come and how often.
func (w *Words) Expect(o OptIn) string {
	f, lang := w.optIn(o)
	return w.say(lang, "subscription.expect", f)
}

// OptInMail asks an address whether it wants updates.
func (w *Words) OptInMail(o OptIn) Mail {
	f, lang := w.optIn(o)
	s := sheet{Lang: lang, Heading: w.say(lang, "subscription.heading", f), Link: o.Link, Button: w.say(lang, "subscription.button", f)}
	s.add(w.say(lang, "subscription.mail", f))
	s.add(w.say(lang, "subscription.expect", f))
	s.Small = []string{w.say(lang, "subscription.not_you", f)}
	m := s.mail()
	m.Subject = line(w.say(lang, "subscription.subject", f), 150)
	m.Headers = map[string]string{"Auto-Submitted": "auto-generated", suppress: "All"}
	return m
}

// OptInSMS asks a phone, in at most 160 septets.
func (w *Words) OptInSMS(o OptIn) string {
	f, lang := w.optIn(o)
	render := func() string {
		return strings.Join(strings.Fields(Normalize(w.say(lang, "subscription.sms", f))), " ")
	}
	return fit(maxSeptets, septets, render, slot{&f.Scope, 12}, slot{&f.Company, 12})
}

// OptInChat asks somebody in the chat: a title and what stands below it.
func (w *Words) OptInChat(o OptIn) (title, body, button string) {
	f, lang := w.optIn(o)
	return w.say(lang, "subscription.heading", f), w.say(lang, "subscription.mail", f) + "\n\n" + w.say(lang, "subscription.expect", f), w.say(lang, "subscription.button", f)
}
