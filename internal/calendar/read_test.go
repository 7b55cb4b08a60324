package calendar

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
)

var people = []plan.Person{
	{ID: "anna", Name: "Anna Vogel", Email: "anna@acme.example"}, {ID: "ben", Name: "Ben Ortiz", Email: "Ben@acme.example"},
	{ID: "carla", Name: "Carla Roth", Email: "carla@acme.example"}, {ID: "jo", Name: "Jo Ann Vogel", Email: "jo@acme.example"},
}

var byEmail = plan.Rotation{Name: "legal", Timezone: "Europe/Berlin", ICal: &plan.ICal{}}

// book writes a calendar of events, each a few lines.
func book(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n")
	for i, e := range events {
		if strings.HasPrefix(e, "BEGIN:") {
			b.WriteString(strings.ReplaceAll(strings.TrimSpace(e), "\n", "\r\n") + "\r\n")
			continue
		}
		b.WriteString("BEGIN:VEVENT\r\n")
		if !strings.Contains(e, "UID:") {
			fmt.Fprintf(&b, "UID:e%d\r\n", i)
		}
		for line := range strings.Lines(strings.TrimSpace(e)) {
			b.WriteString(strings.TrimSpace(line) + "\r\n")
		}
		b.WriteString("END:VEVENT\r\n")
	}
	return b.String() + "END:VCALENDAR\r\n"
}

const (
	anna  = "ATTENDEE;CN=Anna;PARTSTAT=ACCEPTED:mailto:anna@acme.example\n"
	ben   = "ATTENDEE:MAILTO:ben@ACME.example\n"
	carla = "ATTENDEE:mailto:carla@acme.example\n"
)

var start, end = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 10, 1, 0, 0, 0, 0, time.UTC)

// said is what a calendar says, as "anna Mon 2026-11-02 09:00 to Mon 2026-11-09 09:00".
func said(t *testing.T, r plan.Rotation, body string) (duties, findings []string) {
	t.Helper()
	all, findings, err := Read(t.Context(), body, r, people, start, end)
	require.NoError(t, err)
	for i, d := range all {
		require.True(t, d.From.Before(d.Until))
		require.True(t, i == 0 || !d.From.Before(all[i-1].Until), "no overlap")
		require.Equal(t, r.Timezone, d.From.Location().String())
		const form = "2006-01-02 15:04"
		duties = append(duties, d.Person+" "+d.From.Format(form)+" to "+d.Until.Format(form))
	}
	return duties, findings
}

const (
	weekOf2Nov = "DTSTART;TZID=Europe/Berlin:20261102T090000\nDTEND;TZID=Europe/Berlin:20261109T090000\n"
	// outlook is how a program of another world calls Berlin.
	outlook = `BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE`
)

func TestRead_calendarsAsTheyAre(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		events []string
		want   []string
	}{
		"an event": {[]string{weekOf2Nov + anna}, []string{"anna 2026-11-02 09:00 to 2026-11-09 09:00"}},
		"in UTC":   {[]string{"DTSTART:20261102T080000Z\nDTEND:20261102T160000Z\n" + ben}, []string{"ben 2026-11-02 09:00 to 2026-11-02 17:00"}},
		"in no zone it is the rotation's": {
			[]string{"DTSTART:20261102T090000\nDURATION:PT8H\n" + ben}, []string{"ben 2026-11-02 09:00 to 2026-11-02 17:00"},
		},
		"elsewhere": {
			[]string{"DTSTART;TZID=America/New_York:20261102T030000\nDTEND;TZID=America/New_York:20261102T110000\n" + ben},
			[]string{"ben 2026-11-02 09:00 to 2026-11-02 17:00"},
		},
		"whole days": {
			[]string{"DTSTART;VALUE=DATE:20261102\nDTEND;VALUE=DATE:20261104\n" + anna, "DTSTART;VALUE=DATE:20261104\n" + ben},
			[]string{"anna 2026-11-02 00:00 to 2026-11-04 00:00", "ben 2026-11-04 00:00 to 2026-11-05 00:00"},
		},
		"a rule of three weeks, over a change of the clocks": {
			[]string{"DTSTART;TZID=Europe/Berlin:20261019T090000\nDTEND;TZID=Europe/Berlin:20261026T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3\n" + anna},
			[]string{"anna 2026-10-19 09:00 to 2026-10-26 09:00", "anna 2026-11-02 09:00 to 2026-11-09 09:00", "anna 2026-11-16 09:00 to 2026-11-23 09:00"},
		},
		"a rule until an instant": {
			[]string{"DTSTART;TZID=Europe/Berlin:20261102T090000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261109T080000Z\n" + anna},
			[]string{"anna 2026-11-02 09:00 to 2026-11-03 09:00", "anna 2026-11-04 09:00 to 2026-11-05 09:00", "anna 2026-11-09 09:00 to 2026-11-10 09:00"},
		},
		"a rule until a day": {
			[]string{"DTSTART;VALUE=DATE:20261102\nRRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20261106\n" + anna},
			[]string{"anna 2026-11-02 00:00 to 2026-11-03 00:00", "anna 2026-11-04 00:00 to 2026-11-05 00:00", "anna 2026-11-06 00:00 to 2026-11-07 00:00"},
		},
		"left out and put in": {
			[]string{weekOf2Nov + "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4\nEXDATE;TZID=Europe/Berlin:20261116T090000\nEXDATE;VALUE=DATE:20261130\nRDATE;TZID=Europe/Berlin:20270104T090000,20270118T090000\n" + anna},
			[]string{
				"anna 2026-11-02 09:00 to 2026-11-09 09:00", "anna 2026-12-14 09:00 to 2026-12-21 09:00",
				"anna 2027-01-04 09:00 to 2027-01-11 09:00", "anna 2027-01-18 09:00 to 2027-01-25 09:00",
			},
		},
		"one time is somebody else's, one is moved, one is off": {
			[]string{
				weekOf2Nov + "UID:x\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4\n" + anna,
				"UID:x\nRECURRENCE-ID;TZID=Europe/Berlin:20261102T090000\n" + weekOf2Nov + ben,
				"UID:x\nRECURRENCE-ID:20261116T080000Z\nDTSTART:20261117T080000Z\nDTEND:20261118T080000Z\n" + anna,
				"UID:x\nRECURRENCE-ID:20261130T080000Z\nSTATUS:CANCELLED\nDTSTART:20261130T080000Z\nDTEND:20261207T080000Z\n" + anna,
			},
			[]string{"ben 2026-11-02 09:00 to 2026-11-09 09:00", "anna 2026-11-17 09:00 to 2026-11-18 09:00", "anna 2026-12-14 09:00 to 2026-12-21 09:00"},
		},
		"cancelled":                {[]string{weekOf2Nov + "STATUS:CANCELLED\n" + anna}, nil},
		"long ago":                 {[]string{"DTSTART;VALUE=DATE:20200102\n" + anna}, nil},
		"far ahead":                {[]string{"DTSTART;VALUE=DATE:20400102\nRRULE:FREQ=DAILY\n" + anna}, nil},
		"no calendar entry at all": {nil, nil},
		"a zone that is drawn": {
			[]string{outlook, "DTSTART;TZID=W. Europe Standard Time:20261019T090000\nDTEND;TZID=W. Europe Standard Time:20261026T090000\nRRULE:FREQ=WEEKLY;COUNT=2\n" + anna},
			[]string{"anna 2026-10-19 09:00 to 2026-11-02 09:00"},
		},
		"a stand-in over a week": {
			[]string{weekOf2Nov + anna, "DTSTART;TZID=Europe/Berlin:20261104T090000\nDURATION:PT8H\n" + ben},
			[]string{"anna 2026-11-02 09:00 to 2026-11-04 09:00", "ben 2026-11-04 09:00 to 2026-11-04 17:00", "anna 2026-11-04 17:00 to 2026-11-09 09:00"},
		},
		"a hand-over with overlap": {
			[]string{"DTSTART:20261102T080000Z\nDTEND:20261102T161500Z\n" + anna, "DTSTART:20261102T160000Z\nDTEND:20261103T080000Z\n" + ben},
			[]string{"anna 2026-11-02 09:00 to 2026-11-02 17:00", "ben 2026-11-02 17:00 to 2026-11-03 09:00"},
		},
		"two that begin together": {
			[]string{weekOf2Nov + anna, "DTSTART;TZID=Europe/Berlin:20261102T090000\nDURATION:P1D\n" + ben},
			[]string{"ben 2026-11-02 09:00 to 2026-11-03 09:00", "anna 2026-11-03 09:00 to 2026-11-09 09:00"},
		},
		"whoever declined is not asked": {
			[]string{weekOf2Nov + "ORGANIZER:mailto:carla@acme.example\nATTENDEE;PARTSTAT=DECLINED:mailto:anna@acme.example\nATTENDEE:mailto:stranger@acme.example\n" + ben},
			[]string{"ben 2026-11-02 09:00 to 2026-11-09 09:00"},
		},
		"who entered it for themselves": {[]string{weekOf2Nov + "ORGANIZER;CN=C:mailto:carla@acme.example\n"}, []string{"carla 2026-11-02 09:00 to 2026-11-09 09:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			duties, findings := said(t, byEmail, book(c.events...))
			require.Equal(t, c.want, duties)
			require.Empty(t, findings)
		})
	}
}

func TestRead_byName_findsOnePerson(t *testing.T) {
	t.Parallel()
	r := byEmail
	r.ICal = &plan.ICal{ByName: true}
	for title, want := range map[string]string{
		"On call: Ben Ortiz": "ben", "ben": "ben", "BEN (Legal)": "ben", "Legal – carla roth": "carla", "Jo Ann Vogel": "jo", "jo": "jo",
		"Anna Vogel": "anna", "anna-lena": "", "Benjamin": "", "Ben and Carla": "", "Nobody": "", "": "",
	} {
		duties, findings := said(t, r, book(weekOf2Nov+"SUMMARY:"+title+"\n"))
		if want == "" {
			require.Empty(t, duties, title)
			require.Len(t, findings, 1, title)
			continue
		}
		require.Equal(t, []string{want + " 2026-11-02 09:00 to 2026-11-09 09:00"}, duties, title)
		require.Empty(t, findings)
	}
}

func TestRead_whatPutsNobodyOnDuty_isAFinding(t *testing.T) {
	t.Parallel()
	for says, e := range map[string]string{
		`"Duty" from 2026-11-02 09:00: nobody who takes part in it`: weekOf2Nov + "ATTENDEE:mailto:stranger@elsewhere.example\nORGANIZER:mailto:anna@acme.example\n",
		"its time zone is not known":                                "DTSTART;TZID=Moon/Base:20261102T090000\nDURATION:P1D\n" + anna,
		"its time cannot be read":                                   "DTSTART:tomorrow\n" + anna,
		"does not end after it begins":                              "DTSTART:20261102T080000Z\n" + anna,
		"repeats more often than any duty":                          "DTSTART:20261102T080000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY\n" + anna,
		"its rule \"FREQ=NEVER\" cannot be":                         "DTSTART:20261102T080000Z\nDURATION:PT1M\nRRULE:FREQ=NEVER\n" + anna,
		"all that follow is not understood":                         "RECURRENCE-ID;RANGE=THISANDFUTURE:20261102T080000Z\nDTSTART:20261102T080000Z\nDURATION:PT1M\n" + anna,
		"lasts longer than a year":                                  "DTSTART:20261102T080000Z\nDTEND:20281102T080000Z\n" + anna,
		"as often as there are seconds in a m":                      "",
	} {
		if e == "" {
			says, e = errTooOften.Error(), "DTSTART:20261102T080000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;BYHOUR="+numbers(24)+";BYMINUTE="+numbers(60)+"\n"+anna
		}
		duties, findings := said(t, byEmail, book("SUMMARY:Duty\n"+e))
		require.Empty(t, duties, says)
		require.Len(t, findings, 1, says)
		require.Contains(t, findings[0], says)
		require.NotContains(t, findings[0], "@")
	}
	many := make([]string, 50)
	for i := range many {
		many[i] = weekOf2Nov
	}
	_, findings := said(t, byEmail, book(many...))
	require.Len(t, findings, 21)
	require.Equal(t, "and 30 more", findings[20])
	_, findings = said(t, byEmail, book(weekOf2Nov+"SUMMARY:\x1b[31m"+strings.Repeat("long ", 50)+"\n"))
	require.NotContains(t, findings[0], "\x1b")
	require.Less(t, len(findings[0]), 200)
}

func numbers(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(i)
	}
	return strings.Join(all, ",")
}

func TestRead_noCalendar_isRefused(t *testing.T) {
	t.Parallel()
	whole := book(weekOf2Nov + anna)
	for _, body := range []string{"", "<html>Sign in</html>", "BEGIN:VCALENDAR\r\n", whole[:len(whole)-10], whole[:len(whole)/2], "\x00\xff"} {
		_, _, err := Read(t.Context(), body, byEmail, people, start, end)
		require.ErrorIs(t, err, errNoCalendar, "%q", body)
	}
	_, _, err := Read(t.Context(), book(make([]string, maxEvents+1)...), byEmail, people, start, end)
	require.ErrorContains(t, err, "more than 5000 events")
}

// TestRead_anyEvents_everyInstantHasOnePersonOrNobody: at every instant the duty is with the
// event that began last, of those that began together with the one that ends first, and with
// nobody where there is none.
func TestRead_anyEvents_everyInstantHasOnePersonOrNobody(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	guest := []string{anna, ben, carla}
	base := time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC) // the clocks change two days later
	for range 150 {
		var events []string
		type claim struct {
			person      string
			from, until time.Time
		}
		var claims []claim
		for range random.IntN(12) {
			from := base.Add(time.Duration(random.IntN(96)) * time.Hour)
			until := from.Add(time.Duration(1+random.IntN(48)) * time.Hour)
			who := random.IntN(3)
			events = append(events, fmt.Sprintf("DTSTART:%s\nDTEND:%s\n%s", from.Format("20060102T150405Z"), until.Format("20060102T150405Z"), guest[who]))
			claims = append(claims, claim{people[who].ID, from, until})
		}
		duties, findings, err := Read(t.Context(), book(events...), byEmail, people, base.AddDate(0, 0, -9), base.AddDate(0, 0, 9))
		require.NoError(t, err)
		require.Empty(t, findings)
		for at := base.Add(-time.Hour); at.Before(base.AddDate(0, 0, 7)); at = at.Add(30 * time.Minute) {
			var best claim
			tied := map[string]bool{}
			for _, c := range claims {
				if at.Before(c.from) || !at.Before(c.until) {
					continue
				}
				switch {
				case best.person == "" || c.from.After(best.from) || c.from.Equal(best.from) && c.until.Before(best.until):
					best, tied = c, map[string]bool{c.person: true}
				case c.from.Equal(best.from) && c.until.Equal(best.until):
					tied[c.person] = true
				}
			}
			var on []string
			for _, d := range duties {
				if !at.Before(d.From) && at.Before(d.Until) {
					on = append(on, d.Person)
				}
			}
			if best.person == "" {
				require.Empty(t, on)
				continue
			}
			require.Len(t, on, 1, "at %s", at)
			require.True(t, tied[on[0]], "at %s: %s instead of %v", at, on[0], tied)
		}
	}
}

// FuzzRead: a stranger's text never stops the process, and never puts two on duty at once.
func FuzzRead(f *testing.F) {
	f.Add(book(weekOf2Nov+anna, outlook, "DTSTART;TZID=W. Europe Standard Time:20261019T090000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:20261102T080000Z\nRDATE:20261103T080000Z\n"+ben))
	f.Add(book("UID:x\nRECURRENCE-ID;TZID=Europe/Berlin:20261102T090000\n" + weekOf2Nov + carla))
	f.Fuzz(func(t *testing.T, body string) {
		duties, _, err := Read(t.Context(), body, byEmail, people, start, end)
		if err != nil {
			return
		}
		for i, d := range duties {
			if !d.From.Before(d.Until) || i > 0 && d.From.Before(duties[i-1].Until) {
				t.Fatalf("%v", duties)
			}
		}
	})
}
