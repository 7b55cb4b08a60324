package record

import (
	"context"
	"fmt"
	"time"
)

// Incident is what lists show of an incident. Everything else is in its snapshots.
type Incident struct {
	Number, Year          int
	Title                 string
	Phase, Mode, Severity string // empty until a workflow said so
	Score                 int
	OpenedAt, ClosedAt    time.Time // ClosedAt is zero while it is open
	phaseRevision         int64
	modeAt                time.Time
	head                  int64
	headHash              string
}

// Filter says which incidents to list.
type Filter struct {
	OpenOnly bool
	// Before lists only incidents with a smaller number; 0 starts with the newest.
	Before int
	// Limit is how many; 0 means 50.
	Limit int
}

const incidentColumns = "number, year, title, phase, mode, severity, score, opened_at, closed_at, phase_revision, mode_at, head, head_hash"

func scanIncident(row scanner) (i Incident, err error) {
	err = row.Scan(&i.Number, &i.Year, &i.Title, &i.Phase, &i.Mode, &i.Severity, &i.Score, moment{&i.OpenedAt}, moment{&i.ClosedAt},
		&i.phaseRevision, moment{&i.modeAt}, &i.head, &i.headHash)
	return i, err
}

// Incidents lists incidents, newest first.
func (r *Record) Incidents(ctx context.Context, f Filter) ([]Incident, error) {
	query, args := "SELECT "+incidentColumns+" FROM incidents WHERE number < $1", []any{f.Before, f.Limit}
	if f.Before == 0 {
		args[0] = 1<<31 - 1
	}
	if f.Limit == 0 {
		args[1] = 50
	}
	if f.OpenOnly {
		query += " AND closed_at = 0"
	}
	return list(ctx, r.reads, scanIncident, query+" ORDER BY number DESC LIMIT $2", args...)
}

// Incident returns one incident, or ErrNotFound.
func (r *Record) Incident(ctx context.Context, number int) (Incident, error) {
	return incident(ctx, r.reads, number)
}

func incident(ctx context.Context, q querier, number int) (Incident, error) {
	i, err := first(ctx, q, scanIncident, "SELECT "+incidentColumns+" FROM incidents WHERE number = $1", number)
	if err != nil {
		return Incident{}, fmt.Errorf("incident %d: %w", number, err)
	}
	return i, nil
}

// PhaseOf returns the incident's phase and the revision of the append that set it: the
// last check before a message leaves.
func (r *Record) PhaseOf(ctx context.Context, number int) (phase string, revision int64, err error) {
	i, err := r.Incident(ctx, number)
	return i.Phase, i.phaseRevision, err
}

// CloseIncident closes the incident and frees its dedup keys: the next firing alert of
// one opens a new incident. A firing alert that was accepted but not handed on opens one
// at once, so that closing never swallows an accepted alert. Append does this when the
// incident's workflow has ended. Closing twice changes nothing.
func (r *Record) CloseIncident(ctx context.Context, number int, at time.Time) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.hold(ctx, inboxLock); err != nil {
			return err
		}
		if err := t.hold(ctx, incidentLock(number)); err != nil {
			return err
		}
		i, err := incident(ctx, t, number)
		if err != nil {
			return err
		}
		return r.close(ctx, t, i, at)
	})
	if err != nil {
		return fmt.Errorf("close incident: %w", err)
	}
	return nil
}

// close needs the inbox and the incident held.
func (r *Record) close(ctx context.Context, t *tx, i Incident, at time.Time) error {
	if !i.ClosedAt.IsZero() {
		return nil
	}
	t.touch(i.Number)
	if _, err := t.ExecContext(ctx, "UPDATE incidents SET closed_at = $1 WHERE number = $2", micros(at), i.Number); err != nil {
		return err
	}
	return r.freeKeys(ctx, t, i.Number)
}

// freeKeys needs the inbox held.
func (r *Record) freeKeys(ctx context.Context, t *tx, number int) error {
	unheard, err := list(ctx, t, scanKey, "SELECT "+keyColumns+` FROM alert_keys k WHERE incident = $1 AND status = 'firing' AND released = 0
		AND EXISTS (SELECT 1 FROM alert_changes c WHERE c.incident = k.incident AND c.source = k.source AND c.dedup_key = k.dedup_key AND c.status = k.status)`, number)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"UPDATE alert_keys SET released = 1 WHERE incident = $1 AND released = 0",
		"DELETE FROM alert_changes WHERE incident = $1",
		"DELETE FROM alert_queue WHERE incident = $1",
	} {
		if _, err := t.ExecContext(ctx, statement, number); err != nil {
			return err
		}
	}
	return r.acceptAgain(ctx, t, unheard)
}

// acceptAgain takes in alerts whose incident let go of them before it heard of them.
func (r *Record) acceptAgain(ctx context.Context, t *tx, unheard []*keyRow) error {
	var names []keyName
	for _, k := range unheard {
		names = append(names, keyName{k.Source, k.Key})
	}
	in, err := newIntake(ctx, t, r.now(), names)
	if err != nil {
		return err
	}
	for _, k := range unheard {
		in.alert(Alert{
			Source: k.Source, Key: k.Key, Status: k.Status, Title: k.Title, Severity: k.Severity, Visibility: k.Visibility,
			Impact: k.Impact, Link: k.Link, StartedAt: k.StartedAt, Unreadable: k.Unreadable,
		})
	}
	return in.store(ctx, t)
}

// The company's modes.
const (
	ModeNormal    = "normal"
	ModeEmergency = "emergency"
	ModeRestoring = "restoring"
)

// Mode is the company's mode.
type Mode struct {
	// Mode is ModeEmergency while any open incident is in it, else ModeRestoring while any is, else ModeNormal.
	Mode string
	// Since is when the company went into it; zero when it was never in another.
	Since time.Time
	// Incidents are those that hold the company in it.
	Incidents []int
}

// Mode returns the company's mode.
func (r *Record) Mode(ctx context.Context) (Mode, error) {
	open, err := list(ctx, r.reads, scanIncident, "SELECT "+incidentColumns+" FROM incidents WHERE closed_at = 0 AND mode_at > 0 ORDER BY mode_at, number")
	if err != nil {
		return Mode{}, err
	}
	for _, mode := range []string{ModeEmergency, ModeRestoring} {
		m := Mode{Mode: mode}
		for _, i := range open {
			if i.Mode != mode {
				continue
			}
			if m.Incidents == nil {
				m.Since = i.modeAt
			}
			m.Incidents = append(m.Incidents, i.Number)
		}
		if m.Incidents != nil {
			return m, nil
		}
	}
	m := Mode{Mode: ModeNormal}
	m.Since, err = first(ctx, r.reads, scanMoment, "SELECT COALESCE(MAX(CASE WHEN closed_at > 0 AND mode <> 'normal' THEN closed_at ELSE mode_at END), 0) FROM incidents WHERE mode_at > 0")
	return m, err
}
