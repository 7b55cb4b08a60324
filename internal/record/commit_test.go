package record

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

func TestWrite_deadlock_isTriedAgainOnPostgres(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		tries := 0
		err := b.write(t.Context(), func(context.Context, *tx) error {
			if tries++; tries < 3 {
				return &pgconn.PgError{Code: "40P01"}
			}
			return nil
		})
		if b.postgres {
			require.NoError(t, err)
			require.Equal(t, 3, tries)
			return
		}
		require.Error(t, err)
		require.Equal(t, 1, tries)
	})
}

func TestWrite_failed_leavesNothingAndTellsNobody(t *testing.T) {
	each(t, func(t *testing.T, b *book) {
		notices, stop := b.Watch(0)
		defer stop()
		broken := errors.New("broken")
		require.ErrorIs(t, b.write(t.Context(), func(ctx context.Context, t *tx) error {
			t.touch(1)
			if err := t.insert(ctx, "plans (hash, body, at)", "", [][]any{{"h", "b", 0}}); err != nil {
				return err
			}
			return broken
		}), broken)
		require.Empty(t, notices)
		_, err := b.Plan(t.Context(), "h")
		require.ErrorIs(t, err, ErrNotFound)
	})
}

// Claims do not wait for the disk; whatever is promised to somebody does, also right after a claim.
func TestCommit_onlyBookkeeping_isLazy(t *testing.T) {
	t.Parallel()
	b := openBook(t, Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "record.db")})
	synchronous := func() (level int) {
		require.NoError(t, b.db.QueryRow("PRAGMA synchronous").Scan(&level))
		return level
	}
	const normal, full = 1, 2
	b.alert(t, "s", "k", Firing)
	require.Equal(t, full, synchronous())
	batches := b.claim(t, 1)
	require.Equal(t, normal, synchronous())
	b.alert(t, "s", "k", Resolved)
	require.Equal(t, full, synchronous())
	b.finish(t, batches...)
	require.Equal(t, normal, synchronous())
	_, _, err := b.Begin(t.Context(), sms, false)
	require.NoError(t, err)
	require.Equal(t, full, synchronous())
}
