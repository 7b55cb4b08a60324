package devserver

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.temporal.io/server/common/headers"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	sqliteschema "go.temporal.io/server/schema/sqlite"
)

// ForeignDataError says that a Temporal database was not made by this line of
// server versions. Temporal would open it without complaint, run plain workflows and
// hang in schedules, for it neither migrates nor checks SQLite files.
type ForeignDataError struct {
	// Path is the database file.
	Path string
	// Reason says what does not fit.
	Reason string
}

// Error names the file, what is wrong with it and what to do.
func (e *ForeignDataError) Error() string {
	return fmt.Sprintf("refusing to open the Temporal database %s: %s; "+
		"run the version that made it until its incidents are closed, or move the folder %s away to start afresh",
		e.Path, e.Reason, filepath.Dir(e.Path))
}

// marker is a small JSON file beside the database that says who made it.
type marker struct {
	Server string `json:"server"`
	Schema string `json:"schema"`
}

func markerFor(schema []string) marker {
	hash := sha256.New()
	for _, statement := range schema {
		fmt.Fprintln(hash, statement)
	}
	return marker{Server: headers.ServerVersion, Schema: hex.EncodeToString(hash.Sum(nil))}
}

func (m marker) write(database string) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode the marker of the Temporal database: %w", err)
	}
	if err := os.WriteFile(markerPath(database), text, 0o600); err != nil {
		return fmt.Errorf("mark the Temporal database: %w", err)
	}
	return nil
}

func (m marker) check(database string) error {
	if _, err := os.Stat(database); err != nil {
		return &ForeignDataError{Path: database, Reason: "only its -wal file is there"}
	}
	text, err := os.ReadFile(markerPath(database))
	if errors.Is(err, fs.ErrNotExist) {
		return &ForeignDataError{Path: database, Reason: "it has no marker of ours beside it"}
	}
	if err != nil {
		return fmt.Errorf("read the marker of the Temporal database: %w", err)
	}
	var found marker
	if err := json.Unmarshal(text, &found); err != nil {
		return &ForeignDataError{Path: database, Reason: "its marker is not readable: " + err.Error()}
	}
	if line(found.Server) != line(m.Server) {
		return &ForeignDataError{
			Path:   database,
			Reason: fmt.Sprintf("Temporal server %s made it, this is %s", found.Server, m.Server),
		}
	}
	if found.Schema != m.Schema {
		return &ForeignDataError{Path: database, Reason: "its schema is another one"}
	}
	return nil
}

// line is the release line of a version: patch releases share their data.
func line(version string) string {
	return version[:max(strings.LastIndexByte(version, '.'), 0)]
}

func markerPath(database string) string { return database + ".json" }

// schemaStatements asks Temporal for the tables it wants: it does not export
// the text, but it hands every statement to the database it is given.
func schemaStatements() ([]string, error) {
	var record recorder
	if err := sqliteschema.SetupSchemaOnDB(&record); err != nil {
		return nil, fmt.Errorf("read Temporal's SQLite schema: %w", err)
	}
	return record.statements, nil
}

type recorder struct {
	sqlplugin.AdminDB // nil: nothing but Exec is called
	statements        []string
}

func (r *recorder) Exec(statement string, _ ...any) error {
	r.statements = append(r.statements, statement)
	return nil
}
