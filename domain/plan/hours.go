package plan

import (
	"slices"
	"time"
)

// Hours is a part of the week, such as Mon-Fri 09:00-17:00, in wall-clock time.
type Hours struct {
	// Days are the days on which it begins.
	Days []time.Weekday
	// From and To are wall-clock times since midnight. A To that is not after From is on the
	// next day: 22:00-06:00 on Fridays ends on Saturday morning.
	From, To time.Duration
}

// On returns when the hours begin and end on a day, and whether they begin on it at all. The
// day is a midnight written in UTC, and so are the answers: they are what the clock on the
// wall shows, of which every day has 24 hours.
func (h Hours) On(midnight time.Time) (from, to time.Time, ok bool) {
	from, to = midnight.Add(h.From), midnight.Add(h.To)
	if h.To <= h.From {
		to = to.AddDate(0, 0, 1)
	}
	return from, to, slices.Contains(h.Days, midnight.Weekday())
}
