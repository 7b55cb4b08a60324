package lab

import (
	"net/url"
	"strconv"
	"time"
)

// How long a text takes, in the lab's time.
const (
	carrierTakes = 200 * time.Millisecond // from us to the carrier
	handsetTakes = 800 * time.Millisecond // from the carrier to the phone
	reachWithin  = 2 * time.Minute        // then the carrier gives a switched-off phone up
)

// unreachable is Twilio's error for a phone that is off or out of reach.
const unreachable = 30003

// deliver is the life of one text after Twilio has taken it.
func (l *Lab) deliver(m *message, undelivered bool) {
	l.progress(m, MessageQueued)
	if !l.wait(carrierTakes) {
		return
	}
	l.progress(m, MessageSent)
	reached := !undelivered && l.reachable(m.To)
	if !l.wait(handsetTakes) {
		return
	}
	if reached {
		l.progress(m, MessageDelivered)
	} else {
		l.progress(m, MessageUndelivered)
	}
}

// reachable waits until the phone is on; it is false when that takes too long.
func (l *Lab) reachable(number string) bool {
	timer := time.NewTimer(l.real(reachWithin))
	defer timer.Stop()
	for {
		l.mu.Lock()
		p := l.phoneAt(number)
		off, moved := p.Behaviour == Off, p.moved
		l.mu.Unlock()
		if !off {
			return true
		}
		select {
		case <-moved:
		case <-timer.C:
			return false
		case <-l.life.Done():
			return false
		}
	}
}

// progress moves a text on and tells the one who sent it.
func (l *Lab) progress(m *message, status MessageStatus) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m.Status, m.moved = status, l.cfg.Now()
	form := url.Values{
		"AccountSid": {l.cfg.AccountSID}, "ApiVersion": {apiVersion},
		"MessageSid": {m.SID}, "SmsSid": {m.SID}, "MessageStatus": {string(status)}, "SmsStatus": {string(status)},
		"From": {m.From}, "To": {m.To},
	}
	last := false
	switch status {
	case MessageSent:
		m.sentAt = m.moved
	case MessageDelivered:
		last = true
	case MessageUndelivered:
		last = true
		m.ErrorCode = unreachable
		form.Set("ErrorCode", strconv.Itoa(unreachable))
	case MessageQueued, MessageReceived:
	}
	l.touch()
	if m.statusCallback != "" {
		l.enqueue(&m.posts, post{last: last, send: func() { l.tell("POST", m.statusCallback, form) }})
	}
}
