package calendar

import (
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
)

// TestKeeper_deadServer_emptiesNoRotation: several processes ask a calendar once in a quarter of
// an hour, all know what it says, and go on knowing when it is gone.
func TestKeeper_deadServer_emptiesNoRotation(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var body atomic.Value
	body.Store(book(weekOf2Nov + anna))
	var unchanged atomic.Int64
	source := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("If-None-Match") == "same" && body.Load() == "same" {
			unchanged.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", "same")
		if body.Load() == "" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(body.Load().(string)))
	})
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	r, err := record.Open(t.Context(), record.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "record.db"), Now: clock})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })

	p := plan.Plan{Hash: "h", People: people, Rotations: []plan.Rotation{{Name: "counted"}, {Name: "legal", Timezone: "Europe/Berlin", ICal: &source}}}
	process := func() (*Keeper, map[string]plan.Imported) {
		known := map[string]plan.Imported{}
		return New(Config{Store: r, Plan: func() plan.Plan { return p }, Now: clock, Put: func(name string, i plan.Imported) { known[name] = i }}), known
	}
	first, one := process()
	second, other := process()
	first.Load(t.Context())
	require.Zero(t, one["legal"])
	require.Zero(t, asked.Load(), "to load asks nobody")

	first.Refresh(t.Context())
	second.Refresh(t.Context())
	require.EqualValues(t, 1, asked.Load())
	require.Equal(t, one, other)
	require.Len(t, one, 1)
	require.Equal(t, "anna", one["legal"].Duties[0].Person)
	require.Equal(t, now, one["legal"].ReadAt)

	body.Store(book(weekOf2Nov + ben))
	now = now.Add(14 * time.Minute)
	first.Refresh(t.Context())
	require.EqualValues(t, 1, asked.Load(), "not yet")
	now = now.Add(time.Minute)
	second.Refresh(t.Context())
	first.Refresh(t.Context())
	require.EqualValues(t, 2, asked.Load())
	require.Equal(t, "ben", one["legal"].Duties[0].Person)

	body.Store("same")
	now = now.Add(time.Hour)
	first.Refresh(t.Context())
	require.EqualValues(t, 1, unchanged.Load(), "it need not be sent again")
	require.Equal(t, now, one["legal"].ReadAt)

	read := now
	for _, gone := range []string{"", "<html>Please sign in</html>", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"} {
		body.Store(gone)
		now = now.Add(time.Hour)
		first.Refresh(t.Context())
		require.Equal(t, "ben", one["legal"].Duties[0].Person, "the last good copy")
		require.Equal(t, read, one["legal"].ReadAt)
		require.NotEmpty(t, one["legal"].Trouble)
	}
	third, fresh := process()
	third.Load(t.Context())
	require.Equal(t, one, fresh, "whoever starts now knows it, too")

	body.Store(book())
	now = now.Add(time.Hour)
	first.Refresh(t.Context())
	require.Equal(t, plan.Imported{ReadAt: now}, one["legal"], "a calendar that says so is empty")
}

func TestLook_once(t *testing.T) {
	t.Parallel()
	source := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(book(weekOf2Nov, weekOf2Nov+anna)))
	})
	p := plan.Plan{People: people}
	i, err := Look(t.Context(), p, plan.Rotation{Timezone: "UTC", ICal: &source}, time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Len(t, i.Duties, 1)
	require.Len(t, i.Findings, 1)
	_, err = Look(t.Context(), p, plan.Rotation{Timezone: "UTC", ICal: &plan.ICal{Source: "/nowhere/x.ics"}}, time.Now())
	require.ErrorContains(t, err, "the file is not there")
}
