package phrase

import (
	"strings"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

const (
	// gsmBasic are the characters of the GSM 03.38 alphabet, one septet each.
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	// gsmExtended are those behind an escape, two septets each.
	gsmExtended = "€[]{}^\\~|"
)

// cost is how many septets a character takes; GSM-7 does not have the others.
var cost = func() map[rune]int {
	c := map[rune]int{}
	for _, r := range gsmBasic {
		c[r] = 1
	}
	for _, r := range gsmExtended {
		c[r] = 2
	}
	return c
}()

// lookalikes are characters with a plain twin that decomposing does not find.
var lookalikes = strings.NewReplacer(
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`,
	"‘", "'", "’", "'", "‚", "'", "‛", "'", "´", "'", "`", "'",
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "―", "-", "−", "-",
	"•", "*", "·", "*", "×", "x", "⁄", "/", "→", "->", "ł", "l", "Ł", "L", "đ", "d", "Đ", "D", "œ", "oe", "Œ", "OE", "ẞ", "ß",
)

// Septets counts what a text costs in an SMS. When it does not fit GSM-7, gsm is false and
// n counts UTF-16 units, of which a message holds only 70.
func Septets(s string) (n int, gsm bool) {
	for _, r := range s {
		if cost[r] == 0 {
			return len(utf16.Encode([]rune(s))), false
		}
		n += cost[r]
	}
	return n, true
}

// Normalize rewrites a text in GSM-7: typographic marks become plain ones, accents GSM-7
// does not have are left out, and what has no twin (emoji, other scripts) disappears.
func Normalize(s string) string {
	var b strings.Builder
	for _, r := range lookalikes.Replace(norm.NFC.String(s)) {
		if cost[r] > 0 {
			b.WriteRune(r)
			continue
		}
		for _, twin := range lookalikes.Replace(norm.NFKD.String(string(r))) {
			if cost[twin] > 0 {
				b.WriteRune(twin)
			}
		}
	}
	return b.String()
}

// septets is what a text costs after it was normalised.
func septets(s string) int {
	n, _ := Septets(Normalize(s))
	return n
}
