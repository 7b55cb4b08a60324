package phrase

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// Wanted is a message to be written from the plan's templates.
type Wanted struct {
	Audience string
	Phase    plan.Phase
	Scope    plan.Scope
	// Known are the facts of the briefing by plan.TemplateFields, as they are said in a language,
	// and the incident's Number. What the company itself always says need not be there.
	Known func(language string) map[string]string
	// Told are the elements that the audience was told before.
	Told map[string]string
}

// Draft is a message in every language of the company. Carries are the elements it has, each
// with a name of what it says.
type Draft struct {
	Texts   []effect.Text
	Carries map[string]string
}

// Draft fills the templates of an audience in every language of the company. A template that
// names something no briefing asks for is an error.
func (w *Words) Draft(in Wanted) (Draft, error) {
	draft := Draft{Carries: map[string]string{}}
	var letters []letter
	for _, lang := range w.plan.Company.Languages {
		// Without a template there is nothing to say yet; a person writes the text.
		t := w.latest(in, lang)
		l, err := w.letter(t, lang, w.facets(in, lang))
		if err != nil {
			return Draft{}, fmt.Errorf("the text for %s in %s, %s: %w", in.Audience, in.Phase, lang, err)
		}
		for _, e := range l.said {
			// What is news is decided once for all languages.
			draft.Carries[e.Name] = cmp.Or(draft.Carries[e.Name], e.Is)
		}
		letters = append(letters, l)
	}
	for _, l := range letters {
		for i, e := range l.said {
			l.said[i].Is = draft.Carries[e.Name]
		}
		draft.Texts = append(draft.Texts, l.text(in.Told))
	}
	for _, l := range letters {
		for _, name := range comms.Shown(in.Phase, l.shown) {
			draft.Carries[name] = cmp.Or(draft.Carries[name], "shown")
		}
	}
	return draft, nil
}

// latest is the template of the phase. An audience that the plan tells nothing in this phase may
// have been promised an update all the same: it gets the words of the phase before.
func (w *Words) latest(in Wanted, lang string) plan.Template {
	t, ok := w.plan.Template(in.Audience, in.Phase, lang, in.Scope)
	for i := slices.Index(w.plan.Phases, in.Phase) - 1; i >= 0 && !ok; i-- {
		t, ok = w.plan.Template(in.Audience, w.plan.Phases[i], lang, in.Scope)
	}
	return t
}

// letter is a template filled in, in one language.
type letter struct {
	language, subject, body, lead, end, more string

	said []comms.Element
	// shown are the fields that the text shows a fact for.
	shown []string
}

func (w *Words) letter(t plan.Template, lang string, all map[string]string) (letter, error) {
	l := letter{language: lang, more: w.say(w.language(lang), "message.more", struct{ Link string }{all["Link"]})}
	unknown := w.say(w.language(lang), "common.unknown", nil)
	for _, s := range t.Say {
		fields := Fields(s.Line)
		if e, ok := said(s, fields, all); ok {
			l.said = append(l.said, e)
			l.shown = append(l.shown, fields...)
		}
	}
	l.shown = append(l.shown, Fields(t.Lead+t.Body+t.Close)...)
	l.shown = slices.DeleteFunc(l.shown, func(f string) bool { return all[f] == "" })
	// Not knowing is an answer, leaving out is not (R65).
	for _, f := range plan.TemplateFields() {
		all[f.Name] = cmp.Or(all[f.Name], unknown)
	}
	var err error
	fill := func(text string) string {
		filled, wrong := fill(text, all)
		err = cmp.Or(err, wrong)
		return strings.TrimSpace(filled)
	}
	for i := range l.said {
		l.said[i].Line = line(fill(l.said[i].Line), 2*maxFact)
	}
	l.subject, l.body, l.lead, l.end = line(fill(t.Subject), 150), fill(t.Body), fill(t.Lead), fill(t.Close)
	l.more = cmp.Or(line(fill(t.More), 120), l.more)
	return l, err
}

// said is an element with the template's line, and whether anything is known of it. A line
// without facts of the briefing always is.
func said(s plan.Say, fields []string, all map[string]string) (comms.Element, bool) {
	var told []string
	asked := false
	for _, f := range fields {
		if !always[f] {
			asked = true
			told = append(told, all[f])
		}
	}
	if asked && strings.Join(told, "") == "" {
		return comms.Element{}, false
	}
	if !asked {
		told = []string{s.Line}
	}
	return comms.Element{Name: s.Element, Line: s.Line, Is: comms.Digest(told...)}, true
}

// text arranges what is said. What was told before follows after a blank line.
func (l letter) text(told map[string]string) effect.Text {
	t := effect.Text{Language: l.language, Subject: l.subject}
	news, known := comms.Arrange(l.said, told)
	if t.Body = l.body; t.Body == "" {
		t.Body = paragraphs(l.lead, lines(news), lines(known), l.end)
	}
	// The opening is a courtesy; a phone has no room for it.
	t.Short = comms.Shorten(cmp.Or(l.body, paragraphs(lines(news), lines(known), l.end), l.lead), comms.ShortLimit, l.more)
	return t
}

func lines(all []comms.Element) string {
	var b strings.Builder
	for _, e := range all {
		b.WriteString(e.Line + "\n")
	}
	return strings.TrimSpace(b.String())
}

func paragraphs(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(p string) bool { return p == "" }), "\n\n")
}

// always are the fields that need no briefing to be known.
var always = map[string]bool{"Company": true, "Number": true, "Title": true, "NextUpdate": true, "Spokesperson": true}

// facets are the facts of every field: what people and alerts said, clean, and what only the
// company says. What is not known is empty.
func (w *Words) facets(in Wanted, lang string) map[string]string {
	all := map[string]string{}
	known := in.Known(lang)
	for _, f := range plan.TemplateFields() {
		all[f.Name] = Fact(known[f.Name])
	}
	all["Title"] = title(all["Title"], 100)
	all["What"] = cmp.Or(all["What"], all["Title"])
	all["Services"] = cmp.Or(all["Services"], w.services(in.Scope, lang))
	all["Company"], all["NextUpdate"], all["Spokesperson"], all["Link"] = w.company, comms.NextUpdatePlace, w.company, ""
	audience, _ := w.plan.Audience(in.Audience)
	if audience.Spokesperson != "" {
		all["Spokesperson"] = comms.SpokespersonPlace
	}
	if slices.Contains(audience.Send, plan.SendStatusPage) {
		all["Link"] = w.plan.Company.URL + "/status" // nobody else may read it
	}
	return all
}

// services are what people call the services of an incident.
func (w *Words) services(s plan.Scope, lang string) string {
	var said []string
	for _, t := range w.plan.Services {
		if slices.Contains(s.Services, t.Name) {
			said = append(said, w.pick(t.Title, lang, t.Name))
		}
	}
	return strings.Join(said, ", ")
}

// maxFact bounds one fact in a message, in characters.
const maxFact = 1000

// inert takes from a fact what could be read as a place that is filled when the text goes out.
var inert = strings.NewReplacer("{", "(", "}", ")")

// Fact is how messages show what somebody said: as one clean line.
func Fact(s string) string { return inert.Replace(line(s, maxFact)) }

var (
	action = regexp.MustCompile(`\{\{.*?\}\}`)
	field  = regexp.MustCompile(`\.([A-Z]\w*)`)
)

// Fields returns the fields that a template names, each once.
func Fields(text string) []string {
	var all []string
	for _, a := range action.FindAllString(text, -1) {
		for _, f := range field.FindAllStringSubmatch(a, -1) {
			if !slices.Contains(all, f[1]) {
				all = append(all, f[1])
			}
		}
	}
	return all
}

func fill(text string, facts map[string]string) (string, error) {
	t, err := template.New("message").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("correct the template: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, facts); err != nil {
		return "", fmt.Errorf("correct the template: %w", err)
	}
	return b.String(), nil
}
