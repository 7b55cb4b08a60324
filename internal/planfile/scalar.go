package planfile

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// text is a piece of text. good is false when it is not in the file or was complained about.
type text struct {
	spot
	value string
	good  bool
	// block marks a text of several lines that begins on the line after its spot.
	block bool
}

func (x *text) read(d *doc, n ast.Node, at spot) {
	x.place(at)
	switch n := n.(type) {
	case *ast.StringNode:
		x.value = n.Value
	case *ast.LiteralNode:
		x.value, x.block = n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		d.fail(at, "must be text; write it in quotes: %q", n.GetToken().Value)
		return
	default:
		d.wrong(at, n, "text")
		return
	}
	if strings.TrimSpace(x.value) == "" {
		d.fail(at, "is empty; write something or remove it")
		return
	}
	x.good = true
}

// count is a whole number.
type count struct {
	spot
	value int
	good  bool
}

func (x *count) read(d *doc, n ast.Node, at spot) {
	x.place(at)
	i, ok := n.(*ast.IntegerNode)
	if !ok {
		d.wrong(at, n, "a whole number")
		return
	}
	value, err := strconv.Atoi(i.GetToken().Value)
	if err != nil || value < 0 || value > 1_000_000 {
		d.fail(at, "must be a whole number from 0 to 1000000, written in digits")
		return
	}
	x.value, x.good = value, true
}

// flag is true or false.
type flag struct {
	spot
	value bool
}

func (x *flag) read(d *doc, n ast.Node, at spot) {
	x.place(at)
	b, ok := n.(*ast.BoolNode)
	if !ok {
		d.wrong(at, n, "true or false")
		return
	}
	x.value = b.Value
}

// span is a length of time such as 30s, 3m, 1h, 1h30m, 1d or 1w.
type span struct {
	spot
	value time.Duration
	good  bool
}

const day = 24 * time.Hour

var (
	spanForm = regexp.MustCompile(`^(?:\d{1,6}[smhdw])+$`)
	spanPart = regexp.MustCompile(`(\d+)([smhdw])`)
	spanUnit = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day, "w": 7 * day}
)

func (x *span) read(d *doc, n ast.Node, at spot) {
	x.place(at)
	s, ok := n.(*ast.StringNode)
	switch {
	case ok && spanForm.MatchString(s.Value):
	case n.Type() == ast.IntegerType:
		d.fail(at, "%s has no unit; write %ss, %[1]sm, %[1]sh, %[1]sd or %[1]sw", n.GetToken().Value, n.GetToken().Value)
		return
	case ok:
		d.fail(at, "%q is no length of time; write it like 30s, 3m, 1h30m, 1d or 1w", s.Value)
		return
	default:
		d.wrong(at, n, "a length of time such as 30s, 3m, 1h, 1d or 1w")
		return
	}
	for _, part := range spanPart.FindAllStringSubmatch(s.Value, -1) {
		amount, _ := strconv.Atoi(part[1]) // at most six digits
		x.value += time.Duration(amount) * spanUnit[part[2]]
	}
	if x.value > 10*366*day {
		d.fail(at, "%s is longer than any plan lasts", s.Value)
		return
	}
	x.good = true
}

// between complains about a span outside of its limits, and says whether it may be used.
func (d *doc) between(x span, least, most time.Duration, why string) bool {
	if x.good && (x.value < least || x.value > most) {
		d.fail(x.spot, "%s makes no sense: %s, from %s to %s", spell(x.value), why, spell(least), spell(most))
		return false
	}
	return x.good
}

// spell writes a length of time as a plan would.
func spell(v time.Duration) string {
	if v == 0 {
		return "0s"
	}
	var out strings.Builder
	for _, unit := range []string{"w", "d", "h", "m", "s"} {
		if n := v / spanUnit[unit]; n > 0 {
			out.WriteString(strconv.Itoa(int(n)) + unit)
			v %= spanUnit[unit]
		}
	}
	return out.String()
}

// or returns the length, or another one when the file does not say.
func (x span) or(other time.Duration) time.Duration {
	if !x.good {
		return other
	}
	return x.value
}
