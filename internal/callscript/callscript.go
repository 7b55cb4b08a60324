package callscript

import (
	"fmt"
	"strconv"

	"github.com/twilio/twilio-go/twiml"

	"github.com/stormbell/stormbell/internal/phrase"
)

const (
	// MaxInline is how many characters of TwiML fit into the request that starts a call.
	MaxInline = 4000
	// rounds is how often a menu is said before the call gives up.
	rounds = 3
	// patience is how many seconds a person has for each key.
	patience = "8"
)

// Menu says who calls and what about, and waits for keys, which may be pressed while the
// voice still speaks; they are posted to action. The identification comes first because
// call screening listens to it. After the rounds it says that nobody pressed anything, and
// hangs up. There are three rounds, fewer when the script would not fit into MaxInline. What
// has no keys is said, and that is all.
func Menu(s phrase.Speech, action string) (string, error) {
	if s.Keys == "" {
		return speak(s, s.Hello, s.Story, s.Bye)
	}
	for n := rounds; ; n-- {
		xml, err := ask(s, action, []string{s.Hello, s.Story, s.More, s.Keys}, n, s.Silence)
		if err != nil || len(xml) <= MaxInline || n == 1 {
			return xml, err
		}
	}
}

// WrongKey says what is wrong (phrase.WrongKey) and asks again; a wrong key never counts.
func WrongKey(s phrase.Speech, sorry, action string) (string, error) {
	return ask(s, action, []string{sorry}, 2, s.Silence)
}

// Minutes asks for minutes, ended by the hash key. Hanging up or silence is fine.
func Minutes(s phrase.Speech, action string) (string, error) {
	return ask(s, action, []string{s.Story, s.Keys}, 1, s.Bye)
}

// Confirm says what happened, and goodbye.
func Confirm(s phrase.Speech) (string, error) {
	return speak(s, s.Story, s.Bye)
}

// Goodbye ends a call.
func Goodbye(s phrase.Speech) (string, error) {
	return speak(s, s.Bye)
}

// Machine leaves one sentence without details on an answering machine.
func Machine(s phrase.Speech) (string, error) {
	return speak(s, s.Machine)
}

// Unreachable says that the answer cannot be taken and where to turn instead.
func Unreachable(s phrase.Speech) (string, error) {
	return Fallback(s)
}

// Fallback says it in several languages, one after the other. It knows nothing of a call, so it
// can lie on any host and speak while ours is down.
func Fallback(languages ...phrase.Speech) (string, error) {
	var verbs []twiml.Element
	for _, s := range languages {
		verbs = append(verbs, says(s, s.Unreachable)...)
	}
	return render(append(verbs, &twiml.VoiceHangup{}))
}

// Bridge is the conference to join: a room at the provider, or a number with a pin.
type Bridge struct {
	Room string
	// Number in E.164 wins over Room; PIN is typed for the person once it answers.
	Number, PIN string
}

// Connect joins the person to the conference.
func Connect(s phrase.Speech, to Bridge) (string, error) {
	var noun twiml.Element = &twiml.VoiceConference{Name: to.Room, StartConferenceOnEnter: "true", EndConferenceOnExit: "false"}
	if to.Number != "" {
		number := &twiml.VoiceNumber{PhoneNumber: to.Number}
		if to.PIN != "" {
			number.SendDigits = "wwww" + to.PIN + "#" // w waits half a second
		}
		noun = number
	}
	return render(append(says(s, s.Connecting), &twiml.VoiceDial{InnerElements: []twiml.Element{noun}}))
}

// ask waits for keys some times: the first round says opening, the later ones story and keys.
func ask(s phrase.Speech, action string, opening []string, times int, end string) (string, error) {
	gather := twiml.VoiceGather{Input: "dtmf", Action: action, Method: "POST", Timeout: patience, NumDigits: strconv.Itoa(max(s.Digits, 1))}
	if s.Digits > 1 {
		gather.FinishOnKey = "#"
	}
	var verbs []twiml.Element
	for range times {
		round := gather
		round.InnerElements = says(s, opening...)
		verbs = append(verbs, &round)
		opening = []string{s.Story, s.Keys}
	}
	return render(append(append(verbs, says(s, end)...), &twiml.VoiceHangup{}))
}

// speak says texts and hangs up.
func speak(s phrase.Speech, texts ...string) (string, error) {
	return render(append(says(s, texts...), &twiml.VoiceHangup{}))
}

func says(s phrase.Speech, texts ...string) []twiml.Element {
	var verbs []twiml.Element
	for _, text := range texts {
		if text != "" {
			verbs = append(verbs, &twiml.VoiceSay{Message: text, Voice: s.Voice, Language: s.Language})
		}
	}
	return verbs
}

func render(verbs []twiml.Element) (string, error) {
	xml, err := twiml.Voice(verbs)
	if err != nil {
		return "", fmt.Errorf("write the call script: %w", err)
	}
	return xml, nil
}
