package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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
	return err
}
