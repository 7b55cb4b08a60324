package lab

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Behaviour is what a phone, and the person who holds it, does when a text or a call comes in. It can
// change at any moment: a phone that is switched on gets its texts, a ringing one can be picked up.
type Behaviour string

// The behaviours.
const (
	// Answer takes texts and picks up; who then presses a key does it through the lab.
	Answer Behaviour = "answer"
	// Ignore takes texts and lets it ring.
	Ignore Behaviour = "ignore"
	// Voicemail takes texts; a machine picks up and listens to all that is said.
	Voicemail Behaviour = "voicemail"
	// Busy takes texts and is engaged.
	Busy Behaviour = "busy"
	// Off takes nothing: texts stay sent and end as undelivered, calls end at once without ringing.
	Off Behaviour = "off"
	// Landline picks up, and texts to it are refused (21614).
	Landline Behaviour = "landline"
	// OptedOut picks up, and texts to it are refused (21610) until it sends START.
	OptedOut Behaviour = "opted_out"
	// Screening lets a robot pick up, which sounds like a person and listens to the first sentence.
	// Its owner reads who is calling, and may press keys from then on.
	Screening Behaviour = "screening"
)

// Behaviours lists every behaviour in the order in which people are offered them.
var Behaviours = []Behaviour{Answer, Ignore, Voicemail, Busy, Off, Landline, OptedOut, Screening}

const behaviourNames = "answer, ignore, voicemail, busy, off, landline, opted_out, screening"

// manners is what a behaviour does to a call.
type manners struct {
	rings  bool
	after  time.Duration // how long until something happens; 0 means never, so that the caller gives up
	then   CallStatus    // what happens: CallInProgress means that it is picked up
	by     string        // Twilio's AnsweredBy
	person bool          // somebody is there who can press keys

	screens bool // but only after a robot has heard who is calling
}

var mannersOf = map[Behaviour]manners{
	Answer:    {rings: true, after: 3 * time.Second, then: CallInProgress, by: "human", person: true},
	Landline:  {rings: true, after: 3 * time.Second, then: CallInProgress, by: "human", person: true},
	OptedOut:  {rings: true, after: 3 * time.Second, then: CallInProgress, by: "human", person: true},
	Screening: {rings: true, after: 2 * time.Second, then: CallInProgress, by: "human", person: true, screens: true},
	Voicemail: {rings: true, after: 15 * time.Second, then: CallInProgress, by: "machine_start"},
	Ignore:    {rings: true, then: CallNoAnswer},
	Busy:      {after: time.Second, then: CallBusy},
	// The network says "not available" (SIP 480), which Twilio reports as no-answer.
	Off: {after: 4 * time.Second, then: CallNoAnswer},
}

func (b Behaviour) valid() bool { _, ok := mannersOf[b]; return ok }

// Label is the behaviour in words for the page.
func (b Behaviour) Label() string {
	switch b {
	case Answer:
		return "picks up"
	case Ignore:
		return "lets it ring"
	case Voicemail:
		return "voicemail picks up"
	case Busy:
		return "is busy"
	case Off:
		return "is switched off"
	case Landline:
		return "is a landline (no texts)"
	case OptedOut:
		return "has opted out of texts"
	case Screening:
		return "screens its calls"
	}
	return string(b)
}

// Phone is one handset. Number is E.164; Language is a BCP 47 tag, only shown. An empty Behaviour
// means Answer.
type Phone struct {
	Number    string    `json:"number"`
	Person    string    `json:"person"`
	Language  string    `json:"language,omitempty"`
	Behaviour Behaviour `json:"behaviour"`
}

// PhoneState is a phone with all that has happened on it, oldest first.
type PhoneState struct {
	Phone
	// Messages are the texts sent to the phone. One that is not delivered has not been seen there.
	Messages []Message `json:"messages"`
	// Replies are the texts its owner has sent.
	Replies []Message `json:"replies"`
	Calls   []Call    `json:"calls"`
}

type phone struct {
	Phone
	moved   chan struct{} // closed and replaced whenever the behaviour changes
	replies sequence      // texts of one phone arrive in order
}

var numberForm = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// normalNumber accepts a number with or without its plus.
func normalNumber(s string) (string, bool) {
	s = "+" + strings.TrimPrefix(strings.TrimSpace(s), "+")
	return s, numberForm.MatchString(s)
}

// phoneAt finds a phone or puts up one that answers. The caller holds l.mu.
func (l *Lab) phoneAt(number string) *phone {
	if p, ok := l.phones.get(number); ok {
		return p
	}
	p := &phone{Phone: Phone{Number: number, Behaviour: Answer}, moved: make(chan struct{})}
	l.phones.add(number, p, 0)
	return p
}

// behaves changes what a phone does. The caller holds l.mu.
func (l *Lab) behaves(p *phone, b Behaviour) {
	p.Behaviour = b
	close(p.moved)
	p.moved = make(chan struct{})
	l.touch()
}

// SetBehaviour changes what a phone does from now on, also for calls that ring and texts under way.
// A number nobody knows yet gets a phone.
func (l *Lab) SetBehaviour(number string, b Behaviour) (Phone, error) {
	number, ok := normalNumber(number)
	if !ok {
		return Phone{}, refuse(http.StatusUnprocessableEntity, "that is no phone number: write it as E.164, for example +491701234567")
	}
	if !b.valid() {
		return Phone{}, refuse(http.StatusUnprocessableEntity, fmt.Sprintf("no phone behaves like %q: use one of %s", b, behaviourNames))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.phoneAt(number)
	l.behaves(p, b)
	return p.Phone, nil
}

// Phones shows every phone, the configured ones first.
func (l *Lab) Phones() []PhoneState {
	l.mu.Lock()
	defer l.mu.Unlock()
	index := make(map[string]int, len(l.phones.rows))
	states := make([]PhoneState, 0, len(l.phones.rows))
	for p := range l.phones.each {
		index[p.Number] = len(states)
		states = append(states, PhoneState{Phone: p.Phone, Messages: []Message{}, Replies: []Message{}, Calls: []Call{}})
	}
	for m := range l.messages.each {
		if i, ok := index[m.phone()]; ok && m.direction == inbound {
			states[i].Replies = append(states[i].Replies, m.Message)
		} else if ok {
			states[i].Messages = append(states[i].Messages, m.Message)
		}
	}
	for c := range l.calls.each {
		if i, ok := index[c.phone()]; ok {
			states[i].Calls = append(states[i].Calls, c.Call)
		}
	}
	return states
}
