package phrase

import (
	"strings"

	"github.com/stormbell/stormbell/domain/notice"
)

// maxSeptets is one SMS; a second part may arrive alone, or first.
const maxSeptets = 160

// tokenLength is how long the last part of a personal link is.
const tokenLength = 12

// SMS returns a notice as one text message of at most 160 septets, the company first. When
// it would be longer, the title is cut, then role, audience and task; link and codes are not.
func (w *Words) SMS(n notice.Notice, to To) string {
	f, lang := w.gather(n, to)
	return w.sms(lang, key(n.Kind, "sms"), &f)
}

// Open lists several open requests of one phone by letter: each notice's Letter, Role and
// Incident. When the list is too long for one message, the link says which is which.
func (w *Words) Open(open []notice.Notice, to To) string {
	all := notice.Notice{Kind: notice.TwoOpen, Count: len(open)}
	f, lang := w.gather(all, to)
	var take, pass []string
	for _, n := range open {
		take = append(take, w.say(lang, "two_open.item", facts{
			Letter: "1" + n.Letter, Role: cut(w.roleTitle(n.Role, lang), 20, septets), Incident: n.Incident,
		}))
		pass = append(pass, "2"+n.Letter)
		f.Drill = f.Drill || n.Drill
	}
	f.List, f.Letter = strings.Join(take, ", "), strings.Join(pass, "/")
	f.Tag = w.say(lang, "common.tag", f)
	if text := Normalize(w.say(lang, "two_open.list", f)); septets(text) <= maxSeptets {
		return text
	}
	return w.SMS(all, to)
}

// Room returns how many septets a page leaves for title and role, in the language that
// leaves least. Below 40 the company's name or address is too long.
func (w *Words) Room() int {
	room := maxSeptets
	for _, lang := range w.plan.Company.Languages {
		f, lang := w.gather(notice.Notice{Kind: notice.Page, Incident: 9999}, To{
			Language: lang, Link: w.plan.Company.URL + "/r/" + strings.Repeat("X", tokenLength),
		})
		room = min(room, maxSeptets-septets(w.say(lang, "page.sms", f)))
	}
	return room
}

func (w *Words) sms(lang, id string, f *facts) string {
	render := func() string {
		text := strings.Join(strings.Fields(Normalize(w.say(lang, id, *f))), " ")
		if strings.HasSuffix(text, ":") { // the link is missing
			text = strings.TrimSuffix(text, ":") + "."
		}
		return text
	}
	slots := []slot{{&f.Title, 20}, {&f.Audience, 12}, {&f.Other, 8}, {&f.Next, 8}}
	if f.Task != "" {
		// What is to be done says more than as whom; and in German its verb comes last.
		slots = append(slots, slot{&f.Role, 0})
	}
	slots = append(slots,
		slot{&f.Role, 20}, slot{&f.Name, 0}, slot{&f.Task, 16}, slot{&f.Role, 12}, slot{&f.Title, 0},
		slot{&f.Task, 1}, slot{&f.Audience, 1}, slot{&f.Role, 1}, slot{&f.Other, 1},
	)
	text := fit(maxSeptets, septets, render, slots...)
	if septets(text) > maxSeptets {
		// Only an address far longer than a plan may have gets here: half a link is worth
		// nothing, the codes alone still are.
		f.Link = ""
		text = cut(render(), maxSeptets, septets)
	}
	return text
}
