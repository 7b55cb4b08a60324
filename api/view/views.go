package view

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Config is what the views are made from.
type Config struct {
	// Record is where everything is read; required.
	Record *record.Record
	// Plan returns the plan in force, for names, titles and instructions; required.
	Plan func() plan.Plan
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// PublicURL is the base of links to our own pages, without a trailing slash; empty means
	// links without a host.
	PublicURL string
	// TemporalUI is the address to which a workflow's id is appended to see it in Temporal's
	// UI, such as http://127.0.0.1:8233/namespaces/default/workflows; empty shows no link.
	TemporalUI string
	// Check is what the plan's check has to say beside mistakes; nil has nothing to say.
	Check func() []planfile.Problem
	// Open signs every visitor in by itself, and Copied says that the status page is kept as files too.
	Open, Copied bool
}

// Views makes the read models. It is safe for concurrent use.
type Views struct {
	Config
	ready knownReadiness
}

// New returns the views.
func New(c Config) *Views {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Views{Config: c}
}

// Summary is what lists show of an incident.
type Summary struct {
	ID       string    `json:"id" doc:"The same for ever; either it or the number works in a path" example:"incident:2026-7"`
	Number   int       `json:"number" example:"7"`
	Title    string    `json:"title" example:"Checkout is down"`
	Phase    string    `json:"phase" enum:"detection,investigation,identification,monitoring,resolution,analysis,publishing"`
	Severity string    `json:"severity" enum:"ordinary,severe"`
	Mode     string    `json:"mode" enum:"normal,emergency,restoring" doc:"How the company works because of this incident"`
	Score    int       `json:"score" doc:"Visibility × impact × duration"`
	OpenedAt time.Time `json:"opened_at"`
	Closed   bool      `json:"closed"`
	ClosedAt time.Time `json:"closed_at,omitzero"`
}

func summary(i record.Incident) Summary {
	s := Summary{
		ID: contract.IncidentID(i.Year, i.Number), Number: i.Number, Title: i.Title, Phase: i.Phase, Severity: i.Severity,
		Mode: i.Mode, Score: i.Score, OpenedAt: i.OpenedAt, Closed: !i.ClosedAt.IsZero(), ClosedAt: i.ClosedAt,
	}
	// An incident that was just accepted says nothing of itself yet.
	for field, start := range map[*string]string{&s.Phase: string(plan.Detection), &s.Severity: string(incident.Ordinary), &s.Mode: record.ModeNormal} {
		if *field == "" {
			*field = start
		}
	}
	return s
}

// Incidents lists incidents, newest first.
func (v *Views) Incidents(ctx context.Context, f record.Filter) ([]Summary, error) {
	rows, err := v.Record.Incidents(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	all := make([]Summary, len(rows))
	for i, row := range rows {
		all[i] = summary(row)
	}
	return all, nil
}

var incidentID = regexp.MustCompile(`^(?:incident:(\d{4})-)?(\d{1,9})$`)

// Find returns the incident that a number or an id in a path means, or record.ErrNotFound.
func (v *Views) Find(ctx context.Context, ref string) (record.Incident, error) {
	parts := incidentID.FindStringSubmatch(ref)
	if parts == nil {
		return record.Incident{}, fmt.Errorf("an incident is named by its number or id: %w", record.ErrNotFound)
	}
	number, _ := strconv.Atoi(parts[2]) // the expression lets only digits through
	row, err := v.Record.Incident(ctx, number)
	if err != nil {
		return record.Incident{}, err
	}
	if parts[1] != "" && parts[1] != strconv.Itoa(row.Year) {
		return record.Incident{}, fmt.Errorf("incident %d is of another year: %w", number, record.ErrNotFound)
	}
	return row, nil
}

// inWords keeps a map of words by language from being null in JSON.
func inWords(words map[string]string) map[string]string {
	if words == nil {
		return map[string]string{}
	}
	return words
}

// name is how people know the person: by the plan's name, or by the id when the plan does
// not know it any more. Nobody has no name.
func name(p plan.Plan, person string) string {
	if known, ok := p.Person(person); ok {
		return known.Name
	}
	return person
}
