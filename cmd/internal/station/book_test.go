package station

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/planfile"
	"github.com/stormbell/stormbell/internal/record"
)

// An incident goes on by the plan it began with, also when the next process runs by another.
func TestBook_planChanged_olderIncidentsFindTheirs(t *testing.T) {
	t.Parallel()
	r, err := record.Open(t.Context(), record.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "record.db")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	here := func(p plan.Plan) plan.Plan { p.Company.URL = "http://here"; return p }

	first, err := NewBook(t.Context(), r, Source{Name: "first", Data: planfile.Example(), Lenient: true})
	require.NoError(t, err)
	hash := first.Current().Hash
	changed := strings.ReplaceAll(string(planfile.Example()), "name: ACME ", "name: Apex ")
	second, err := NewBook(t.Context(), r, Source{Name: "second", Data: []byte(changed), Lenient: true, Adapt: here})
	require.NoError(t, err)

	require.Equal(t, "Apex", second.Current().Company.Name)
	old, err := second.Of(t.Context(), hash)
	require.NoError(t, err)
	require.Equal(t, "ACME", old.Company.Name)
	require.Equal(t, "http://here", old.Company.URL, "an old plan fits this process all the same")
	_, err = second.Of(t.Context(), "no such hash")
	require.ErrorIs(t, err, record.ErrNotFound)
	_, err = NewBook(t.Context(), r, Source{Name: "third", Data: []byte("company: 1")})
	var findings *planfile.Findings
	require.ErrorAs(t, err, &findings)
}

// What a calendar elsewhere says belongs to the plan in force, and changes no plan that somebody
// has in hand.
func TestBook_import_isInForceAtOnce(t *testing.T) {
	t.Parallel()
	r, err := record.Open(t.Context(), record.Config{URL: "sqlite::memory:"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	b, err := NewBook(t.Context(), r, Source{Name: "plan", Data: planfile.Example(), Lenient: true})
	require.NoError(t, err)
	before := b.Current()
	b.Import("leads", plan.Imported{Trouble: "gone"})
	leads, _ := b.Current().Rotation("leads")
	require.Equal(t, "gone", leads.Imported.Trouble)
	leads, _ = before.Rotation("leads")
	require.Empty(t, leads.Imported.Trouble)
	same, err := b.Of(t.Context(), before.Hash)
	require.NoError(t, err)
	require.Equal(t, b.Current(), same)
}
