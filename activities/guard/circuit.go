package guard

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

// trips is how many sends in a row must tell that the provider is out of order. A carrier of
// which every fourth answer is an error does not get there; one that is down does at once.
const trips = 8

// probing is how soon to come again while one send finds out whether the provider works.
const probing = 2 * time.Second

// circuit is closed while the provider works. When it does not, it opens for a while, and
// then lets one send through to see.
type circuit struct {
	breaker *gobreaker.TwoStepCircuitBreaker[any]
	// until is when an open circuit lets somebody try, in nanoseconds since 1970.
	until atomic.Int64
}

// The words on a send's end that the breaker counts, besides nil for a provider that is well.
var (
	errIll    = errors.New("the provider is out of order")
	errNoWord = errors.New("nothing was learned about the provider")
)

func newCircuit(channel plan.Channel, c Config) *circuit {
	x := &circuit{}
	x.breaker = gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Name: string(channel), MaxRequests: 1, Timeout: c.Rest,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= trips },
		IsExcluded:  func(err error) bool { return errors.Is(err, errNoWord) },
		OnStateChange: func(_ string, _, to gobreaker.State) {
			ctx := context.Background()
			switch to {
			case gobreaker.StateOpen:
				x.until.Store(time.Now().Add(c.Rest).UnixNano())
				c.Logger.ErrorContext(ctx, "a provider is out of order and is left alone; other channels go on", "channel", channel, "rest", c.Rest)
			case gobreaker.StateHalfOpen:
				c.Logger.InfoContext(ctx, "one send tries whether the provider works again", "channel", channel)
			case gobreaker.StateClosed:
				c.Logger.InfoContext(ctx, "the provider works again", "channel", channel)
			}
			c.Meter.Circuit(channel, to != gobreaker.StateClosed)
		},
	})
	c.Meter.Circuit(channel, false)
	return x
}

// allow says whether a send may go to the provider. If so, done must be told what it showed of
// the provider; if not, done is nil and again is when it may be worth while.
func (x *circuit) allow() (done func(delivery.Health), again time.Duration) {
	ended, err := x.breaker.Allow()
	switch {
	case errors.Is(err, gobreaker.ErrOpenState):
		return nil, max(time.Until(time.Unix(0, x.until.Load())), 0) + time.Millisecond
	case err != nil:
		return nil, probing
	}
	return func(h delivery.Health) {
		switch h {
		case delivery.Well:
			ended(nil)
		case delivery.Ill:
			ended(errIll)
		case delivery.NoWord:
			ended(errNoWord)
		}
	}, 0
}
