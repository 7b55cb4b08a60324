package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Errors that callers decide by.
var (
	// ErrNotFound says that the record holds no such thing.
	ErrNotFound = errors.New("the record has no such entry")
	// ErrOverloaded says that the inbox is full and nothing was taken; the sender must come again.
	ErrOverloaded = errors.New("the inbox is full; send it again in a moment")
	// ErrClosed says that the record was closed.
	ErrClosed = errors.New("the record is closed")
	// ErrNewerSchema says that a newer build has migrated this database.
	ErrNewerSchema = errors.New("the record was written by a newer stormbell; run that version or restore a backup")
)

// Config says where the record is and how it behaves.
type Config struct {
	// URL is "sqlite:/path/file.db", "sqlite::memory:" for tests, or "postgres://…". It is required.
	URL string
	// Logger hears of migrations; nil logs nothing.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// RepeatEvery is the shortest time between two batches of mere repeats of one incident; 0 means 15 s.
	RepeatEvery time.Duration
	// ChangeEvery is the shortest time between two batches of state changes of one incident,
	// so that a flapping alert stays a bounded number of signals; 0 means 200 ms.
	ChangeEvery time.Duration
	// Queue is how many requests may wait for the inbox before ErrOverloaded; 0 means 4096.
	Queue int
}

// Record is an open database. All its methods may be called at the same time.
type Record struct {
	log         *slog.Logger
	now         func() time.Time
	repeatEvery time.Duration
	changeEvery time.Duration

	postgres bool
	db       *sql.DB // writes; on SQLite its only connection
	reads    *sql.DB

	commits  *group[change]      // SQLite only
	prepared prepared            // SQLite only
	inbox    *group[*acceptance] // AcceptAlerts and AcceptItems
	watch    watchers
	hearing  hearing
	wake     chan struct{}
}

// Open opens the database, creates it when it is not there and brings its schema up to
// date. It refuses a schema newer than this build with ErrNewerSchema.
func Open(ctx context.Context, c Config) (*Record, error) {
	r := &Record{
		log: c.Logger, now: c.Now, repeatEvery: c.RepeatEvery, changeEvery: c.ChangeEvery,
		wake: make(chan struct{}, 1),
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.now == nil {
		r.now = time.Now
	}
	if r.repeatEvery == 0 {
		r.repeatEvery = 15 * time.Second
	}
	if r.changeEvery == 0 {
		r.changeEvery = 200 * time.Millisecond
	}
	if c.Queue == 0 {
		c.Queue = 4096
	}
	if err := r.connect(c.URL); err != nil {
		return nil, err
	}
	if err := r.migrate(ctx); err != nil {
		return nil, errors.Join(err, r.disconnect())
	}
	if !r.postgres {
		r.prepared.statements = map[string]*sql.Stmt{}
		r.commits = newGroup(1024, maxGathered, func(change) int { return 1 }, r.commitTogether)
	}
	r.inbox = newGroup(c.Queue, maxGathered, (*acceptance).size, r.acceptTogether)
	return r, nil
}

// Close finishes what was handed in and closes the database.
func (r *Record) Close() error {
	r.inbox.close()
	if r.commits != nil {
		r.commits.close()
	}
	return r.disconnect()
}

// Ping tells whether the database answers.
func (r *Record) Ping(ctx context.Context) error {
	if err := r.reads.PingContext(ctx); err != nil {
		return fmt.Errorf("the record's database does not answer: %w", err)
	}
	return nil
}
