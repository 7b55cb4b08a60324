package view

import (
	"context"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/internal/record"
)

// Maintenance is planned work.
type Maintenance struct {
	ID       string            `json:"id"`
	Title    map[string]string `json:"title" doc:"By language"`
	Services []string          `json:"services" doc:"Names of the plan's business services"`
	From     time.Time         `json:"from"`
	Until    time.Time         `json:"until"`
	Running  bool              `json:"running"`
}

// Maintenance lists what is planned and what goes on, the next one first.
func (v *Views) Maintenance(ctx context.Context) ([]Maintenance, error) {
	rows, err := v.Record.Maintenance(ctx, v.Now())
	if err != nil {
		return nil, fmt.Errorf("read the planned maintenance: %w", err)
	}
	all := make([]Maintenance, len(rows))
	for i, m := range rows {
		all[i] = v.ShowMaintenance(m)
	}
	return all, nil
}

// ShowMaintenance is one of them as it is shown.
func (v *Views) ShowMaintenance(m record.Maintenance) Maintenance {
	now := v.Now()
	return Maintenance{
		ID: m.ID, Title: inWords(m.Titles), Services: append([]string{}, m.Services...), From: m.From, Until: m.Until,
		Running: !m.From.After(now) && m.Until.After(now),
	}
}
