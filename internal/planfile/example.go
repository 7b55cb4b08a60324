package planfile

import (
	_ "embed" // the built-in plan
	"slices"
)

//go:embed example.yaml
var example []byte

// Example returns the built-in plan as a file to start from: what solo runs without a plan of
// its own, and what it writes with --write-plan.
func Example() []byte { return slices.Clone(example) }
