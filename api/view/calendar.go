package view

import (
	"context"
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/stormbell/stormbell/internal/record"
)

// Months before and after the current one that a calendar shows.
const (
	calendarBack  = 1
	calendarAhead = 6
)

// Calendar returns the shifts of a role, of a person or of both as an iCalendar document
// (RFC 5545), in the company's first language. It begins and ends with whole months, so that
// an event keeps its identity from one look to the next.
func (v *Views) Calendar(ctx context.Context, role, person string) ([]byte, error) {
	now := v.Now().UTC()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	shifts, err := v.Shifts(ctx, role, person, month.AddDate(0, -calendarBack, 0), month.AddDate(0, calendarAhead+1, 0))
	if err != nil {
		return nil, err
	}
	p := v.Plan()
	language := ""
	if len(p.Company.Languages) > 0 {
		language = p.Company.Languages[0]
	}
	words := calendarWords(language)

	c := ics.NewCalendarFor("stormbell")
	c.SetMethod(ics.MethodPublish)
	c.SetXWRCalName(p.Company.Name + ": " + words.duty)
	c.SetRefreshInterval("PT1H")
	c.SetXPublishedTTL("PT1H")
	for _, s := range shifts {
		r, _ := p.RoleByName(s.Role)
		summary := r.Title[language]
		if summary == "" {
			summary = s.Role
		}
		switch {
		case s.Person == "":
			summary += ": " + words.nobody
		case s.Gap:
			summary += ": " + s.Name + " (" + words.backup + ")"
		default:
			summary += ": " + s.Name
		}
		// No two shifts of a role begin together, and an id names nobody.
		e := c.AddEvent(fmt.Sprintf("on-call-%s-%d@stormbell", s.Role, s.From.Unix()))
		e.SetDtStampTime(now)
		e.SetStartAt(s.From)
		e.SetEndAt(s.Until)
		e.SetSummary(summary)
		e.SetTimeTransparency(ics.TransparencyTransparent) // on call is not busy
	}
	return []byte(c.Serialize()), nil
}

type calendarText struct{ duty, backup, nobody string }

func calendarWords(language string) calendarText {
	if language == "de" {
		return calendarText{duty: "Bereitschaft", backup: "Vertretung", nobody: "niemand"}
	}
	return calendarText{duty: "on call", backup: "backup", nobody: "nobody"}
}

// CalendarPath is where calendar programs read shifts: below it lies TOKEN.ics.
const CalendarPath = "/on-call"

// CalendarLink is a secret address of somebody's shifts. Whoever knows it reads names and times
// of duty, and nothing else.
type CalendarLink struct {
	URL       string    `json:"url" doc:"Subscribe to it in a calendar program; whoever knows it can read it" example:"https://i.example.com/on-call/TOKEN.ics"`
	Role      string    `json:"role,omitempty" doc:"Only this role; left out it is all of them"`
	Person    string    `json:"person,omitempty" doc:"Only this person; left out it is everybody"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by,omitempty" doc:"Person id; left out when nobody was named"`
}

// CalendarLink returns a link of the record as an address.
func (v *Views) CalendarLink(l record.CalendarLink) CalendarLink {
	return CalendarLink{URL: v.PublicURL + CalendarPath + "/" + l.Token + ".ics", Role: l.Role, Person: l.Person, CreatedAt: l.CreatedAt, CreatedBy: l.CreatedBy}
}

// CalendarLinks lists the links that are good.
func (v *Views) CalendarLinks(ctx context.Context) ([]CalendarLink, error) {
	links, err := v.Record.CalendarLinks(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the calendar links: %w", err)
	}
	all := make([]CalendarLink, len(links))
	for i, l := range links {
		all[i] = v.CalendarLink(l)
	}
	return all, nil
}
