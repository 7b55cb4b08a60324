package archtest

import (
	"fmt"
	"slices"
	"strings"
)

// module is the prefix of every import path of ours.
const module = "github.com/stormbell/stormbell/"

// pkg is one package as `go list -json` describes it; files of tests are not in it.
type pkg struct {
	ImportPath string
	Name       string
	Doc        string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// layer is one row of the house: who lives at a path and what it may see.
type layer struct {
	path    string   // below the module; the longest matching row counts
	rule    string   // number in docs/architecture.md
	says    string   // the rule in one sentence
	sees    []string // layers of ours it may import, besides itself
	pure    bool     // no clock, randomness, files, network or templates of the standard library
	outside []string // other modules it may import; nil means any
	never   []string // other modules it must not import
}

// solo lists what only stormbell-solo and tests may link.
var solo = []string{"internal/browser", "internal/devserver", "internal/lab", "internal/testkit"}

// production lists every other layer, as far as a main package is concerned.
var production = []string{
	"api", "worker", "activities", "workflows", "workflows/client", "workflows/contract", "domain", "internal",
}

const internalSays = "internal sees domain at most; never workflows, activities, worker, api, or the embedded server and the phone lab"

var layers = []layer{
	{
		path: "domain", rule: "A1", pure: true, outside: []string{},
		says: "domain imports only itself and the standard library without clock, randomness, files, network and templates",
	},
	{
		path: "workflows/contract", rule: "A2", pure: true,
		sees: []string{"domain"}, outside: []string{"go.temporal.io/sdk/temporal", "go.temporal.io/api/enums"},
		says: "workflows/contract is names, ids and values: it sees domain and the types of Temporal, and has no logic",
	},
	{
		path: "workflows/client", rule: "A3",
		sees: []string{"workflows/contract", "domain"},
		says: "workflows/client sees workflows/contract and domain only",
	},
	{
		path: "workflows", rule: "A4", pure: true,
		sees: []string{"workflows/contract", "domain"},
		outside: []string{
			"go.temporal.io/sdk/workflow", "go.temporal.io/sdk/temporal", "go.temporal.io/sdk/log", "go.temporal.io/api/enums",
		},
		says: "workflows interpret decisions: no activities, no HTTP, no SQL, no provider's SDK, no client of Temporal",
	},
	{
		path: "activities", rule: "A5",
		sees: []string{"workflows/contract", "domain", "internal"},
		says: "activities see workflows/contract, domain and internal; never workflows, worker or api",
	},
	{
		path: "worker", rule: "A6",
		sees: []string{"workflows", "workflows/contract", "activities", "domain", "internal"},
		says: "worker wires workflows and activities; it never sees api",
	},
	{
		path: "api", rule: "A7",
		sees: []string{"workflows/client", "workflows/contract", "domain", "internal"}, never: []string{"go.temporal.io"},
		says: "api reaches workflows only through workflows/client, and never a provider or an activity",
	},
	{path: "internal", rule: "A8", sees: []string{"domain"}, says: internalSays},
	{path: "internal/browser", rule: "A8", says: "internal/browser is for tests: it sees nothing of ours"},
	{path: "internal/devserver", rule: "A8", sees: []string{"internal", "domain"}, says: internalSays},
	{path: "internal/lab", rule: "A8", sees: []string{"internal", "domain"}, says: internalSays},
	{
		path: "internal/testkit", rule: "A8", sees: []string{"internal", "internal/devserver", "internal/lab", "domain"},
		says: "internal/testkit may also see the embedded server and the phone lab; never workflows, activities, worker or api",
	},
	{
		path: "cmd", rule: "A9", sees: production,
		says: "a production binary links neither the embedded server nor the phone lab",
	},
	{path: "cmd/stormbell-solo", rule: "A9", sees: slices.Concat(production, solo, []string{"cmd"}), says: "stormbell-solo sees what is on the map"},
}

// homes says where each heavy or foreign SDK may be imported (A10); the longest matching path counts.
var homes = map[string][]string{
	"github.com/twilio/twilio-go":       {"activities/twilio", "api/carrier"},
	"github.com/twilio/twilio-go/twiml": {"internal/callscript"}, // a builder of documents: it calls nobody
	"github.com/sendgrid":               {"activities/sendgrid", "api/carrier"},
	"github.com/slack-go":               {"activities/slack", "api/carrier"},
	"go.temporal.io/server":             {"internal/devserver"},
	"github.com/temporalio/ui-server":   {"internal/devserver"},
	"go.temporal.io/sdk/testsuite":      {"internal/testkit"},
	"github.com/stretchr/testify":       {"internal/testkit", "internal/browser"},
	"github.com/chromedp":               {"internal/browser"},
}

// impure lists what a pure layer must not import although it is standard (A1, A2, A4).
var impure = []string{
	"crypto/rand", "database/sql", "embed", "html/template", "io/fs", "io/ioutil", "log", "math/rand", "net", "os",
	"path/filepath", "plugin", "runtime", "syscall", "text/template", "unsafe",
}

// harmless are parsers below net: they compute and touch nothing.
var harmless = []string{"net/mail", "net/netip", "net/url"}

// grabBags are names that say nothing about what is inside (A11).
var grabBags = []string{"base", "common", "helper", "helpers", "misc", "model", "models", "shared", "type", "types", "util", "utils"}

// violations returns one sentence per broken rule: the package, the offending import, the rule.
func violations(p pkg) []string {
	self, found := layerOf(p.ImportPath)
	path := strings.TrimPrefix(p.ImportPath, module)
	if !found {
		return []string{fmt.Sprintf("%s has no row in layers_test.go and no line in docs/architecture.md (A11)", path)}
	}
	var broken []string
	report := func(imported, rule, says string) {
		broken = append(broken, fmt.Sprintf("%s imports %s: breaks %s of docs/architecture.md: %s", path, imported, rule, says))
	}
	for _, imported := range p.Imports {
		if !self.permits(imported) {
			report(strings.TrimPrefix(imported, module), self.rule, self.says)
		}
		if home := homeOf(imported); home != nil && !slices.ContainsFunc(home, func(h string) bool { return under(path, h) }) {
			report(imported, "A10", "this SDK stays in "+strings.Join(home, " and "))
		}
	}
	for element := range strings.SplitSeq(path, "/") {
		if slices.Contains(grabBags, element) {
			broken = append(broken, fmt.Sprintf("%s: breaks A11 of docs/architecture.md: %q says nothing about what is inside", path, element))
		}
	}
	if p.Doc == "" {
		broken = append(broken, path+": breaks A11 of docs/architecture.md: it has no package comment; write doc.go")
	}
	return broken
}

// linked returns what a production binary carries although it must not (A9); an import may be far below it.
func linked(p pkg) []string {
	roots := []string{"go.temporal.io/server", "github.com/temporalio/ui-server"}
	for _, ours := range solo {
		roots = append(roots, module+ours)
	}
	var broken []string
	for _, root := range roots {
		if slices.ContainsFunc(p.Deps, func(dep string) bool { return under(dep, root) }) {
			broken = append(broken, fmt.Sprintf(
				"%s links %s: breaks A9 of docs/architecture.md: a production binary links neither the embedded server nor the phone lab",
				strings.TrimPrefix(p.ImportPath, module), strings.TrimPrefix(root, module)))
		}
	}
	return broken
}

// permits tells whether a package of this layer may import the given path.
func (l layer) permits(imported string) bool {
	below := func(prefix string) bool { return under(imported, prefix) }
	switch {
	case strings.HasPrefix(imported, module):
		target, found := layerOf(imported)
		return found && (target.path == l.path || slices.Contains(l.sees, target.path))
	case standard(imported):
		return !l.pure || !slices.ContainsFunc(impure, below) || slices.ContainsFunc(harmless, below)
	case slices.ContainsFunc(l.never, below):
		return false
	default:
		return l.outside == nil || slices.ContainsFunc(l.outside, below)
	}
}

// layerOf finds the row with the longest path that holds the package.
func layerOf(importPath string) (best layer, found bool) {
	path, ours := strings.CutPrefix(importPath, module)
	if !ours {
		return layer{}, false
	}
	for _, l := range layers {
		if under(path, l.path) && len(l.path) > len(best.path) {
			best, found = l, true
		}
	}
	return best, found
}

// homeOf finds the packages an SDK may be imported from; nil means any.
func homeOf(imported string) (home []string) {
	longest := ""
	for sdk, where := range homes {
		if under(imported, sdk) && len(sdk) > len(longest) {
			longest, home = sdk, where
		}
	}
	return home
}

// under tells whether path is prefix itself or below it; "netip" is not below "net".
func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// standard tells a path of the standard library from a module's: its first element has no dot.
func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}
