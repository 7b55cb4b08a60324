package comms

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// ShortLimit is the length of a short text in characters: two text messages, with room for
// what its sender puts around it.
const ShortLimit = 290

// ellipsis shows that a line was cut. It is three characters because phones show it as such.
const ellipsis = "..."

// Shorten cuts a body to the limit, in characters (R153). Its first lines are the most
// important and stay as far as they fit, whole; the line that promises the next update always
// stays. The last line is the pointer, which says where the rest is.
func Shorten(body string, limit int, pointer string) string {
	lines := strings.FieldsFunc(body, func(r rune) bool { return r == '\n' || r == '\r' })
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
	}
	target := link(pointer)
	lines = slices.DeleteFunc(lines, func(l string) bool {
		return l == "" || target != "" && strings.HasSuffix(l, target) && !strings.Contains(l, NextUpdatePlace) // the pointer says it
	})
	// The promise and the pointer get no more than half of the room each.
	promise, promised := -1, ""
	for i, l := range lines {
		if strings.Contains(l, NextUpdatePlace) {
			promise, promised = i, around(l, limit/2)
		}
	}
	if pointer = strings.TrimSpace(pointer); size(pointer) > limit/2-2 {
		pointer = ""
	}
	room := limit - size(promised) - size(pointer) - 2 // their line breaks
	var kept []string
	for i, full := 0, false; i < len(lines); i++ {
		switch {
		case i == promise:
			kept = append(kept, promised)
		case full:
		case size(lines[i]) <= room:
			kept = append(kept, lines[i])
			room -= size(lines[i]) + 1
		default:
			// Half a line is worse than none, unless there is nothing else to read.
			if full = true; len(kept) == 0 {
				if start := head(lines[i], room-size(ellipsis)); start != "" {
					kept = append(kept, start+ellipsis)
				}
			}
		}
	}
	if pointer != "" {
		kept = append(kept, pointer)
	}
	return strings.Join(kept, "\n")
}

// Reshorten makes the short text of a body that somebody edited: the old short text's last
// line is where the rest is, as Shorten left it.
func Reshorten(short, body string) string {
	pointer := ""
	if at := strings.LastIndexByte(short, '\n'); at >= 0 && !strings.Contains(short[at:], NextUpdatePlace) {
		pointer = short[at+1:]
	}
	return Shorten(body, ShortLimit, pointer)
}

// link is the address at the end of a pointer, if there is one.
func link(pointer string) string {
	last := pointer[strings.LastIndexByte(pointer, ' ')+1:]
	if !strings.Contains(last, "://") {
		return ""
	}
	return last
}

// around cuts a line that promises an update to the sentence that does, and what is still too
// long to the words around the promise.
func around(line string, limit int) string {
	if size(line) <= limit {
		return line
	}
	before, after, _ := strings.Cut(line, NextUpdatePlace)
	if end := max(strings.LastIndex(before, ". "), strings.LastIndex(before, "! "), strings.LastIndex(before, "? ")); end >= 0 {
		before = before[end+2:]
	}
	if end := strings.Index(after, ". "); end >= 0 {
		after = after[:end+1]
	}
	room := limit - size(NextUpdatePlace)
	if size(before)+size(after) > room {
		after = head(after, room/3)
		before = tail(before, room-size(after))
	}
	return before + NextUpdatePlace + after
}

// head is the start of a text, up to the end of a word if there is one.
func head(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	cut := string(r[:max(limit, 0)])
	if at := strings.LastIndexByte(cut, ' '); at > 0 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,;:-")
}

// tail is the end of a text, from the start of a word if there is one.
func tail(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	cut := string(r[len(r)-max(limit, 0):])
	if _, rest, ok := strings.Cut(cut, " "); ok {
		cut = rest
	}
	return cut
}

func size(s string) int { return utf8.RuneCountInString(s) }
