package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/stormbell/stormbell/api/view"
)

// zone asks for the company's time zone: people name times as the company's clocks show them.
func (r remote) zone(ctx context.Context) (*time.Location, error) {
	var c view.Company
	if _, err := r.ask(ctx, http.MethodGet, "/company", nil, &c); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return nil, fmt.Errorf("the company's time zone is not known here: %w", err)
	}
	return zone, nil
}

// timeHelp is how times are written, for the help of flags.
const timeHelp = `now, 18:00, "Mon 09:00", "tomorrow 09:00", 2026-11-22, "2026-11-22 18:00" or 2026-11-22T18:00:00Z`

// stamps are the ways to write a whole date. Those without an offset are in the company's zone.
var stamps = []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02T15:04:05", time.DateOnly}

// when reads a time as people write it, at an instant in the company's zone. A clock time alone,
// or with a day of the week, is the next one to come.
func when(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "now" {
		return now, nil
	}
	for _, layout := range stamps {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, nil
		}
	}
	word, clock, both := strings.Cut(text, " ")
	if !both && strings.Contains(word, ":") {
		word, clock = "", text
	}
	hour, minute, ok := parseClock(clock)
	if !ok || text == "" {
		return time.Time{}, unclear(text)
	}
	on := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, hour, minute, 0, 0, now.Location())
	}
	switch word = strings.ToLower(word); word {
	case "today":
		return on(0), nil
	case "tomorrow":
		return on(1), nil
	}
	for days := range 8 {
		at := on(days)
		if (word == "" || isDay(word, at.Weekday())) && at.After(now) {
			return at, nil
		}
	}
	return time.Time{}, unclear(text)
}

func unclear(text string) error {
	return &refused{fmt.Sprintf("%q is no time; write it like %s\n", text, timeHelp)}
}

// parseClock reads a time of the day; none is its beginning.
func parseClock(s string) (hour, minute int, ok bool) {
	if s == "" {
		return 0, 0, true
	}
	at, err := time.Parse("15:04", strings.TrimSpace(s))
	return at.Hour(), at.Minute(), err == nil
}

// isDay knows Mon and Monday.
func isDay(word string, d time.Weekday) bool {
	name := strings.ToLower(d.String())
	return word == name || word == name[:3]
}

var lengthPart = regexp.MustCompile(`^(\d{1,5})([mhdw])`)

// later adds a length of time such as 30m, 8h, 1d or 1w2d. Days and weeks end at the same time of
// the day, whatever the clocks do in between.
func later(from time.Time, length string) (time.Time, error) {
	at := from
	for rest := length; ; {
		part := lengthPart.FindStringSubmatch(rest)
		if part == nil {
			return time.Time{}, &refused{fmt.Sprintf("%q is no length of time; write it like 30m, 8h, 1d or 1w\n", length)}
		}
		n, _ := strconv.Atoi(part[1]) // at most five digits
		switch part[2] {
		case "m":
			at = at.Add(time.Duration(n) * time.Minute)
		case "h":
			at = at.Add(time.Duration(n) * time.Hour)
		case "d":
			at = at.AddDate(0, 0, n)
		case "w":
			at = at.AddDate(0, 0, 7*n)
		}
		if rest = rest[len(part[0]):]; rest == "" {
			return at, nil
		}
	}
}

// clock writes a time for people, in a zone.
func clock(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("Mon 2006-01-02 15:04")
}
