package lab

import (
	"fmt"
	"net/http"
)

// Dial calls one of the senders from a phone, as its owner would. An empty to means the one who
// called or wrote last. The first document comes from the voice URL; the rest is as in every call.
func (l *Lab) Dial(number, to string) (Call, error) {
	number, _ = normalNumber(number)
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.phones.get(number); !ok {
		return Call{}, noPhone
	}
	if to == "" {
		to = l.lastCaller(number)
	}
	to, ok := normalNumber(to)
	switch {
	case !ok:
		return Call{}, refuse(http.StatusUnprocessableEntity, `say in "to" which sender's number is called, as E.164: nobody has called or written yet`)
	case !l.owns(to):
		return Call{}, refuse(http.StatusUnprocessableEntity, `the number in "to" is none of the account's senders: use the "from" of a call this phone has got`)
	case l.voice.url == "":
		return Call{}, refuse(http.StatusConflict, "nobody takes incoming calls: the lab was given no voice URL")
	}
	for c := range l.calls.newest {
		if c.phone() == number && !c.Status.over() {
			return Call{}, refuse(http.StatusConflict, fmt.Sprintf("the phone is in a call (%s): hang up first", c.Status))
		}
	}
	now := l.cfg.Now()
	c := &call{
		Call:  Call{SID: newSID("CA"), From: number, To: to, At: now, Status: CallRinging, Inbound: true},
		moved: now, first: l.voice, fallback: l.voiceFallback, lasts: longestCall, interrupt: make(chan struct{}, 1),
	}
	l.calls.add(c.SID, c, longestTwiML)
	l.touch()
	l.spawn(func() { l.receive(c) })
	return c.Call, nil
}

// lastCaller is who called or, if nobody did, wrote to a phone last. The caller holds l.mu.
func (l *Lab) lastCaller(number string) string {
	for c := range l.calls.newest {
		if !c.Inbound && c.To == number {
			return c.From
		}
	}
	return l.lastSender(number)
}

// receive is the life of a call from a phone: it is picked up once there is something to say.
func (l *Lab) receive(c *call) {
	if l.pause(c, dialTakes, false) != elapsed {
		return
	}
	l.talk(c)
	l.finish(c, CallCompleted)
}
