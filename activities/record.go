package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

// AppendRecord writes what a workflow decided, with the state it led to. Doing it twice
// changes nothing: entries are known by (workflow, run, sequence).
func (a *Activities) AppendRecord(ctx context.Context, in contract.AppendInput) error {
	appended := record.Append{
		Incident: in.Incident, Workflow: in.Workflow, Run: in.Run, Kind: in.Kind, Revision: in.Revision, Snapshot: in.Snapshot,
		Title: in.Title, Phase: in.Phase, Mode: in.Mode, Severity: in.Severity, Score: in.Score, KeysFree: in.KeysFree, Ended: in.Ended,
	}
	for _, e := range in.Entries {
		data, err := json.Marshal(e.Data)
		if err != nil {
			return fmt.Errorf("an entry's data: %w", err)
		}
		appended.Entries = append(appended.Entries, record.Entry{Seq: e.Sequence, At: e.At, Kind: e.Kind, Actor: e.Actor, Text: e.Text, Data: data})
	}
	for _, ask := range in.Asks {
		appended.Asks = append(appended.Asks, record.Ask{ID: ask.ID, Person: ask.Person, Role: ask.Role, Kind: ask.Kind, Subject: ask.Subject})
	}
	err := a.Record.Append(ctx, appended)
	if errors.Is(err, record.ErrNotFound) {
		// Somebody started this workflow beside the record; no retry will ever mend that.
		return temporal.NewNonRetryableApplicationError(fmt.Sprintf("incident %d is not in the record; open incidents through the API", in.Incident), "unknown_incident", err)
	}
	if err != nil {
		return err
	}
	for _, e := range in.Entries {
		a.Noted(e.Kind, e.Data)
	}
	if slices.ContainsFunc(in.Entries, func(e contract.Entry) bool { return e.Kind == "phase_changed" }) {
		return a.drained(ctx, in.Incident)
	}
	return nil
}

// drained waits until nothing of a message is leaving any more. From the moment a new phase is
// in the record no send of the old one begins; those that had begun before are over when this
// returns, and only then is the change answered. So nobody who knows of the new phase sees a
// text of the old one leave (R89).
func (a *Activities) drained(ctx context.Context, incident int) error {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		under, err := a.Record.AttemptsUnderWay(ctx, incident)
		if err != nil || under == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("texts of the old phase are still leaving: %w", ctx.Err())
		case <-look.C:
		}
	}
}
