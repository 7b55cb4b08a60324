package record

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // registers "sqlite", which the embedded Temporal server uses as well
)

// Connections per process. A command rarely holds one for more than a few milliseconds.
const (
	sqliteReaders   = 4
	postgresClients = 16
)

// connect opens the pools. No error shows the address: it may hold a password.
func (r *Record) connect(address string) error {
	switch path, isSQLite := strings.CutPrefix(address, "sqlite:"); {
	case path == ":memory:":
		return r.connectMemory()
	case isSQLite && path != "":
		return r.connectFile(path)
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return r.connectPostgres(address)
	default:
		return errors.New("the record's address must start with postgres:// or sqlite: and name a place")
	}
}

func (r *Record) connectPostgres(address string) (err error) {
	r.postgres = true
	if r.db, err = sql.Open("pgx", address); err != nil {
		return fmt.Errorf("open PostgreSQL: %w", err)
	}
	r.db.SetMaxOpenConns(postgresClients)
	r.db.SetMaxIdleConns(postgresClients)
	r.reads = r.db
	return nil
}

// connectMemory uses a single connection, because every connection would be a database of its own.
func (r *Record) connectMemory() (err error) {
	if r.db, err = sql.Open("sqlite", ":memory:?_txlock=immediate"); err != nil {
		return fmt.Errorf("open SQLite in memory: %w", err)
	}
	r.db.SetMaxOpenConns(1)
	r.reads = r.db
	return nil
}

func (r *Record) connectFile(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("open SQLite: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("create the record's folder: %w", err)
	}
	// Created here so that it, and the files SQLite puts beside it, are the owner's alone.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the record's file: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("open the record's file: %w", err)
	}
	open := func(connections int, options url.Values) (*sql.DB, error) {
		options["_pragma"] = append(options["_pragma"], "busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)")
		db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}).String())
		if err != nil {
			return nil, fmt.Errorf("open SQLite: %w", err)
		}
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db, nil
	}
	if r.db, err = open(1, url.Values{"_txlock": {"immediate"}}); err != nil {
		return err
	}
	r.reads, err = open(sqliteReaders, url.Values{"_query_only": {"1"}})
	return err
}

func (r *Record) disconnect() error {
	if r.reads == r.db {
		return r.db.Close()
	}
	return errors.Join(r.reads.Close(), r.db.Close())
}

//go:embed migrations/*.sql
var migrations embed.FS

func (r *Record) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{
		goose.WithTableName("record_schema"), goose.WithDisableGlobalRegistry(true), goose.WithSlog(r.log),
	}
	if r.postgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return fmt.Errorf("lock the schema: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, r.db, files, options...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the record's schema version: %w", err)
	}
	if current > known {
		return fmt.Errorf("%w (its schema is %d, this build knows %d)", ErrNewerSchema, current, known)
	}
	if _, err := provider.Up(ctx); err != nil {
		// SQLite has no lock around a migration. When two processes create one file
		// together the slower one fails once, and then finds the work done.
		if _, err = provider.Up(ctx); err != nil {
			return fmt.Errorf("migrate the record: %w", err)
		}
	}
	if current < known {
		r.log.InfoContext(ctx, "migrated the record", "from", current, "to", known)
	}
	return nil
}
