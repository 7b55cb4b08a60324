package intake

import (
	"net/url"
	"strings"
	"unicode"
)

// What is kept of words from outside, in characters.
const (
	maxTitle = 1024
	maxWord  = 100
	maxLink  = 2000
)

// line makes text from outside one line: control characters become blanks, characters that
// change the direction of reading or cannot be seen go, and the rest is capped.
func line(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cc, r):
			return ' '
		case r == unicode.ReplacementChar, unicode.In(r, unicode.Cf, unicode.Co):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > limit {
		s = strings.TrimSpace(string(r[:limit]))
	}
	return s
}

// link keeps addresses of web pages only: nothing that a browser would run.
func link(s string) string {
	s = line(s, maxLink+1)
	u, err := url.Parse(s)
	if err != nil || len(s) > maxLink || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	return u.String()
}
