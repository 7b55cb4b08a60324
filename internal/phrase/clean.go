package phrase

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var (
	// address matches what a phone would turn into a link to somewhere: a scheme, "www.",
	// or a mailbox, a host name with a path. Texts of an alert must not lead anybody anywhere.
	address = regexp.MustCompile(`(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)\S*|\S+@\S+\.\S+|\b[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,}(?::\d+)?/\S*`)
	// unspoken is what no voice can read.
	unspoken = regexp.MustCompile(`[^\pL\pN ,.'%+-]+`)
)

// line makes text from outside one clean line of at most limit characters.
func line(s string, limit int) string {
	s = strings.Join(strings.Fields(block(s)), " ")
	return cut(s, limit, runes)
}

// block is line for a text of several lines: line breaks stay.
func block(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r), unicode.Is(unicode.Cc, r):
			return ' '
		case r == unicode.ReplacementChar, unicode.In(r, unicode.Cf, unicode.Co):
			return -1
		}
		return r
	}, s)
}

// title is line for words an alert or a stranger chose: addresses go, host names lose
// their dots so that no phone makes a link of them, and the end is free of punctuation.
func title(s string, limit int) string {
	s = address.ReplaceAllString(norm.NFKC.String(line(s, 10*limit)), "")
	r := []rune(s)
	for i := 1; i+2 < len(r); i++ {
		if r[i] == '.' && unicode.IsLetter(r[i+1]) && unicode.IsLetter(r[i+2]) && !unicode.IsSpace(r[i-1]) {
			r[i] = ' '
		}
	}
	return strings.TrimRight(line(string(r), limit), " .,;:!?-")
}

// speakable leaves of a title what a voice can read: no marks, no ids, no long numbers.
func speakable(s string) string {
	var words []string
	for _, w := range strings.Fields(unspoken.ReplaceAllString(s, " ")) {
		digits := strings.Count(strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return '0'
			}
			return r
		}, w), "0")
		if digits > 5 || digits > 0 && len(w) > 7 && strings.ContainsFunc(w, unicode.IsLetter) {
			continue
		}
		words = append(words, w)
	}
	return strings.Trim(strings.Join(words, " "), " ,.'-")
}

func runes(s string) int { return len([]rune(s)) }

// cut shortens a text to a size, at a word, and never inside a number.
func cut(s string, limit int, size func(string) int) string {
	if size(s) <= limit {
		return s
	}
	r := []rune(s)
	end, used := 0, 0
	for end < len(r) {
		if used += size(string(r[end])); used > limit {
			break
		}
		end++
	}
	at := min(end, len(r)-1)
	for at > 0 && (r[at] != ' ' || numeric(r[at-1]) && at+1 < len(r) && (numeric(r[at+1]) || r[at+1] == '%')) {
		at--
	}
	if at == 0 { // one long word
		for at = end; at > 0 && numeric(r[at-1]) && numeric(r[at]); at-- {
		}
	}
	return strings.TrimRight(string(r[:at]), " ,;:-–(/'\"")
}

func numeric(r rune) bool { return unicode.IsDigit(r) || r == '.' || r == ',' }

// slot is a part of a text that may be cut, down to a floor.
type slot struct {
	text  *string
	floor int
}

// fit renders a text and cuts the slots, the first one first, until it has the size.
func fit(limit int, size func(string) int, render func() string, slots ...slot) string {
	out := render()
	for _, s := range slots {
		over := size(out) - limit
		if over <= 0 {
			break
		}
		*s.text = cut(*s.text, max(s.floor, size(*s.text)-over), size)
		out = render()
	}
	return out
}
