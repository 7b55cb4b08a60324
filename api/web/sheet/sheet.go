package sheet

import (
	"cmp"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/api/visitor"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
)

// Sheet is what every page has: its language, its words, and what its forms carry.
type Sheet struct {
	Lang string
	// Styles are the names of the style sheets, Heading is the title in the browser's tab.
	Styles  []string
	Heading string
	// Inline is the style itself, for a page that is kept as a file.
	Inline template.CSS
	// Alarm turns the icon red, Works shows that something is being maintained.
	Alarm, Works bool
	// Still says that nothing of the page may depend on when it is read.
	Still bool
	// Key makes the forms of this very page harmless to repeat.
	Key string
	// Base is where the forms go, without the last part.
	Base string
	// Said is the sentence about what was just done or refused, and Bad whether it was refused.
	Said string
	Bad  bool
	// Typed are the words of a form that was refused. Again is the whole of it and AgainTo its
	// address, when trying it again may help.
	Typed   []string
	Again   url.Values
	AgainTo string
	// Me is whom the visitor must say to be before any form does anything, because machines press
	// the buttons of mails; empty means that they need not.
	Me string
	// As is the person for whom a stand-in acts; empty means whoever the act belongs to.
	As string
	// Edit shows the forms that want typing; such a page stands still.
	Edit bool
	Open bool
	// Path is where it is, to come back to.
	Path string
	// Visitor is who reads it.
	Visitor visitor.Visitor
	// Now is the time of all of the page.
	Now time.Time

	press *Press
	plan  plan.Plan
	clock *phrase.Words
}

// Style is the address of a style sheet or script.
func (s *Sheet) Style(name string) string { return s.press.Address(name) }

// Knows tells whether there is a text of that name.
func (s *Sheet) Knows(id string) bool { return s.press.words.ids[id] }

// Either is the first name if there is such a text, else the second.
func (s *Sheet) Either(id, other string) string {
	if s.Knows(id) {
		return id
	}
	return other
}

// Languages are those the page can be read in.
func (s *Sheet) Languages() []string { return Languages() }

// Lab is the address of the phone lab, or "".
func (s *Sheet) Lab() string { return s.press.LabURL }

// T is one of our texts; what it names comes as pairs of a name and a value.
func (s *Sheet) T(id string, pairs ...any) string {
	data := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		data[pairs[i].(string)] = pairs[i+1]
	}
	return s.press.words.say(s.Lang, id, data)
}

// Company is who speaks.
func (s *Sheet) Company() plan.Company { return s.plan.Company }

// Sender is the number that pages come from and replies go to.
func (s *Sheet) Sender() string { return s.plan.Channels.Pages.From }

// Grouped writes a phone number in groups, so that it can be read out.
func (s *Sheet) Grouped(number string) string {
	parsed, err := phonenumbers.Parse(number, "")
	if err != nil {
		return number
	}
	return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
}

// Pick chooses the words in the page's language, else in the company's, else any.
func (s *Sheet) Pick(byLang map[string]string, name string) string {
	for _, lang := range s.Order(slices.Sorted(maps.Keys(byLang))) {
		if byLang[lang] != "" {
			return byLang[lang]
		}
	}
	return s.Human(name)
}

// Order puts languages as this reader wants them.
func (s *Sheet) Order(known []string) []string {
	return slices.Concat([]string{s.Lang}, s.plan.Company.Languages, known)
}

// Human makes an id readable when the plan has no words for it.
func (s *Sheet) Human(id string) string { return strings.ReplaceAll(id, "_", " ") }

// Grade is how a grade of the score is called.
func (s *Sheet) Grade(name string) string {
	if id := "grade.as_" + name; s.Knows(id) {
		return s.T(id)
	}
	return s.Human(name)
}

// RoleName is how a role is called.
func (s *Sheet) RoleName(name string) string {
	r, _ := s.plan.RoleByName(name)
	return s.Pick(r.Title, name)
}

// PersonName is how a person is called.
func (s *Sheet) PersonName(person string) string {
	known, _ := s.plan.Person(person)
	return cmp.Or(known.Name, person)
}

// TaskWords is what a task asks for. Duties are in no plan; their words are ours.
func (s *Sheet) TaskWords(what map[string]string, id string) string {
	if s.press.words.ids["task."+id] {
		return s.T("task." + id)
	}
	return s.Pick(what, id)
}

// Quote puts somebody's words in quotation marks.
func (s *Sheet) Quote(words string) string { return s.T("quote", "Words", words) }

// Plan is the plan in force, for lists to choose from.
func (s *Sheet) Plan() plan.Plan { return s.plan }

// Minutes are the estimates that one press gives.
func (s *Sheet) Minutes() []int { return []int{5, 10, 20, 45} }

// Sought tells whether somebody is being looked for who takes the role.
func (s *Sheet) Sought(r view.Role) bool {
	return r.Holder == "" && r.State != view.NotAsked && r.State != view.StoodDown
}

// Web tells whether a link of the plan or an alert leads to a web page; nothing else is made a link.
func (s *Sheet) Web(link string) bool {
	return strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://")
}

// Words are what calls and texts are worded with.
func (s *Sheet) Words() *phrase.Words { return s.clock }

// Clock is a time as the company's clocks show it.
func (s *Sheet) Clock(at time.Time) string { return s.clock.Clock(at, s.Lang) }

// Day is a time with its date.
func (s *Sheet) Day(at time.Time) string { return s.clock.Date(at, s.Lang) }

// Updates is the number that updates are texted from.
func (s *Sheet) Updates() string { return s.plan.Channels.Updates.From }

// Own is what a language is called by those who speak it.
func (s *Sheet) Own(lang string) string { return s.press.words.say(lang, "language."+lang, nil) }

// Past tells whether a time has come.
func (s *Sheet) Past(at time.Time) bool { return !s.Still && !at.After(s.Now) }

// Ago is a clock time together with how long ago that is.
func (s *Sheet) Ago(at time.Time) string {
	if s.Still {
		return s.Clock(at)
	}
	return s.T("time.ago", "At", s.Clock(at), "Span", s.span(s.Now.Sub(at)))
}

// Until is a clock time together with how long it still is, or how long it has been over.
func (s *Sheet) Until(at time.Time) string {
	if s.Still {
		return s.Clock(at)
	}
	if s.Past(at) {
		return s.T("time.over", "At", s.Clock(at), "Span", s.span(s.Now.Sub(at)))
	}
	return s.T("time.in", "At", s.Clock(at), "Span", s.span(at.Sub(s.Now)))
}

// Took is the time between two instants.
func (s *Sheet) Took(from, to time.Time) string { return s.span(to.Sub(from)) }

// span is a length of time in the plan's minutes, which are shorter in demonstrations.
func (s *Sheet) span(d time.Duration) string {
	minute := cmp.Or(s.plan.Minute, time.Minute)
	n := int(d.Round(minute) / minute)
	switch {
	case n < 60:
		return s.T("time.minutes", "N", n)
	case n < 48*60:
		return s.T("time.hours", "H", n/60, "M", n%60)
	}
	return s.T("time.days", "N", n/60/24)
}

// Paragraphs takes a plain text apart: paragraphs of lines.
func (s *Sheet) Paragraphs(text string) [][]string {
	var all [][]string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if part = strings.Trim(part, "\n "); part != "" {
			all = append(all, strings.Split(part, "\n"))
		}
	}
	return all
}

// With hands a part of a page to a template together with the page's words.
func (s *Sheet) With(it any) Part { return Part{s, it} }

// Part is a piece of a page together with the page's words.
type Part struct {
	*Sheet
	It any
}
