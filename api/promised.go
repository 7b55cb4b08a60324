package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stormbell/stormbell/domain/board"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// promised shows, at the moment somebody looks, how late the updates are that audiences were
// promised (R155).
type promised struct {
	record *record.Record
	plan   func() plan.Plan
	now    func() time.Time
	late   *prometheus.Desc
}

func newPromised(c Config) *promised {
	return &promised{record: c.Record, plan: c.Plan, now: c.Now, late: prometheus.NewDesc("stormbell_update_promise_overdue_seconds",
		"How late the latest promised update of an open incident is; above 0 is a broken promise.", []string{"audience"}, nil)}
}

// Describe implements prometheus.Collector.
func (p *promised) Describe(to chan<- *prometheus.Desc) { to <- p.late }

// Collect implements prometheus.Collector. Without the record there is no figure rather than 0.
func (p *promised) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrape)
	defer cancel()
	late := map[string]float64{}
	for _, a := range p.plan().Audiences {
		late[a.Name] = 0
	}
	for _, kind := range []string{record.KindBusiness, record.KindIncident} {
		open, err := p.record.OpenSnapshots(ctx, kind)
		if err != nil {
			return
		}
		for _, body := range open {
			var s struct {
				board.Board
				Declared *struct{} `json:"declared"`
			}
			if json.Unmarshal(body, &s) != nil || s.Declared != nil {
				continue // the business incident has taken the promises of the small one over
			}
			for _, owed := range s.Promises {
				late[owed.Audience] = max(late[owed.Audience], p.now().Sub(owed.Due).Seconds())
			}
		}
	}
	for audience, seconds := range late {
		to <- prometheus.MustNewConstMetric(p.late, prometheus.GaugeValue, seconds, audience)
	}
}
