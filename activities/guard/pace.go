package guard

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// patience is how long a send waits for its turn at most, before it comes again instead.
	patience = 5 * time.Second
	// request is what must be left of an attempt when its turn comes: the provider's answer and
	// the ledger's row.
	request = 9 * time.Second
	// ahead is how far ahead of its turn a page may hold a place in the queue.
	ahead = time.Minute
)

// pace lets so many sends a second go. Pages take places in a queue, which may lie in the
// future; whatever else waits takes only what no page has taken.
type pace struct {
	limiter *rate.Limiter // nil: there is no limit
	mu      sync.Mutex    // guards places
	// places are the turns of pages that were told to come again, by delivery.
	places map[string]time.Time
}

func newPace(perSecond float64) *pace {
	p := &pace{places: map[string]time.Time{}}
	if perSecond > 0 {
		p.limiter = rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))
	}
	return p
}

// wait waits for the turn of a send and tells how long it took. Where that would be longer
// than the attempt can wait, turn is false at once, and the time is how long it would take.
// Many sends that go with one request count as so many, up to what goes in a second.
func (p *pace) wait(ctx context.Context, n string, urgent bool, many int) (took time.Duration, turn bool) {
	if p.limiter == nil {
		return 0, true
	}
	began := time.Now()
	within := patience
	if deadline, ok := ctx.Deadline(); ok {
		within = min(within, time.Until(deadline)-request)
	}
	if urgent {
		at, held := p.place(n, began)
		wait := max(at.Sub(began), 0)
		if !held || wait > within || !rest(ctx, wait) {
			return wait, false
		}
		p.leave(n)
		return wait, true
	}
	many = max(1, min(many, p.limiter.Burst()))
	for {
		now := time.Now()
		if p.limiter.AllowN(now, many) {
			return now.Sub(began), true
		}
		missing := time.Duration((float64(many) - p.limiter.TokensAt(now)) / float64(p.limiter.Limit()) * float64(time.Second))
		missing = max(missing, time.Millisecond)
		if now.Add(missing).Sub(began) > within || !rest(ctx, missing) {
			return missing, false
		}
	}
}

// place is the turn of a page: the one it was told before, or the next free one. Without a
// place within sight none is held.
func (p *pace) place(n string, now time.Time) (at time.Time, held bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, ok := p.places[n]; ok {
		return at, true
	}
	for other, at := range p.places {
		if now.Sub(at) > ahead { // its page was answered meanwhile
			delete(p.places, other)
		}
	}
	taken := p.limiter.ReserveN(now, 1)
	wait := taken.DelayFrom(now)
	if wait > ahead {
		taken.CancelAt(now)
		return now.Add(ahead), false
	}
	at = now.Add(wait)
	p.places[n] = at
	return at, true
}

func (p *pace) leave(n string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.places, n)
}

// rest is false when ctx ends before d is over.
func rest(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
