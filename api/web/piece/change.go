package piece

import (
	"regexp"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/stormbell/stormbell/api/view"
)

// Change is how a text differs from what its template said.
type Change struct {
	Language      string
	Subject, Body []Span
	// Added and Removed count words.
	Added, Removed int
}

// Span is a run of words that stand in both, or in one alone.
type Span struct {
	// Mark is "ins", "del" or "".
	Mark, Words string
}

// Same tells whether nothing was changed.
func (c Change) Same() bool { return c.Added+c.Removed == 0 }

// Changes are the differences to the template by language; none when nobody touched it, or it is
// not known any more.
func (l Letter) Changes() (all []Change) {
	for _, was := range l.Template {
		for _, is := range l.Texts {
			if is.Language == was.Language {
				all = append(all, changeOf(l.put(was), l.put(is)))
			}
		}
	}
	return all
}

func changeOf(was, is view.Text) Change {
	c := Change{Language: is.Language}
	c.Subject, c.Body = c.compare(was.Subject, is.Subject), c.compare(was.Body, is.Body)
	return c
}

// word is a word with the blanks behind it.
var word = regexp.MustCompile(`\S+\s*|\s+`)

// compare finds the words that were added and removed. Letters would be too fine: whoever approves
// reads words.
func (c *Change) compare(was, is string) (spans []Span) {
	known := map[string]rune{}
	var words []string
	coded := func(text string) (code []rune) {
		for _, w := range word.FindAllString(strings.ReplaceAll(text, "\r\n", "\n"), -1) {
			if _, seen := known[w]; !seen {
				known[w] = rune(len(words) + 1) //nolint:gosec // no text has as many words as there are runes
				words = append(words, w)
			}
			code = append(code, known[w])
		}
		return code
	}
	before, after := coded(was), coded(is)
	for _, step := range diffmatchpatch.New().DiffMainRunes(before, after, false) {
		span := Span{}
		n := 0
		for _, code := range step.Text {
			span.Words += words[code-1]
			n++
		}
		switch step.Type {
		case diffmatchpatch.DiffInsert:
			span.Mark = "ins"
			c.Added += n
		case diffmatchpatch.DiffDelete:
			span.Mark = "del"
			c.Removed += n
		case diffmatchpatch.DiffEqual:
		}
		spans = append(spans, span)
	}
	return spans
}
