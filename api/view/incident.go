package view

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// Incident is everything about one incident but its timeline.
type Incident struct {
	Summary
	AsOf    time.Time `json:"as_of" doc:"When the newest part of this was written down"`
	Drill   bool      `json:"drill,omitempty" doc:"It is practice"`
	PhaseAt time.Time `json:"phase_at,omitzero"`
	Stage   string    `json:"stage,omitempty" enum:"gathering,briefing,emergency,resolving,restoring,aftercare,closed" doc:"How far the business incident has come; absent before it was declared"`

	Assessment     Assessment      `json:"assessment"`
	Commander      string          `json:"commander" doc:"Person id of the incident commander, or empty"`
	CommanderName  string          `json:"commander_name,omitempty"`
	Recommendation *Recommendation `json:"recommendation,omitempty" doc:"What the Technical SLT recommends"`
	Declared       *Decision       `json:"declared,omitempty"`
	Resolved       *Decision       `json:"resolved,omitempty"`
	Cancelled      *Decision       `json:"cancelled,omitempty"`

	Roles    []Role    `json:"roles" doc:"Every role of the plan, asked or not"`
	Handover *Handover `json:"handover,omitempty" doc:"The liaison's way from the engineers' call to the business call"`
	Briefing *Briefing `json:"briefing,omitempty"`
	Tasks    []Task    `json:"tasks"`
	Messages []Message `json:"messages" doc:"The message board"`
	Promises []Promise `json:"promises" doc:"Updates that are owed"`
	Scope    Scope     `json:"scope" doc:"What it concerns, as far as somebody said so"`
	Updates  *Decision `json:"updates,omitempty" doc:"Who began to keep colleagues informed of it while it is below severe"`
	Alerts   []Alert   `json:"alerts"`
	Links    Links     `json:"links"`
}

// Scope is what an incident concerns.
type Scope struct {
	Services []string `json:"services" doc:"Names of the plan's business services"`
	Regions  []string `json:"regions" doc:"Names of the plan's regions"`
	Mode     string   `json:"mode,omitempty" doc:"Name of one of the plan's failure modes"`
}

// Handover is how a liaison leaves the engineers' call (R32-R34).
type Handover struct {
	From           string    `json:"from" doc:"Person id of who leaves"`
	FromName       string    `json:"from_name"`
	To             string    `json:"to,omitempty" doc:"Person id of who takes the place"`
	ToName         string    `json:"to_name,omitempty"`
	TakenAt        time.Time `json:"taken_at,omitzero"`
	PresentAt      time.Time `json:"present_at,omitzero" doc:"When the backup was on the engineers' call"`
	ReleasedAt     time.Time `json:"released_at,omitzero" doc:"When the first one left it"`
	OverlapSeconds int       `json:"overlap_seconds,omitempty" doc:"How long both were there"`
}

// Assessment is the impact score with what it is made of (R19, R25).
type Assessment struct {
	Verdict         string    `json:"verdict" enum:"none,ask_expert,recommend" doc:"What the score advises; a human decides"`
	Visibility      Grade     `json:"visibility"`
	Impact          Grade     `json:"impact"`
	Duration        Grade     `json:"duration"`
	AskExpertAt     int       `json:"ask_expert_at"`
	RecommendAt     int       `json:"recommend_at"`
	Since           time.Time `json:"since,omitzero" doc:"When the trouble began"`
	ExpectedSeconds int       `json:"expected_seconds,omitempty" doc:"How long it is expected to take"`
	At              time.Time `json:"at,omitzero"`
}

// Grade is one factor's value.
type Grade struct {
	Name  string `json:"name" example:"core"`
	Value int    `json:"value" example:"3"`
}

// Recommendation is what the Technical SLT said (R25).
type Recommendation struct {
	By       string    `json:"by"`
	ByName   string    `json:"by_name"`
	Declare  bool      `json:"declare"`
	Note     string    `json:"note,omitempty"`
	At       time.Time `json:"at"`
	AskAgain time.Time `json:"ask_again,omitzero"`
}

// Decision is a recorded act of a person.
type Decision struct {
	By      string    `json:"by"`
	ByName  string    `json:"by_name"`
	StandIn bool      `json:"stand_in,omitempty" doc:"Somebody acted for this person"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// Alert is one signal of a monitoring tool with its repeats. Its words come from outside.
type Alert struct {
	Source     string    `json:"source"`
	Key        string    `json:"key"`
	Status     string    `json:"status" enum:"firing,acknowledged,resolved"`
	Title      string    `json:"title"`
	Severity   string    `json:"severity,omitempty" doc:"The sender's own word"`
	Visibility string    `json:"visibility,omitempty"`
	Impact     string    `json:"impact,omitempty"`
	Link       string    `json:"link,omitempty"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	LastAt     time.Time `json:"last_at,omitzero"`
	Count      int64     `json:"count"`
	Unreadable bool      `json:"unreadable,omitempty"`
}

// Links lead to people's views of the incident.
type Links struct {
	Page     string `json:"page" doc:"The console"`
	Temporal string `json:"temporal,omitempty" doc:"The workflow in Temporal's UI"`
	Business string `json:"business,omitempty" doc:"The business incident's workflow there"`
}

// Incident returns one incident, or record.ErrNotFound.
func (v *Views) Incident(ctx context.Context, number int) (Incident, error) {
	c, err := v.Case(ctx, number)
	if err != nil {
		return Incident{}, err
	}
	return v.incident(ctx, c)
}

func (v *Views) incident(ctx context.Context, c *Case) (Incident, error) {
	deliveries, err := v.Record.DeliveriesToPeople(ctx, c.Row.Number)
	if err != nil {
		return Incident{}, fmt.Errorf("read the ledger of incident %d: %w", c.Row.Number, err)
	}
	p, s := v.Plan(), c.Incident
	i := Incident{
		Summary: summary(c.Row), AsOf: c.AsOf, Drill: s.Drill, PhaseAt: s.PhaseAt,
		Assessment: assessment(p, s), Commander: s.Commander(), CommanderName: name(p, s.Commander()),
		Declared: decision(p, s.Declared), Resolved: decision(p, s.Resolved), Cancelled: decision(p, s.Cancelled),
		Roles: roles(p, c, deliveries), Tasks: []Task{}, Messages: []Message{}, Promises: []Promise{}, Alerts: []Alert{},
		Links: Links{Page: fmt.Sprintf("%s/i/%d", v.PublicURL, c.Row.Number)},
	}
	i.Links.Temporal = v.workflow(i.ID)
	if r := s.Recommendation; r != nil {
		i.Recommendation = &Recommendation{By: r.By, ByName: name(p, r.By), Declare: r.Declare, Note: r.Note, At: r.At, AskAgain: r.AskAgain}
	}
	for _, a := range s.Alerts {
		i.Alerts = append(i.Alerts, Alert(a))
	}
	i.Messages = messages(p, c, v.Now())
	if err := v.progress(ctx, c, i.Messages); err != nil {
		return Incident{}, err
	}
	i.Promises = promises(p, c)
	i.Scope = Scope{Services: append([]string{}, c.scope().Services...), Regions: append([]string{}, c.scope().Regions...), Mode: c.scope().Mode}
	i.Updates = decision(p, s.Updates)
	v.link(c, &i)
	if b := c.Business; b != nil {
		i.Stage = string(b.Stage)
		i.Briefing = briefing(p, b.Briefing)
		i.Tasks = tasks(p, b.Tasks)
		if h := b.Handover; h != nil {
			i.Handover = &Handover{From: h.From, FromName: name(p, h.From), To: h.To, ToName: name(p, h.To), TakenAt: h.TakenAt, PresentAt: h.PresentAt, ReleasedAt: h.ReleasedAt, OverlapSeconds: int(h.Overlap() / time.Second)}
		}
	}
	return i, nil
}

func assessment(p plan.Plan, s incident.State) Assessment {
	grade := func(g plan.Grade) Grade { return Grade{Name: g.Name, Value: g.Value} }
	verdict := string(s.Score.Verdict)
	if verdict == "" {
		verdict = "none"
	}
	return Assessment{
		Verdict: verdict, Visibility: grade(s.Score.Visibility), Impact: grade(s.Score.Impact),
		Duration: grade(s.Score.Duration), AskExpertAt: p.Severity.AskExpertAt, RecommendAt: p.Severity.RecommendAt,
		Since: s.Facts.Since, ExpectedSeconds: int(s.Facts.Expected / time.Second), At: s.Score.At,
	}
}

func decision(p plan.Plan, d *incident.Decision) *Decision {
	if d == nil {
		return nil
	}
	return &Decision{By: d.By, ByName: name(p, d.By), StandIn: d.StandIn, Reason: d.Reason, At: d.At}
}

// Mode is the company's mode.
type Mode struct {
	Mode      string    `json:"mode" enum:"normal,emergency,restoring"`
	Since     time.Time `json:"since,omitzero" doc:"Absent while the company was never in another mode"`
	Incidents []int     `json:"incidents" doc:"Numbers of the incidents that hold the company in it"`
}

// Mode returns the company's mode.
func (v *Views) Mode(ctx context.Context) (Mode, error) {
	m, err := v.Record.Mode(ctx)
	if err != nil {
		return Mode{}, fmt.Errorf("read the mode: %w", err)
	}
	return mode(m), nil
}

func mode(m record.Mode) Mode {
	return Mode{Mode: m.Mode, Since: m.Since, Incidents: append([]int{}, m.Incidents...)}
}
