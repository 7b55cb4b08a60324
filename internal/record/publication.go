package record

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Publication is an approved text on the status page.
type Publication struct {
	// ID makes publishing idempotent.
	ID              string
	Incident        int
	Phase, Audience string
	// Texts by language.
	Texts map[string]Text
	// NextUpdate is what was promised; zero when nothing was.
	NextUpdate time.Time
	At         time.Time
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
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		t.touch(p.Incident)
		_, err := t.ExecContext(ctx, `INSERT INTO publications (id, incident, phase, audience, texts, next_update, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO NOTHING`, p.ID, p.Incident, p.Phase, p.Audience, string(texts), micros(p.NextUpdate), micros(p.At))
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
		var texts []byte
		if err = row.Scan(&p.ID, &p.Incident, &p.Phase, &p.Audience, &texts, moment{&p.NextUpdate}, moment{&p.At}); err == nil {
			err = json.Unmarshal(texts, &p.Texts)
		}
		return p, err
	}, `SELECT p.id, p.incident, p.phase, p.audience, p.texts, p.next_update, p.at
		FROM publications p LEFT JOIN incidents i ON i.number = p.incident
		WHERE p.incident = $1 OR CAST($1 AS INTEGER) = 0
		ORDER BY CASE WHEN i.closed_at = 0 THEN 0 ELSE 1 END, p.at DESC, p.id DESC LIMIT $2`, incident, limit)
}
