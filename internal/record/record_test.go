package record

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stormbell/stormbell/internal/testkit"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(childEnv); file != "" {
		child(file)
		return
	}
	os.Exit(m.Run())
}

// book is a record under test with a clock that only the test moves.
type book struct {
	*Record
	config Config
	mu     sync.Mutex
	at     time.Time
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func (b *book) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *book) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

// exec is what somebody with a database client does behind the record's back.
func (b *book) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	require.NoError(t, b.write(t.Context(), func(ctx context.Context, tx *tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

func (b *book) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	n, err := first(t.Context(), b.reads, value[int], query, args...)
	require.NoError(t, err)
	return n
}

// each runs a test on SQLite and, when there is one, on PostgreSQL.
func each(t *testing.T, test func(*testing.T, *book)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, openBook(t, Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, openBook(t, Config{URL: schema(t)}))
	})
}

func openBook(t testing.TB, c Config) *book {
	t.Helper()
	b := &book{config: c, at: noon}
	b.config.Now = b.clock
	b.open(t)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// opening takes turns, because PostgreSQL's migration lock is polled once a second.
var opening sync.Mutex

func (b *book) open(t testing.TB) {
	t.Helper()
	opening.Lock()
	defer opening.Unlock()
	var err error
	b.Record, err = Open(context.Background(), b.config)
	require.NoError(t, err)
}

// schema returns the URL of an empty schema that goes away with the test.
func schema(t testing.TB) string {
	t.Helper()
	address, ok := testkit.PostgresSchema(t)
	if !ok {
		t.Skip("not run on PostgreSQL: install postgresql, create an empty database and set " + testkit.PostgresEnv + "=postgres://user:password@host/database")
	}
	return address
}

func TestOpen_again_keepsEverything(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		require.NoError(t, b.Ping(t.Context()))
		opened := b.alert(t, "prom", "a", Firing)
		require.NoError(t, b.Close())
		require.ErrorIs(t, b.AcceptItems(t.Context(), []Item{{Kind: ItemKey, Key: "k"}}), ErrClosed)
		b.open(t)
		i, err := b.Incident(t.Context(), opened.Incident)
		require.NoError(t, err)
		require.Equal(t, "a is broken", i.Title)
	})
}

func TestOpen_newerSchema_saysSo(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		if b.postgres {
			b.exec(t, "INSERT INTO record_schema (version_id, is_applied) VALUES (99, true)")
		} else {
			b.exec(t, "INSERT INTO record_schema (version_id, is_applied) VALUES (99, 1)")
		}
		known, err := migrations.ReadDir("migrations")
		require.NoError(t, err)
		_, err = Open(t.Context(), b.config)
		require.ErrorIs(t, err, ErrNewerSchema)
		require.ErrorContains(t, err, fmt.Sprintf("its schema is 99, this build knows %d", len(known)))
	})
}

func TestOpen_otherAddress_isRefusedWithoutShowingIt(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "sqlite:", "mysql://root:secret@host/db"} {
		_, err := Open(t.Context(), Config{URL: address})
		require.ErrorContains(t, err, "must start with postgres:// or sqlite:")
		require.NotContains(t, err.Error(), "secret")
	}
	_, err := Open(t.Context(), Config{URL: "postgres://me:secret@127.0.0.1:0/db"})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret")
}

func TestOpen_file_isTheOwnersAndSurvivesPowerCuts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new folder", "what?#%.db")
	b := openBook(t, Config{URL: "sqlite:" + path})
	b.alert(t, "prom", "a", Firing)
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "busy_timeout": "10000"} {
		for _, db := range []*sql.DB{b.db, b.reads} {
			var got string
			require.NoError(t, db.QueryRow("PRAGMA "+pragma).Scan(&got))
			require.Equal(t, want, got, pragma)
		}
	}
	_, err := b.reads.Exec("DELETE FROM incidents")
	require.ErrorContains(t, err, "readonly", "readers cannot write")
}

func TestOpen_manyProcessesTogether_allSucceed(t *testing.T) {
	t.Parallel()
	address := "sqlite:" + filepath.Join(t.TempDir(), "record.db")
	together(t, 4, func(int) {
		r, err := Open(t.Context(), Config{URL: address})
		require.NoError(t, err)
		_, err = r.AcceptAlerts(t.Context(), []Alert{{Source: "s", Key: "k", Status: Firing}})
		require.NoError(t, err)
		require.NoError(t, r.Close())
	})
}

func TestOpen_inMemory_works(t *testing.T) {
	t.Parallel()
	b := openBook(t, Config{URL: "sqlite::memory:"})
	b.alert(t, "prom", "a", Firing)
	require.Len(t, b.claim(t, 10), 1)
}

// together runs do n times at once.
func together(t *testing.T, n int, do func(i int)) {
	t.Helper()
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}
