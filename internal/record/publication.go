package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stormbell/stormbell/domain/delivery"
)

// Publication is an approved text on the status page.
type Publication struct {
	// ID makes publishing idempotent.
	ID              string
	Incident        int
	Phase, Audience string
	// Texts by language.
	Texts map[string]Text
	// Facts are those of the incident that stand word for word in one of the texts, by name such
	// as "impact": whatever reviewers took out is no fact to publish.
	Facts map[string]string
	// NextUpdate is what was promised; zero when nothing was.
	NextUpdate time.Time
	At         time.Time
	// InTime publishes it only while the incident is still in Phase; else it is ErrMovedOn.
	InTime bool
}

// Text is a text in one language.
type Text struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// Publish puts a text on the status page. The same ID again changes nothing.
func (r *Record) Publish(ctx context.Context, p Publication) error {
	texts, err := json.Marshal(p.Texts)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	facts, err := json.Marshal(p.Facts)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		if p.InTime {
			if err := t.stillIn(ctx, p.Incident, p.Phase); err != nil {
				return err
			}
		}
		t.touch(p.Incident)
		_, err := t.ExecContext(ctx, `INSERT INTO publications (id, incident, phase, audience, texts, next_update, at, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (id) DO NOTHING`, p.ID, p.Incident, p.Phase, p.Audience, string(texts), micros(p.NextUpdate), micros(p.At), string(facts))
		return err
	})
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

// Publications returns up to limit publications of an incident, newest first. Incident 0
// means all: those of open incidents first, then the latest of closed ones.
func (r *Record) Publications(ctx context.Context, incident, limit int) ([]Publication, error) {
	return list(ctx, r.reads, func(row scanner) (p Publication, err error) {
		var texts, facts []byte
		if err = row.Scan(&p.ID, &p.Incident, &p.Phase, &p.Audience, &texts, moment{&p.NextUpdate}, moment{&p.At}, &facts); err == nil {
			err = errors.Join(json.Unmarshal(texts, &p.Texts), json.Unmarshal(facts, &p.Facts))
		}
		if len(p.Facts) == 0 {
			p.Facts = nil
		}
		return p, err
	}, `SELECT p.id, p.incident, p.phase, p.audience, p.texts, p.next_update, p.at, p.facts
		FROM publications p LEFT JOIN incidents i ON i.number = p.incident
		WHERE p.incident = $1 OR CAST($1 AS INTEGER) = 0
		ORDER BY CASE WHEN i.closed_at = 0 THEN 0 ELSE 1 END, p.at DESC, p.id DESC LIMIT $2`, incident, limit)
}

// Sends returns how many of the sends of each workflow ended in each state, by workflow.
func (r *Record) Sends(ctx context.Context, workflows []string) (map[string]map[delivery.State]int, error) {
	type row struct {
		workflow string
		state    delivery.State
		n        int
	}
	by := map[string]map[delivery.State]int{}
	if len(workflows) == 0 {
		return by, nil
	}
	marks, args := placeholders(workflows)
	rows, err := list(ctx, r.reads, func(s scanner) (x row, err error) {
		err = s.Scan(&x.workflow, &x.state, &x.n)
		return x, err
	}, "SELECT workflow, state, COUNT(*) FROM deliveries WHERE workflow IN "+marks+" GROUP BY workflow, state", args...)
	for _, x := range rows {
		if by[x.workflow] == nil {
			by[x.workflow] = map[delivery.State]int{}
		}
		by[x.workflow][x.state] = x.n
	}
	return by, err
}
