package v1

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oklog/ulid/v2"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Paging is how lists are read on.
type Paging struct {
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
	Cursor string `query:"cursor" doc:"next_cursor of the answer before" pattern:"^[0-9]{1,18}$"`
}

// after is where the page begins; 0 is the beginning.
func (p Paging) after() int64 {
	n, _ := strconv.ParseInt(p.Cursor, 10, 64) // the pattern lets only digits through
	return n
}

// list is one page of a list.
type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next_cursor" doc:"Where the next page begins; null on the last one"`
}

// paged cuts a list that was read with one more than the limit.
func paged[T any](items []T, limit int, cursor func(T) int64) list[T] {
	if len(items) <= limit {
		return list[T]{Items: items}
	}
	next := strconv.FormatInt(cursor(items[limit-1]), 10)
	return list[T]{Items: items[:limit], Next: &next}
}

// OpenRequest opens an incident by hand.
type OpenRequest struct {
	Actor
	Title           string `json:"title" minLength:"1" maxLength:"1024" doc:"What is broken, in a few words" example:"Checkout is down"`
	Severity        string `json:"severity,omitempty" enum:"ordinary,severe" doc:"severe declares the business incident at once"`
	Visibility      string `json:"visibility,omitempty" maxLength:"100" doc:"A grade of the plan" example:"core"`
	Impact          string `json:"impact,omitempty" maxLength:"100" doc:"A grade of the plan" example:"most"`
	ExpectedMinutes int    `json:"expected_minutes,omitempty" minimum:"0" maximum:"100000"`
	Declare         bool   `json:"declare,omitempty" doc:"Declare the business incident at once"`
	Drill           bool   `json:"drill,omitempty" doc:"Mark everything as practice"`
}

// ReasonRequest carries why.
type ReasonRequest struct {
	Actor
	Reason string `json:"reason,omitempty" maxLength:"2000"`
}

// RecommendRequest is the Technical SLT's recommendation.
type RecommendRequest struct {
	Actor
	Declare         *bool  `json:"declare,omitempty" doc:"Left out it means true"`
	Note            string `json:"note,omitempty" maxLength:"2000"`
	AskAgainMinutes int    `json:"ask_again_minutes,omitempty" minimum:"0" maximum:"1440" doc:"After a no, when to ask again"`
}

// AssessRequest sets the inputs of the score; what is left out stays.
type AssessRequest struct {
	Actor
	Visibility      string `json:"visibility,omitempty" maxLength:"100"`
	Impact          string `json:"impact,omitempty" maxLength:"100"`
	ExpectedMinutes int    `json:"expected_minutes,omitempty" minimum:"0" maximum:"100000"`
}

// PhaseRequest moves the incident on.
type PhaseRequest struct {
	Actor
	Phase plan.Phase `json:"phase" enum:"investigation,identification,monitoring,resolution,analysis,publishing"`
}

// NoteRequest is a line for the timeline.
type NoteRequest struct {
	Actor
	Text string `json:"text" minLength:"1" maxLength:"4000"`
}

// ScopeRequest says what an incident concerns.
type ScopeRequest struct {
	Actor
	Services []string `json:"services,omitempty" maxItems:"100" doc:"Names of the plan's business services"`
	Regions  []string `json:"regions,omitempty" maxItems:"100" doc:"Names of the plan's regions"`
	Mode     string   `json:"mode,omitempty" maxLength:"100" doc:"Name of one of the plan's failure modes"`
}

func (s *server) incidents() {
	const tag = "incidents"
	huma.Register(s.api, operation(http.MethodGet, "/mode", "get-mode", tag, "The company's mode"),
		func(ctx context.Context, _ *struct{}) (*answered[view.Mode], error) { return answer(s.Views.Mode(ctx)) })
	huma.Register(s.api, operation(http.MethodGet, "/incidents", "list-incidents", tag, "Incidents, newest first"),
		func(ctx context.Context, in *struct {
			Paging
			Open bool `query:"open" doc:"Only open ones"`
		}) (*answered[list[view.Summary]], error) {
			items, err := s.Views.Incidents(ctx, record.Filter{OpenOnly: in.Open, Before: int(in.after()), Limit: in.Limit + 1})
			return answer(paged(items, in.Limit, func(i view.Summary) int64 { return int64(i.Number) }), err)
		})
	create := operation(http.MethodPost, "/incidents", "open-incident", tag, "Open an incident by hand, and declare it if asked to")
	create.DefaultStatus = http.StatusCreated
	huma.Register(s.api, create, s.open)
	// The same request again is answered with 200 instead of 201.
	answers := s.api.OpenAPI().Paths[create.Path].Post.Responses
	answers["200"] = &huma.Response{Description: "Opened before", Headers: answers["201"].Headers, Content: answers["201"].Content}
	huma.Register(s.api, operation(http.MethodGet, "/incidents/{n}", "get-incident", tag, "Everything about one incident but its timeline"),
		func(ctx context.Context, in *IncidentPath) (*answered[view.Incident], error) { return s.get(ctx, in.N) })

	command(s, "declare", "Declare the business incident", func(ctx context.Context, a act.Act, b ReasonRequest) error {
		return s.Desk.Declare(ctx, a, b.Reason)
	})
	command(s, "recommend", "The Technical SLT recommends to declare, or not yet", func(ctx context.Context, a act.Act, b RecommendRequest) error {
		return s.Desk.Recommend(ctx, a, b.Declare == nil || *b.Declare, b.Note, b.AskAgainMinutes)
	})
	command(s, "assess", "Set the inputs of the impact score", func(ctx context.Context, a act.Act, b AssessRequest) error {
		return s.Desk.Assess(ctx, a, b.Visibility, b.Impact, b.ExpectedMinutes)
	})
	command(s, "phase", "Move to another phase", func(ctx context.Context, a act.Act, b PhaseRequest) error {
		return s.Desk.ChangePhase(ctx, a, b.Phase)
	})
	command(s, "resolve", "The technical trouble is over", func(ctx context.Context, a act.Act, b ReasonRequest) error {
		return s.Desk.Resolve(ctx, a, b.Reason)
	})
	command(s, "cancel", "It was a false alarm", func(ctx context.Context, a act.Act, b ReasonRequest) error {
		return s.Desk.Cancel(ctx, a, b.Reason)
	})
	command(s, "updates", "Keep colleagues informed of an incident below severe", func(ctx context.Context, a act.Act, _ PlainRequest) error {
		return s.Desk.Inform(ctx, a)
	})
	command(s, "scope", "Say which services and regions it concerns, and which failure mode it is", func(ctx context.Context, a act.Act, b ScopeRequest) error {
		return s.Desk.SetScope(ctx, a, plan.Scope{Services: b.Services, Regions: b.Regions, Mode: b.Mode})
	})
	command(s, "notes", "Write a line to the timeline", func(ctx context.Context, a act.Act, b NoteRequest) error {
		return s.Desk.Note(ctx, a, b.Text)
	})
	s.timeline()
}

// command registers a command to an incident as a whole.
func command[B request](s *server, name, summary string, carryOut func(context.Context, act.Act, B) error) {
	huma.Register(s.api, operation(http.MethodPost, "/incidents/{n}/"+name, strings.ReplaceAll(name, "/", "-")+"-incident", "incidents", summary),
		func(ctx context.Context, in *struct {
			IncidentPath
			RequestKey
			Body *B
		}) (*answered[view.Incident], error) {
			return do(ctx, s, in.IncidentPath, in.RequestKey, in.Body, func(a act.Act, b B) error { return carryOut(ctx, a, b) })
		})
}

// opened answers whoever opened an incident: 201, or 200 when the same request did before.
type opened struct {
	Status   int
	Location string `header:"Location"`
	Body     view.Incident
}

func (s *server) open(ctx context.Context, in *struct {
	RequestKey
	Body OpenRequest
}) (*opened, error) {
	if in.Key == "" {
		in.Key = ulid.Make().String()
	}
	b := in.Body
	w, err := who(ctx, b.By)
	if err != nil {
		return nil, err
	}
	number, fresh, err := s.Desk.Open(ctx, act.Act{Who: w, Request: in.Key}, act.Opening{
		Title: b.Title, Visibility: b.Visibility, Impact: b.Impact, ExpectedMinutes: b.ExpectedMinutes,
		Declare: b.Declare || b.Severity == string(incident.Severe), Drill: b.Drill,
	})
	if err != nil {
		d := problem.Of(err)
		if d.Code == problem.Unavailable {
			d.Detail = fmt.Sprintf("the response engine cannot be reached; send it again with Idempotency-Key: %s", in.Key)
		}
		return nil, d
	}
	answer := &opened{Status: http.StatusOK, Location: fmt.Sprintf("%s/incidents/%d", Base, number)}
	if fresh {
		answer.Status = http.StatusCreated
	}
	if answer.Body, err = s.Views.Incident(ctx, number); err != nil {
		return nil, problem.Of(err)
	}
	return answer, nil
}
