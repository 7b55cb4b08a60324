package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
)

// ticking are the names in package time that read or wait for the machine's clock.
var ticking = []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}

// clockReadings finds every use of the machine's clock or of randomness in one file (A12).
// A mere mention counts, not only a call: a stored time.Now ticks as well.
// The source is read from the file when src is nil.
func clockReadings(filename string, src any) ([]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, filename, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filename, err)
	}
	imported := map[string]string{}
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("read imports of %s: %w", filename, err)
		}
		name := path.Base(importPath)
		if importPath == "math/rand/v2" {
			name = "rand"
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imported[name] = importPath
	}
	var readings []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		from, ok := selector.X.(*ast.Ident)
		if !ok {
			return true
		}
		switch name := selector.Sel.Name; imported[from.Name] {
		case "time":
			if !slices.Contains(ticking, name) {
				return true
			}
		case "math/rand", "math/rand/v2", "crypto/rand":
		default:
			return true
		}
		readings = append(readings, fmt.Sprintf(
			"%s uses %s.%s: breaks A12 of docs/architecture.md: decisions take now and their keys as parameters",
			files.Position(selector.Pos()), from.Name, selector.Sel.Name))
		return true
	})
	return readings, nil
}
