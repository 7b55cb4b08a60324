package view

import (
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/comms"
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
	// Status and WaitsFor are what people look at.
	Status   string   `json:"status" enum:"not_needed,to_write,draft,in_review,objection,waits_for_approval,waits_for_release,sending,sent,withdrawn,skipped" doc:"Where it stands in one word"`
	WaitsFor []Waited `json:"waits_for" doc:"Whose answer is missing"`

	Template       []Text         `json:"template,omitempty" doc:"What the template said; absent while nobody has changed it"`
	TakeBackUntil  time.Time      `json:"take_back_until,omitzero" doc:"Until when the approver may take the approval back, unless it is released before"`
	Stage          string         `json:"stage,omitempty" enum:"drafting,checking,reviewing,approving,releasing,sending,sent,skipped,withdrawn" doc:"The gate it waits at; absent while it has not begun"`
	Version        int            `json:"version,omitempty"`
	Hash           string         `json:"hash,omitempty" doc:"Names this exact text and its list; every yes is bound to it, and it is the ETag"`
	Author         string         `json:"author,omitempty"`
	AuthorName     string         `json:"author_name,omitempty"`
	Texts          []Text         `json:"texts"`
	Gates          []Gate         `json:"gates"`
	Objections     []Objection    `json:"objections"`
	Suggestions    []Suggestion   `json:"suggestions"`
	Send           []string       `json:"send" doc:"The ways it goes out"`
	Recipients     int            `json:"recipients"`
	By             map[string]int `json:"by,omitempty" doc:"Recipients by the way each is reached; who they are is at …/recipients"`
	Sizing         []Sizing       `json:"sizing" doc:"What was asked before drafting (R97)"`
	Findings       []Finding      `json:"findings" doc:"What could be better in the text; nothing of it blocks"`
	ReleasedBy     string         `json:"released_by,omitempty"`
	ReleasedByName string         `json:"released_by_name,omitempty"`
	ReleasedAt     time.Time      `json:"released_at,omitzero"`
	SentAt         time.Time      `json:"sent_at,omitzero"`
	NextUpdate     time.Time      `json:"next_update,omitzero" doc:"What it promises"`
	Result         *Result        `json:"result,omitempty"`
	Progress       *Reached       `json:"progress,omitempty" doc:"How far it has gone out, while it does"`
	Temporal       string         `json:"temporal,omitempty" doc:"Its workflow in Temporal's UI"`
}

// Waited is somebody whose answer is missing.
type Waited struct {
	Role       string    `json:"role"`
	Person     string    `json:"person,omitempty" doc:"Person id; absent while nobody holds the role"`
	PersonName string    `json:"person_name,omitempty"`
	Since      time.Time `json:"since,omitzero"`
	Due        time.Time `json:"due,omitzero"`
}

// Sizing is one thing that was clear before a draft was written (R97).
type Sizing struct {
	Question string `json:"question" enum:"expectations,perspective,receivers,details"`
	Answer   string `json:"answer"`
	By       string `json:"by"`
	ByName   string `json:"by_name"`
}

// Text is one language's version of a message.
type Text struct {
	Language string `json:"language" example:"en"`
	Subject  string `json:"subject"`
	Body     string `json:"body"`
	Short    string `json:"short,omitempty" doc:"What those get who read it on a phone"`
}

// Gate is one yes that a message needs.
type Gate struct {
	Kind       string    `json:"kind" enum:"draft,check,review,approve,announce,release,distribute"`
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
	Version    int       `json:"version,omitempty" doc:"The version that was read; a later edit by a later reader does not void it"`
	Deputies   []string  `json:"deputies,omitempty" doc:"Person ids of those asked as well, because nobody answered"`
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
	// Troubles are ways that did not work.
	Troubles []string `json:"troubles,omitempty" doc:"Ways that did not work: chat, or webhook:NAME"`
}

func messages(p plan.Plan, c *Case, now time.Time) []Message {
	views := []Message{}
	for _, cell := range c.Board().Cells {
		views = append(views, message(p, c, cell, now))
	}
	return views
}

func message(p plan.Plan, c *Case, cell board.Cell, now time.Time) Message {
	audience, _ := p.Audience(cell.Audience)
	v := Message{
		Audience: cell.Audience, Title: inWords(audience.Title), Phase: string(cell.Phase), State: string(cell.State), Order: cell.Order,
		Reason: cell.Reason, SentAt: cell.SentAt, Texts: []Text{}, Gates: []Gate{}, Objections: []Objection{}, Suggestions: []Suggestion{},
		Send: append([]string{}, audience.Send...), Recipients: len(audience.Recipients), WaitsFor: []Waited{}, Sizing: []Sizing{}, Findings: []Finding{},
	}
	loop, begun := c.Loop(cell)
	if begun {
		v.loop(p, loop)
		v.lint(p, loop, now)
	}
	v.Status = status(cell, loop, begun)
	return v
}

// status is where a message stands in one word (the board of the console).
func status(cell board.Cell, loop comms.State, begun bool) string {
	switch cell.State {
	case board.NotOwed:
		return "not_needed"
	case board.ToWrite:
		return "to_write"
	case board.Sent, board.Skipped, board.Withdrawn:
		return string(cell.State)
	case board.Open:
	}
	open := slices.ContainsFunc(loop.Objections, func(o comms.Objection) bool { return o.Settled == "" })
	switch {
	case !begun:
		return "draft"
	case open:
		return "objection"
	}
	switch loop.Stage {
	case comms.Checking, comms.Reviewing:
		return "in_review"
	case comms.Approving:
		return "waits_for_approval"
	case comms.Releasing:
		return "waits_for_release"
	case comms.Sending:
		return "sending"
	case comms.Sent, comms.Skipped, comms.Withdrawn:
		return string(loop.Stage)
	case comms.Drafting:
	}
	return "draft"
}

// lint says what could be better in a text that nobody has sent yet.
func (v *Message) lint(p plan.Plan, s comms.State, now time.Time) {
	if s.Over() || s.Stage == comms.Sending {
		return
	}
	in := comms.LintInput{Phase: s.Phase, Texts: s.Texts, Names: p.Names(), Said: s.Said, Last: s.Last, Now: now, Often: p.Cadence.Often}
	if s.Untouched() {
		in.Carries = s.Carries
	}
	v.Findings = findings(comms.Lint(in), p.Company.Languages...)
}

func (v *Message) loop(p plan.Plan, s comms.State) {
	v.Stage, v.Version, v.Hash, v.Author, v.AuthorName = string(s.Stage), s.Version, s.Hash(), s.Author, name(p, s.Author)
	v.Send, v.Recipients = append([]string{}, s.Audience.Send...), s.Audience.Recipients
	v.ReleasedBy, v.ReleasedByName, v.ReleasedAt, v.NextUpdate = s.ReleasedBy, name(p, s.ReleasedBy), s.ReleasedAt, s.NextUpdate
	v.By = s.By
	for _, x := range s.Sizing {
		v.Sizing = append(v.Sizing, Sizing{Question: string(x.Question), Answer: x.Answer, By: x.By, ByName: name(p, x.By)})
	}
	for _, t := range s.Texts {
		v.Texts = append(v.Texts, Text(t))
	}
	for _, t := range s.Template {
		v.Template = append(v.Template, Text(t))
	}
	v.TakeBackUntil = s.TakeBackUntil()
	for _, g := range s.Gates {
		person := g.Person
		if person == "" {
			person = s.Holders[g.Role]
		}
		v.Gates = append(v.Gates, Gate{
			Kind: string(g.Kind), Role: g.Role, State: string(g.State), Person: person, PersonName: name(p, person),
			Since: g.Since, Due: g.Due, Minutes: g.Minutes, DoneBy: g.DoneBy, DoneByName: name(p, g.DoneBy), DoneAt: g.DoneAt, Version: g.Version, Deputies: g.Deputies,
		})
		if s.Turn(g.Kind) && g.Open() && g.Kind != comms.Announce {
			v.WaitsFor = append(v.WaitsFor, Waited{Role: g.Role, Person: person, PersonName: name(p, person), Since: g.Since, Due: g.Due})
		}
	}
	for _, o := range s.Objections {
		v.Objections = append(v.Objections, Objection{ID: o.ID, Role: o.Role, By: o.By, ByName: name(p, o.By), Words: o.Words, At: o.At, Settled: o.Settled})
	}
	for _, w := range s.Suggested {
		v.Suggestions = append(v.Suggestions, Suggestion{By: w.By, ByName: name(p, w.By), Text: w.Text, At: w.At})
	}
	if s.Result.Any() {
		v.Result = &Result{Sent: s.Result.Sent, Failed: s.Result.Failed, Unknown: s.Result.Unknown, Troubles: s.Result.Troubles}
	}
}

// Promise is an update that an audience was promised (R155).
type Promise struct {
	Audience   string            `json:"audience"`
	Title      map[string]string `json:"title" doc:"The audience's name, by language"`
	Phase      string            `json:"phase"`
	State      string            `json:"state" enum:"open,due_soon,handed_over,broken"`
	MadeAt     time.Time         `json:"made_at"`
	Due        time.Time         `json:"due"`
	Owner      string            `json:"owner,omitempty" doc:"Person id of whoever keeps it"`
	OwnerName  string            `json:"owner_name,omitempty"`
	Backup     string            `json:"backup,omitempty" doc:"Person id of whoever was asked to keep it instead"`
	BackupName string            `json:"backup_name,omitempty"`
	Held       bool              `json:"held,omitempty" doc:"The holding text made it"`
	Kept       int               `json:"kept" doc:"Promises to this audience that were kept in this incident"`
	Broken     int               `json:"broken" doc:"Promises to this audience that were broken"`
}

func promises(p plan.Plan, c *Case) []Promise {
	views := []Promise{}
	all := c.Board()
	for _, x := range all.Promises {
		audience, _ := p.Audience(x.Audience)
		role := audience.Owner
		if c.Small() {
			role = p.Small.Liaison
		}
		owner, tally := c.Roles().Holder(role), all.Tally[x.Audience]
		v := Promise{
			Audience: x.Audience, Title: inWords(audience.Title), Phase: string(x.Phase), State: "open", MadeAt: x.MadeAt, Due: x.Due,
			Owner: owner, OwnerName: name(p, owner), Backup: x.Backup, BackupName: name(p, x.Backup), Held: x.Held, Kept: tally.Kept, Broken: tally.Broken,
		}
		switch {
		case x.Broken:
			v.State = "broken"
		case x.Backup != "":
			v.State = "handed_over"
		case x.Warned:
			v.State = "due_soon"
		}
		views = append(views, v)
	}
	return views
}
