package view

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/plan"
)

// Task is one thing asked of a role.
type Task struct {
	ID         string            `json:"id" example:"stop_campaigns"`
	Kind       string            `json:"kind" enum:"halt,watch,undo,duty"`
	Role       string            `json:"role"`
	State      string            `json:"state" enum:"waiting,asked,promised,overdue,blocked,done,dropped"`
	Person     string            `json:"person" doc:"Person id of whoever was asked, or empty"`
	PersonName string            `json:"person_name,omitempty"`
	What       map[string]string `json:"what" doc:"The instruction, by language"`
	How        string            `json:"how,omitempty" doc:"Link to instructions"`
	Since      time.Time         `json:"since,omitzero"`
	Due        time.Time         `json:"due,omitzero" doc:"When it is checked again"`
	Minutes    int               `json:"minutes,omitempty" doc:"The latest estimate"`
	Lapses     int               `json:"lapses,omitempty" doc:"How often the time ran out without an answer"`
	DoneAt     time.Time         `json:"done_at,omitzero"`
	DoneBy     string            `json:"done_by,omitempty"`
	DoneByName string            `json:"done_by_name,omitempty"`
	Note       string            `json:"note,omitempty"`
}

func tasks(p plan.Plan, all []business.Task) []Task {
	views := make([]Task, len(all))
	for i, t := range all {
		views[i] = task(p, t)
	}
	return views
}

func task(p plan.Plan, t business.Task) Task {
	v := Task{
		ID: t.ID, Kind: string(t.Kind), Role: t.Role, State: string(t.State), Person: t.Person, PersonName: name(p, t.Person),
		What: map[string]string{}, Since: t.Since, Due: t.Due, Minutes: t.Minutes, Lapses: t.Lapses,
		DoneAt: t.DoneAt, DoneBy: t.DoneBy, DoneByName: name(p, t.DoneBy), Note: t.Note,
	}
	words, known := p.Task(t.Of)
	switch {
	case known && t.Kind == business.Undo:
		v.What, v.How = inWords(words.Undo), words.How
	case known:
		v.What, v.How = inWords(words.Do), words.How
	case t.Kind != business.Duty:
		// Added by hand: it has one wording, in whatever language it was typed.
		for _, language := range p.Company.Languages {
			v.What[language] = t.Note
		}
	}
	return v
}

// Briefing is the shared picture (R70 to R76).
type Briefing struct {
	State           string    `json:"state" enum:"waiting,open,confirmed"`
	StartedAt       time.Time `json:"started_at,omitzero"`
	Due             time.Time `json:"due,omitzero" doc:"When emergency mode begins even without a confirmation"`
	ConfirmedAt     time.Time `json:"confirmed_at,omitzero"`
	ConfirmedBy     string    `json:"confirmed_by,omitempty"`
	ConfirmedByName string    `json:"confirmed_by_name,omitempty"`
	Answers         []Answer  `json:"answers" doc:"The eight questions, in the order of the form"`
	Later           []Answer  `json:"later" doc:"What becomes known on the way; nobody is chased for it"`
}

// Answer is one answer of the briefing.
type Answer struct {
	Question string    `json:"question" enum:"start_time,triggering_error,customers_affected,worst_case,business_services,how_noticed,next_news,anything_else,cause,fix,applied,workaround,say_to_customers,dont,expected,perspective"`
	Text     string    `json:"text"`
	Unknown  bool      `json:"unknown,omitempty" doc:"Somebody said that it is not known yet"`
	By       string    `json:"by,omitempty"`
	ByName   string    `json:"by_name,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Due      time.Time `json:"due,omitzero" doc:"When an owed answer is asked for again"`
}

func briefing(p plan.Plan, b business.Briefing) *Briefing {
	v := &Briefing{
		State: "waiting", StartedAt: b.StartedAt, ConfirmedAt: b.ConfirmedAt, ConfirmedBy: b.ConfirmedBy,
		ConfirmedByName: name(p, b.ConfirmedBy), Answers: []Answer{}, Later: []Answer{},
	}
	switch {
	case !b.ConfirmedAt.IsZero():
		v.State = "confirmed"
	case !b.StartedAt.IsZero():
		v.State, v.Due = "open", b.Due
	}
	for _, q := range slices.Concat(business.Questions(), business.Later()) {
		a := business.Answer{Question: q}
		if i := slices.IndexFunc(b.Answers, func(x business.Answer) bool { return x.Question == q }); i >= 0 {
			a = b.Answers[i]
		}
		shown := Answer{
			Question: string(a.Question), Text: a.Text, Unknown: a.Unknown, By: a.By, ByName: name(p, a.By), At: a.At, Due: a.Debt.Due,
		}
		if slices.Contains(business.Later(), q) {
			v.Later = append(v.Later, shown)
		} else {
			v.Answers = append(v.Answers, shown)
		}
	}
	return v
}
