package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// maxOccurrences bounds how often one event may come.
const maxOccurrences = 5000

var errTooOften = errors.New("it repeats more often than any duty does")

// span is one time at which an event takes place.
type span struct{ from, until time.Time }

// spans returns when an event takes place before an instant. Every one lasts as long on the
// clock: a week that begins and ends at nine does so when the clocks are changed, too.
func (e event) spans(before time.Time) ([]span, error) {
	begins := []time.Time{e.start}
	if e.rule != "" {
		var err error
		if begins, err = occurrences(e.rule, e.start, before, e.zone); err != nil {
			return nil, err
		}
	}
	begins = append(begins, e.more...)
	slices.SortFunc(begins, time.Time.Compare)
	begins = slices.CompactFunc(begins, time.Time.Equal)
	var all []span
	for _, at := range begins {
		off := slices.ContainsFunc(e.except, at.Equal) || slices.ContainsFunc(e.exceptDays, at.Truncate(24*time.Hour).Equal)
		if !off {
			all = append(all, span{e.zone.instant(at), e.zone.instant(at.Add(e.end.Sub(e.start)))})
		}
	}
	return all, nil
}

// occurrences works out a rule from a beginning until an instant, all but that instant on the
// wall. The first of them is the beginning, whatever the rule says.
func occurrences(rule string, start, before time.Time, in zone) ([]time.Time, error) {
	option, err := rrule.StrToROption(rule)
	if err != nil {
		return nil, fmt.Errorf("its rule %q cannot be read", title(rule))
	}
	each := max(len(option.Byhour), 1) * max(len(option.Byminute), 1) * max(len(option.Bysecond), 1)
	if option.Freq > rrule.DAILY || each > 24 {
		return nil, errTooOften
	}
	option.Dtstart = start
	last := in.wall(before)
	if until := untilOf(rule, option.Until, in); !until.IsZero() && until.Before(last) {
		last = until
	}
	// A rule that never comes to pass would be looked for until the end of time without it.
	option.Until = last
	if start.After(last) {
		return nil, nil
	}
	r, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, fmt.Errorf("its rule %q cannot be read", title(rule))
	}
	all := []time.Time{start}
	for next := r.Iterator(); ; {
		at, ok := next()
		if !ok || at.After(last) {
			return all, nil
		}
		if all = append(all, at); len(all) > maxOccurrences {
			return nil, errTooOften
		}
	}
}

// untilOf is the end that a rule gives itself, on the wall. A date means the whole of that day.
func untilOf(rule string, until time.Time, in zone) time.Time {
	_, value, found := strings.Cut(strings.ToUpper(rule), "UNTIL=")
	value, _, _ = strings.Cut(value, ";")
	switch {
	case !found:
		return time.Time{}
	case strings.HasSuffix(value, "Z"):
		return in.wall(until)
	case !strings.Contains(value, "T"):
		return until.Add(24*time.Hour - time.Second)
	}
	return until
}
