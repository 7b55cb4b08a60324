package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// change is one caller's share of a transaction. It may run more than once, so it sets
// what it hands out and never adds to it.
type change struct {
	do func(context.Context, *tx) error
	// lazy changes need not have reached the disk when they are answered.
	lazy bool
}

// tx is the transaction as one change sees it.
type tx struct {
	*sql.Tx
	prepared *prepared // nil on PostgreSQL
	postgres bool
	touched  []int // incidents whose watchers are told after the commit
	waiting  bool  // whether the inbox has something new for the pump
}

// write runs do in a transaction and returns when it is safely on disk.
func (r *Record) write(ctx context.Context, do func(context.Context, *tx) error) error {
	return r.commit(ctx, change{do: do})
}

// writeLazily runs do in a transaction that a power cut may undo.
func (r *Record) writeLazily(ctx context.Context, do func(context.Context, *tx) error) error {
	return r.commit(ctx, change{do: do, lazy: true})
}

func (r *Record) commit(ctx context.Context, c change) error {
	if !r.postgres {
		return r.commits.do(ctx, c, true)
	}
	for try := 1; ; try++ {
		err := r.commitAlone(ctx, c)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || !strings.HasPrefix(refused.Code, "40") || try == 3 {
			return err // class 40 is "transaction rolled back": a deadlock, nothing but bad luck
		}
	}
}

// commitAlone is for PostgreSQL, which gathers commits by itself.
func (r *Record) commitAlone(ctx context.Context, c change) error {
	t := &tx{postgres: true}
	var err error
	if t.Tx, err = r.db.BeginTx(ctx, nil); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if c.lazy {
		if _, err := t.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
			return fmt.Errorf("begin: %w", err)
		}
	}
	if err := c.do(ctx, t); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	r.announce(t)
	return nil
}

// commitTogether is for SQLite: one transaction and one fsync for many changes, each in a
// savepoint of its own, so that one that fails takes no other with it. It does not use
// the callers' contexts: interrupting a statement would roll everybody back.
func (r *Record) commitTogether(changes []change) []error {
	ctx := context.Background()
	errs := make([]error, len(changes))
	failed := func(why string, err error) []error {
		for i := range errs {
			if errs[i] == nil {
				errs[i] = fmt.Errorf("%s: %w", why, err)
			}
		}
		return errs
	}
	sync := "NORMAL"
	for _, c := range changes {
		if !c.lazy {
			sync = "FULL"
		}
	}
	r.prepared.catchUp(ctx, r.db)
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return failed("connect", err)
	}
	defer conn.Close() // only hands the connection back
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = "+sync); err != nil {
		return failed("begin", err)
	}
	shared, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return failed("begin", err)
	}
	defer shared.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	done := make([]*tx, len(changes))
	for i, c := range changes {
		t := &tx{Tx: shared, prepared: &r.prepared}
		done[i] = t
		if _, err := t.ExecContext(ctx, "SAVEPOINT one"); err != nil {
			return failed("savepoint", err)
		}
		if errs[i] = c.do(ctx, t); errs[i] != nil {
			if _, err := t.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
				return failed("roll back", err)
			}
		}
		if _, err := t.ExecContext(ctx, "RELEASE one"); err != nil {
			return failed("release", err)
		}
	}
	if err := shared.Commit(); err != nil {
		_, _ = conn.ExecContext(ctx, "ROLLBACK") // a refused COMMIT leaves the transaction open
		return failed("commit", err)
	}
	for i, t := range done {
		if errs[i] == nil {
			r.announce(t)
		}
	}
	return errs
}

// touch tells the incident's watchers after the commit.
func (t *tx) touch(incident int) { t.touched = append(t.touched, incident) }

// hold keeps every other process that wants the same name out until the end of the
// transaction. On SQLite being in a transaction at all does that.
func (t *tx) hold(ctx context.Context, name string) error {
	if !t.postgres {
		return nil
	}
	if _, err := t.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0))", name); err != nil {
		return fmt.Errorf("wait for %s: %w", name, err)
	}
	return nil
}

// The names that are held, in the order in which they are taken.
const inboxLock = "inbox"

func incidentLock(number int) string  { return fmt.Sprintf("incident %d", number) }
func personLock(person string) string { return "person " + person }

// insert writes many rows with few statements. The sizes are few so that their plans are cached.
func (t *tx) insert(ctx context.Context, into, onConflict string, rows [][]any) error {
	for len(rows) > 0 {
		n := 1
		for _, size := range []int{64, 8} {
			if len(rows) >= size {
				n = size
				break
			}
		}
		var args []any
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		query := "INSERT INTO " + into + " VALUES " + tuples(n, len(rows[0])) + " " + onConflict
		if _, err := t.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("insert into %s: %w", strings.Fields(into)[0], err)
		}
		rows = rows[n:]
	}
	return nil
}
