package planfile

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/stormbell/stormbell/domain/plan"
)

// secret is a value that must not stand in the file: a reference, or for some the value
// itself, which then is literal.
type secret struct {
	text
	literal bool
}

// setting is a plain value that may also be a reference, because it differs between sites.
type setting struct{ text }

var variable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// isReference tells a reference from a value, which may be a secret.
func isReference(s string) bool { return variable.MatchString(s) || strings.HasPrefix(s, "file:") }

func (x *secret) read(d *doc, n ast.Node, at spot) {
	if s, ok := n.(*ast.StringNode); !ok || !isReference(s.Value) {
		d.hide(n)
	}
	x.text.read(d, n, at)
	if x.good {
		x.literal = !d.resolve(&x.text)
	}
}

func (x *setting) read(d *doc, n ast.Node, at spot) {
	x.text.read(d, n, at)
	if x.good {
		d.resolve(&x.text)
	}
}

// resolve replaces a reference by what it leads to and says whether it was one. A reference
// that leads nowhere is not good any more.
func (d *doc) resolve(x *text) bool {
	complain := d.fail
	if d.options.Lenient {
		complain = d.warn
	}
	ref := strings.TrimSpace(x.value)
	path, isFile := strings.CutPrefix(ref, "file:")
	switch m := variable.FindStringSubmatch(ref); {
	case m != nil:
		value, ok := d.options.Env(m[1])
		if x.value, x.good = strings.TrimSpace(value), ok && strings.TrimSpace(value) != ""; !x.good {
			complain(x.spot, "the environment variable %s is not set", m[1])
		}
	case isFile:
		if !filepath.IsAbs(path) {
			path = filepath.Join(d.options.Dir, path)
		}
		data, err := d.options.ReadFile(path)
		x.value = strings.TrimSpace(string(data))
		x.good = err == nil && x.value != ""
		switch {
		case err != nil:
			complain(x.spot, "the file cannot be read: %v", err)
		case !x.good:
			complain(x.spot, "the file %s is empty", path)
		}
	case strings.HasPrefix(ref, "$"):
		d.fail(x.spot, "a reference to the environment is written \"${NAME}\"")
		x.good = false
		return true
	default:
		return false
	}
	return true
}

// reveal returns the value of a secret. One that is written out is refused.
func (d *doc) reveal(x secret) plan.Secret {
	if x.good && x.literal {
		d.fail(x.spot, "a secret does not belong into the plan; write \"${NAME}\" to take it from the environment, or \"file:PATH\"")
		return ""
	}
	if !x.good {
		return ""
	}
	return plan.Secret(x.value)
}
