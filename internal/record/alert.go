package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// AlertStatus is what a monitoring tool says of an alert. It is an alias so that an
// AlertState converts to the domain's alert in one step.
type AlertStatus = string

// The statuses of an alert.
const (
	Firing       AlertStatus = "firing"
	Acknowledged AlertStatus = "acknowledged"
	Resolved     AlertStatus = "resolved"
)

// Alert is one word of a monitoring tool.
type Alert struct {
	// Source names the integration; Key is the dedup key within it. One longer than 255
	// bytes is kept as its SHA-256.
	Source, Key string
	Status      AlertStatus
	// What is empty here, and StartedAt, keep what an earlier alert of the key said.
	Title, Severity, Visibility, Impact, Link string
	StartedAt                                 time.Time
	// Unreadable says that only the key could be read. It never overwrites what is known.
	Unreadable bool
}

// AlertState is a key as the pump hands it on. Its fields are those of the domain's alert.
type AlertState struct {
	Source, Key                               string
	Status                                    AlertStatus
	Title, Severity, Visibility, Impact, Link string
	StartedAt, LastAt                         time.Time
	// Count is how many alerts of the key this incident got, the first one included.
	Count      int64
	Unreadable bool
}

// Accepted says what became of an alert.
type Accepted struct {
	// Incident and Year are those of the incident it belongs to, 0 when it was dropped.
	Incident, Year int
	// Opened says that this very alert opened the incident.
	Opened bool
	// Dropped says that it acknowledged or resolved something that is not open. Nothing was stored.
	Dropped bool
}

// AcceptAlerts takes alerts and returns, in their order, what became of each. They are on
// disk when it returns without an error. A firing alert of a key without an open incident
// opens one; every other alert of the key belongs to it until the incident is closed. A
// full queue is ErrOverloaded, and nothing was taken.
func (r *Record) AcceptAlerts(ctx context.Context, alerts []Alert) ([]Accepted, error) {
	if len(alerts) == 0 {
		return nil, nil
	}
	cleaned := make([]Alert, len(alerts))
	for i, a := range alerts {
		a.Source, a.Key = clean(a.Source), shortKey(a.Key)
		if a.Source == "" || a.Key == "" {
			return nil, errors.New("an alert needs a source and a key")
		}
		switch a.Status {
		case Firing, Acknowledged, Resolved:
		default:
			return nil, fmt.Errorf("an alert is %s, %s or %s, not %q", Firing, Acknowledged, Resolved, a.Status)
		}
		for _, text := range []*string{&a.Title, &a.Severity, &a.Visibility, &a.Impact, &a.Link} {
			*text = clean(*text)
		}
		cleaned[i] = a
	}
	a := &acceptance{alerts: cleaned}
	if err := r.inbox.do(ctx, a, false); err != nil {
		return nil, fmt.Errorf("accept alerts: %w", err)
	}
	return a.accepted, nil
}

// OpenByHand opens an incident for a declaration by a person. Source and key say which
// declaration it is: the same ones return the same incident for ever, with Opened false.
// Nothing goes through the inbox; the caller starts the workflow.
func (r *Record) OpenByHand(ctx context.Context, source, key, title string, at time.Time) (a Accepted, err error) {
	source, key = clean(source), shortKey(key)
	if source == "" || key == "" {
		return a, errors.New("open an incident by hand: say a source and a key")
	}
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		in, err := newIntake(ctx, t, at, []keyName{{source, key}})
		if err != nil {
			return err
		}
		if k := in.keys[keyName{source, key}]; k != nil {
			a = Accepted{Incident: k.incident, Year: k.year}
			return nil
		}
		a = in.openByHand(Alert{Source: source, Key: key, Status: Firing, Title: clean(title), StartedAt: at})
		return in.store(ctx, t)
	})
	if err != nil {
		return Accepted{}, fmt.Errorf("open an incident by hand: %w", err)
	}
	return a, nil
}

// shortKey bounds a key that comes from outside: PostgreSQL indexes no long text.
func shortKey(key string) string {
	if len(key) > 255 {
		sum := sha256.Sum256([]byte(key))
		return hex.EncodeToString(sum[:])
	}
	return clean(key)
}
