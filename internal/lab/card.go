package lab

import (
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// phoneCard is one phone: its texts in both directions, the call that is on and the latest others.
type phoneCard struct {
	Phone
	ID    string // usable in an id attribute
	Texts []bubble
	New   int // texts that nobody has looked at
	Call  *callView
	Past  []callView
	// Reach is true when somebody has called or written, so that there is somebody to answer.
	Reach, Written bool
}

// Name is whose phone it is; a phone that nobody has described has only its number.
func (c phoneCard) Name() string {
	if c.Person == "" {
		return c.Number
	}
	return c.Person
}

// Link is the address in the latest text that has reached the phone.
func (c phoneCard) Link() string {
	for _, b := range slices.Backward(c.Texts) {
		if found := address.FindString(b.Body); found != "" && !b.Mine && !b.Unseen() {
			return found
		}
	}
	return ""
}

type bubble struct {
	Message
	Mine bool // sent by the owner of the phone
}

// Unseen tells whether the text has not reached the phone.
func (b bubble) Unseen() bool { return !b.Mine && b.Status != MessageDelivered }

// callView is a call as its phone shows it.
type callView struct {
	Call
	// Person is true when somebody is there who can press keys.
	Person bool
	Lasts  time.Duration // of the lab's time
}

// Ringing tells whether the phone rings and could be picked up.
func (c callView) Ringing() bool { return c.Status == CallRinging && !c.Inbound }

// Talking tells whether somebody has picked up.
func (c callView) Talking() bool { return c.Status == CallInProgress }

// Began is when it was picked up, in milliseconds since 1970 as scripts count.
func (c callView) Began() int64 { return c.answeredAt.UnixMilli() }

// Language is what is spoken, a BCP 47 tag.
func (c callView) Language() string { return c.language }

// Lines are what was said, an utterance each.
func (c callView) Lines() []string {
	if c.Said == "" {
		return nil
	}
	return strings.Split(c.Said, "\n")
}

// State names the words for how the call goes.
func (c callView) State() string {
	switch {
	case c.Screened:
		return "call_screened"
	case c.Talking() && c.Person:
		return "call_talking"
	case c.Talking():
		return "call_voicemail"
	case c.Inbound:
		return "call_dialing"
	case c.Ringing():
		return "call_ringing"
	}
	return "call_coming"
}

// Was names the words for how the call ended.
func (c callView) Was() string {
	switch c.Status {
	case CallNoAnswer:
		return "was_missed"
	case CallBusy:
		return "was_busy"
	case CallFailed:
		return "was_failed"
	case CallCanceled:
		return "was_canceled"
	case CallCompleted, CallQueued, CallInitiated, CallRinging, CallInProgress:
	}
	if c.voicemail {
		return "was_voicemail"
	}
	return "was_talk"
}

func (l *Lab) card(p PhoneState, since time.Time) phoneCard {
	c := phoneCard{Phone: p.Phone, ID: strings.TrimPrefix(p.Number, "+"), Written: len(p.Messages) > 0}
	c.Reach = c.Written || len(p.Calls) > 0
	for _, m := range p.Messages {
		if m.At.Before(since) {
			continue
		}
		c.Texts = append(c.Texts, bubble{Message: m})
		if m.Status == MessageDelivered && !m.read {
			c.New++
		}
	}
	for _, m := range p.Replies {
		if !m.At.Before(since) {
			c.Texts = append(c.Texts, bubble{Message: m, Mine: true})
		}
	}
	slices.SortStableFunc(c.Texts, func(a, b bubble) int { return a.At.Compare(b.At) })
	c.Texts = latest(c.Texts, shownTexts)
	for _, call := range p.Calls {
		view := callView{Call: call, Person: call.Inbound || call.byHand || mannersOf[p.Behaviour].person, Lasts: time.Duration(call.Duration) * time.Second}
		switch {
		case !call.Status.over():
			if view.Talking() {
				view.Lasts = l.since(call.answeredAt)
			}
			c.Call = &view
		case !call.At.Before(since):
			c.Past = append(c.Past, view)
		}
	}
	c.Past = latest(c.Past, shownCalls)
	slices.Reverse(c.Past)
	return c
}

func latest[T any](items []T, n int) []T { return items[max(0, len(items)-n):] }

// minutes is a duration as a phone counts it, 1:05.
func minutes(d time.Duration) string {
	s := int(d / time.Second)
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// address finds web addresses in a text, without what ends the sentence they stand in.
var address = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

// link makes the web addresses in a text clickable; the text itself never becomes markup.
func link(text string) template.HTML {
	var b strings.Builder
	at := 0
	for _, found := range address.FindAllStringIndex(text, -1) {
		b.WriteString(template.HTMLEscapeString(text[at:found[0]]))
		at = found[1]
		shown := template.HTMLEscapeString(text[found[0]:at])
		if _, err := url.Parse(text[found[0]:at]); err != nil {
			b.WriteString(shown)
			continue
		}
		b.WriteString(`<a href="` + shown + `" target="_blank" rel="noopener noreferrer">` + shown + `</a>`)
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(b.String()) //nolint:gosec // every part of it is escaped above
}
