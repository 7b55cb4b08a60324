package lab

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// Fault is how the carrier fails.
type Fault string

// The faults. Those with a number refuse every request of the channel, look-ups too, and nothing is sent.
// The others concern sending only, and there the message is really accepted and goes its way.
const (
	FaultNone             Fault = "none"
	FaultThrottled        Fault = "429"
	FaultUnauthorized     Fault = "401"
	FaultBroken           Fault = "500"
	FaultUnavailable      Fault = "503"
	FaultResetAfterAccept Fault = "reset_after_accept"
	FaultErrorAfterAccept Fault = "error_after_accept"
	FaultTimeout          Fault = "timeout"
	// FaultUndelivered accepts and says later that it did not work: error 30003 for a text, a failed
	// call, a dropped mail.
	FaultUndelivered Fault = "undelivered"
	// FaultBadCallback refuses every text and call that wants to be reported on, with Twilio's 21609:
	// the address cannot be reached from the internet.
	FaultBadCallback Fault = "bad_callback"
)

// Faults lists every fault in the order in which people are offered them.
var Faults = []Fault{
	FaultNone, FaultThrottled, FaultUnauthorized, FaultBroken, FaultUnavailable,
	FaultResetAfterAccept, FaultErrorAfterAccept, FaultTimeout, FaultUndelivered, FaultBadCallback,
}

// Channel is what a fault concerns.
type Channel string

// The channels.
const (
	ChannelSMS   Channel = "sms"
	ChannelVoice Channel = "voice"
	ChannelEmail Channel = "email"
	ChannelChat  Channel = "chat"
	ChannelHook  Channel = "webhook"
	ChannelAll   Channel = "all"
)

// Channels lists every channel a fault can be set for.
var Channels = []Channel{ChannelAll, ChannelSMS, ChannelVoice, ChannelEmail, ChannelChat, ChannelHook}

// hangTime is how long a timed-out request is held in real time: longer than any client waits.
const hangTime = 30 * time.Second

// Carrier is how the providers behave as a whole.
type Carrier struct {
	Fault Fault `json:"fault"`
	// Share of the requests of the channel that meet the fault, 0 to 1: a chance that is thrown
	// anew for each, always in the same order after SetCarrier, so that a drill can be repeated.
	Share   float64 `json:"share"`
	Channel Channel `json:"channel"`
	// Also are further faults of the same channel, each with its share; a request meets one at most.
	Also []Chance `json:"also,omitempty"`
	// PerSecond is how many requests a second the channel takes; what is more gets 429 and has not
	// happened. 0 means as many as come.
	PerSecond float64 `json:"per_second,omitempty"`
	// ListLagMS is how many real milliseconds a new message or call stays out of Twilio's lists.
	ListLagMS int `json:"list_lag_ms"`
}

// wellCarrier is the carrier before anybody has changed it.
var wellCarrier = Carrier{Fault: FaultNone, Channel: ChannelAll, Share: 1}

// Chance is one fault and the share of requests that meet it.
type Chance struct {
	Fault Fault   `json:"fault"`
	Share float64 `json:"share"`
}

// chances are all faults of a carrier.
func (c Carrier) chances() []Chance {
	return append([]Chance{{c.Fault, c.Share}}, c.Also...)
}

// Callbacks is how unpleasant the call-backs are.
type Callbacks struct {
	// Duplicate posts everything twice.
	Duplicate bool `json:"duplicate"`
	// DelayMS holds everything back for so many real milliseconds.
	DelayMS int `json:"delay_ms"`
	// Drop is the share of status call-backs and mail events that get lost, 0 to 1, thrown as
	// Carrier.Share is. Texts from people are never dropped.
	Drop float64 `json:"drop"`
	// Reorder lets the final word overtake all earlier ones.
	Reorder bool `json:"reorder"`
}

// newDice falls the same way every time.
//
//nolint:gosec // a test double's chance must repeat itself, and keeps no secret
func newDice() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// Carrier is what SetCarrier has set.
func (l *Lab) Carrier() Carrier {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.carrier
}

// SetCarrier changes how the providers behave from the next request on.
func (l *Lab) SetCarrier(c Carrier) error {
	all := 0.0
	for _, chance := range c.chances() {
		if !slices.Contains(Faults, chance.Fault) {
			return refuse(http.StatusUnprocessableEntity, fmt.Sprintf("no carrier has the fault %q: use one of %v", chance.Fault, Faults))
		}
		if all += chance.Share; !isShare(chance.Share) || len(c.Also) > 0 && !isShare(all) {
			return refuse(http.StatusUnprocessableEntity, "share must lie between 0 and 1, and so must all shares together")
		}
	}
	switch {
	case !slices.Contains(Channels, c.Channel):
		return refuse(http.StatusUnprocessableEntity, fmt.Sprintf("there is no channel %q: use one of %v", c.Channel, Channels))
	case c.PerSecond < 0:
		return refuse(http.StatusUnprocessableEntity, "per_second must not be negative")
	case c.ListLagMS < 0:
		return refuse(http.StatusUnprocessableEntity, "list_lag_ms must not be negative")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.carrier, l.faults, l.rates = c, newDice(), map[Channel]*rate{}
	l.touch()
	return nil
}

// Callbacks is what SetCallbacks has set.
func (l *Lab) Callbacks() Callbacks {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.callbacks
}

// SetCallbacks changes how unpleasant the call-backs are from the next one on.
func (l *Lab) SetCallbacks(c Callbacks) error {
	if !isShare(c.Drop) || c.DelayMS < 0 {
		return refuse(http.StatusUnprocessableEntity, "drop must lie between 0 and 1, and delay_ms must not be negative")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.callbacks, l.drops = c, newDice()
	l.touch()
	return nil
}

func isShare(f float64) bool { return f >= 0 && f <= 1 }

// meet decides which fault a request meets.
func (l *Lab) meet(ch Channel, sends bool) Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.carrier
	if c.Channel != ChannelAll && c.Channel != ch {
		return FaultNone
	}
	// What concerns sending only is not thrown for a look-up.
	met := slices.DeleteFunc(c.chances(), func(o Chance) bool { return o.Fault == FaultNone || !sends && o.Fault.status() == 0 })
	if len(met) == 0 {
		return FaultNone
	}
	throw := l.faults.Float64()
	for _, chance := range met {
		if throw < chance.Share {
			return chance.Fault
		}
		throw -= chance.Share
	}
	return FaultNone
}

// status is what a fault answers instead of doing anything; 0 if it lets the request in.
func (f Fault) status() int {
	switch f {
	case FaultThrottled:
		return http.StatusTooManyRequests
	case FaultUnauthorized:
		return http.StatusUnauthorized
	case FaultBroken:
		return http.StatusInternalServerError
	case FaultUnavailable:
		return http.StatusServiceUnavailable
	case FaultNone, FaultResetAfterAccept, FaultErrorAfterAccept, FaultTimeout, FaultUndelivered, FaultBadCallback:
	}
	return 0
}

// serve answers one request of a provider, with the fault it meets. A request that is refused by
// itself (a wrong number, say) is refused as always.
func (l *Lab) serve(w http.ResponseWriter, r *http.Request, ch Channel, sends bool,
	do func(r *http.Request, undelivered bool) answer, trouble func(status int) answer) {
	fault := l.meet(ch, sends)
	if sends && fault.status() == 0 && !l.turn(ch) {
		fault = FaultThrottled
	}
	if status := fault.status(); status != 0 {
		trouble(status).write(w)
		return
	}
	if fault == FaultBadCallback && r.PostForm.Has("StatusCallback") {
		refusal(21609, "The 'StatusCallback' URL %s is not a valid URL", r.PostForm.Get("StatusCallback")).answer().write(w)
		return
	}
	a := do(r, fault == FaultUndelivered)
	if a.status >= http.StatusBadRequest {
		a.write(w)
		return
	}
	switch fault {
	case FaultResetAfterAccept:
		reset(w)
	case FaultErrorAfterAccept:
		trouble(http.StatusInternalServerError).write(w)
	case FaultTimeout:
		l.hang(r)
		reset(w)
	case FaultNone, FaultUndelivered, FaultThrottled, FaultUnauthorized, FaultBroken, FaultUnavailable, FaultBadCallback:
		a.write(w)
	}
}

// hang keeps a client waiting until it has gone.
func (l *Lab) hang(r *http.Request) {
	timer := time.NewTimer(hangTime)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
	case <-l.life.Done():
	case <-timer.C:
	}
}

// reset breaks the connection without an answer, with a TCP reset where that is possible.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0) // without it the client sees a clean end instead: still no answer
	}
	_ = conn.Close()
}
