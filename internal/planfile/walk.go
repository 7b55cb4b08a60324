package planfile

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reader is a value that takes itself from a node. Everything that is not a reader is a
// struct whose fields carry yaml tags: `yaml:"name"`, or `yaml:"name,need"` if the plan makes
// no sense without it.
type reader interface {
	read(d *doc, n ast.Node, at spot)
}

// fill holds a node against a shape. It says everything that does not fit and goes on.
func (d *doc) fill(into any, n ast.Node, path string) { d.fillAt(into, n, spotOf(n).child(path)) }

func (d *doc) fillAt(into any, n ast.Node, at spot) {
	if !d.plainNode(n, at) {
		if _, ok := into.(*secret); ok {
			d.hide(n)
		}
		return
	}
	if r, ok := into.(reader); ok {
		r.read(d, n, at)
		return
	}
	into.(interface{ place(spot) }).place(at)
	fields := fieldsOf(into)
	sensitive := slices.ContainsFunc(fields, func(f field) bool { _, ok := f.value.(*secret); return ok })
	m, ok := n.(ast.MapNode)
	if !ok {
		if sensitive {
			d.hide(n)
		}
		d.wrong(at, n, "a group of keys")
		return
	}
	given := map[string]int{}
	for e := range d.pairs(m, at.path, given) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == e.name })
		if i < 0 {
			if sensitive {
				d.hide(e.node) // perhaps a secret under a misspelt key
			}
			d.fail(e.key, "there is no such key%s", suggestion(e.name, names(fields)))
			continue
		}
		d.fillAt(fields[i].value, e.node, e.at)
	}
	for _, f := range fields {
		if f.need && given[f.name] == 0 {
			d.fail(at, "%s is missing", f.name)
		}
	}
}

type field struct {
	name  string
	need  bool
	value any // a pointer to the field
}

func fieldsOf(shape any) []field {
	v := reflect.ValueOf(shape).Elem()
	var all []field
	for i := range v.NumField() {
		tag, ok := v.Type().Field(i).Tag.Lookup("yaml")
		if !ok {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		all = append(all, field{name: name, need: option == "need", value: v.Field(i).Addr().Interface()})
	}
	return all
}

func names(fields []field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.name)
	}
	return all
}

// pair is one key of a mapping with its value.
type pair struct {
	name string
	key  spot
	node ast.Node
	// at is where to complain about the value: at the value if it is short, else at its key.
	at spot
}

// pairs goes through a mapping and says which keys are no keys or come twice; of those, the
// first counts, whose line it notes in given.
func (d *doc) pairs(m ast.MapNode, path string, given map[string]int) func(yield func(pair) bool) {
	return func(yield func(pair) bool) {
		for i := m.MapRange(); i.Next(); {
			key := spotOf(i.Key()).child(path)
			name, ok := keyName(i.Key())
			if !ok {
				d.fail(key, "a key must be a plain word")
				continue
			}
			key.path = join(path, name)
			if i.Value().Type() == ast.NullType && strings.Contains(name, " ") {
				d.fail(key, "stands alone; if it belongs to the text before it, put the whole text in quotes")
				continue
			}
			if line := given[name]; line > 0 {
				d.hide(i.Value())
				d.fail(key, "is written twice; the first is on line %d", line)
				continue
			}
			given[name] = key.line
			p := pair{name: name, key: key, node: i.Value(), at: key}
			if _, scalar := p.node.(ast.ScalarNode); scalar && p.node.Type() != ast.NullType {
				p.at = spotOf(p.node).child(key.path)
			}
			if !yield(p) {
				return
			}
		}
	}
}

func keyName(n ast.MapKeyNode) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		return n.GetToken().Value, true
	default: // merge keys, complex keys, anchors, null
		return "", false
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// plainNode refuses the parts of YAML that make a plan hard to read, or large by surprise.
func (d *doc) plainNode(n ast.Node, at spot) bool {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode:
		d.fail(at, "anchors and aliases (& and *) are not used in plans; write the value out")
		return false
	case *ast.TagNode:
		d.fail(at, "tags (!) are not used in plans; write the value alone")
		return false
	default:
		return true
	}
}

// wrong says that a value has another type than it should.
func (d *doc) wrong(at spot, n ast.Node, want string) {
	if n.Type() == ast.NullType {
		d.fail(at, "is empty; it must be %s", want)
		return
	}
	got := "text"
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		got = "a group of keys"
	case *ast.SequenceNode:
		got = "a list"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		got = "a number"
	case *ast.BoolNode:
		got = "true or false"
	}
	d.fail(at, "must be %s, not %s", want, got)
}

// dict is a mapping whose keys the plan's author chooses, in the order of the file.
type dict[T any] struct {
	spot
	entries []entry[T]
}

type entry[T any] struct {
	key   text
	value T
}

func (x *dict[T]) read(d *doc, n ast.Node, at spot) {
	x.place(at)
	m, ok := n.(ast.MapNode)
	if !ok {
		d.wrong(at, n, "a group of keys")
		return
	}
	for p := range d.pairs(m, at.path, map[string]int{}) {
		x.entries = append(x.entries, entry[T]{key: text{spot: p.key, value: p.name, good: true}})
		d.fillAt(&x.entries[len(x.entries)-1].value, p.node, p.at)
	}
}

// keys returns the names in the order of the file.
func (x dict[T]) keys() []string {
	var all []string
	for _, e := range x.entries {
		all = append(all, e.key.value)
	}
	return all
}

// list is a sequence.
type list[T any] struct {
	spot
	items []T
}

func (x *list[T]) read(d *doc, n ast.Node, at spot) {
	x.place(at)
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		// One text may stand for a list of one.
		if _, textual := any(x).(*list[text]); !textual || n.Type() == ast.NullType {
			d.wrong(at, n, "a list")
			return
		}
		x.items = make([]T, 1)
		d.fillAt(&x.items[0], n, at)
		return
	}
	x.items = make([]T, len(s.Values))
	for i, v := range s.Values {
		d.fill(&x.items[i], v, fmt.Sprintf("%s[%d]", at.path, i))
	}
}

// values returns the texts of a list that are good.
func values(x list[text]) []string {
	var all []string
	for _, t := range x.items {
		if t.good {
			all = append(all, t.value)
		}
	}
	return all
}
