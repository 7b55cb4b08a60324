package v1

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stormbell/stormbell/api/act"
	"github.com/stormbell/stormbell/api/problem"
	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/business"
)

// TaskPath names one task of an incident.
type TaskPath struct {
	IncidentPath
	Task string `path:"task" doc:"The task's id" example:"stop_campaigns" maxLength:"100"`
}

// TaskRequest adds a task.
type TaskRequest struct {
	Actor
	Role string `json:"role" minLength:"1" maxLength:"100" example:"marketing_officer"`
	What string `json:"what" minLength:"1" maxLength:"1000" doc:"What to halt"`
}

// MinutesRequest is an estimate.
type MinutesRequest struct {
	Actor
	Minutes int `json:"minutes" minimum:"1" maximum:"1440"`
}

// FinishRequest reports something done.
type FinishRequest struct {
	Actor
	Note string `json:"note,omitempty" maxLength:"2000"`
}

// BriefingRequest answers questions of the briefing.
type BriefingRequest struct {
	Actor
	Answers []AnswerRequest `json:"answers" minItems:"1" maxItems:"8"`
}

// AnswerRequest is one answer; not knowing is a valid one.
type AnswerRequest struct {
	Question business.Question `json:"question" enum:"start_time,triggering_error,customers_affected,worst_case,business_services,how_noticed,next_news,anything_else,cause,fix,applied,workaround,say_to_customers,dont,expected,perspective"`
	Text     string            `json:"text,omitempty" maxLength:"4000"`
	Unknown  bool              `json:"unknown,omitempty"`
}

func (s *server) tasks() {
	const tag, path = "tasks", "/incidents/{n}/tasks"
	huma.Register(s.api, operation(http.MethodGet, path, "list-tasks", tag, "What emergency mode asks of people"),
		func(ctx context.Context, in *IncidentPath) (*answered[list[view.Task]], error) {
			i, err := s.get(ctx, in.N)
			if err != nil {
				return nil, err
			}
			return answer(list[view.Task]{Items: i.Body.Tasks}, nil)
		})
	add := func(ctx context.Context, in *struct {
		IncidentPath
		RequestKey
		Body TaskRequest
	}) (*answered[view.Incident], error) {
		return do(ctx, s, in.IncidentPath, in.RequestKey, &in.Body, func(a act.Act, b TaskRequest) error {
			return s.Desk.AddTask(ctx, a, b.Role, b.What)
		})
	}
	huma.Register(s.api, operation(http.MethodPost, path, "add-task", tag, "Add something to halt"), add)
	taskCommand(s, "estimate", "Say how long it still takes", func(ctx context.Context, a act.Act, task string, b MinutesRequest) error {
		return s.Desk.EstimateTask(ctx, a, task, b.Minutes)
	})
	taskCommand(s, "done", "It is done", func(ctx context.Context, a act.Act, task string, b FinishRequest) error {
		return s.Desk.FinishTask(ctx, a, task, b.Note)
	})
	taskCommand(s, "blocked", "It cannot be done, and why", func(ctx context.Context, a act.Act, task string, b ReasonRequest) error {
		return s.Desk.BlockTask(ctx, a, task, b.Reason)
	})
	taskCommand(s, "drop", "It does not apply", func(ctx context.Context, a act.Act, task string, b ReasonRequest) error {
		return s.Desk.DropTask(ctx, a, task, b.Reason)
	})
	s.briefing()
}

// taskCommand registers a command about one task.
func taskCommand[B request](s *server, name, summary string, carryOut func(context.Context, act.Act, string, B) error) {
	huma.Register(s.api, operation(http.MethodPost, "/incidents/{n}/tasks/{task}/"+name, name+"-task", "tasks", summary),
		func(ctx context.Context, in *struct {
			TaskPath
			RequestKey
			Body *B
		}) (*answered[view.Incident], error) {
			return do(ctx, s, in.IncidentPath, in.RequestKey, in.Body, func(a act.Act, b B) error { return carryOut(ctx, a, in.Task, b) })
		})
}

func (s *server) briefing() {
	const tag, path = "briefing", "/incidents/{n}/briefing"
	huma.Register(s.api, operation(http.MethodGet, path, "get-briefing", tag, "The eight questions and what is known"),
		func(ctx context.Context, in *IncidentPath) (*answered[view.Briefing], error) {
			i, err := s.get(ctx, in.N)
			if err != nil {
				return nil, err
			}
			if i.Body.Briefing == nil {
				return nil, problem.New("too_early", "the briefing begins after the business incident is declared")
			}
			return answer(*i.Body.Briefing, nil)
		})
	huma.Register(s.api, operation(http.MethodPut, path, "answer-briefing", tag, "Answer questions; those left out stay"),
		func(ctx context.Context, in *struct {
			IncidentPath
			RequestKey
			Body BriefingRequest
		}) (*answered[view.Incident], error) {
			return do(ctx, s, in.IncidentPath, in.RequestKey, &in.Body, func(a act.Act, b BriefingRequest) error {
				var answers []business.BriefReply
				for _, r := range b.Answers {
					answers = append(answers, business.BriefReply(r))
				}
				return s.Desk.Brief(ctx, a, answers)
			})
		})
	command(s, "briefing/confirm", "There is enough to draft; emergency mode follows", func(ctx context.Context, a act.Act, _ PlainRequest) error {
		return s.Desk.ConfirmBriefing(ctx, a)
	})
}

// instant reads a time of a query; nothing means now.
func (s *server) instant(text string) (time.Time, error) {
	if text == "" {
		return s.Views.Now(), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		d := problem.New("invalid", "")
		d.At("query.at", "expected a time such as 2026-11-22T03:00:00Z")
		return at, d
	}
	return at, nil
}
