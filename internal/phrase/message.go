package phrase

import (
	"cmp"
	"fmt"
	"strings"
	"text/template"

	"github.com/stormbell/stormbell/domain/plan"
)

// Message fills a template of the plan with facts. What nobody knows yet is said to be
// unknown, in the template's language (R65: not knowing is an answer, leaving out is not).
// A template that names something no briefing asks for is an error.
func (w *Words) Message(t plan.Template, known map[string]string) (subject, body string, err error) {
	lang := w.language(t.Language)
	all := map[string]string{}
	for _, field := range plan.TemplateFields() {
		all[field.Name] = cmp.Or(strings.TrimSpace(block(known[field.Name])), w.say(lang, "common.unknown", nil))
	}
	all["Company"] = w.company
	if subject, err = fill(t.Subject, all); err != nil {
		return "", "", fmt.Errorf("subject for %s in %s: %w", t.Audience, t.Phase, err)
	}
	if body, err = fill(t.Body, all); err != nil {
		return "", "", fmt.Errorf("text for %s in %s: %w", t.Audience, t.Phase, err)
	}
	return line(subject, 150), strings.TrimSpace(body), nil
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
