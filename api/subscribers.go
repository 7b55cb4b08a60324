package api

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stormbell/stormbell/internal/record"
)

// subscribers counts, at the moment somebody looks, the addresses that get updates.
type subscribers struct {
	record *record.Record
	count  *prometheus.Desc
}

func newSubscribers(c Config) *subscribers {
	return &subscribers{record: c.Record, count: prometheus.NewDesc("stormbell_subscribers", "Addresses that have confirmed and get updates.", []string{"channel"}, nil)}
}

// Describe implements prometheus.Collector.
func (s *subscribers) Describe(to chan<- *prometheus.Desc) { to <- s.count }

// Collect implements prometheus.Collector. Without the record there is no figure rather than 0.
func (s *subscribers) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrape)
	defer cancel()
	counts, err := s.record.CountSubscribers(ctx)
	if err != nil {
		return
	}
	for _, channel := range []string{"email", "sms", "chat"} {
		to <- prometheus.MustNewConstMetric(s.count, prometheus.GaugeValue, float64(counts[channel]), channel)
	}
}
