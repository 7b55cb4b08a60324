package act

import (
	"context"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/client"
	"github.com/stormbell/stormbell/workflows/contract"
)

// byHand is the source of incidents that people open.
const byHand = "by_hand"

// Opening is an incident that a person opens.
type Opening struct {
	Title              string
	Visibility, Impact string
	// ExpectedMinutes are the plan's minutes.
	ExpectedMinutes int
	// Declare raises it to severe at once.
	Declare bool
	// Drill marks it as practice.
	Drill bool
}

// Open opens an incident and returns its number, and whether this very call opened it. The
// same request opens it once. When the error is client.ErrUnavailable the request may be
// sent again to go on.
func (d *Desk) Open(ctx context.Context, a Act, o Opening) (number int, fresh bool, err error) {
	p, now := d.Views.Plan(), d.Views.Now()
	by, err := d.actor(ctx, a.Who, "", plan.IncidentCommander)
	if err != nil {
		return 0, false, err
	}
	command := incident.Open{Actor: by, Title: o.Title, Visibility: o.Visibility, Impact: o.Impact, Expected: minutes(p, o.ExpectedMinutes)}
	// Ask the domain before a number is spent on what it would refuse.
	if _, _, err := incident.Decide(incident.New(0, 0, p.Snapshot(), o.Drill), command, now); err != nil {
		return 0, false, err
	}
	if err := d.Commands.Ready(ctx); err != nil {
		return 0, false, err
	}
	if a.Request == "" {
		a.Request = ulid.Make().String()
	}
	accepted, err := d.Record.OpenByHand(ctx, byHand, a.Request, o.Title, now)
	if err != nil {
		return 0, false, fmt.Errorf("open an incident: %w", err)
	}
	c, err := d.Views.Case(ctx, accepted.Incident)
	if err != nil {
		return 0, false, err
	}
	if !c.Begun {
		if _, err := d.Commands.Open(ctx, ref(c), p.Snapshot(), o.Drill, command, a.Request); err != nil {
			return 0, false, fmt.Errorf("incident %d has its number; send request %s again to open it: %w", accepted.Incident, a.Request, err)
		}
	}
	if o.Declare && c.Incident.Declared == nil {
		// A command of its own needs a request of its own.
		a.Incident, a.Request = accepted.Incident, a.Request+":declare"
		if err := d.Declare(ctx, a, ""); err != nil {
			return 0, false, err
		}
	}
	return accepted.Incident, accepted.Opened, nil
}

// minutes are a person's minutes in this plan.
func minutes(p plan.Plan, n int) time.Duration {
	if p.Minute == 0 {
		p.Minute = time.Minute
	}
	return time.Duration(n) * p.Minute
}

// Declare raises the incident to severe (R27).
func (d *Desk) Declare(ctx context.Context, a Act, reason string) error {
	err := d.toIncident(ctx, a, commander, contract.Declare, func(by actor.Actor) any {
		return incident.Declare{Actor: by, Reason: reason}
	})
	if err == nil {
		d.settle(ctx, a.Incident, func(c *view.Case) bool { return c.Business != nil || !c.InBusiness() })
	}
	return err
}

// Recommend is the Technical SLT's one act (R25).
func (d *Desk) Recommend(ctx context.Context, a Act, declare bool, note string, askAgainMinutes int) error {
	return d.toIncident(ctx, a, holderOf(plan.TechnicalSLT), contract.Recommend, func(by actor.Actor) any {
		return incident.Recommend{Actor: by, Declare: declare, Note: note, AskAgainMinutes: askAgainMinutes}
	})
}

// Assess sets the human inputs of the score; what is empty or 0 stays as it is.
func (d *Desk) Assess(ctx context.Context, a Act, visibility, impact string, expectedMinutes int) error {
	expected := minutes(d.Views.Plan(), expectedMinutes)
	return d.toIncident(ctx, a, commander, contract.Assess, func(by actor.Actor) any {
		return incident.Assess{Actor: by, Visibility: visibility, Impact: impact, Expected: expected}
	})
}

// ChangePhase moves the incident on (R84).
func (d *Desk) ChangePhase(ctx context.Context, a Act, phase plan.Phase) error {
	return d.moved(ctx, a, d.toIncident(ctx, a, commander, contract.ChangePhase, func(by actor.Actor) any {
		return incident.ChangePhase{Actor: by, Phase: phase}
	}))
}

// Resolve says that the technical trouble is over (R114).
func (d *Desk) Resolve(ctx context.Context, a Act, reason string) error {
	return d.moved(ctx, a, d.toIncident(ctx, a, commander, contract.Resolve, func(by actor.Actor) any {
		return incident.Resolve{Actor: by, Reason: reason}
	}))
}

// Cancel says that it was a false alarm.
func (d *Desk) Cancel(ctx context.Context, a Act, reason string) error {
	return d.moved(ctx, a, d.toIncident(ctx, a, commander, contract.Cancel, func(by actor.Actor) any {
		return incident.Cancel{Actor: by, Reason: reason}
	}))
}

// moved waits until the business incident has followed.
func (d *Desk) moved(ctx context.Context, a Act, err error) error {
	if err == nil {
		d.settle(ctx, a.Incident, func(c *view.Case) bool {
			return c.Business == nil || !c.InBusiness() || c.Business.Cancelled || c.Incident.Cancelled == nil && c.Business.Phase == c.Incident.Phase
		})
	}
	return err
}

// Note writes a person's words to the timeline.
func (d *Desk) Note(ctx context.Context, a Act, text string) error {
	return d.toIncident(ctx, a, lead, contract.AddNote, func(by actor.Actor) any {
		return incident.AddNote{Actor: by, Text: text}
	})
}

var _ Commands = (*client.Client)(nil)
