package view

import (
	"context"
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"
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
