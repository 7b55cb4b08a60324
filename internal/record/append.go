package record

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// The kinds of workflows that append.
const (
	KindIncident     = "incident"
	KindBusiness     = "business"
	KindPage         = "page"
	KindMessage      = "message"
	KindDistribution = "distribution"
)

// Append is what one step of a workflow makes readable.
type Append struct {
	Incident            int
	Workflow, Run, Kind string
	// Entries go to the timeline, each once per (Workflow, Run, Seq).
	Entries []Entry
	// Revision rises with every step of the workflow, over its runs. All below belongs to
	// it and is ignored when a newer one was seen.
	Revision int64
	// Snapshot replaces the workflow's snapshot; nil keeps it.
	Snapshot json.RawMessage
	// Asks is the full set of requests this workflow has open now.
	Asks []Ask
	// What is empty here, or a Score of 0, leaves the incident as it is.
	Phase, Mode, Severity, Title string
	Score                        int
	// KeysFree lets the next firing alert of the incident's dedup keys open a new incident.
	KeysFree bool
	// Ended says that the workflow has ended. For kind incident it closes the incident.
	Ended bool
}

// Append stores a workflow's step in one transaction; doing it again changes nothing.
// The incident must be in the record, else ErrNotFound.
func (r *Record) Append(ctx context.Context, a Append) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error { return r.append(ctx, t, a) })
	if err != nil {
		return fmt.Errorf("append to incident %d: %w", a.Incident, err)
	}
	return nil
}

func (r *Record) append(ctx context.Context, t *tx, a Append) error {
	closes := a.Ended && a.Kind == KindIncident
	if closes || a.KeysFree {
		if err := t.hold(ctx, inboxLock); err != nil {
			return err
		}
	}
	if err := t.hold(ctx, incidentLock(a.Incident)); err != nil {
		return err
	}
	t.touch(a.Incident)
	i, err := incident(ctx, t, a.Incident)
	if err != nil {
		return err
	}
	if err := i.appendEntries(ctx, t, a); err != nil {
		return err
	}
	at := a.at(r.now())
	newer, err := replaceSnapshot(ctx, t, a, at)
	if err != nil {
		return err
	}
	if newer {
		i.take(a, at)
		if err := replaceAsks(ctx, t, a, at); err != nil {
			return err
		}
	}
	if _, err := t.ExecContext(ctx, `UPDATE incidents SET title = $1, phase = $2, phase_revision = $3, mode = $4, mode_at = $5,
		severity = $6, score = $7, head = $8, head_hash = $9 WHERE number = $10`,
		i.Title, i.Phase, i.phaseRevision, i.Mode, micros(i.modeAt), i.Severity, i.Score, i.head, i.headHash, i.Number); err != nil {
		return err
	}
	switch {
	case newer && closes:
		return r.close(ctx, t, i, at)
	case newer && a.KeysFree:
		return r.freeKeys(ctx, t, i.Number)
	}
	return nil
}

// at is when the step happened: the time of its last entry.
func (a Append) at(now time.Time) time.Time {
	for _, e := range slices.Backward(a.Entries) {
		if !e.At.IsZero() {
			return e.At
		}
	}
	return now
}

// take takes over what the workflow says of the incident as a whole.
func (i *Incident) take(a Append, at time.Time) {
	if a.Phase != "" {
		i.Phase, i.phaseRevision = a.Phase, a.Revision
	}
	if a.Mode != "" {
		if a.Mode != cmp.Or(i.Mode, ModeNormal) {
			i.modeAt = at
		}
		i.Mode = a.Mode
	}
	i.Title, i.Severity, i.Score = cmp.Or(clean(a.Title), i.Title), cmp.Or(a.Severity, i.Severity), cmp.Or(a.Score, i.Score)
}

// Snapshot is a workflow's current state as of its last append.
type Snapshot struct {
	Workflow, Run, Kind string
	Revision            int64
	At                  time.Time
	Ended               bool
	Body                json.RawMessage
}

// replaceSnapshot tells whether the revision is newer than what was seen of the workflow.
func replaceSnapshot(ctx context.Context, t *tx, a Append, at time.Time) (newer bool, err error) {
	done, err := t.ExecContext(ctx, `INSERT INTO snapshots (workflow, run, incident, kind, revision, at, ended, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (workflow) DO UPDATE SET run = excluded.run, revision = excluded.revision, at = excluded.at, ended = excluded.ended,
			body = CASE WHEN excluded.body = '' THEN snapshots.body ELSE excluded.body END
		WHERE snapshots.revision < excluded.revision`,
		a.Workflow, a.Run, a.Incident, a.Kind, a.Revision, micros(at), flag(a.Ended), clean(string(a.Snapshot)))
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// Snapshots returns the snapshots of all workflows of the incident, by workflow id.
func (r *Record) Snapshots(ctx context.Context, incident int) ([]Snapshot, error) {
	return list(ctx, r.reads, func(row scanner) (s Snapshot, err error) {
		err = row.Scan(&s.Workflow, &s.Run, &s.Kind, &s.Revision, moment{&s.At}, &s.Ended, (*[]byte)(&s.Body))
		return s, err
	}, "SELECT workflow, run, kind, revision, at, ended, body FROM snapshots WHERE incident = $1 ORDER BY workflow", incident)
}
