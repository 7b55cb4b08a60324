package record

import (
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"
)

// A link that was texted before mails had links of their own still opens its page with one tap.
func TestMigrate_linksOfBefore_areThoseOfTexts(t *testing.T) {
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
			_, err = provider.UpTo(t.Context(), 6)
			require.NoError(t, err)
			_, err = old.db.ExecContext(t.Context(), "INSERT INTO links (token, incident, person, created_at) VALUES ('7KQ2MX9RTB4D0000', 7, 'anna', $1)", micros(noon))
			require.NoError(t, err)
			require.NoError(t, old.disconnect())

			b.open(t)
			t.Cleanup(func() { _ = b.Close() })
			link, err := b.ByToken(t.Context(), "7KQ2MX9RTB4D0000")
			require.NoError(t, err)
			require.Equal(t, TextDoor, link.Door)
			token, err := b.Link(t.Context(), 7, "anna")
			require.NoError(t, err)
			require.Equal(t, "7KQ2MX9RTB4D0000", token)
			mail, err := b.MailLink(t.Context(), 7, "anna")
			require.NoError(t, err)
			require.NotEqual(t, token, mail)
		})
	}
}
