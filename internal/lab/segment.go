package lab

import (
	"strings"
	"unicode/utf16"
)

const (
	gsm7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	// gsm7Extended takes two places each.
	gsm7Extended = "\f^{}\\[~]|€"
)

// segments is how many texts a body is paid as: 160 or 153 GSM-7 places each, else 70 or 67 of UCS-2.
func segments(body string) int {
	places := 0
	for _, r := range body {
		switch {
		case strings.ContainsRune(gsm7, r):
			places++
		case strings.ContainsRune(gsm7Extended, r):
			places += 2
		default:
			return parts(len(utf16.Encode([]rune(body))), 70, 67)
		}
	}
	return parts(places, 160, 153)
}

func parts(places, single, each int) int {
	if places <= single {
		return 1
	}
	return (places + each - 1) / each
}
