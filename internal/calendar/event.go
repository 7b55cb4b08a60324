package calendar

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
)

var (
	errUnknownZone = errors.New("its time zone is not known")
	errNoTime      = errors.New("its time cannot be read")
)

// event is one entry of a calendar. Its times are what the clock on the wall of its zone shows.
type event struct {
	uid, title string
	zone       zone
	start, end time.Time
	rule       string
	// more and except are further and left-out beginnings; exceptDays leave out a whole day.
	more, except []time.Time
	exceptDays   []time.Time
	// instead is the instant of the occurrence that this event stands for; zero for all others.
	instead   time.Time
	cancelled bool
	// guests are the addresses of those who take part.
	guests []string
}

// moment is a date or a time of a calendar.
type moment struct {
	at time.Time
	// day says that it is a date, universal that it is in UTC whatever else is said.
	day, universal bool
}

// stamp reads 20261102, 20261102T090000 and 20261102T080000Z.
func stamp(s string) (moment, error) {
	for layout, kind := range map[string]moment{"20060102": {day: true}, "20060102T150405": {}, "20060102T150405Z": {universal: true}} {
		if at, err := time.Parse(layout, s); err == nil {
			kind.at = at
			return kind, nil
		}
	}
	return moment{}, errNoTime
}

// read takes an event apart. It returns its title even if the rest makes no sense.
func (z zones) read(v *ics.VEvent) (e event, err error) {
	e = event{
		uid: v.Id(), title: title(text(v.GetProperty(ics.ComponentPropertySummary))),
		rule:      text(v.GetProperty(ics.ComponentPropertyRrule)),
		cancelled: strings.EqualFold(text(v.GetProperty(ics.ComponentPropertyStatus)), "CANCELLED"),
		guests:    guests(v),
	}
	begin, own, err := z.time(v.GetProperty(ics.ComponentPropertyDtStart))
	if err != nil {
		return e, err
	}
	e.zone, e.start = own, begin.at
	if e.end, err = z.end(v, e, begin.day); err != nil {
		return e, err
	}
	if !e.end.After(e.start) {
		return e, errors.New("it does not end after it begins")
	}
	if p := v.GetProperty(ics.ComponentPropertyRecurrenceId); p != nil {
		if len(p.ICalParameters["RANGE"]) > 0 {
			return e, errors.New("a change of it and all that follow is not understood here")
		}
		at, in, err := z.time(p)
		if err != nil {
			return e, err
		}
		e.instead = in.instant(at.at)
	}
	return e, z.dates(v, &e)
}

// dates reads further and left-out beginnings.
func (z zones) dates(v *ics.VEvent, e *event) error {
	for name, list := range map[ics.ComponentProperty]*[]time.Time{ics.ComponentPropertyRdate: &e.more, ics.ComponentPropertyExdate: &e.except} {
		for _, p := range v.GetProperties(name) {
			for value := range strings.SplitSeq(p.Value, ",") {
				one := *p
				one.Value = value
				at, in, err := z.time(&one)
				switch {
				case err != nil:
					return err
				case at.day && name == ics.ComponentPropertyExdate:
					e.exceptDays = append(e.exceptDays, at.at)
				default:
					*list = append(*list, e.zone.wall(in.instant(at.at)))
				}
			}
		}
	}
	return nil
}

// time reads a property's date or time and the zone it is in.
func (z zones) time(p *ics.IANAProperty) (moment, zone, error) {
	at, err := stamp(text(p))
	if err != nil {
		return moment{}, nil, err
	}
	if at.universal {
		return at, place{time.UTC}, nil
	}
	if names := p.ICalParameters["TZID"]; len(names) > 0 && !at.day {
		found, ok := z.find(names[0])
		if !ok {
			return moment{}, nil, errUnknownZone
		}
		return at, found, nil
	}
	return at, z.usual, nil
}

// end is when an event ends, on the wall of the zone in which it begins. An event without an end
// lasts its day; one with a time and no end takes no time.
func (z zones) end(v *ics.VEvent, e event, days bool) (time.Time, error) {
	if p := v.GetProperty(ics.ComponentPropertyDtEnd); p != nil {
		at, in, err := z.time(p)
		if err != nil {
			return time.Time{}, err
		}
		return e.zone.wall(in.instant(at.at)), nil
	}
	if p := v.GetProperty(ics.ComponentPropertyDuration); p != nil {
		length, err := duration(text(p))
		return e.start.Add(length), err
	}
	if days {
		return e.start.AddDate(0, 0, 1), nil
	}
	return e.start, nil
}

var durationForm = regexp.MustCompile(`^\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?$`)

// duration reads P1W, P2DT8H and PT90M.
func duration(s string) (time.Duration, error) {
	parts := durationForm.FindStringSubmatch(s)
	if parts == nil {
		return 0, errNoTime
	}
	var all time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(parts[i+1]) // at most seven digits, or nothing
		all += time.Duration(n) * unit
	}
	return all, nil
}

// guests are the addresses of those who take part and did not decline; where nobody was asked
// to, of who organises it.
func guests(v *ics.VEvent) (all []string) {
	invited := v.Attendees()
	if o := v.GetProperty(ics.ComponentPropertyOrganizer); o != nil && len(invited) == 0 {
		return []string{address(o.Value)}
	}
	for _, a := range invited {
		if a.ParticipationStatus() != ics.ParticipationStatusDeclined {
			all = append(all, address(a.Value))
		}
	}
	return all
}

func address(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.TrimPrefix(s, "mailto:")
}

// title is one short line: it is shown where findings are.
func title(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) }), " ")
	if r := []rune(s); len(r) > 60 {
		s = string(r[:59]) + "…"
	}
	return s
}

// name is how a finding calls an event.
func (e event) name() string {
	if e.start.IsZero() {
		return fmt.Sprintf("%q", e.title)
	}
	return fmt.Sprintf("%q from %s", e.title, e.start.Format("2006-01-02 15:04"))
}
