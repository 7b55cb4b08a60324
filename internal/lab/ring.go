package lab

import (
	"net/url"
	"slices"
	"strconv"
	"time"
)

// How long things take, in the lab's time.
const (
	dialTakes      = 300 * time.Millisecond
	detectionTakes = 2 * time.Second
)

// place is the life of one call after Twilio has taken it.
func (l *Lab) place(c *call) {
	l.moveCall(c, CallInitiated)
	if l.pause(c, dialTakes, false) != elapsed {
		return
	}
	if c.fails {
		l.finish(c, CallFailed)
		return
	}
	if !l.ring(c) {
		return
	}
	limit := time.AfterFunc(l.real(c.lasts), func() { l.finish(c, CallCompleted) })
	defer limit.Stop()
	l.talk(c)
	l.finish(c, CallCompleted)
}

// ring is true when somebody or something has picked up. What the phone does is looked at again
// whenever it changes, so that a ringing phone can be picked up.
func (l *Lab) ring(c *call) bool {
	began := l.cfg.Now()
	for {
		l.mu.Lock()
		p := l.phoneAt(c.To)
		does, moved := mannersOf[p.Behaviour], p.moved
		l.mu.Unlock()
		if does.rings {
			l.moveCall(c, CallRinging)
		}
		then := does.then
		left := does.after - l.since(began)
		if does.after == 0 || does.after >= c.rings {
			left, then = c.rings-l.since(began), CallNoAnswer
		}
		timer := time.NewTimer(l.real(left))
		select {
		case <-timer.C:
			if then == CallInProgress {
				return l.pickUp(c, does)
			}
			l.finish(c, then)
			return false
		case <-moved:
		case <-c.interrupt:
			l.mu.Lock()
			over, byHand := c.Status.over(), c.byHand
			l.mu.Unlock()
			if over || byHand {
				timer.Stop()
				return !over && l.pickUp(c, mannersOf[Answer])
			}
		case <-l.life.Done():
			timer.Stop()
			return false
		}
		timer.Stop()
	}
}

// pickUp starts the talk and finds out who is there, before or beside it. It is false when the caller
// has given up in that moment.
func (l *Lab) pickUp(c *call, does manners) bool {
	l.mu.Lock()
	c.Screened, c.voicemail = does.screens, !does.person
	l.mu.Unlock()
	if !l.moveCall(c, CallInProgress) {
		return false
	}
	if c.detects != "Enable" && c.detects != "DetectMessageEnd" {
		return true
	}
	by := does.by
	if c.detects == "DetectMessageEnd" && by == "machine_start" {
		by = "machine_end_beep"
	}
	if !c.detectsBeside {
		l.detect(c, by)
		return true
	}
	l.spawn(func() {
		if l.detect(c, by) && c.detected.url != "" {
			l.tell(c.detected.method, c.detected.url, url.Values{
				"CallSid": {c.SID}, "AccountSid": {l.cfg.AccountSID}, "AnsweredBy": {by},
				"MachineDetectionDuration": {strconv.FormatInt(detectionTakes.Milliseconds(), 10)},
			})
		}
	})
	return true
}

// detect listens to who is there.
func (l *Lab) detect(c *call, by string) bool {
	if !l.wait(detectionTakes) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c.AnsweredBy = by
	l.touch()
	return true
}

// moveCall moves a call on and tells the one who ordered it; false means that it is over already.
func (l *Lab) moveCall(c *call, to CallStatus) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.Status.over() {
		return false
	}
	if c.Status == to {
		return true
	}
	c.Status, c.moved = to, l.cfg.Now()
	if to == CallInProgress {
		c.answeredAt = c.moved
	}
	l.touch()
	l.tellStatus(c)
	return true
}

// finish ends a call that has not ended yet.
func (l *Lab) finish(c *call, how CallStatus) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.endCall(c, how)
}

// endCall ends a call that has not ended yet. The caller holds l.mu.
func (l *Lab) endCall(c *call, how CallStatus) {
	if c.Status.over() {
		return
	}
	c.Status, c.moved, c.Listening = how, l.cfg.Now(), false
	c.endedAt = c.moved
	if !c.answeredAt.IsZero() {
		c.Duration = int(l.since(c.answeredAt).Round(time.Second) / time.Second)
	}
	c.wake()
	l.touch()
	l.tellStatus(c)
}

// tellStatus posts the status call-back if it was ordered for this event. The caller holds l.mu.
func (l *Lab) tellStatus(c *call) {
	event := string(c.Status)
	switch {
	case c.Status == CallInProgress:
		event = "answered"
	case c.Status.over():
		event = "completed"
	}
	if c.status.url == "" || !slices.Contains(c.events, event) {
		return
	}
	form := l.callForm(c)
	form.Set("CallbackSource", "call-progress-events")
	form.Set("Timestamp", c.moved.UTC().Format(twilioTime))
	form.Set("SequenceNumber", strconv.Itoa(c.told))
	c.told++
	if c.Status.over() {
		form.Set("CallDuration", strconv.Itoa(c.Duration))
		form.Set("Duration", strconv.Itoa((c.Duration+59)/60)) // begun minutes: what is paid
	}
	to := c.status
	l.enqueue(&c.posts, post{last: c.Status.over(), send: func() { l.tell(to.method, to.url, form) }})
}

// callForm is what Twilio says about a call with every request. The caller holds l.mu.
func (l *Lab) callForm(c *call) url.Values {
	form := url.Values{
		"AccountSid": {l.cfg.AccountSID}, "ApiVersion": {apiVersion}, "CallSid": {c.SID}, "CallStatus": {string(c.Status)},
		"Direction": {c.direction()}, "From": {c.From}, "Caller": {c.From}, "To": {c.To}, "Called": {c.To},
	}
	if c.AnsweredBy != "" {
		form.Set("AnsweredBy", c.AnsweredBy)
	}
	return form
}
