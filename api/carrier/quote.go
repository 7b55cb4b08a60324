package carrier

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// maxSaid is how much of what somebody wrote is kept, in characters.
const maxSaid = 2000

// begin is the first n characters of a text.
func begin(text string, n int) string {
	characters := 0
	for i := range text {
		if characters++; characters > n {
			return text[:i]
		}
	}
	return text
}

// saidIn is what somebody wrote above the quote: in the plain text, or in the HTML of a mail
// that has no other.
func saidIn(text, markup string) string {
	if strings.TrimSpace(text) == "" {
		text = textOf(markup)
	}
	return strings.TrimSpace(begin(aboveQuote(begin(text, 2*maxSaid)), maxSaid))
}

// How mail programs begin a quote, in English and German. A signature ends what was said too.
var (
	quoteLine = regexp.MustCompile(`(?i)^(>|[-_=*]{5,}\s*$|--\s*$` +
		`|[-_* ]*(original message|original-nachricht|originalnachricht|ursprüngliche nachricht|forwarded message|weitergeleitete nachricht)[-_* :]*$` +
		`|\*?(from|sent|von|gesendet)\s*:\*?\s` +
		`|(sent from (my|mail|outlook)|get outlook for|von meine[mr] .* gesendet|gesendet (von|mit|aus) |outlook für (ios|android)))`)
	// attribution is the line above a quote, which programs break where they like.
	attribution = regexp.MustCompile(`(?i)^(on|am)\b.*\b(wrote|schrieb)\b.*:$|[@<].*\b(wrote|schrieb)\b.*:$|\bschrieb am\b.*:$`)
	// attributes is what its first line has, so that nothing said above is taken for a part of it.
	attributes = regexp.MustCompile(`(?i)^(on|am)\b|[@<]|\bschrieb\b`)
	dated      = regexp.MustCompile(`(?i)^(on|am)\b`)
)

// aboveQuote cuts a mail's text off where the quote or the signature begins.
func aboveQuote(text string) string {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(strings.Trim(strings.TrimSpace(lines[i]), "\ufeff\u200b"))
	}
	for i, line := range lines {
		if quoteLine.MatchString(line) || attributed(lines[i:min(i+4, len(lines))]) {
			lines = lines[:i]
			break
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// attributed tells whether an attribution begins with the first line and ends on one of the next.
func attributed(lines []string) bool {
	if !attributes.MatchString(lines[0]) {
		return false
	}
	joined := ""
	for i, line := range lines {
		if line == "" || i > 0 && dated.MatchString(lines[0]) && dated.MatchString(line) {
			return false
		}
		if joined = strings.TrimSpace(joined + " " + line); attribution.MatchString(joined) {
			return true
		}
	}
	return false
}

// Elements of HTML that are not read, and those that begin a new line.
var (
	unread = map[string]bool{"head": true, "style": true, "script": true, "title": true, "template": true}
	breaks = map[string]bool{
		"br": true, "p": true, "div": true, "tr": true, "li": true, "ul": true, "ol": true, "table": true, "h1": true, "h2": true, "h3": true, "hr": true, "pre": true, "blockquote": true,
	}
	// quoteMarks are what programs call the element that holds the quote.
	quoteMarks = []string{"gmail_quote", "divrplyfwdmsg", "appendonsend", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"}
)

// textOf is what can be read of HTML, up to the quote.
func textOf(markup string) string {
	var b strings.Builder
	skipped := 0
	for z := html.NewTokenizer(strings.NewReader(markup)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String()
		}
		token := z.Token()
		switch kind {
		case html.TextToken:
			if skipped == 0 {
				b.WriteString(strings.Join(strings.Fields(" "+token.Data+" "), " ") + " ")
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			switch {
			case unread[token.Data] && kind == html.StartTagToken:
				skipped++
			case unread[token.Data] && kind == html.EndTagToken && skipped > 0:
				skipped--
			case kind != html.EndTagToken && quotes(token):
				return b.String()
			case breaks[token.Data]:
				b.WriteByte('\n')
			}
		default: // comments and doctypes say nothing
		}
	}
}

// quotes tells whether an element holds what is being answered.
func quotes(t html.Token) bool {
	if t.Data == "blockquote" {
		return true
	}
	for _, a := range t.Attr {
		for _, mark := range quoteMarks {
			if (a.Key == "class" || a.Key == "id") && strings.Contains(strings.ToLower(a.Val), mark) {
				return true
			}
		}
	}
	return false
}
