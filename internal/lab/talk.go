package lab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Bounds of what a call may do.
const (
	maxDocuments = 1000
	maxSaid      = 16 << 10 // bytes; the beginning is forgotten first
	spokenRunes  = 14       // a second
)

// applicationError is what Twilio says when it gets no TwiML.
const applicationError = "We are sorry, an application error has occurred. Goodbye."

// event is why a call stopped waiting.
type event int

const (
	elapsed event = iota
	pressed
	redirected
	ended
)

// pause lets time of a call pass until something happens in it.
func (l *Lab) pause(c *call, d time.Duration, forKeys bool) event {
	timer := time.NewTimer(l.real(d))
	defer timer.Stop()
	for {
		if e := l.happened(c, forKeys); e != elapsed {
			return e
		}
		select {
		case <-timer.C:
			return elapsed
		case <-c.interrupt:
		case <-l.life.Done():
			return ended
		}
	}
}

func (l *Lab) happened(c *call, forKeys bool) event {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case c.Status.over():
		return ended
	case c.redirected != nil:
		return redirected
	case forKeys && c.pressed != "":
		return pressed
	}
	return elapsed
}

// turn is where a call goes on, and what Twilio tells there.
type turn struct {
	source
	form url.Values
}

// talk performs one document after the other until one says nothing about how to go on.
func (l *Lab) talk(c *call) {
	next := &turn{source: c.first}
	for i := 0; next != nil && i < maxDocuments; i++ {
		document, err := l.document(c, next)
		l.moveCall(c, CallInProgress) // a call from a phone rings until somebody has something to say
		if err != nil {
			l.log.WarnContext(context.Background(), "a call of the phone lab ended with an application error", "call", c.SID, "error", err)
			l.say(c, applicationError, 1, false)
			return
		}
		next, err = l.perform(c, document, next.url)
		if err != nil {
			l.log.WarnContext(context.Background(), "a call of the phone lab ended with an application error", "call", c.SID, "error", err)
			l.say(c, applicationError, 1, false)
			return
		}
		l.mu.Lock()
		if c.redirected != nil {
			next, c.redirected = &turn{source: *c.redirected}, nil
		}
		l.mu.Unlock()
	}
}

// document gets TwiML, from the fallback if its source has none.
func (l *Lab) document(c *call, from *turn) (*element, error) {
	document, code, err := l.read(c, from)
	if err == nil || c.fallback.url == "" {
		return document, err
	}
	form := url.Values{"ErrorCode": {strconv.Itoa(code)}, "ErrorUrl": {from.url}}
	*from = turn{source: c.fallback, form: form}
	document, _, err = l.read(c, from)
	return document, err
}

// read gets TwiML; with an error comes Twilio's code of it.
func (l *Lab) read(c *call, from *turn) (*element, int, error) {
	if from.twiml != "" {
		document, err := parseTwiML([]byte(from.twiml))
		return document, 12100, err
	}
	l.mu.Lock()
	form := l.callForm(c)
	l.mu.Unlock()
	maps.Copy(form, from.form)
	r, err := l.ask(from.method, from.url, form)
	if err == nil {
		err = r.err()
	}
	if err != nil {
		return nil, 11200, err
	}
	switch kind, _, _ := mime.ParseMediaType(r.contentType); kind {
	case "text/xml", "application/xml", "text/html":
	default:
		return nil, 12300, fmt.Errorf("TwiML came as %q: send it as text/xml", r.contentType)
	}
	document, err := parseTwiML(r.body)
	return document, 12100, err
}

// perform does what a document says. It returns where to go on; nil means nowhere.
func (l *Lab) perform(c *call, document *element, base string) (*turn, error) {
	for _, verb := range document.children {
		e := elapsed
		switch verb.name {
		case "Say":
			e = l.sayVerb(c, verb, false)
		case "Pause":
			e = l.pause(c, verb.seconds("length", time.Second), false)
		case "Gather":
			var keys string
			if keys, e = l.gather(c, verb); e == elapsed && (keys != "" || verb.attr["actionOnEmptyResult"] == "true") {
				return goOn(base, verb, verb.attr["action"], url.Values{"Digits": {keys}})
			}
		case "Redirect":
			return goOn(base, verb, verb.words(), nil)
		case "Dial":
			if e = l.dial(c, verb); e == elapsed && verb.attr["action"] != "" {
				return goOn(base, verb, verb.attr["action"], url.Values{"DialCallStatus": {"completed"}})
			}
		case "Hangup", "Reject":
			l.finish(c, CallCompleted)
		}
		if e == elapsed {
			e = l.happened(c, false)
		}
		if e != elapsed {
			return nil, nil
		}
	}
	return nil, nil
}

// goOn follows a reference of a document, which may be relative to it.
func goOn(base string, verb *element, reference string, form url.Values) (*turn, error) {
	if reference == "" {
		reference = base
	}
	from, err := url.Parse(base)
	if err != nil {
		return nil, errors.New("the document's URL is none")
	}
	to, err := from.Parse(reference)
	if err != nil || !isWebURL(to.String()) {
		return nil, fmt.Errorf("%s leads nowhere: TwiML given in a request needs absolute URLs", verb.name)
	}
	next := source{method: http.MethodPost, url: to.String()}
	if strings.EqualFold(verb.attr["method"], http.MethodGet) {
		next.method = http.MethodGet
	}
	return &turn{next, form}, nil
}

func (l *Lab) sayVerb(c *call, verb *element, forKeys bool) event {
	times := verb.number("loop", 1)
	if times == 0 { // until somebody hangs up
		times = maxDocuments
	}
	l.mu.Lock()
	c.language = verb.attr["language"]
	l.mu.Unlock()
	return l.say(c, verb.words(), times, forKeys)
}

// say speaks, which takes its time.
func (l *Lab) say(c *call, text string, times int, forKeys bool) event {
	l.mu.Lock()
	l.note(c, text)
	l.mu.Unlock()
	spoken := time.Duration(len([]rune(text))) * time.Second / spokenRunes
	e := l.pause(c, time.Duration(times)*spoken, forKeys)
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.Screened && e == elapsed {
		c.Screened = false // who is calling is on the screen now
		l.touch()
	}
	return e
}

// note keeps what was said. The caller holds l.mu.
func (l *Lab) note(c *call, text string) {
	if c.Said != "" {
		text = c.Said + "\n" + text
	}
	if cut := len(text) - maxSaid; cut > 0 {
		text = strings.ToValidUTF8(text[cut:], "")
	}
	c.Said = text
	l.touch()
}

// gather says what is nested in it and collects keys meanwhile and afterwards. Keys that were pressed
// before, even while it rang, count: a test need not hit the moment.
func (l *Lab) gather(c *call, verb *element) (string, event) {
	l.setListening(c, true)
	defer l.setListening(c, false)
	for _, noun := range verb.children {
		e := elapsed
		switch noun.name {
		case "Say":
			e = l.sayVerb(c, noun, true)
		case "Pause":
			e = l.pause(c, noun.seconds("length", time.Second), true)
		}
		if e == pressed {
			break
		}
		if e != elapsed {
			return "", e
		}
	}
	finish, given := verb.attr["finishOnKey"]
	if !given {
		finish = "#"
	}
	keys, most := "", verb.number("numDigits", 0)
	for {
		switch e := l.pause(c, verb.seconds("timeout", 5*time.Second), true); e {
		case elapsed:
			return keys, elapsed
		case redirected, ended:
			return "", e
		case pressed:
		}
		l.mu.Lock()
		key := c.pressed[:1]
		c.pressed = c.pressed[1:]
		l.mu.Unlock()
		if finish != "" && strings.Contains(finish, key) {
			return keys, elapsed
		}
		if keys += key; len(keys) == most {
			return keys, elapsed
		}
	}
}

func (l *Lab) setListening(c *call, listening bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.Listening = listening && !c.Status.over()
	l.touch()
}

// dial connects the phone with a conference or a number until somebody hangs up.
func (l *Lab) dial(c *call, verb *element) event {
	with := verb.words()
	for _, noun := range verb.children {
		with = strings.ToLower(noun.name) + " " + noun.words()
	}
	l.mu.Lock()
	c.Connected = with
	l.note(c, "(connected with "+with+")")
	l.mu.Unlock()
	return l.pause(c, verb.seconds("timeLimit", longestCall), false)
}
