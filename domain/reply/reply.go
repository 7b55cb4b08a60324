package reply

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Action is what a person wants to happen.
type Action string

// The actions. The set is closed, and none of them lets a text go out.
const (
	None    Action = ""
	Take    Action = "take"
	Pass    Action = "pass"
	Connect Action = "connect"
	Done    Action = "done"
	Repeat  Action = "repeat"
)

// Keyword is a word that the carrier keeps for itself: it has already acted on it.
type Keyword string

// The carrier's keywords.
const (
	NoKeyword Keyword = ""
	// Stop: the carrier now refuses every text from this sender to this phone.
	Stop Keyword = "stop"
	// Start: texts are allowed again.
	Start Keyword = "start"
	// Help: the carrier has sent its help text.
	Help Keyword = "help"
)

const (
	// MinMinutes is the least that counts as minutes; smaller numbers are actions.
	MinMinutes = 5
	// MaxMinutes is the most that counts as minutes.
	MaxMinutes = 480
	// Letters are those that tell open requests on one phone apart. H is missing because
	// "2h" means two hours to most people.
	Letters = "ABCDEFG"
	// maxNote caps what is kept of free text, in characters.
	maxNote = 400
	// maxCode is the longest text that may be a code, in characters. It is far below maxNote,
	// so that cutting a note can never turn a long text into a code.
	maxCode = 100
)

// Reply is the meaning of one text or of one run of keys. Either something was understood
// (Action, Minutes), or the carrier took it (Carrier), or the words are kept (Note).
type Reply struct {
	Action Action `json:"action,omitempty"`
	// Minutes the person needs; 0 when none were named.
	Minutes int `json:"minutes,omitempty"`
	// Letter picks one of several open requests; empty when none was named.
	Letter string `json:"letter,omitempty"`
	// Note is free text for the business lead, cleaned and capped.
	Note    string  `json:"note,omitempty"`
	Carrier Keyword `json:"carrier,omitempty"`
}

var (
	// codes are the first four numbers; what people say instead of them is in synonyms.
	codes = map[int]Action{1: Take, 2: Pass, 3: Connect, 4: Done}

	synonyms = map[string]Action{
		"ok": Take, "okay": Take, "ja": Take, "take": Take, "übernehme": Take, "uebernehme": Take, "ubernehme": Take, "ack": Take,
		"no": Pass, "nein": Pass, "pass": Pass, "backup": Pass, "abgeben": Pass, "vertretung": Pass,
		"call": Connect, "connect": Connect, "anruf": Connect, "anrufen": Connect, "verbinden": Connect,
		"done": Done, "fertig": Done, "erledigt": Done,
		"*": Repeat, "repeat": Repeat, "nochmal": Repeat, "wiederholen": Repeat,
	}

	// fillers carry no meaning; they let "1=I take it" and "noch 20 Minuten bitte" through.
	fillers = strings.Fields("i it ich es on me min mins minute minutes minuten noch more thanks thank you thx danke please bitte")

	// carriers are the carrier's default words, compared without blanks and hyphens.
	carriers = map[string]Keyword{
		"stop": Stop, "stopall": Stop, "unsubscribe": Stop, "cancel": Stop, "end": Stop, "quit": Stop, "revoke": Stop, "optout": Stop,
		"start": Start, "yes": Start, "unstop": Start,
		"help": Help, "info": Help,
	}

	// code is a number without leading zeros, with at most a letter behind it: 1, 2b, 20.
	code = regexp.MustCompile(`^([1-9][0-9]{0,2})?([a-g])?$`)
)

// Parse reads a text message. It is tolerant of how a code is typed (case, quotes, keycap
// emoji, full stops, polite words) and strict about everything else: whatever is not
// understood as a whole is a Note, because half a guess could take a role for somebody who
// meant the opposite.
func Parse(text string) Reply {
	kept := clean(text)
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ToLower(kept))
	// The carrier compares the whole text, so a signature below its word keeps it from acting.
	if word, ok := carriers[plain]; ok && utf8.RuneCountInString(kept) <= maxCode {
		return Reply{Carrier: word}
	}
	said := typed(text)
	if r, ok := fold(strings.Fields(said)); ok && utf8.RuneCountInString(said) <= maxCode {
		return r
	}
	return Reply{Note: kept}
}

// typed is what the person typed, in the one spelling that codes are compared in. A
// signature counts as not typed when the line "--" sets it off, as mail programs do; below
// a mere line break it is part of the text, because "1, but only after five" looks the same.
func typed(text string) string {
	if at := signature.FindStringIndex(text); at != nil {
		text = text[:at[0]]
	}
	// Full-width characters come from East Asian keyboards and mean the plain ones.
	said := strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		return r
	}, strings.ToLower(clean(text)))
	return spelling.Replace(said)
}

var (
	signature = regexp.MustCompile(`(?m)^\s*--\s*$`)
	// spelling joins an umlaut that comes as two characters, and splits "1=I take it".
	spelling = strings.NewReplacer("u\u0308", "ü", "=", " ")
)

// ParseKeys reads keys pressed during a call; keys that mean nothing give the zero Reply.
func ParseKeys(digits string) Reply {
	digits = strings.TrimRight(digits, "#")
	if strings.Trim(digits, "0123456789*") != "" {
		return Reply{}
	}
	r, _ := fold([]string{digits})
	return r
}

// fold reads the words of a reply one by one. They must all be known and must not
// contradict each other.
func fold(words []string) (Reply, bool) {
	var r Reply
	for _, w := range words {
		w = strings.Trim(w, `.,;:!?…'"()`)
		if w == "" || slices.Contains(fillers, w) {
			continue
		}
		action, known := synonyms[w]
		minutes, letter := 0, ""
		if parts := code.FindStringSubmatch(w); parts != nil && !known {
			n, _ := strconv.Atoi(parts[1]) // empty for a letter alone
			letter = strings.ToUpper(parts[2])
			if action = codes[n]; action == None {
				minutes = n
			}
			known = n <= MaxMinutes
		}
		if !known || clash(r.Action, action) || clash(r.Minutes, minutes) || clash(r.Letter, letter) {
			return Reply{}, false
		}
		r.Action, r.Minutes, r.Letter = cmp.Or(r.Action, action), cmp.Or(r.Minutes, minutes), cmp.Or(r.Letter, letter)
	}
	if r.Minutes > 0 && r.Action != None && r.Action != Take && r.Action != Connect {
		return Reply{}, false // minutes for something finished or passed on make no sense
	}
	if r.Action == None && r.Minutes == 0 {
		return Reply{}, false
	}
	return r, true
}

func clash[T comparable](a, b T) bool {
	var zero T
	return a != zero && b != zero && a != b
}

// clean makes typed text fit to be kept and shown: quotes become plain ones, control and
// direction characters (and what keycap emoji are built with) go, blanks collapse.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cc, r):
			return ' '
		case r == unicode.ReplacementChar, unicode.In(r, unicode.Cf, unicode.Co, unicode.Variation_Selector, unicode.Me):
			return -1
		case strings.ContainsRune("“”„‟«»", r):
			return '"'
		case strings.ContainsRune("‘’‚‛´`", r):
			return '\''
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxNote {
		s = strings.TrimSpace(string(r[:maxNote]))
	}
	return s
}
