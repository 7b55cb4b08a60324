package devserver

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"go.temporal.io/server/common/config"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
)

const databaseFile = "temporal.db"

// storage describes the SQLite database of one server to Temporal, after
// creating the file or checking that an existing one is ours.
func storage(cfg Config) (*config.SQL, error) {
	if cfg.Dir == "" {
		return &config.SQL{
			PluginName:   sqliteplugin.PluginName,
			DatabaseName: "stormbell-" + rand.Text(), // unnamed ones would share their tables
			ConnectAttributes: map[string]string{
				"mode":  "memory",
				"cache": "shared",
			},
		}, nil
	}
	path, err := filepath.Abs(filepath.Join(cfg.Dir, databaseFile))
	if err != nil {
		return nil, fmt.Errorf("find the Temporal database: %w", err)
	}
	if err := prepareFile(path); err != nil {
		return nil, err
	}
	return &config.SQL{
		PluginName:   sqliteplugin.PluginName,
		DatabaseName: escape(path),
		// Whatever is no URI parameter becomes a PRAGMA of exactly that name;
		// SQLite silently ignores misspelt ones, such as _journal_mode.
		ConnectAttributes: map[string]string{
			"mode":         "rwc",
			"journal_mode": "WAL",
			"synchronous":  cfg.Synchronous,
			"busy_timeout": "5000",
		},
	}, nil
}

func prepareFile(path string) error {
	schema, err := schemaStatements()
	if err != nil {
		return err
	}
	mark := markerFor(schema)
	exists, err := anyExists(path, path+"-wal") // SQLite would replay a left-over -wal into a new file
	if err != nil {
		return fmt.Errorf("look for the Temporal database: %w", err)
	}
	if exists {
		return mark.check(path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("create the folder of the Temporal database: %w", err)
	}
	// The schema goes into a file of another name first, so that a crash in
	// between leaves no half-made database; and the marker is written before
	// that file gets its name, so that a database of ours is never without.
	fresh := path + ".new"
	if err := createDatabase(fresh, schema); err != nil {
		return fmt.Errorf("create the Temporal database %s: %w", fresh, err)
	}
	if err := mark.write(path); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("put the Temporal database in place: %w", err)
	}
	return nil
}

func createDatabase(path string, schema []string) (err error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+escape(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	for _, statement := range schema {
		if _, err := tx.Exec(statement); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

func anyExists(paths ...string) (bool, error) {
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			return true, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	return false, nil
}

// escape makes a path safe inside an SQLite URI, where ?, # and % mean something.
func escape(path string) string {
	return (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
}
