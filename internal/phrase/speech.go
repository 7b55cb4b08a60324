package phrase

import (
	"strings"

	"github.com/stormbell/stormbell/domain/notice"
)

// maxSpoken is how many characters are heard in 20 seconds, at some 16 a second.
const maxSpoken = 330

// Speech is everything a call about one notice may say, without marks, ids or addresses.
type Speech struct {
	// Language and Voice as Twilio names them.
	Language, Voice string
	// Hello says who calls; Story what it is about; Keys what can be pressed, empty when
	// nothing can; More, said before the keys, how many more pages are open (the notice's
	// Count), mostly empty. All of them together take at most 20 seconds.
	Hello, Story, More, Keys string
	// Digits is how many keys an answer has: 1, or 3 and a hash key.
	Digits int
	// Silence is said when nothing was pressed, Bye at the end of an answered call.
	Silence, Bye string
	// Machine tells an answering machine nothing worth knowing.
	Machine string
	// Unreachable is said when we cannot take the answer.
	Unreachable string
	// Connecting is said before the conference.
	Connecting string
}

// voices are the speakers by language, as language and name.
var voices = map[string][2]string{"de": {"de-DE", "Polly.Vicki"}, "en": {"en-US", "Polly.Joanna"}}

// menu is the set of keys a notice offers: a role is answered with one digit, a task with
// minutes, everything else that is open with a word in the conference.
func menu(kind notice.Kind) (name string, digits int) {
	switch kind {
	case notice.Page, notice.Reminder:
		return "role", 1
	case notice.Taken, notice.TaskAsked, notice.Lapsed, notice.UndoAsked:
		return "minutes", 3
	case notice.Bridge, notice.JoinAsked, notice.ProxyAsked:
		return "bridge", 1
	case notice.RollCall, notice.StillThere:
		return "there", 1
	case notice.ContactTest:
		return "test", 1
	default:
		return "talk", 1
	}
}

// final tells that nothing is left to press: the words end the call.
func final(kind notice.Kind) bool {
	switch kind {
	case notice.Noted, notice.PassedOn, notice.Unneeded, notice.StandDown, notice.FalseAlarm, notice.TaskDone, notice.Confirmed, notice.StillYours:
		return true
	default:
		return kind == notice.Taken // its story already asks for the minutes
	}
}

// Speech returns what a call says about a notice.
func (w *Words) Speech(n notice.Notice, to To) Speech {
	f, lang := w.spoken(n, to)
	keys, digits := menu(n.Kind)
	s := w.speech(lang, n.Kind, f)
	s.Hello, s.Digits = w.say(lang, "call.hello", f), digits
	s.Silence = w.say(lang, "call.silence_"+keys, f)
	if !final(n.Kind) && (n.Kind != notice.Bridge || f.Conference) {
		s.Keys = w.say(lang, "call.keys_"+keys, f)
	}
	if n.Kind == notice.Page && n.Count > 0 {
		s.More = w.say(lang, "caller.more", f)
	}
	s.Story = fit(maxSpoken-runes(s.Hello)-runes(s.More)-runes(s.Keys), runes,
		func() string { return strings.TrimSpace(w.say(lang, key(n.Kind, "story"), f)) },
		// A role is cut last: half a name of it says nothing.
		slot{&f.Title, 20}, slot{&f.Task, 16}, slot{&f.Audience, 12}, slot{&f.Role, 24}, slot{&f.Title, 0}, slot{&f.Role, 12})
	return s
}

// WrongKey answers keys that mean nothing here, and says again what can be pressed.
func (w *Words) WrongKey(keys string, n notice.Notice, to To) string {
	f, lang := w.spoken(n, to)
	if len(keys) <= 3 && strings.Trim(keys, "0123456789") == "" {
		f.Key = keys
	}
	name, _ := menu(n.Kind)
	return w.say(lang, "call.wrong_"+name, f)
}

// Stranger is what somebody hears who calls and has nothing open: Story is all of it.
func (w *Words) Stranger(language string) Speech {
	f, lang := w.spoken(notice.Notice{}, To{Language: language})
	s := w.speech(lang, "", f)
	s.Story = w.say(lang, "call.stranger", f)
	return s
}

// Idle is what somebody we know hears who calls while no page is open for them: that Count
// requests of other kinds are, or that Mention has Role since Since. Story is all of it.
func (w *Words) Idle(n notice.Notice, to To) Speech {
	f, lang := w.spoken(n, to)
	s := w.speech(lang, "", f)
	s.Story = w.say(lang, "caller.idle", f)
	if n.Count > 0 {
		s.Story = w.say(lang, "caller.busy", f)
	}
	return s
}

// speech fills in what every call can say.
func (w *Words) speech(lang string, kind notice.Kind, f facts) Speech {
	return Speech{
		Language: voices[lang][0], Voice: voices[lang][1],
		Bye: w.say(lang, "call.bye", f), Machine: w.say(lang, "call.machine", f),
		Unreachable: w.say(lang, "call.unreachable", f), Connecting: w.say(lang, key(kind, "connecting"), f),
	}
}

// spoken collects the facts as a voice can say them.
func (w *Words) spoken(n notice.Notice, to To) (facts, string) {
	f, lang := w.gather(n, to)
	f.At, f.Since = spokenClock(n.At, w.Now(), w.zone, lang), spokenClock(n.Since, w.Now(), w.zone, lang)
	f.Title, f.Company = cut(speakable(f.Title), 60, runes), speakable(f.Company)
	f.Role, f.Task, f.Audience = speakable(f.Role), cut(speakable(f.Task), 60, runes), speakable(f.Audience)
	f.FullName = speakable(f.FullName)
	if n.Mention != "" {
		f.Other = speakable(line(w.personName(n.Mention), 40))
	}
	// One digit after the other, so that no voice reads millions.
	f.HelpSpoken = strings.Join(strings.Split(strings.Map(digitsOnly, f.Help), ""), " ")
	return f, lang
}

func digitsOnly(r rune) rune {
	if r == '+' || '0' <= r && r <= '9' {
		return r
	}
	return -1
}
