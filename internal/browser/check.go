package browser

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"
)

//go:embed axe.min.js
var axe string

//go:embed check.js
var check string

// Check holds the page that is shown against what every page must be: nothing that axe-core finds
// wrong, nothing that the browser complains about, and all that Measure measures.
func (tab *Tab) Check(target int) {
	tab.t.Helper()
	tab.demand(append(tab.judge(), tab.measure(target)...))
}

// Measure holds the page against the part that differs with its width: text of 16 px or more,
// nothing to press that is smaller than the target's width and height in px, no sideways scrolling.
func (tab *Tab) Measure(target int) {
	tab.t.Helper()
	tab.demand(tab.measure(target))
}

func (tab *Tab) judge() []string {
	return Eval[[]string](tab, `(async () => {`+axe+check+`; return judged()})()`)
}

func (tab *Tab) measure(target int) []string {
	return append(tab.complaints(), Eval[[]string](tab, `(() => {`+check+`; return measured(`+strconv.Itoa(target)+`)})()`)...)
}

func (tab *Tab) demand(flaws []string) {
	tab.t.Helper()
	require.Empty(tab.t, flaws, "%s:\n%s", tab.Path(), strings.Join(flaws, "\n"))
}
