package holding

import (
	"slices"

	"github.com/stormbell/stormbell/domain/effect"
)

// Late are answers to a page that has ended, from people who were faster than the word of
// its end: they wait for the name of whoever has the role, because nothing else is true.
type Late []effect.Replied

// Add keeps an answer; the last one of a person about a role counts.
func (l Late) Add(f effect.Replied) Late {
	same := func(o effect.Replied) bool { return o.Person == f.Person && o.Role == f.Role }
	return append(slices.DeleteFunc(slices.Clone(l), same), f)
}

// Of takes out the answers about a role.
func (l Late) Of(role string) (of []effect.Replied, rest Late) {
	for _, f := range l {
		if f.Role == role {
			of = append(of, f)
		} else {
			rest = append(rest, f)
		}
	}
	return of, rest
}
