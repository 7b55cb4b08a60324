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
