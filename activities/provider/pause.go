package provider

import (
	"net/http"
	"strconv"
	"time"
)

// longestPause bounds what a provider may ask for: an emergency does not wait for a typing error.
const longestPause = time.Hour

// retryAfter is the pause that a refusal asks for, in either form of Retry-After or as SendGrid's
// time of reset; 0 if it asks for none.
func retryAfter(status int, h http.Header, now time.Time) time.Duration {
	if status != http.StatusTooManyRequests && status < http.StatusInternalServerError {
		return 0
	}
	var pause time.Duration
	if seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31); err == nil {
		pause = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		pause = at.Sub(now)
	} else if reset, err := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64); err == nil {
		pause = time.Unix(reset, 0).Sub(now)
	}
	return min(max(pause, 0), longestPause)
}
