package view

import (
	"context"
	"fmt"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/workflows/contract"
)

// progress adds to messages that are going out how far they have come.
func (v *Views) progress(ctx context.Context, c *Case, all []Message) error {
	for n, m := range all {
		if m.Status != "sending" {
			continue
		}
		t, err := v.Record.TallyOf(ctx, contract.DistributionID(c.Row.Year, c.Row.Number, plan.Phase(m.Phase), m.Audience, m.Order))
		if err != nil {
			return fmt.Errorf("read how far a message has gone out: %w", err)
		}
		all[n].Progress = &Reached{Sent: t.Sent, Failed: t.Failed, Open: t.Unproven}
	}
	return nil
}
