package act

import (
	"context"

	"github.com/stormbell/stormbell/api/view"
	"github.com/stormbell/stormbell/domain/actor"
	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/domain/refusal"
	"github.com/stormbell/stormbell/workflows/contract"
)

// ResendUnproven sends a message once more to those of whom nobody can tell whether they got
// it. Only a person decides that, because some may get it twice.
func (d *Desk) ResendUnproven(ctx context.Context, a Act, l Letter) error {
	c, by, err := d.begin(ctx, a, func(c *view.Case) (person, role string) { return lead(c) })
	if err != nil {
		return err
	}
	if boss, _ := lead(c); !by.May(actor.Release) && !by.Is(boss) && !by.Is(c.Incident.Commander()) {
		return refusal.New(refusal.Forbidden, "whoever leads, or has the right to release, decides that some may get it twice")
	}
	cell, found := c.Cell(l.Audience, l.Phase)
	loop, begun := c.Loop(cell)
	if !found || !begun || cell.State != board.Sent || loop.List == "" {
		return refusal.New(refusal.TooEarly, "this message has not been sent to a list").With("state", string(cell.State))
	}
	if string(l.Phase) != c.Row.Phase {
		return refusal.New(refusal.Ended, "the incident has moved on to %s; an old message is not sent any more", c.Row.Phase)
	}
	in := contract.DistributionInput{
		Year: c.Row.Year, Incident: c.Row.Number, Title: loop.Title, Phase: loop.Phase, Audience: l.Audience, Send: []string{plan.SendEmail},
		Release: loop.Order, Texts: loop.Texts, NextUpdate: loop.NextUpdate, List: loop.List, Recipients: loop.Audience.Recipients, By: by.Name(), Drill: loop.Drill, Edition: loop.Edition,
		Spokesperson: loop.Holders[loop.Audience.Spokesperson],
	}
	n, err := d.Record.Reopen(ctx, contract.DistributionID(in.Year, in.Incident, in.Phase, in.Audience, in.Release))
	if err != nil {
		return err
	}
	if n == 0 {
		return refusal.New(refusal.Ended, "of everybody it is known what became of the message")
	}
	return d.Commands.SendAgain(ctx, in)
}
