package intake

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// group is what is read of a webhook of Prometheus' Alertmanager (version 4), and of
// Grafana's, which has the same shape and a title of its own.
type group struct {
	GroupKey          string       `json:"groupKey"`
	Status            string       `json:"status"`
	ExternalURL       string       `json:"externalURL"`
	Title             string       `json:"title"`
	CommonLabels      words        `json:"commonLabels"`
	CommonAnnotations words        `json:"commonAnnotations"`
	Alerts            []groupAlert `json:"alerts"`
}

type groupAlert struct {
	Status       string `json:"status"`
	Labels       words  `json:"labels"`
	Annotations  words  `json:"annotations"`
	StartsAt     word   `json:"startsAt"`
	GeneratorURL string `json:"generatorURL"`
}

type words map[string]word

func (w words) of(name string) string { return string(w[name]) }

// alertmanager makes one alert of a whole group: whoever grouped them meant them as one.
func (in *intake) alertmanager(t plan.Trigger, _ *http.Request, body []byte) ([]record.Alert, error) {
	var g group
	if err := object(body, &g); err != nil {
		return nil, err
	}
	a := record.Alert{Key: g.GroupKey, Status: g.Status}
	switch {
	case g.GroupKey == "":
		return nil, errors.New("groupKey is missing")
	case g.Status != record.Firing && g.Status != record.Resolved:
		return nil, errors.New("status is neither firing nor resolved")
	}
	first, severities := groupAlert{}, []string(nil)
	for _, x := range g.Alerts {
		if x.Status != g.Status {
			continue
		}
		if len(severities) == 0 {
			first = x
		}
		severities = append(severities, x.Labels.of("severity"))
		if at := instant(string(x.StartsAt)); !at.IsZero() && (a.StartedAt.IsZero() || at.Before(a.StartedAt)) {
			a.StartedAt = at
		}
	}
	a.Severity = cmp.Or(g.CommonLabels.of("severity"), first.Labels.of("severity"))
	a.Visibility, a.Impact = in.worst(t, append(severities, a.Severity)...)
	a.Title = cmp.Or(
		g.CommonAnnotations.of("summary"), first.Annotations.of("summary"),
		g.CommonLabels.of("alertname"), first.Labels.of("alertname"), g.Title,
	)
	a.Link = cmp.Or(link(first.GeneratorURL), g.ExternalURL)
	if g.Status == record.Resolved {
		a.StartedAt = time.Time{} // the alert that fired knew better
	}
	return []record.Alert{a}, nil
}
