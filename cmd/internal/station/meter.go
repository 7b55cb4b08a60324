package station

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/stormbell/stormbell/domain/delivery"
	"github.com/stormbell/stormbell/domain/plan"
)

// meter is the metrics of what this process sends. No label ever names a person or an incident.
type meter struct {
	sends   *prometheus.CounterVec
	waits   *prometheus.HistogramVec
	circuit *prometheus.GaugeVec
	updates *prometheus.CounterVec
}

func newMeter(registry *prometheus.Registry) (*meter, error) {
	m := &meter{
		sends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "stormbell_sends_total", Help: "Attempts to send by how they ended; what call-backs say later is in the ledger.",
		}, []string{"channel", "state", "class"}),
		waits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "stormbell_send_wait_seconds", Help: "How long sends waited for the turn of their sender, or will have to.",
			Buckets: []float64{.01, .1, .5, 1, 2, 5, 10, 20, 30, 60},
		}, []string{"channel"}),
		circuit: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "stormbell_provider_circuit_open", Help: "1 while this process leaves the provider of a channel alone, because it is out of order.",
		}, []string{"channel"}),
	}
	m.updates = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "stormbell_updates_promised_total", Help: "Updates that were promised, by what became of the promise.",
	}, []string{"audience", "outcome"})
	for _, c := range []prometheus.Collector{m.sends, m.waits, m.circuit, m.updates} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// Sent counts an attempt.
func (m *meter) Sent(channel plan.Channel, o delivery.Outcome) {
	m.sends.WithLabelValues(string(channel), string(o.State), string(o.Class)).Inc()
}

// Waited counts a wait.
func (m *meter) Waited(channel plan.Channel, d time.Duration) {
	m.waits.WithLabelValues(string(channel)).Observe(d.Seconds())
}

// Noted counts what became of promises (R155).
func (m *meter) Noted(kind string, data map[string]string) {
	switch kind {
	case "promise_kept":
		m.updates.WithLabelValues(data["audience"], "kept").Inc()
	case "promise_broken":
		m.updates.WithLabelValues(data["audience"], "broken").Inc()
	}
}

// Circuit shows whether a provider is left alone.
func (m *meter) Circuit(channel plan.Channel, open bool) {
	value := 0.0
	if open {
		value = 1
	}
	m.circuit.WithLabelValues(string(channel)).Set(value)
}
