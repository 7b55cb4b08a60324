package twilio

import (
	"slices"
	"time"
)

const (
	// pageSize is how many of the newest texts or calls to one number are looked at.
	pageSize = 50
	// requestID is the header with Twilio's name of an exchange.
	requestID = "Twilio-Request-Id"
	// skew is how far Twilio's clock, which shows whole seconds, may be behind ours.
	skew = 30 * time.Second
)

// wanted picks the oldest of several candidates for one lost send.
type wanted struct {
	since time.Time
	known []string
	best  time.Time
}

// better tells whether a candidate is possible at all and older than the best so far.
func (w *wanted) better(sid, created string) bool {
	at, err := time.Parse(time.RFC1123Z, created)
	if err != nil || sid == "" || at.Before(w.since.Add(-skew)) || slices.Contains(w.known, sid) {
		return false
	}
	if !w.best.IsZero() && !at.Before(w.best) {
		return false
	}
	w.best = at
	return true
}
