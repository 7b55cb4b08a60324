package planfile

import (
	"fmt"
	"slices"
	"strings"
)

// suggestion ends a sentence about an unknown name: with the one that was probably meant, or
// else with those there are.
func suggestion(name string, known []string) string {
	if near, ok := nearest(name, known); ok {
		return fmt.Sprintf(" - did you mean %q?", near)
	}
	if len(known) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(known))
	if len(sorted) > 20 {
		sorted = append(sorted[:20], "…")
	}
	return "; possible are " + strings.Join(sorted, ", ")
}

// nearest returns the known name that is the fewest slips of the finger away, if they are few.
func nearest(name string, known []string) (string, bool) {
	if len(name) > 100 {
		return "", false
	}
	best, least := "", max(1, len(name)/3)+1
	for _, k := range known {
		if n := slips(strings.ToLower(name), strings.ToLower(k)); n < least {
			best, least = k, n
		}
	}
	return best, best != ""
}

// slips counts the letters to insert, leave out, change or swap to get from a to b.
func slips(from, to string) int {
	a, b := []rune(from), []rune(to)
	var older []int
	old := make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(old[j]+cost, old[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old = old, row
	}
	return old[len(b)]
}
