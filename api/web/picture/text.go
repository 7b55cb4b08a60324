package picture

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean drops what cannot stand in XML and what nobody can see but what turns the reading around.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r == utf8.RuneError, r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF:
			return -1
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs), unicode.In(r, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}

// width is how wide a text is at most, in the usual fonts of browsers.
func width(s string) float64 {
	sum := 0.0
	for _, r := range s {
		sum += advance(r)
	}
	return sum
}

func advance(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100:
		return 1.25 * letters
	case strings.ContainsRune("iljt.,:;'|!()[] ", r):
		return 0.36 * letters
	case strings.ContainsRune("mwMW@%", r):
		return 0.95 * letters
	case unicode.IsUpper(r):
		return 0.72 * letters
	}
	return 0.64 * letters
}

// cut shortens a text until it fits.
func cut(s string, room float64) string {
	if width(s) <= room {
		return s
	}
	sum := width("…")
	for i, r := range s {
		if sum += advance(r); sum > room {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return ""
}
