package planfile

import (
	"strings"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// wording warns of what could be better about a text that is agreed on beforehand.
func (b *builder) wording(f messageShape, t plan.Template, fields []string) {
	var named []string
	lines := []string{t.Body, t.Lead}
	for _, s := range t.Say {
		named = append(named, s.Element)
		lines = append(lines, s.Line)
	}
	missing := comms.Missing(t.Phase, named, fields)
	if t.Body != "" {
		// Only a text that names its elements can be found to lack one without fields.
		missing = comms.Missing(t.Phase, append(named, comms.Unseen(t.Phase)...), fields)
	}
	if len(missing) > 0 {
		b.warn(f.spot, "says nothing of %s; the guide wants it in this phase", strings.Join(missing, ", "))
	}
	for _, found := range comms.Lint(comms.LintInput{
		Phase: t.Phase, Names: b.plan.Names(),
		Texts: []effect.Text{{Language: t.Language, Subject: bare(t.Subject), Body: bare(strings.Join(append(lines, t.Close), "\n")), Short: bare(t.More)}},
	}) {
		if found.Flaw != comms.NoPromise && found.Flaw != comms.LatePromise { // those are mistakes
			b.warn(b.locate(f, found.Words), "%q: %s", found.Words, found.Advice("en"))
		}
	}
}

// bare is a template without its facts.
func bare(text string) string {
	return places.ReplaceAllStringFunc(text, func(place string) string {
		if strings.Contains(place, ".NextUpdate") {
			return comms.NextUpdatePlace
		}
		return ""
	})
}
