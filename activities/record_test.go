package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/workflows/contract"
)

func (s *site) step(sequence int64) contract.AppendInput {
	return contract.AppendInput{
		Incident: s.incident, Workflow: s.page, Run: "run-1", Kind: contract.KindPage, Revision: sequence,
		Entries: []contract.Entry{{
			Sequence: sequence, At: time.Date(2026, 11, 23, 3, int(sequence), 0, 0, time.UTC), Kind: "reaching", Actor: "system",
			Text: "reaching ben", Data: map[string]string{"person": "ben", "channel": "sms"},
		}},
		Snapshot: json.RawMessage(`{"step":` + string(rune('0'+sequence)) + `}`),
		Asks:     []effect.Ask{{ID: "page", Person: "ben", Role: "incident_commander", Kind: "page"}},
	}
}

func (s *site) timeline() (texts []string, last record.StoredEntry) {
	s.t.Helper()
	all, err := s.record.Timeline(s.t.Context(), s.incident, 0, 100)
	require.NoError(s.t, err)
	for _, e := range all {
		texts, last = append(texts, e.Run+" "+e.Kind), e
	}
	require.NoError(s.t, s.record.Verify(s.t.Context(), s.incident))
	return texts, last
}

func TestAppendRecord_sameKeyAgain_isOneEntry(t *testing.T) {
	t.Parallel()
	s := newQuietSite(t)
	for range 3 {
		must[any](s, contract.AppendRecord, s.step(1))
	}
	kinds, e := s.timeline()
	require.Equal(t, []string{"run-1 reaching"}, kinds)
	require.Equal(t, "reaching ben", e.Text)
	require.Equal(t, "system", e.Actor)
	require.Equal(t, s.step(1).Entries[0].At, e.At.UTC())
	require.JSONEq(t, `{"person":"ben","channel":"sms"}`, string(e.Data))
	asks, err := s.record.OpenAsks(t.Context(), "ben")
	require.NoError(t, err)
	require.Len(t, asks, 1)
	require.Equal(t, record.Ask{ID: "page", Person: "ben", Role: "incident_commander", Kind: "page", OpenedAt: asks[0].OpenedAt}, asks[0].Ask)

	must[any](s, contract.AppendRecord, s.step(2))
	again := s.step(1)
	again.Run = "run-2" // a run counts anew
	again.Revision = 3
	must[any](s, contract.AppendRecord, again)
	must[any](s, contract.AppendRecord, s.step(2)) // a retry that comes late
	kinds, _ = s.timeline()
	require.Equal(t, []string{"run-1 reaching", "run-1 reaching", "run-2 reaching"}, kinds)
	shots, err := s.record.Snapshots(t.Context(), s.incident)
	require.NoError(t, err)
	require.Len(t, shots, 2) // the incident's own is the other
	require.Equal(t, s.page, shots[1].Workflow)
	require.EqualValues(t, 3, shots[1].Revision, "nothing goes back")
}

func TestAppendRecord_columns_reachTheIncident(t *testing.T) {
	t.Parallel()
	s := newQuietSite(t)
	in := s.step(2)
	in.Workflow, in.Kind = contract.IncidentID(s.year, s.incident), contract.KindIncident
	in.Title, in.Phase, in.Mode, in.Severity, in.Score = "Payments are back", "monitoring", record.ModeEmergency, "core", 18
	must[any](s, contract.AppendRecord, in)
	got, err := s.record.Incident(t.Context(), s.incident)
	require.NoError(t, err)
	require.Equal(t, []any{"Payments are back", "monitoring", record.ModeEmergency, "core", 18}, []any{got.Title, got.Phase, got.Mode, got.Severity, got.Score})

	in.Revision, in.KeysFree, in.Ended = 3, true, true
	must[any](s, contract.AppendRecord, in)
	got, err = s.record.Incident(t.Context(), s.incident)
	require.NoError(t, err)
	require.False(t, got.ClosedAt.IsZero())
}

func TestAppendRecord_failures_sayWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	s := newQuietSite(t)
	stranger := s.step(1)
	stranger.Incident = 4711
	_, err := try[any](s, contract.AppendRecord, stranger)
	var failed *temporal.ApplicationError
	require.ErrorAs(t, err, &failed)
	require.True(t, failed.NonRetryable())
	require.Equal(t, "unknown_incident", failed.Type())

	require.NoError(t, s.record.Close())
	_, err = try[any](s, contract.AppendRecord, s.step(1))
	require.ErrorAs(t, err, &failed)
	require.False(t, failed.NonRetryable(), "a database comes back")
}
