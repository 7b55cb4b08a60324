package v1

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/refusal"
)

// Ahead says how far to look.
type Ahead struct {
	Days int `query:"days" default:"30" minimum:"1" maximum:"366" doc:"How many days from now"`
}

func (a Ahead) span(now time.Time) (from, until time.Time) { return now, now.AddDate(0, 0, a.Days) }

// Whose narrows a list of shifts.
type Whose struct {
	Role   string `query:"role" maxLength:"100" doc:"Only this role"`
	Person string `query:"person" maxLength:"100" doc:"Only this person's"`
}

func (s *server) onCall() {
	const tag = "people"
	huma.Register(s.api, operation(http.MethodGet, "/company", "get-company", tag, "Who speaks, in which languages and in which time zone"),
		func(context.Context, *struct{}) (*answered[view.Company], error) {
			return answer(s.Views.Company(), nil)
		})
	huma.Register(s.api, operation(http.MethodGet, "/on-call/shifts", "list-shifts", tag, "Who will be asked first and when it is handed over: who is next"),
		func(ctx context.Context, in *struct {
			Ahead
			Whose
		}) (*answered[list[view.Shift]], error) {
			if err := s.known(in.Whose); err != nil {
				return nil, err
			}
			from, until := in.span(s.Views.Now())
			shifts, err := s.Views.Shifts(ctx, in.Role, in.Person, from, until)
			return answer(list[view.Shift]{Items: shifts}, err)
		})
	huma.Register(s.api, operation(http.MethodGet, "/on-call/gaps", "list-gaps", tag, "When nobody is primary for a role, and who is asked then"),
		func(ctx context.Context, in *Ahead) (*answered[list[view.Shift]], error) {
			from, until := in.span(s.Views.Now())
			gaps, err := s.Views.Gaps(ctx, from, until)
			return answer(list[view.Shift]{Items: gaps}, err)
		})
	calendar := operation(http.MethodGet, "/on-call.ics", "on-call-calendar", tag, "A role's or a person's shifts as a calendar to subscribe to")
	calendar.Responses = map[string]*huma.Response{"200": {
		Description: "An iCalendar document from last month to half a year ahead",
		Content:     map[string]*huma.MediaType{"text/calendar": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(s.api, calendar, func(ctx context.Context, in *Whose) (*calendarAnswer, error) {
		if err := s.known(*in); err != nil {
			return nil, err
		}
		body, err := s.Views.Calendar(ctx, in.Role, in.Person)
		if err != nil {
			return nil, problem.Of(err)
		}
		return &calendarAnswer{calendarType, body}, nil
	})
}

type calendarAnswer struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// plausible refuses a time of which the plan cannot mean to say anything, and whose turns
// might end in a year that cannot be written.
func plausible(at time.Time) error {
	if at.Year() >= 2000 && at.Year() < 2200 {
		return nil
	}
	d := problem.New(problem.Code(refusal.Invalid), "")
	d.At("query.at", "expected a time from the year 2000 to 2199")
	return d
}

// known refuses a role or a person of whom the plan knows nothing.
func (s *server) known(w Whose) error {
	p := s.Views.Plan()
	if _, ok := p.RoleByName(w.Role); w.Role != "" && !ok {
		return problem.New(problem.Code(refusal.NotFound), "the plan has no such role; GET %s/on-call lists them", Base)
	}
	if _, ok := p.Person(w.Person); w.Person != "" && !ok {
		return problem.New(problem.Code(refusal.NotFound), "the plan knows nobody by that id; GET %s/people lists them", Base)
	}
	return nil
}
