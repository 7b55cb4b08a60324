package planfile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/plan"
)

// messageShape is one text: a body, or what it says one by one, the most important first.
type messageShape struct {
	spot
	Subject text       `yaml:"subject,need"`
	Body    text       `yaml:"body"`
	Lead    text       `yaml:"lead"`
	Say     dict[text] `yaml:"say"`
	Close   text       `yaml:"close"`
	More    text       `yaml:"more"`
}

// messagesShape are texts by audience, phase and language.
type messagesShape = dict[dict[dict[messageShape]]]

func (b *builder) messages() {
	b.texts(b.file.Messages, "")
	topics := slices.Concat(b.file.Services.keys(), b.file.Modes.keys())
	for _, e := range b.file.MessagesFor.entries {
		if !slices.Contains(topics, e.key.value) {
			b.warn(e.key.spot, "is never sent; there is no service or failure mode %q%s", e.key.value, suggestion(e.key.value, topics))
		}
		b.texts(e.value, e.key.value)
	}
	b.owed()
}

// texts reads the texts kept for a service or failure mode, or for every incident.
func (b *builder) texts(all messagesShape, topic string) {
	audiences, phases := b.file.Audiences.keys(), append(values(b.file.Phases), string(plan.Holding))
	for _, a := range all.entries {
		b.known(a.key, "audience", audiences)
		for _, ph := range a.value.entries {
			if b.known(ph.key, "phase among those that owe messages", phases) && b.skips(a.key.value, ph.key.value) {
				b.warn(ph.key.spot, "is never sent; %s skips this phase", a.key.value)
			}
			for _, l := range ph.value.entries {
				b.known(l.key, "language", b.plan.Company.Languages)
				t := plan.Template{Audience: a.key.value, Phase: plan.Phase(ph.key.value), Language: l.key.value, For: topic}
				b.message(l.value, &t)
				b.plan.Templates = append(b.plan.Templates, t)
			}
		}
	}
}

// message reads one text.
func (b *builder) message(f messageShape, t *plan.Template) {
	t.Subject, t.Body, t.More = strings.TrimSpace(f.Subject.value), f.Body.value, strings.TrimSpace(f.More.value)
	t.Lead, t.Close = strings.TrimSpace(f.Lead.value), strings.TrimSpace(f.Close.value)
	for _, one := range []text{f.Subject, f.More} {
		b.template(one)
		b.single(one)
	}
	switch {
	case f.Body.given() && (f.Say.given() || f.Lead.given() || f.Close.given()):
		b.fail(f.Body.spot, "stands beside lead, say or close; write either the whole body or its parts")
		return
	case !f.Body.given() && len(f.Say.entries) == 0:
		b.fail(f.spot, "body or say is missing; write the whole text, or what it says one by one")
		return
	}
	parts := []text{f.Body, f.Lead, f.Close}
	for _, e := range f.Say.entries {
		b.identifier(e.key)
		t.Say = append(t.Say, plan.Say{Element: e.key.value, Line: strings.TrimSpace(e.value.value)})
		b.single(e.value)
		b.plainPlaces(e.value)
		parts = append(parts, e.value)
	}
	fields, sound := []string{}, f.Subject.good
	for _, part := range parts {
		found := b.template(part)
		sound = sound && (found != nil || !part.given())
		fields = append(fields, found...)
	}
	if sound {
		b.promise(f, t.Phase, fields)
		b.wording(f, *t, fields)
	}
}

// single complains about a text of several lines where only one fits.
func (b *builder) single(t text) {
	if strings.Contains(strings.TrimSpace(t.value), "\n") {
		b.fail(t.spot, "must be a single line")
	}
}

// places are what stands in double braces, plain whether it is just a field.
var places, plainPlace = regexp.MustCompile(`\{\{.*?\}\}`), regexp.MustCompile(`^\{\{-? *\.\w+ *-?\}\}$`)

// plainPlaces keeps the lines of say to plain fields: a line is left out by itself.
func (b *builder) plainPlaces(t text) {
	for _, place := range places.FindAllString(t.value, -1) {
		if t.good && !plainPlace.MatchString(place) {
			b.fail(b.find(t, place), "a line knows {{.Field}} only; it is left out by itself while nothing of it is known")
			return
		}
	}
}

func (b *builder) skips(audience, phase string) bool {
	a, ok := b.plan.Audience(audience)
	return ok && slices.Contains(a.Skip, plan.Phase(phase))
}

// owed asks for a text in every language for every cell of the board (R87). Another language
// stands in for a missing one, so only a cell without any text is an error.
func (b *builder) owed() {
	if !b.file.Messages.given() {
		return
	}
	for _, a := range b.file.Audiences.entries {
		for _, ph := range b.plan.Phases {
			if !b.plan.Owes(a.key.value, ph) {
				continue
			}
			var missing []string
			for _, l := range b.plan.Company.Languages {
				if t, _ := b.plan.Template(a.key.value, ph, l, plan.Scope{}); t.Language != l {
					missing = append(missing, l)
				}
			}
			at := a.key.spot.child(join("messages", a.key.value))
			switch {
			case len(missing) == 0:
			case len(missing) == len(b.plan.Company.Languages):
				b.fail(at, "there is no text for %s; write messages.%s.%s, or let the audience skip the phase", ph, a.key.value, ph)
			default:
				b.warn(at, "the text for %s is missing in %s; another language goes out instead", ph, strings.Join(missing, ", "))
			}
		}
	}
}

// promise holds a text against the rule of promises: every message names the time of the
// next one (R155), the last one does not (R162).
func (b *builder) promise(f messageShape, phase plan.Phase, fields []string) {
	promised := slices.Contains(fields, "NextUpdate")
	switch {
	case phase == plan.Resolution && promised:
		b.fail(b.locate(f, ".NextUpdate"), "a message of the resolution promises no next update")
	case phase != plan.Resolution && !promised:
		b.fail(f.rest().spot, "every message says when the next one comes at the latest; use {{.NextUpdate}}")
	}
}

// rest is the part of a text that ends it.
func (f messageShape) rest() text {
	for _, part := range []text{f.Close, f.Body, f.Subject} {
		if part.given() {
			return part
		}
	}
	return f.Subject
}

// locate is the part of a text in which a word stands, at the word.
func (b *builder) locate(f messageShape, word string) spot {
	parts := []text{f.Subject, f.Body, f.Lead}
	for _, e := range f.Say.entries {
		parts = append(parts, e.value)
	}
	for _, part := range append(parts, f.Close) {
		if strings.Contains(part.value, word) {
			return b.find(part, word)
		}
	}
	return f.rest().spot
}
