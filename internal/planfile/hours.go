package planfile

import (
	"slices"
	"strings"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

// hours reads the hours of duty: days, a time of the day, or both, such as "Mon-Fri 09:00-17:00".
func (b *builder) hours(l list[text]) []plan.Hours {
	if l.given() && len(l.items) == 0 {
		b.fail(l.spot, "is empty; nobody would ever be on call")
	}
	var all []plan.Hours
	for _, t := range l.items {
		if !t.good {
			continue
		}
		h, ok := parseHours(t.value)
		switch {
		case !ok:
			b.fail(t.spot, "%q are no hours of duty; write them like \"Mon-Fri 09:00-17:00\", \"Sat,Sun\" or \"22:00-06:00\"", t.value)
		case h.From == h.To:
			b.fail(t.spot, "%q end when they begin; for the whole day write the days alone", t.value)
		default:
			all = append(all, h)
		}
	}
	return all
}

func parseHours(s string) (plan.Hours, bool) {
	days, clock, both := strings.Cut(strings.TrimSpace(s), " ")
	if !both && strings.Contains(days, ":") {
		days, clock = "Mon-Sun", days
	}
	h := plan.Hours{To: day}
	if clock = strings.TrimSpace(clock); clock != "" {
		from, to, _ := strings.Cut(clock, "-")
		begin, beginOK := parseClock(from)
		end, endOK := parseClock(to)
		if !beginOK || !endOK || begin == day {
			return h, false
		}
		h.From, h.To = begin, end
	}
	for _, part := range strings.Split(days, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, fromOK := weekdays[strings.ToLower(first)]
		to, toOK := weekdays[strings.ToLower(last)]
		if !fromOK || !toOK {
			return h, false
		}
		for d := from; ; d = (d + 1) % 7 { // Fri-Mon goes over the weekend
			if !slices.Contains(h.Days, d) {
				h.Days = append(h.Days, d)
			}
			if d == to {
				break
			}
		}
	}
	return h, true
}

// parseClock reads a time of the day; 24:00 is its end.
func parseClock(s string) (time.Duration, bool) {
	if s == "24:00" {
		return day, true
	}
	at, err := time.Parse("15:04", s)
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, err == nil
}
