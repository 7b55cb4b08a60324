package planfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/phrase"
)

// Preview is one message as its readers would get it, filled with sample facts.
type Preview struct {
	Audience string
	Phase    plan.Phase
	Language string
	// For is the service or failure mode whose own text it is; empty means every incident's.
	For string
	// Subject and Body are the mail's, Short what phones get.
	Subject, Body, Short string
	Findings             []comms.Finding
}

// Shown narrows previews; every field may be empty for all of them. Service is a service or a
// failure mode, and shows what an incident of it would send.
type Shown struct {
	Audience, Phase, Language, Service string
}

// Previews fills every text of a plan with sample facts, in the order of audiences, phases and
// languages. The error names what of Shown the plan does not have.
func Previews(p plan.Plan, only Shown) ([]Preview, error) {
	if err := only.known(p); err != nil {
		return nil, err
	}
	words := phrase.New(p)
	var all []Preview
	for _, a := range p.Audiences {
		for _, phase := range append(slices.Clone(p.Phases), plan.Holding) {
			for _, topic := range topics(p, only.Service) {
				if !fits(only.Audience, a.Name) || !fits(only.Phase, string(phase)) || !has(p, a.Name, phase, topic, only.Service) {
					continue
				}
				texts, err := preview(words, p, Preview{Audience: a.Name, Phase: phase, For: topic})
				if err != nil {
					return nil, err
				}
				all = append(all, slices.DeleteFunc(texts, func(x Preview) bool { return !fits(only.Language, x.Language) })...)
			}
		}
	}
	return all, nil
}

func preview(words *phrase.Words, p plan.Plan, x Preview) ([]Preview, error) {
	scope := plan.Scope{Services: []string{x.For}}
	if i := slices.IndexFunc(p.FailureModes, func(m plan.FailureMode) bool { return m.Name == x.For }); i >= 0 {
		scope = plan.Scope{Mode: x.For, Services: []string{p.FailureModes[i].Service}}
	}
	draft, err := words.Draft(phrase.Wanted{Audience: x.Audience, Phase: x.Phase, Scope: scope, Known: func(language string) map[string]string {
		facts := sampleFacts(language)
		// The company's own words, where it has any.
		if i := slices.IndexFunc(p.Services, func(t plan.Topic) bool { return x.For == "" || slices.Contains(scope.Services, t.Name) }); i >= 0 {
			facts["Services"] = p.Services[i].Title[language]
		}
		return facts
	}})
	if err != nil {
		return nil, err
	}
	findings := comms.Lint(comms.LintInput{Phase: x.Phase, Texts: draft.Texts, Names: p.Names(), Carries: draft.Carries})
	var all []Preview
	for _, t := range draft.Texts {
		x.Language, x.Findings = t.Language, nil
		for _, f := range findings {
			if f.Language == t.Language || f.Language == "" {
				x.Findings = append(x.Findings, f)
			}
		}
		sent := strings.NewReplacer(comms.NextUpdatePlace, samples[t.Language]["NextUpdate"], comms.SpokespersonPlace, samples[t.Language]["Spokesperson"])
		x.Subject, x.Body, x.Short = sent.Replace(t.Subject), sent.Replace(t.Body), sent.Replace(t.Short)
		all = append(all, x)
	}
	return all, nil
}

// Render prints a preview for a terminal: the mail, the short text with its length in an SMS,
// and what could be better about them.
func (x Preview) Render() string {
	var b strings.Builder
	fmt.Fprintf(&b, "──── %s, %s, %s", x.Audience, x.Phase, x.Language)
	if x.For != "" {
		fmt.Fprintf(&b, ", %s", x.For)
	}
	septets, _ := phrase.Septets(phrase.Normalize(x.Short))
	fmt.Fprintf(&b, "\n%s\n\n%s\n\n  ── short, %d characters\n  %s\n", x.Subject, x.Body, septets, strings.ReplaceAll(x.Short, "\n", "\n  "))
	for _, f := range x.Findings {
		fmt.Fprintf(&b, "  ! %s: %s. %s\n", strings.ReplaceAll(string(f.Flaw), "_", " "), f.Words, f.Advice("en"))
	}
	return b.String()
}

// topics are those to look for texts of: the one asked for, else none and every one there is.
func topics(p plan.Plan, only string) []string {
	if only != "" {
		return []string{only}
	}
	all := []string{""}
	for _, t := range p.Services {
		all = append(all, t.Name)
	}
	for _, m := range p.FailureModes {
		if !slices.Contains(all, m.Name) {
			all = append(all, m.Name)
		}
	}
	return all
}

// has tells whether there is something to show: a text of the topic's own, or the one that an
// incident of the topic asked for would send.
func has(p plan.Plan, audience string, phase plan.Phase, topic, asked string) bool {
	written := slices.ContainsFunc(p.Templates, func(t plan.Template) bool {
		return t.Audience == audience && t.Phase == phase && (t.For == topic || t.For == "" && asked != "")
	})
	return written && (phase == plan.Holding || p.Owes(audience, phase))
}

func fits(wanted, name string) bool { return wanted == "" || wanted == name }

func (s Shown) known(p plan.Plan) error {
	var audiences []string
	for _, a := range p.Audiences {
		audiences = append(audiences, a.Name)
	}
	phases := []string{string(plan.Holding)}
	for _, ph := range p.Phases {
		phases = append(phases, string(ph))
	}
	for _, x := range []struct {
		noun, word string
		names      []string
	}{{"audience", s.Audience, audiences}, {"phase with messages", s.Phase, phases}, {"language", s.Language, p.Company.Languages}, {"service or failure mode", s.Service, topics(p, "")}} {
		if x.word != "" && !slices.Contains(x.names, x.word) {
			return fmt.Errorf("there is no %s %q%s", x.noun, x.word, suggestion(x.word, x.names))
		}
	}
	return nil
}
