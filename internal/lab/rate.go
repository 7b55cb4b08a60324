package lab

import (
	"math"
	"time"
)

// rate is how many requests a channel may still take: so many a second, and as many at once as
// in a second, at least one.
type rate struct {
	left float64
	at   time.Time
}

// turn tells whether the channel takes one more request now.
func (l *Lab) turn(ch Channel) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.carrier
	if c.PerSecond == 0 || c.Channel != ChannelAll && c.Channel != ch {
		return true
	}
	now, most := l.cfg.Now(), max(1, c.PerSecond)
	r := l.rates[ch]
	if r == nil {
		r = &rate{left: most, at: now}
		l.rates[ch] = r
	}
	r.left, r.at = math.Min(most, r.left+c.PerSecond*now.Sub(r.at).Seconds()), now
	if r.left < 1 {
		return false
	}
	r.left--
	return true
}
