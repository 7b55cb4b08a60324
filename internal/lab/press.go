package lab

import (
	"fmt"
	"net/http"
	"strings"
)

// Press presses keys on a phone that is being called, as a person would: 0 to 9, * and #.
func (l *Lab) Press(number, sid, keys string) (Call, error) {
	if keys == "" || len(keys) > 32 || strings.Trim(keys, "0123456789*#") != "" {
		return Call{}, refuse(http.StatusUnprocessableEntity, `"digits" must be 1 to 32 of the keys 0 to 9, * and #`)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c, err := l.callOn(number, sid)
	if err != nil {
		return Call{}, err
	}
	switch does := l.phoneAt(c.phone()).Behaviour; {
	case c.Inbound || c.byHand: // whoever calls or picked up is there
	case !mannersOf[does].person:
		return Call{}, refuse(http.StatusConflict, fmt.Sprintf("nobody is there to press keys: the phone %s; set its behaviour to answer first", does.Label()))
	case c.Screened || mannersOf[does].screens && c.Status != CallInProgress:
		return Call{}, refuse(http.StatusConflict, "the phone has not yet heard who is calling: wait until the first sentence is over")
	}
	c.Keys += keys
	c.pressed += keys
	c.wake()
	l.touch()
	return c.Call, nil
}

// PickUp answers a ringing call by hand, whatever the phone does by itself.
func (l *Lab) PickUp(number, sid string) (Call, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, err := l.callOn(number, sid)
	if err != nil {
		return Call{}, err
	}
	if c.Inbound || c.Status != CallRinging {
		return Call{}, refuse(http.StatusConflict, fmt.Sprintf("the phone does not ring (%s): only a ringing call can be picked up", c.Status))
	}
	c.byHand = true
	c.wake()
	return c.Call, nil
}

// HangUp ends a call at the phone; one that rings is turned away as busy.
func (l *Lab) HangUp(number, sid string) (Call, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, err := l.callOn(number, sid)
	if err != nil {
		return Call{}, err
	}
	if c.Status == CallInProgress {
		l.endCall(c, CallCompleted)
	} else {
		l.endCall(c, CallBusy)
	}
	return c.Call, nil
}

// callOn finds a call that is not over on a phone. The caller holds l.mu.
func (l *Lab) callOn(number, sid string) (*call, error) {
	number, _ = normalNumber(number)
	c, ok := l.calls.get(sid)
	switch {
	case !ok || c.phone() != number:
		return nil, refuse(http.StatusNotFound, "this phone has no such call: look for its sid in GET /lab/api/phones")
	case c.Status.over():
		return nil, refuse(http.StatusConflict, fmt.Sprintf("the call is over (%s): wait for the next one", c.Status))
	}
	return c, nil
}
