package planfile

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// spot is a place in the file that something can be said about.
type spot struct {
	line, column, width int
	path                string
}

func (s *spot) place(at spot) { *s = at }

// given tells whether the file has this value at all.
func (s spot) given() bool { return s.line > 0 }

// child is the same place under a longer path.
func (s spot) child(path string) spot {
	s.path = path
	return s
}

// doc is one file on its way to a plan: its lines, and the problems found so far.
type doc struct {
	options  Options
	source   string
	lines    []string
	problems []Problem
}

// plainLines turns every system's ends of lines into one, and drops a byte order mark.
var plainLines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\ufeff", "")

func newDoc(data []byte, o Options) *doc {
	source := plainLines.Replace(string(data))
	return &doc{options: o, source: source, lines: strings.Split(source, "\n")}
}

func (d *doc) fail(at spot, format string, args ...any) { d.add(Error, at, format, args...) }
func (d *doc) warn(at spot, format string, args ...any) { d.add(Warning, at, format, args...) }

func (d *doc) add(s Severity, at spot, format string, args ...any) {
	d.problems = append(d.problems, Problem{
		Line: at.line, Column: at.column, Path: at.path, Severity: s, Message: fmt.Sprintf(format, args...), width: at.width,
	})
}

// parse returns the root of the syntax tree, or nil after saying why there is none.
func (d *doc) parse() (root ast.Node) {
	top := spot{line: 1, column: 1, width: 1}
	// The parser is not ours, and a reload must never bring the process down.
	defer func() {
		if r := recover(); r != nil {
			d.fail(top, "this cannot be read as YAML (%v)", r)
			root = nil
		}
	}()
	switch {
	case len(d.source) > maxSize:
		d.fail(top, "the plan is larger than 4 MiB; leave out what does not belong to it")
		return nil
	case !utf8.ValidString(d.source):
		d.fail(top, "the plan is not UTF-8 text; save it as UTF-8")
		return nil
	}
	// Keys written twice are found in fill, where they do not end the search for more.
	file, err := parser.ParseBytes([]byte(d.source), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(err)
		return nil
	}
	for _, document := range file.Docs {
		switch {
		case document.Body == nil || document.Body.Type() == ast.NullType || document.Body.Type() == ast.CommentType:
		case root == nil:
			root = document.Body
		default:
			d.fail(spotOf(document.Body), "a plan is one YAML document; remove the line \"---\" and what follows")
		}
	}
	if root == nil {
		d.fail(top, "the plan is empty; stormbell-solo --write-plan FILE writes one to start from")
	}
	return root
}

// secretKey finds values that may be secrets by the name of their key. It guards the parts of a
// file that no shape was held against: those under misspelt keys, and all of a broken file.
var secretKey = regexp.MustCompile(`(?i)(?:^|[\s{,"'])(?:token|key|account|secret|password)["']?\s*:\s*("[^"]*"|'[^']*'|[^,}]*)`)

func (d *doc) hideByName() {
	for i, l := range d.lines {
		for _, at := range secretKey.FindAllStringSubmatchIndex(l, -1) {
			if value := l[at[2]:at[3]]; !isReference(strings.Trim(value, "\"' ")) {
				l = l[:at[2]] + masked(value) + l[at[3]:]
			}
		}
		d.lines[i] = l
	}
}

func (d *doc) syntax(err error) {
	at, message := spot{line: 1, column: 1, width: 1}, err.Error()
	if e, ok := err.(yaml.Error); ok { //nolint:errorlint // the parser does not wrap
		message = e.GetMessage()
		if t := e.GetToken(); t != nil {
			at = spotOfToken(t)
		}
	}
	d.fail(at, "this is not valid YAML: %s", message)
}

// spotOf is where a node begins. A block mapping begins with its first key.
func spotOf(n ast.Node) spot {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	return spotOfToken(n.GetToken())
}

func spotOfToken(t *token.Token) spot {
	if t == nil || t.Position == nil {
		return spot{line: 1, column: 1, width: 1}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(t.Origin), "\n")
	return spot{line: max(t.Position.Line, 1), column: max(t.Position.Column, 1), width: max(utf8.RuneCountInString(strings.TrimSpace(first)), 1)}
}

// hide keeps a node out of every picture.
func (d *doc) hide(n ast.Node) {
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			d.hide(v.Key)
			d.hide(v.Value)
		}
	case *ast.SequenceNode:
		for _, v := range n.Values {
			d.hide(v)
		}
	case *ast.AnchorNode:
		d.hide(n.Value)
	case *ast.AliasNode:
		d.hide(n.Value)
	case *ast.TagNode:
		d.hide(n.Value)
	case *ast.LiteralNode:
		at := spotOf(n)
		d.hideLines(at.line+1, strings.Count(n.Value.GetToken().Origin, "\n"))
	default:
		at := spotOf(n)
		if more := strings.Count(strings.TrimSpace(n.GetToken().Origin), "\n"); more > 0 {
			d.hideLines(at.line, more+1)
		} else if at.line <= len(d.lines) {
			line := []rune(d.lines[at.line-1])
			from := min(at.column-1, len(line))
			to := min(from+at.width, len(line))
			d.lines[at.line-1] = string(line[:from]) + masked(string(line[from:to])) + string(line[to:])
		}
	}
}

func (d *doc) hideLines(from, n int) {
	for i := from - 1; i < min(from-1+n, len(d.lines)); i++ {
		d.lines[i] = masked(d.lines[i])
	}
}

// masked keeps the width of a text and nothing else.
func masked(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return r
		}
		return '*'
	}, s)
}

// picture shows the line of a problem with the line before it and a caret below the value.
func (d *doc) picture(p Problem) string {
	if p.Line < 1 || p.Line > len(d.lines) {
		return ""
	}
	var out strings.Builder
	if p.Line > 1 {
		fmt.Fprintf(&out, "%7d | %s\n", p.Line-1, d.shown(p.Line-1))
	}
	line := d.shown(p.Line)
	room := utf8.RuneCountInString(line) - (p.Column - 1)
	fmt.Fprintf(&out, "%7s | %s\n", fmt.Sprint("> ", p.Line), line)
	fmt.Fprintf(&out, "          %s%s\n", strings.Repeat(" ", p.Column-1), strings.Repeat("^", max(1, min(p.width, room))))
	return out.String()
}

// shown is a line as a terminal may see it: one column for every character, no control codes.
func (d *doc) shown(line int) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, d.lines[line-1])
}
