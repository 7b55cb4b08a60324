package planfile

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"

	"github.com/stormbell/stormbell/domain/plan"
)

type messageShape struct {
	spot
	Subject text `yaml:"subject,need"`
	Body    text `yaml:"body,need"`
}

func (b *builder) messages() {
	audiences, phases := b.file.Audiences.keys(), values(b.file.Phases)
	for _, a := range b.file.Messages.entries {
		b.known(a.key, "audience", audiences)
		for _, ph := range a.value.entries {
			if b.known(ph.key, "phase among those that owe messages", phases) && b.skips(a.key.value, ph.key.value) {
				b.warn(ph.key.spot, "is never sent; %s skips this phase", a.key.value)
			}
			for _, l := range ph.value.entries {
				b.known(l.key, "language", b.plan.Company.Languages)
				t := plan.Template{
					Audience: a.key.value, Phase: plan.Phase(ph.key.value), Language: l.key.value,
					Subject: strings.TrimSpace(l.value.Subject.value), Body: l.value.Body.value,
				}
				b.template(l.value.Subject)
				if strings.Contains(t.Subject, "\n") {
					b.fail(l.value.Subject.spot, "must be a single line")
				}
				b.promise(l.value.Body, t.Phase, b.template(l.value.Body))
				b.plan.Templates = append(b.plan.Templates, t)
			}
		}
	}
	b.owed()
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
				if t, _ := b.plan.Template(a.key.value, ph, l); t.Language != l {
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

// promise holds the body against the rule of promises: every message names the time of the
// next one (R155), the last one does not (R162).
func (b *builder) promise(body text, phase plan.Phase, fields []string) {
	promised := slices.Contains(fields, "NextUpdate")
	switch {
	case !body.good || fields == nil:
	case phase == plan.Resolution && promised:
		b.fail(b.find(body, ".NextUpdate"), "a message of the resolution promises no next update")
	case phase != plan.Resolution && !promised:
		b.fail(body.spot, "every message says when the next one comes at the latest; use {{.NextUpdate}}")
	}
}

// template checks a text by its syntax tree and by really filling it in. It returns the
// fields used; nil if something was wrong.
func (b *builder) template(t text) []string {
	if !t.good {
		return nil
	}
	tpl, err := template.New("message").Option("missingkey=error").Parse(t.value)
	if err != nil {
		b.templateError(t, err)
		return nil
	}
	var known []string
	for _, f := range plan.TemplateFields() {
		known = append(known, f.Name)
	}
	use := usage{fields: []string{}}
	use.visit(tpl.Root)
	for _, name := range use.fields {
		if !slices.Contains(known, name) {
			b.fail(b.find(t, "."+name), "there is no field {{.%s}}%s", name, suggestion(name, known))
			use.wrong = true
		}
	}
	if use.forbidden != "" || len(tpl.Templates()) > 1 {
		b.fail(t.spot, "templates know {{.Field}}, {{if}} and {{with}}; nothing else is needed%s", use.forbidden)
		return nil
	}
	if use.wrong {
		return nil
	}
	for _, language := range []string{"en", "de", ""} {
		if err := tpl.Execute(io.Discard, sampleFacts(language)); err != nil {
			b.templateError(t, err)
			return nil
		}
	}
	return use.fields
}

// usage collects what a template refers to.
type usage struct {
	fields    []string
	forbidden string
	wrong     bool
}

func (u *usage) visit(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, x := range n.Nodes {
				u.visit(x)
			}
		}
	case *parse.ActionNode:
		u.visit(n.Pipe)
	case *parse.IfNode:
		u.branch(n.BranchNode)
	case *parse.WithNode:
		u.branch(n.BranchNode)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		if len(n.Decl) > 0 {
			u.forbid(n)
		}
		for _, c := range n.Cmds {
			for _, arg := range c.Args {
				u.visit(arg)
			}
		}
	case *parse.FieldNode:
		if len(n.Ident) > 1 {
			u.forbid(n)
		}
		if !slices.Contains(u.fields, n.Ident[0]) {
			u.fields = append(u.fields, n.Ident[0])
		}
	case *parse.TextNode, *parse.CommentNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode, *parse.DotNode, *parse.IdentifierNode:
	default: // range, template, define, break, continue, variables, chains
		u.forbid(n)
	}
}

func (u *usage) branch(n parse.BranchNode) {
	u.visit(n.Pipe)
	u.visit(n.List)
	u.visit(n.ElseList)
}

func (u *usage) forbid(n parse.Node) {
	first, _, _ := strings.Cut(n.String(), "\n")
	u.forbidden = fmt.Sprintf(" (found %s)", first)
}

var templateMessage = regexp.MustCompile(`^template: message:(\d+)(?::\d+)?: (?:executing "message" at <.*?>: )?`)

// templateError moves an error of the template to its line in the plan.
func (b *builder) templateError(t text, err error) {
	at, message := t.spot, err.Error()
	if e := (template.ExecError{}); errors.As(err, &e) {
		message = e.Error()
	}
	if m := templateMessage.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		if n, _ := strconv.Atoi(m[1]); t.block && n > 0 && t.line+n <= len(b.lines) {
			line := b.lines[t.line+n-1]
			text := strings.TrimSpace(line)
			at.line, at.column, at.width = t.line+n, utf8.RuneCountInString(line[:strings.Index(line, text)])+1, max(1, utf8.RuneCountInString(text))
		}
	}
	b.fail(at, "this is no valid template: %s", message)
}

// find is the place of a word inside a text; without success it is the text itself.
func (d *doc) find(t text, word string) spot {
	at := t.spot
	last := min(len(d.lines), at.line+strings.Count(t.value, "\n")+1)
	for i := at.line; i <= last; i++ {
		if before, _, ok := strings.Cut(d.lines[i-1], word); ok {
			at.line, at.column, at.width = i, utf8.RuneCountInString(before)+1, utf8.RuneCountInString(word)
			return at
		}
	}
	return at
}
