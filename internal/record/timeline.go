package record

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one thing that happened, as the workflow tells it.
type Entry struct {
	// Seq is its number within the workflow's run.
	Seq int64
	At  time.Time
	// Kind is a stable word such as role_taken; Actor a person id or "system".
	Kind, Actor string
	// Text is one English sentence without contact data.
	Text string
	// Data is a JSON document for machines, or nil.
	Data json.RawMessage
}

// StoredEntry is an entry in its place in the incident's timeline.
type StoredEntry struct {
	Entry
	Incident int
	// Position counts from 1 without gaps.
	Position      int64
	Workflow, Run string
	// Hash is the SHA-256 in hex of the hash before it and of this entry.
	Hash string
}

const entryColumns = "incident, position, workflow, run, seq, at, kind, actor, sentence, data, hash"

func scanEntry(row scanner) (e StoredEntry, err error) {
	err = row.Scan(&e.Incident, &e.Position, &e.Workflow, &e.Run, &e.Seq, moment{&e.At}, &e.Kind, &e.Actor, &e.Text, (*[]byte)(&e.Data), &e.Hash)
	return e, err
}

// Timeline returns up to limit entries of the incident after a position, oldest first.
func (r *Record) Timeline(ctx context.Context, incident int, after int64, limit int) ([]StoredEntry, error) {
	return list(ctx, r.reads, scanEntry, "SELECT "+entryColumns+" FROM timeline WHERE incident = $1 AND position > $2 ORDER BY position LIMIT $3", incident, after, limit)
}

// Latest returns the newest entries of the incident, newest first.
func (r *Record) Latest(ctx context.Context, incident, limit int) ([]StoredEntry, error) {
	return list(ctx, r.reads, scanEntry, "SELECT "+entryColumns+" FROM timeline WHERE incident = $1 ORDER BY position DESC LIMIT $2", incident, limit)
}

// appendEntries adds the entries that are not there yet to the end of the chain.
func (i *Incident) appendEntries(ctx context.Context, t *tx, a Append) error {
	if len(a.Entries) == 0 {
		return nil
	}
	var seqs []int64
	for _, e := range a.Entries {
		seqs = append(seqs, e.Seq)
	}
	in, args := placeholders(seqs, any(a.Workflow), any(a.Run))
	known, err := list(ctx, t, value[int64], "SELECT seq FROM timeline WHERE workflow = $1 AND run = $2 AND seq IN "+in, args...)
	if err != nil {
		return err
	}
	there := map[int64]bool{}
	for _, seq := range known {
		there[seq] = true
	}
	var rows [][]any
	for _, e := range a.Entries {
		if there[e.Seq] {
			continue
		}
		there[e.Seq] = true
		s := StoredEntry{Entry: e, Incident: a.Incident, Position: i.head + 1, Workflow: a.Workflow, Run: a.Run}
		s.At, s.Text = stored(e.At), clean(e.Text)
		if s.Data, err = canonical(e.Data); err != nil {
			return fmt.Errorf("entry %d of %s: %w", e.Seq, a.Workflow, err)
		}
		if s.Hash, err = s.hash(i.headHash); err != nil {
			return fmt.Errorf("entry %d of %s: %w", e.Seq, a.Workflow, err)
		}
		i.head, i.headHash = s.Position, s.Hash
		rows = append(rows, []any{s.Incident, s.Position, s.Workflow, s.Run, s.Seq, micros(s.At), s.Kind, s.Actor, s.Text, string(s.Data), s.Hash})
	}
	return t.insert(ctx, "timeline ("+entryColumns+")", "", rows)
}
