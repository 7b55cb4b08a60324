package reply

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestParseUnderstands(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Reply{
		"1": {Action: Take}, " 1. ": {Action: Take}, `"1"`: {Action: Take}, "„1“": {Action: Take}, "1\ufe0f\u20e3": {Action: Take},
		"2": {Action: Pass}, "3": {Action: Connect}, "4!": {Action: Done}, "*": {Action: Repeat},
		"5": {Minutes: 5}, "20": {Minutes: 20}, "480": {Minutes: 480},
		"1 20": {Action: Take, Minutes: 20}, "20 1": {Action: Take, Minutes: 20}, "1, 20": {Action: Take, Minutes: 20},
		"3 15": {Action: Connect, Minutes: 15}, "1 1": {Action: Take},
		"1A": {Action: Take, Letter: "A"}, "2b": {Action: Pass, Letter: "B"}, "1 a": {Action: Take, Letter: "A"},
		"1A 20": {Action: Take, Letter: "A", Minutes: 20}, "20c": {Minutes: 20, Letter: "C"}, "ok b": {Action: Take, Letter: "B"},
		"OK": {Action: Take}, "Ja": {Action: Take}, "'ok": {Action: Take}, "ACK!": {Action: Take}, "Ich übernehme": {Action: Take},
		"ÜBERNEHME 30": {Action: Take, Minutes: 30}, "1=I take it": {Action: Take}, "ja bitte": {Action: Take}, "ok, danke": {Action: Take},
		"nein": {Action: Pass}, "No thanks.": {Action: Pass}, "pass": {Action: Pass}, "2=pass on": {Action: Pass},
		"fertig": {Action: Done}, "Done": {Action: Done}, "erledigt.": {Action: Done}, "4=erledigt": {Action: Done},
		"20b": {Minutes: 20, Letter: "B"}, "1a 20": {Action: Take, Letter: "A", Minutes: 20}, "1\u00a020": {Action: Take, Minutes: 20},
		"ok.": {Action: Take}, "ok…": {Action: Take}, "‚ok‘": {Action: Take}, "okay!!!": {Action: Take}, "Übernehme!": {Action: Take},
		"U\u0308bernehme": {Action: Take}, "uebernehme": {Action: Take}, "UBERNEHME": {Action: Take},
		"1\ufe0f\u20e3 2\ufe0f\u20e30\ufe0f\u20e3": {Action: Take, Minutes: 20}, "１": {Action: Take}, "１　２０": {Action: Take, Minutes: 20}, "２Ｂ！": {Action: Pass, Letter: "B"},
		"Vertretung": {Action: Pass}, "2=abgeben": {Action: Pass}, "backup please": {Action: Pass},
		"Anruf bitte": {Action: Connect}, "connect me": {Action: Connect}, "verbinden": {Action: Connect}, "3=call me": {Action: Connect},
		"repeat": {Action: Repeat}, "nochmal bitte": {Action: Repeat},
		// Set off as mail programs do it, a signature is not part of what was typed.
		"1\n--\nSent from my phone": {Action: Take}, "1 20\r\n-- \r\nAnna Vogel\r\nACME": {Action: Take, Minutes: 20},
		"2\n--\n" + strings.Repeat("confidential ", 60): {Action: Pass},
		"noch 20 Minuten": {Minutes: 20}, "20 more minutes please": {Minutes: 20}, "call me": {Action: Connect},
	} {
		require.Empty(t, cmp.Diff(want, Parse(text)), "text %q", text)
	}
}

func TestParseKeepsTheRestAsANote(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"on the plane until 5", "not done", "nein ich übernehme", "1 2", "2 20", "4 10", "* 20", "1A 2B", "20 30", "1a b",
		"0", "481", "999", "1000", "01", "-1", "1.5", "1,20", "1-4", "1/2", "2h", "2 hours", "20 Stunden", "a", "it", "١",
		"please stop calling me", "ok cancel", "Stop!! I take it", "stop 1", "yes please", "help me", "do not end this",
		// A line break alone may start a condition; a letter comes behind its code, or A8 would be one.
		"1\nSent from my phone", "1\nbut only after five", "--\n1", "1 -- 2", "b1", "A8",
		// The carrier looks for nothing but its word, and has not acted on these.
		"STOP\n--\nSent from my phone", "ＳＴＯＰ", "STOP 1", "1 STOP", "1\nYES", "cancel it",
		"①", "1/20", "1+20", "20 h", "5 1/2", strings.Repeat("1 ", 150), strings.Repeat("1 ", 300) + "is not what I mean",
		"approve", "approved", "freigeben", "Freigabe", "publish", "release", "send it", "ok approve", "1 approve",
		"I am driving with Do Not Disturb turned on.", "Liked “ACME INCIDENT 7: reply 1”",
	} {
		got := Parse(text)
		require.NotEmpty(t, got.Note, "text %q", text)
		got.Note = ""
		require.Empty(t, cmp.Diff(Reply{}, got), "text %q", text)
	}
	require.Equal(t, "on the plane until 5", Parse("  on the\nplane\x00 \u202euntil\u202c 5 ").Note)
	require.Equal(t, maxNote, utf8.RuneCountInString(Parse(strings.Repeat("ü", 2000)).Note))
	require.Equal(t, Reply{}, Parse(" \n\t"))
}

func TestParseLeavesTheCarrierItsWords(t *testing.T) {
	t.Parallel()
	for want, words := range map[Keyword]string{
		Stop:  "STOP,stop.,Stop!,STOPALL,stop all,unsubscribe,Cancel,END,quit,revoke,optout,opt-out,Opt Out,“stop”",
		Start: "START,YES,yes.,unstop", Help: "HELP,help?,info",
	} {
		for word := range strings.SplitSeq(words, ",") {
			require.Empty(t, cmp.Diff(Reply{Carrier: want}, Parse(word)), "word %q", word)
		}
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]Reply{
		"1": {Action: Take}, "2": {Action: Pass}, "3": {Action: Connect}, "4": {Action: Done}, "4#": {Action: Done},
		"*": {Action: Repeat}, "*#": {Action: Repeat}, "20": {Minutes: 20}, "20#": {Minutes: 20}, "5": {Minutes: 5},
		"": {}, "#": {}, "0": {}, "01": {}, "481": {}, "7*": {}, "**": {}, "a": {}, "ja": {}, "1 20": {}, "hello": {},
	} {
		require.Empty(t, cmp.Diff(want, ParseKeys(keys)), "keys %q", keys)
	}
}

// seeds are what people, phones and attackers send.
var seeds = []string{
	"", "1", "1 20", "1a 20", "20b", "2b", "4#", "*", "0", "481", "1\x00", "\u202e1", "\xff", "1\ufe0f\u20e3", "１", "٣", "ok.", "Übernehme!", "U\u0308bernehme", "“1”",
	"STOP", "Stop all", "opt-out", "STOP\n--\nx", "ＳＴＯＰ", "yes", "help?", "unsubscribe", "1 stop", "ok cancel",
	"approve", "freigeben", "publish", "ok danke", "20 min", "on the plane until 5", "1\n--\nSent from my phone", "1\nSent from my phone",
	strings.Repeat("1 ", 300), "stop" + strings.Repeat(".", 500) + "ping", strings.Repeat("ü", 2000),
}

// bounded holds for every reply. The set of actions is closed: nothing approves or publishes.
func bounded(t *testing.T, from string, r Reply) {
	t.Helper()
	if !slices.Contains([]Action{None, Take, Pass, Connect, Done, Repeat}, r.Action) {
		t.Fatalf("%q became the unknown action %q", from, r.Action)
	}
	if r.Minutes != 0 && (r.Minutes < MinMinutes || r.Minutes > MaxMinutes) {
		t.Fatalf("%q became %d minutes", from, r.Minutes)
	}
	if r.Letter != "" && (len(r.Letter) != 1 || !strings.Contains(Letters, r.Letter)) {
		t.Fatalf("%q became letter %q", from, r.Letter)
	}
	if r.Action == None && r.Minutes == 0 && r.Letter != "" {
		t.Fatalf("%q picked %q for nothing", from, r.Letter)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	never := append(slices.Collect(maps.Keys(carriers)), "approve", "freigeb", "freigabe", "publish", "release")
	f.Fuzz(func(t *testing.T, text string) {
		r := Parse(text)
		bounded(t, text, r)
		understood := r.Action != None || r.Minutes != 0
		if understood && (r.Note != "" || r.Carrier != NoKeyword) || r.Note != "" && r.Carrier != NoKeyword {
			t.Fatalf("%q means two things: %+v", text, r)
		}
		if !understood && r.Note == "" && r.Carrier == NoKeyword && clean(text) != "" {
			t.Fatalf("the words of %q are lost", text)
		}
		if !utf8.ValidString(r.Note) || utf8.RuneCountInString(r.Note) > maxNote ||
			strings.ContainsFunc(r.Note, func(c rune) bool { return unicode.In(c, unicode.Cc, unicode.Cf) }) {
			t.Fatalf("%q left the note %q", text, r.Note)
		}
		for _, word := range never {
			if understood && strings.Contains(typed(text), word) {
				t.Fatalf("%q became %+v", text, r)
			}
		}
		if again := Parse(r.Note); r.Note != "" && again != r {
			t.Fatalf("the note %q of %q became %+v", r.Note, text, again)
		}
	})
}

func FuzzParseKeys(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, digits string) {
		r := ParseKeys(digits)
		bounded(t, digits, r)
		if r.Note != "" || r.Carrier != NoKeyword || r.Letter != "" {
			t.Fatalf("keys %q became %+v", digits, r)
		}
		if strings.Trim(digits, "0123456789*#") != "" && r != (Reply{}) {
			t.Fatalf("%q are no keys and became %+v", digits, r)
		}
	})
}
