package view

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/internal/planfile"
)

// Source is a trigger of the plan, and when it was last heard.
type Source struct {
	Name, Type string
	// Secret is where the plan takes the trigger's secret from, such as ${NAME}; empty when the
	// trigger has none, or one that is written out in the plan.
	Secret string
	// Closed says that it has no secret at all and takes alerts on the loopback only.
	Closed bool
	// HeardAt is when something that could be understood last arrived; zero while nothing has.
	HeardAt time.Time
}

// Sources lists the triggers of the plan in its order.
func (v *Views) Sources(ctx context.Context) ([]Source, error) {
	heard, err := v.Record.Heard(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which triggers were heard: %w", err)
	}
	p := v.Plan()
	// A plan that was never kept, as in tests, names no secrets.
	data, _ := v.Record.Plan(ctx, p.Hash)
	references := planfile.TriggerReferences(data)
	all := make([]Source, len(p.Triggers))
	for i, t := range p.Triggers {
		all[i] = Source{Name: t.Name, Type: t.Type, Secret: references[t.Name], Closed: t.Key == "", HeardAt: heard[t.Name]}
	}
	return all, nil
}
