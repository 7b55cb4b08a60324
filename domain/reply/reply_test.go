package reply

import (
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

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"1", "1 20", "2b", "STOP", "yes", "approve", "ok danke", "on the plane until 5", "1\x00", "\u202e1", "20 min", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := Parse(text)
		if !slices.Contains([]Action{None, Take, Pass, Connect, Done, Repeat}, r.Action) {
			t.Fatalf("%q became the unknown action %q", text, r.Action)
		}
		if r.Minutes != 0 && (r.Minutes < MinMinutes || r.Minutes > MaxMinutes) {
			t.Fatalf("%q became %d minutes", text, r.Minutes)
		}
		if r.Letter != "" && (len(r.Letter) != 1 || !strings.Contains(Letters, r.Letter)) {
			t.Fatalf("%q became letter %q", text, r.Letter)
		}
		understood := r.Action != None || r.Minutes != 0
		if understood && (r.Note != "" || r.Carrier != NoKeyword) || r.Note != "" && r.Carrier != NoKeyword {
			t.Fatalf("%q means two things: %+v", text, r)
		}
		if !utf8.ValidString(r.Note) || utf8.RuneCountInString(r.Note) > maxNote ||
			strings.ContainsFunc(r.Note, func(c rune) bool { return unicode.In(c, unicode.Cc, unicode.Cf) }) {
			t.Fatalf("%q left the note %q", text, r.Note)
		}
		for _, word := range []string{"stop", "cancel", "unsubscribe", "approve", "freigeb", "publish", "release"} {
			if understood && strings.Contains(strings.ToLower(clean(text)), word) {
				t.Fatalf("%q became %+v", text, r)
			}
		}
		if keys := ParseKeys(text); keys.Note != "" || keys.Carrier != NoKeyword {
			t.Fatalf("keys %q became %+v", text, keys)
		}
	})
}
