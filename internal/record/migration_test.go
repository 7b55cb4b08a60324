package record

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/domain/roster"
)

// An installation that ran the first schema keeps what it had asked, and who stands in for whom.
func TestMigrate_fromTheFirstSchema_keepsAsksAndOverrides(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "record.db") },
		"postgres": func(t *testing.T) string { return schema(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &book{config: Config{URL: address(t)}, at: noon}
			b.config.Now = b.clock
			old := &Record{}
			require.NoError(t, old.connect(b.config.URL))
			files, err := fs.Sub(migrations, "migrations")
			require.NoError(t, err)
			dialect := goose.DialectSQLite3
			if old.postgres {
				dialect = goose.DialectPostgres
			}
			provider, err := goose.NewProvider(dialect, old.db, files, goose.WithTableName("record_schema"), goose.WithDisableGlobalRegistry(true))
			require.NoError(t, err)
			_, err = provider.UpTo(t.Context(), 1)
			require.NoError(t, err)
			_, err = old.db.ExecContext(t.Context(), "INSERT INTO asks ("+askColumns+") VALUES ('w', 't', 1, 'anna', 'lead', 'task', 's', 'C', $1, 0)", micros(noon))
			require.NoError(t, err)
			_, err = old.db.ExecContext(t.Context(), `INSERT INTO overrides (role, person, starts_at, ends_at, why, added_at) VALUES
				('lead', 'ben', $1, 0, 'ill', 2), ('lead', 'anna', $1, 0, 'swap', 1)`, micros(noon))
			require.NoError(t, err)
			require.NoError(t, old.disconnect())

			b.open(t)
			t.Cleanup(func() { _ = b.Close() })
			require.Equal(t, []string{"C w/t"}, b.asksOf(t, "anna"))
			overrides, err := b.AllOverrides(t.Context())
			require.NoError(t, err)
			require.Equal(t, []int{1, 2}, []int{overrides[0].ID, overrides[1].ID})
			require.Equal(t, roster.Override{Role: "lead", Person: "anna", From: noon, Why: "swap"}, overrides[0].Override, "in the order they were added")
			b.alert(t, "s", "k", Firing)
			b.ask(t, "w", 1, Ask{ID: "t", Person: "anna"}, Ask{ID: "u", Person: "anna"})
			require.Equal(t, []string{"C w/t", "A w/u"}, b.asksOf(t, "anna"))
		})
	}
}
