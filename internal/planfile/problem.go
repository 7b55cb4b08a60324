package planfile

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Severity tells a mistake from something to think about.
type Severity string

// The severities of a problem.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is one thing that is wrong with a plan.
type Problem struct {
	// Line and Column count from 1, in characters; both are 0 if the whole file is meant.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Path says which value is meant, as in roles.legal_officer.backup[0].
	Path     string   `json:"path,omitempty"`
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	// Picture is the line with the one before it and a caret below the value.
	Picture string `json:"-"`

	width int // of the caret
}

// Findings is everything there is to say about one plan, in the order of its lines.
type Findings struct {
	Name     string
	Problems []Problem
	// Cause is the error of the operating system when the file could not be read.
	Cause error
}

// Err returns the findings as an error if there is at least one error among them, else nil.
func (f *Findings) Err() error {
	if f.count(Error) == 0 {
		return nil
	}
	return f
}

// Error prints all problems without colour.
func (f *Findings) Error() string { return strings.TrimRight(f.Render(false), "\n") }

// Unwrap returns the error of the operating system, if that was the trouble.
func (f *Findings) Unwrap() error { return f.Cause }

func (f *Findings) count(s Severity) int {
	n := 0
	for _, p := range f.Problems {
		if p.Severity == s {
			n++
		}
	}
	return n
}

// Escape sequences of terminals.
const (
	bold   = "\x1b[1m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

// Render prints every problem with its picture, and how many there are.
func (f *Findings) Render(color bool) string {
	paint := func(_, text string) string { return text }
	if color {
		paint = func(code, text string) string { return code + text + plain }
	}
	var out strings.Builder
	for _, p := range f.Problems {
		place := f.Name
		if p.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", f.Name, p.Line, p.Column)
		}
		hue := red
		if p.Severity == Warning {
			hue = yellow
		}
		path := p.Path
		if path != "" {
			path += ": "
		}
		fmt.Fprintf(&out, "%s  %s  %s%s\n", paint(bold, place), paint(hue, fmt.Sprintf("%-7s", p.Severity)), path, p.Message)
		out.WriteString(p.Picture)
	}
	fmt.Fprintf(&out, "%s, %s.\n", number(f.count(Error), "error"), number(f.count(Warning), "warning"))
	return out.String()
}

// Report writes what check says about a plan: all of its problems, or that it is fine. The
// error is what Load, Parse or Check returned; nil and findings without problems are fine.
func Report(w io.Writer, name string, err error) error {
	text := fmt.Sprintf("%s  %s\n", name, err)
	switch f, ok := err.(*Findings); { //nolint:errorlint // a wrapped one has more to say than its findings
	case err == nil, ok && len(f.Problems) == 0:
		text = fmt.Sprintf("%s  ok\n", name)
	case ok:
		text = f.Render(false)
	}
	_, err = io.WriteString(w, text)
	return err
}

func number(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// findings sorts the problems by their place. What is said twice about one place is said once.
func (d *doc) findings(name string) *Findings {
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	d.hideByName()
	f := &Findings{Name: name, Problems: slices.Compact(d.problems)}
	for i := range f.Problems {
		f.Problems[i].Picture = d.picture(f.Problems[i])
	}
	return f
}
