package view

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/business"
	"github.com/stormbell/stormbell/domain/comms"
	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/holding"
	"github.com/stormbell/stormbell/domain/incident"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// Case is what the record holds of one incident, as the states of the domain. The rules they
// decide by are left out of them.
type Case struct {
	Row      record.Incident
	Incident incident.State
	// Business is nil until the business incident has begun.
	Business *business.State
	// Begun is set once the incident's workflow has said anything.
	Begun bool
	// AsOf is when the newest of the states was written down.
	AsOf time.Time

	pages    map[string]escalation.State // by workflow
	messages map[string]comms.State
}

// Case reads one incident, or returns record.ErrNotFound.
func (v *Views) Case(ctx context.Context, number int) (*Case, error) {
	row, err := v.Record.Incident(ctx, number)
	if err != nil {
		return nil, err
	}
	snapshots, err := v.Record.Snapshots(ctx, number)
	if err != nil {
		return nil, fmt.Errorf("read incident %d: %w", number, err)
	}
	c := &Case{Row: row, AsOf: row.OpenedAt, pages: map[string]escalation.State{}, messages: map[string]comms.State{}}
	for _, s := range snapshots {
		if err := c.take(s); err != nil {
			return nil, fmt.Errorf("read %s: %w", s.Workflow, err)
		}
	}
	return c, nil
}

func (c *Case) take(s record.Snapshot) error {
	if s.At.After(c.AsOf) {
		c.AsOf = s.At
	}
	if len(s.Body) == 0 {
		return nil
	}
	switch s.Kind {
	case record.KindIncident:
		c.Begun = true
		return json.Unmarshal(s.Body, &c.Incident)
	case record.KindBusiness:
		c.Business = &business.State{}
		return json.Unmarshal(s.Body, c.Business)
	case record.KindPage:
		var page escalation.State
		err := json.Unmarshal(s.Body, &page)
		c.pages[s.Workflow] = page
		return err
	case record.KindMessage:
		var message comms.State
		err := json.Unmarshal(s.Body, &message)
		c.messages[s.Workflow] = message
		return err
	}
	return nil
}

// InBusiness tells whether commands about roles go to the business incident: it has begun or
// is about to, and is not over.
func (c *Case) InBusiness() bool {
	return c.Incident.Declared != nil && !c.Incident.BusinessOver && !c.Incident.Closed
}

// Roles are the roles that came up, of both incidents. They share the roles held when the
// business incident began; what happened later in either counts.
func (c *Case) Roles() holding.Roles {
	if c.Business == nil {
		return c.Incident.Roles
	}
	roles := slices.Clone(c.Business.Roles)
	for _, r := range c.Incident.Roles {
		i := slices.IndexFunc(roles, func(b holding.Role) bool { return b.Name == r.Name })
		switch {
		case i < 0:
			roles = append(roles, r)
		case roles[i].State == holding.Paged && r.State == holding.Held && r.K == roles[i].K:
			// Paged before the declaration, taken after it.
			roles[i] = r
		}
	}
	return roles
}

// Page returns the latest page of a role, and whether the record knows it.
func (c *Case) Page(role holding.Role) (escalation.State, bool) {
	s, ok := c.pages[c.pageID(role)]
	return s, ok
}

func (c *Case) pageID(role holding.Role) string {
	return contract.PageID(c.Row.Year, c.Row.Number, role.Name, role.K)
}

// Cell returns what the board says of an audience in a phase, and whether it has such a cell.
func (c *Case) Cell(audience string, phase plan.Phase) (board.Cell, bool) {
	return c.Board().Find(audience, phase)
}

// Board is what is owed to whom: the business incident's once it has begun, else that of the
// small incident, which may be empty.
func (c *Case) Board() board.Board {
	if c.Business != nil {
		return c.Business.Board
	}
	return c.Incident.Board
}

// Small tells whether colleagues are kept informed of it without a business incident.
func (c *Case) Small() bool { return c.Incident.Updates != nil && c.Incident.Declared == nil }

// Loop returns the message of a cell, and whether the record knows it. An earlier message to
// the same audience in the same phase is not it.
func (c *Case) Loop(cell board.Cell) (comms.State, bool) {
	s, ok := c.messages[contract.MessageID(c.Row.Year, c.Row.Number, cell.Phase, cell.Audience)]
	return s, ok && s.Order == cell.Order
}

// scope is what the incident concerns.
func (c *Case) scope() plan.Scope {
	if c.Business != nil {
		return c.Business.Scope
	}
	return c.Incident.Scope
}
