package view

import (
	"time"

	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
)

// Message is what one audience is owed in one phase, with the loop of its message if there is one.
type Message struct {
	Audience string            `json:"audience" example:"internal"`
	Title    map[string]string `json:"title" doc:"The audience's name, by language"`
	Phase    string            `json:"phase" example:"investigation"`
	State    string            `json:"state" enum:"not_owed,to_write,open,sent,skipped,withdrawn"`
	Order    int               `json:"order,omitempty" doc:"Counts the messages to this audience in this phase"`
	Reason   string            `json:"reason,omitempty" doc:"Why it was skipped or withdrawn"`

	Stage          string       `json:"stage,omitempty" enum:"drafting,checking,reviewing,approving,releasing,sending,sent,skipped,withdrawn" doc:"The gate it waits at; absent while it has not begun"`
	Version        int          `json:"version,omitempty"`
	Hash           string       `json:"hash,omitempty" doc:"Names this exact text and its list; every yes is bound to it, and it is the ETag"`
	Author         string       `json:"author,omitempty"`
	AuthorName     string       `json:"author_name,omitempty"`
	Texts          []Text       `json:"texts"`
	Gates          []Gate       `json:"gates"`
	Objections     []Objection  `json:"objections"`
	Suggestions    []Suggestion `json:"suggestions"`
	Send           []string     `json:"send" doc:"The ways it goes out"`
	Recipients     int          `json:"recipients"`
	ReleasedBy     string       `json:"released_by,omitempty"`
	ReleasedByName string       `json:"released_by_name,omitempty"`
	ReleasedAt     time.Time    `json:"released_at,omitzero"`
	SentAt         time.Time    `json:"sent_at,omitzero"`
	NextUpdate     time.Time    `json:"next_update,omitzero" doc:"What it promises"`
	Result         *Result      `json:"result,omitempty"`
}

// Text is one language's version of a message.
type Text struct {
	Language string `json:"language" example:"en"`
	Subject  string `json:"subject"`
	Body     string `json:"body"`
}

// Gate is one yes that a message needs.
type Gate struct {
	Kind       string    `json:"kind" enum:"draft,check,review,approve,release"`
	Role       string    `json:"role"`
	State      string    `json:"state" enum:"waiting,asked,promised,overdue,blocked,done,dropped"`
	Person     string    `json:"person" doc:"Person id of whoever is asked or would be, or empty"`
	PersonName string    `json:"person_name,omitempty"`
	Since      time.Time `json:"since,omitzero"`
	Due        time.Time `json:"due,omitzero"`
	Minutes    int       `json:"minutes,omitempty"`
	DoneBy     string    `json:"done_by,omitempty"`
	DoneByName string    `json:"done_by_name,omitempty"`
	DoneAt     time.Time `json:"done_at,omitzero"`
}

// Objection is a strong objection (R104).
type Objection struct {
	ID      int       `json:"id"`
	Role    string    `json:"role"`
	By      string    `json:"by"`
	ByName  string    `json:"by_name"`
	Words   string    `json:"words"`
	At      time.Time `json:"at"`
	Settled string    `json:"settled,omitempty" doc:"Who settled it, and how; absent while it blocks"`
}

// Suggestion is a wish for wording; it never blocks (R103).
type Suggestion struct {
	By     string    `json:"by"`
	ByName string    `json:"by_name"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
}

// Result is how a distribution went.
type Result struct {
	Sent    int `json:"sent"`
	Failed  int `json:"failed"`
	Unknown int `json:"unknown" doc:"Nothing proves that these got it"`
}

func messages(p plan.Plan, c *Case) []Message {
	views := []Message{}
	for _, cell := range c.Business.Board {
		views = append(views, message(p, c, cell))
	}
	return views
}

func message(p plan.Plan, c *Case, cell business.Cell) Message {
	audience, _ := p.Audience(cell.Audience)
	v := Message{
		Audience: cell.Audience, Title: inWords(audience.Title), Phase: string(cell.Phase), State: string(cell.State), Order: cell.Order,
		Reason: cell.Reason, SentAt: cell.SentAt, Texts: []Text{}, Gates: []Gate{}, Objections: []Objection{}, Suggestions: []Suggestion{},
		Send: append([]string{}, audience.Send...), Recipients: len(audience.Recipients),
	}
	if loop, begun := c.Loop(cell); begun {
		v.loop(p, loop)
	}
	return v
}

func (v *Message) loop(p plan.Plan, s comms.State) {
	v.Stage, v.Version, v.Hash, v.Author, v.AuthorName = string(s.Stage), s.Version, s.Hash(), s.Author, name(p, s.Author)
	v.Send, v.Recipients = append([]string{}, s.Audience.Send...), s.Audience.Recipients
	v.ReleasedBy, v.ReleasedByName, v.ReleasedAt, v.NextUpdate = s.ReleasedBy, name(p, s.ReleasedBy), s.ReleasedAt, s.NextUpdate
	for _, t := range s.Texts {
		v.Texts = append(v.Texts, Text(t))
	}
	for _, g := range s.Gates {
		person := g.Person
		if person == "" {
			person = s.Holders[g.Role]
		}
		v.Gates = append(v.Gates, Gate{
			Kind: string(g.Kind), Role: g.Role, State: string(g.State), Person: person, PersonName: name(p, person),
			Since: g.Since, Due: g.Due, Minutes: g.Minutes, DoneBy: g.DoneBy, DoneByName: name(p, g.DoneBy), DoneAt: g.DoneAt,
		})
	}
	for _, o := range s.Objections {
		v.Objections = append(v.Objections, Objection{ID: o.ID, Role: o.Role, By: o.By, ByName: name(p, o.By), Words: o.Words, At: o.At, Settled: o.Settled})
	}
	for _, w := range s.Suggested {
		v.Suggestions = append(v.Suggestions, Suggestion{By: w.By, ByName: name(p, w.By), Text: w.Text, At: w.At})
	}
	if s.Result != (effect.Distributed{}) {
		v.Result = &Result{Sent: s.Result.Sent, Failed: s.Result.Failed, Unknown: s.Result.Unknown}
	}
}

// Promise is an update that an audience was promised (R155).
type Promise struct {
	Audience string            `json:"audience"`
	Title    map[string]string `json:"title" doc:"The audience's name, by language"`
	Phase    string            `json:"phase"`
	State    string            `json:"state" enum:"open,due_soon,broken"`
	MadeAt   time.Time         `json:"made_at"`
	Due      time.Time         `json:"due"`
}

func promises(p plan.Plan, all []business.Promise) []Promise {
	views := []Promise{}
	for _, x := range all {
		audience, _ := p.Audience(x.Audience)
		v := Promise{Audience: x.Audience, Title: inWords(audience.Title), Phase: string(x.Phase), State: "open", MadeAt: x.MadeAt, Due: x.Due}
		switch {
		case x.Broken:
			v.State = "broken"
		case x.Warned:
			v.State = "due_soon"
		}
		views = append(views, v)
	}
	return views
}
