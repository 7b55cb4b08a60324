package view

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/checkback"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Person is what one person must do in one incident now, and what that person may want to know.
type Person struct {
	Incident Summary   `json:"incident"`
	AsOf     time.Time `json:"as_of"`
	Since    time.Time `json:"since,omitzero" doc:"When the trouble began"`
	Drill    bool      `json:"drill,omitempty"`
	Stage    string    `json:"stage,omitempty"`
	Person   string    `json:"person"`
	Name     string    `json:"name"`
	Language string    `json:"language"`
	Lead     string    `json:"lead" doc:"Person id of the Business Lead, or of the incident commander while there is none"`
	LeadName string    `json:"lead_name,omitempty"`

	Todo   []Todo `json:"todo" doc:"What is asked of this person now, oldest first"`
	Roles  []Role `json:"roles" doc:"The roles this person holds"`
	Tasks  []Task `json:"tasks" doc:"This person's tasks, finished ones too"`
	Latest *Post  `json:"latest,omitempty" doc:"What was published last"`
	// NextUpdate is the nearest promise; zero when none is open.
	NextUpdate time.Time `json:"next_update,omitzero"`
}

// Todo is one open request. Exactly one of Role, Task, Briefing and Message is there, by Kind;
// a recommendation needs none of them.
type Todo struct {
	Kind    string    `json:"kind" enum:"page,task,brief,recommend,draft,check,review,approve,release,join,hold,hand_over"`
	Letter  string    `json:"letter" doc:"Names it in replies by text"`
	Since   time.Time `json:"since"`
	Due     time.Time `json:"due,omitzero"`
	Overdue bool      `json:"overdue,omitempty"`

	Role     *Role     `json:"role,omitempty"`
	Task     *Task     `json:"task,omitempty"`
	Briefing *Briefing `json:"briefing,omitempty"`
	Message  *Message  `json:"message,omitempty"`
}

// Person returns what one person must do in an incident. Somebody with nothing to do gets an
// empty list; an incident nobody knows is record.ErrNotFound.
func (v *Views) Person(ctx context.Context, number int, person string) (Person, error) {
	c, err := v.Case(ctx, number)
	if err != nil {
		return Person{}, err
	}
	all, err := v.incident(ctx, c)
	if err != nil {
		return Person{}, err
	}
	asks, err := v.Record.AsksOf(ctx, number)
	if err != nil {
		return Person{}, fmt.Errorf("read what is asked in incident %d: %w", number, err)
	}
	posts, err := v.Posts(ctx, number, 1)
	if err != nil {
		return Person{}, err
	}
	p := v.Plan()
	known, _ := p.Person(person)
	chosen, err := v.Record.Language(ctx, person)
	if err != nil {
		return Person{}, fmt.Errorf("read what a person has chosen: %w", err)
	}
	view := Person{
		Incident: all.Summary, AsOf: all.AsOf, Since: c.Incident.Facts.Since, Drill: all.Drill, Stage: all.Stage,
		Person: person, Name: name(p, person), Language: cmp.Or(chosen, known.Language), Lead: c.lead(), LeadName: name(p, c.lead()),
		Todo: []Todo{}, Roles: []Role{}, Tasks: []Task{},
	}
	if view.Language == "" && len(p.Company.Languages) > 0 {
		view.Language = p.Company.Languages[0]
	}
	for _, a := range asks {
		if a.Person == person {
			view.Todo = append(view.Todo, todo(a, c, all))
		}
	}
	for _, r := range all.Roles {
		if r.Holder == person {
			view.Roles = append(view.Roles, r)
		}
	}
	for _, t := range all.Tasks {
		if t.Person == person {
			view.Tasks = append(view.Tasks, t)
		}
	}
	if len(posts) > 0 {
		view.Latest = &posts[0]
	}
	for _, promise := range all.Promises {
		if view.NextUpdate.IsZero() || promise.Due.Before(view.NextUpdate) {
			view.NextUpdate = promise.Due
		}
	}
	return view, nil
}

func (c *Case) lead() string {
	if c.Business != nil {
		return c.Business.Lead()
	}
	return c.Incident.Commander()
}

// todo joins a request with what it is about.
func todo(a record.OpenAsk, c *Case, all Incident) Todo {
	t := Todo{Kind: a.Kind, Letter: a.Letter, Since: a.OpenedAt}
	switch a.Kind {
	case effect.AskPage, effect.AskJoin, effect.AskHold, effect.AskHandOver:
		i := slices.IndexFunc(all.Roles, func(r Role) bool { return r.Role == a.Role })
		if i >= 0 {
			t.Role, t.Due = &all.Roles[i], all.Roles[i].NextAt
		}
		if held, _ := c.Roles().Of(a.Role); a.Kind == effect.AskJoin {
			t.Due, t.Overdue = held.Join.Due, held.Join.Asked
		} else if a.Kind == effect.AskHold {
			t.Due = held.Lease.Due
		}
	case effect.AskTask:
		i := slices.IndexFunc(all.Tasks, func(x Task) bool { return x.ID == a.ID })
		if i >= 0 {
			t.Task, t.Due, t.Overdue = &all.Tasks[i], all.Tasks[i].Due, all.Tasks[i].State == string(checkback.Overdue)
		}
	case effect.AskBrief:
		t.Briefing = all.Briefing
		if all.Briefing != nil {
			t.Due = all.Briefing.Due
		}
	case effect.AskDraft, effect.AskCheck, effect.AskReview, effect.AskApprove, effect.AskRelease, effect.AskAnnounce, effect.AskDistribute:
		loop, known := c.messages[a.Workflow]
		i := slices.IndexFunc(all.Messages, func(m Message) bool {
			return known && m.Audience == loop.Audience.Name && plan.Phase(m.Phase) == loop.Phase
		})
		if i >= 0 {
			t.Message = &all.Messages[i]
			for _, g := range t.Message.Gates {
				if g.Kind == a.Kind && g.Role == a.Role {
					t.Due, t.Overdue = g.Due, g.State == string(checkback.Overdue)
				}
			}
		}
	}
	return t
}
