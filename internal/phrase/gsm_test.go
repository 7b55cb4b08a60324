package phrase

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestSeptets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "abc": 3, "Grüße ÄÖÜ äöüß": 14, "@£$¥ §¿¡": 8, "€": 2, "[]{}^\\~|": 16, "40 % für 3 €": 13, "a\nb": 3,
	} {
		n, gsm := Septets(text)
		require.True(t, gsm, text)
		require.Equal(t, want, n, text)
	}
	for text, want := range map[string]int{"–": 1, "“x”": 3, "🔥": 2, "ç": 1, "Жa": 2} {
		n, gsm := Septets(text)
		require.False(t, gsm, text)
		require.Equal(t, want, n, text)
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Grüße für 3 €":          "Grüße für 3 €",
		"Gru\u0308\u00dfe":       "Grüße", // decomposed, as some keyboards send it
		"„Checkout“ – ‚down‘ …":  `"Checkout" - 'down' ...`,
		"café ça Ñandú São Łódź": "café ca Ñandu Sao Lodz",
		"1\u00a0000\u2009%":      "1 000 %",
		"🔥 Checkout 🔥":           " Checkout ",
		"Заказ":                  "",
		"½ ™ ﬁ ·":                "1/2 TM fi *",
	} {
		require.Equal(t, want, Normalize(text), text)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"Grüße", "🔥", "\xff", "a\u0301", "½"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := Normalize(text)
		if _, gsm := Septets(out); !gsm || Normalize(out) != out {
			t.Fatalf("%q became %q", text, out)
		}
	})
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"  Checkout\r\n is\tdown. ":                   "Checkout is down",
		"pay at https://evil.example/a?b now":         "pay at now",
		"see www.evil.example, evil.example/x!":       "see",
		"api.acme.com fails, evil.com too":            "api acme com fails, evil com too",
		"version 1.2.3 fails 99.5 % e.g. payments":    "version 1.2.3 fails 99.5 % e.g. payments",
		"\u202ekcehc\u202c \u200bzero\ufeff\x00 \x1b": "kcehc zero",
		"ｅｖｉｌ．ｃｏｍ":                                    "evil com",
		"<script>alert(1)</script>":                   "<script>alert(1)</script>", // the way out encodes it
		"javascript://x mailto://y":                   "",
		"\xff\xfeok":                                  "ok",
	} {
		require.Equal(t, want, title(text, 80), "%q", text)
	}
	require.LessOrEqual(t, utf8.RuneCountInString(title(strings.Repeat("wörter ", 900), 80)), 80)
}

func TestSpeakable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"<script>Checkout</script> & more": "script Checkout script more",
		"pod checkout-7d9f8b6c5-x2 down":   "pod down",
		"order 12345678 failed, 40% lost":  "order failed, 40% lost",
		"Zahlung für B2B_Kunden gestört":   "Zahlung für B2B Kunden gestört",
	} {
		require.Equal(t, want, speakable(text))
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"Checkout down, customers affected", 40, "Checkout down, customers affected"},
		{"Checkout down, customers affected", 20, "Checkout down"},
		{"lost 1 234 567 orders", 8, "lost"},
		{"lost 12 orders", 6, "lost"},
		{"fails for 40 % of all", 12, "fails for"},
		{"Donaudampfschifffahrt", 5, "Donau"},
		{"order123456", 8, "order"},
		{"123456", 3, ""},
		{"€€€ €€€", 8, "€€€"},
		{"abc", 0, ""},
	} {
		require.Equal(t, c.want, cut(c.text, c.limit, septets), "%q at %d", c.text, c.limit)
	}
}
