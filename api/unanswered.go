package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stormbell/stormbell/domain/escalation"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// scrape bounds how long a look at the record may hold up the metrics.
const scrape = 2 * time.Second

// unanswered counts, at the moment somebody looks, the pages that have used up their ladder
// and go on asking: each is a role that nobody fills.
type unanswered struct {
	record *record.Record
	plan   func() plan.Plan
	pages  *prometheus.Desc
}

func newUnanswered(c Config) *unanswered {
	return &unanswered{record: c.Record, plan: c.Plan, pages: prometheus.NewDesc("stormbell_pages_unanswered",
		"Open pages that went through every step and that nobody answers.", []string{"role"}, nil)}
}

// Describe implements prometheus.Collector.
func (u *unanswered) Describe(to chan<- *prometheus.Desc) { to <- u.pages }

// Collect implements prometheus.Collector. Without the record there is no figure rather than 0.
func (u *unanswered) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrape)
	defer cancel()
	open, err := u.record.OpenSnapshots(ctx, record.KindPage)
	if err != nil {
		return
	}
	roles := map[string]float64{}
	for _, r := range u.plan().Roles {
		roles[r.Name] = 0
	}
	for _, body := range open {
		var page escalation.State
		if json.Unmarshal(body, &page) == nil && page.Stage == escalation.Unanswered {
			roles[page.Page.Role]++
		}
	}
	for role, n := range roles {
		to <- prometheus.MustNewConstMetric(u.pages, prometheus.GaugeValue, n, role)
	}
}
