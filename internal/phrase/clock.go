package phrase

import (
	"fmt"
	"strings"
	"time"
)

// days are the names of the week as they are written and spoken.
var days = map[string]struct{ short, long [7]string }{
	"en": {
		[7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		[7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	},
	"de": {
		[7]string{"So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"},
		[7]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
	},
}

// Clock writes a time as texts do: in the company's zone, as 03:12, with the day when it is
// not today, and empty for the zero time.
func (w *Words) Clock(t time.Time, language string) string {
	return clock(t, w.Now(), w.zone, w.language(language))
}

// Date writes a time with its date, whatever today is; the zero time is empty.
func (w *Words) Date(t time.Time, language string) string {
	if t.IsZero() {
		return ""
	}
	format := "2 Jan 15:04"
	if w.language(language) == "de" {
		format = "2.1. 15:04"
	}
	t = t.In(w.zone)
	if t.Year() != w.Now().In(w.zone).Year() {
		format = strings.NewReplacer("Jan", "Jan 2006", "2.1.", "2.1.2006").Replace(format)
	}
	return t.Format(format)
}

// clock writes a time as 03:12, with the day when it is not today; the zero time is
// empty.
func clock(t, now time.Time, zone *time.Location, lang string) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(zone), now.In(zone)
	hm := t.Format("15:04")
	switch {
	case sameDay(t, now):
		return hm
	case t.Sub(now).Abs() < 6*24*time.Hour:
		return days[lang].short[t.Weekday()] + " " + hm
	case lang == "de":
		return t.Format("2.1. ") + hm
	}
	return t.Format("2 Jan ") + hm
}

// spokenClock says a time the way people do: "2 51" and "2 Uhr 51".
func spokenClock(t, now time.Time, zone *time.Location, lang string) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(zone), now.In(zone)
	h, m := t.Hour(), t.Minute()
	var s string
	switch {
	case lang == "de" && m == 0:
		s = fmt.Sprintf("%d Uhr", h)
	case lang == "de":
		s = fmt.Sprintf("%d Uhr %d", h, m)
	case m == 0:
		s = fmt.Sprintf("%d o'clock", h)
	case m < 10:
		s = fmt.Sprintf("%d oh %d", h, m)
	default:
		s = fmt.Sprintf("%d %d", h, m)
	}
	if !sameDay(t, now) {
		s = days[lang].long[t.Weekday()] + " " + s
	}
	return s
}

func sameDay(a, b time.Time) bool {
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}
