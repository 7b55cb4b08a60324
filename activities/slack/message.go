package slack

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	api "github.com/slack-go/slack"
)

// Message is what is posted. Every text in it is plain: nothing in it becomes a link, a mention
// or a command.
type Message struct {
	// N is the delivery's id, by which the message is found again.
	N string
	// Channel is a channel's id, or its name with #. Thread is the ID of the message that it is
	// an answer to; empty means none.
	Channel, Thread string
	// Title stands above everything, Body below it; Facts are short lines below that.
	Title, Body string
	Facts       []string
	// Link is an address and LinkText the words that lead there. More stands below a body that
	// had to be cut, and says where the rest is.
	Link, LinkText, More string
}

func (m Message) check() error {
	if m.N == "" || m.Channel == "" || m.Title == "" {
		return errors.New("slack: a message needs a delivery id, a channel and a title")
	}
	return nil
}

// Slack's limits in characters, after escaping. A notification shows the beginning of a text.
const (
	maxTitle   = 250
	maxSection = 3000
	maxFact    = 500
	maxShort   = 300
)

// content is the message in blocks, and in short for notifications.
func (m Message) content() []api.MsgOption {
	short, _ := fit(clean(strings.TrimSuffix(m.Title+" – "+m.Body, " – "), false), maxShort)
	return []api.MsgOption{
		api.MsgOptionText(short, false), api.MsgOptionBlocks(m.blocks()...), // escaped already
		api.MsgOptionMetadata(api.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"n": m.N}}),
		api.MsgOptionParse(false), api.MsgOptionLinkNames(false), api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl(),
	}
}

func (m Message) blocks() []api.Block {
	title, _ := fit(clean(m.Title, false), maxTitle)
	body, cut := fit(clean(m.Body, true), maxSection-maxFact)
	blocks := []api.Block{section("*" + bold(title) + "*")}
	if cut {
		more, _ := fit(clean(m.More, false), maxFact-10)
		body += "\n_" + more + "_"
	}
	if body != "" {
		blocks = append(blocks, section(body))
	}
	var facts []api.MixedElement
	for _, fact := range m.Facts {
		if fact, _ = fit(clean(fact, false), maxFact); fact != "" {
			facts = append(facts, text(fact))
		}
	}
	if m.Link != "" {
		label, _ := fit(clean(m.LinkText, false), maxFact)
		facts = append(facts, text("<"+address(m.Link)+"|"+strings.ReplaceAll(label, "|", "/")+">"))
	}
	if len(facts) > 0 {
		blocks = append(blocks, api.NewContextBlock("", facts...))
	}
	return blocks
}

func section(s string) *api.SectionBlock { return api.NewSectionBlock(text(s), nil, nil) }

// text is never looked through by Slack for names and addresses.
func text(s string) *api.TextBlockObject {
	return api.NewTextBlockObject(api.MarkdownType, s, false, true)
}

var (
	// shouts are the words that wake a whole channel. Escaped they are only words, but a client
	// or a bridge that looks for them must not find them either.
	shouts = regexp.MustCompile(`(?i)@(here|channel|everyone|group)`)
	// entity is what one character became by being escaped.
	entity  = regexp.MustCompile(`&[a-z]*$`)
	escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// clean makes text plain for Slack: controls and what turns the direction of reading go, and
// what Slack reads as a command is escaped. Lines stay if they may.
func clean(s string, lines bool) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case r == unicode.ReplacementChar, unicode.In(r, unicode.Cf, unicode.Co):
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), ""))
	if !lines {
		s = strings.Join(strings.Fields(s), " ")
	}
	return escapes.Replace(shouts.ReplaceAllString(strings.TrimSpace(s), "@\u200b$1"))
}

// bold keeps a text from ending the bold print it stands in.
func bold(s string) string { return strings.ReplaceAll(s, "*", "∗") }

// fit cuts an escaped text to so many characters, and never inside an escaped one.
func fit(s string, limit int) (short string, cut bool) {
	if utf8.RuneCountInString(s) <= limit {
		return s, false
	}
	s = string([]rune(s)[:limit-2])
	return strings.TrimSpace(entity.ReplaceAllString(s, "")) + " …", true
}

// address is our own, and still cannot end the link it stands in.
func address(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C", " ", "%20", "\n", "").Replace(s)
}
