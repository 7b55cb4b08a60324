package devserver

import (
	"fmt"
	"log/slog"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
)

const (
	defaultNamespace = "stormbell"
	defaultRetention = 90 * 24 * time.Hour
	anyPort          = "127.0.0.1:0"
)

// Config says where the embedded Temporal keeps its data and where it listens.
// The zero value is an in-memory server on a free port, without the UI.
type Config struct {
	// Dir is the folder of the SQLite file. It is created if missing and should
	// be ours alone. Empty keeps everything in memory.
	Dir string

	// FrontendAddr is the loopback address that SDK clients dial, such as
	// "127.0.0.1:7233". Empty or port 0 takes any free port.
	FrontendAddr string

	// UIAddr is the loopback address of the web UI, such as "127.0.0.1:8233".
	// Port 0 takes any free port. Empty starts no UI.
	UIAddr string

	// Namespace is created beside "default", which tools take for granted.
	// Empty means "stormbell".
	Namespace string

	// Retention is how long closed workflows stay readable. It also replaces
	// the retention of a namespace that an older file already has.
	// Zero means 90 days; Temporal's smallest is one hour.
	Retention time.Duration

	// SearchAttributes are added to Namespace. Those that an older file already
	// has are kept; one with another type is an error. Nil adds none.
	SearchAttributes map[string]enumspb.IndexedValueType

	// Synchronous is SQLite's pragma of that name. "FULL", the default for the
	// empty string, survives a power cut; "NORMAL" is half as fast again and
	// may lose the last moments before one. It has no meaning in memory.
	Synchronous string

	// TimeSkipping allows clients to skip a workflow's idle time, see
	// [TimeSkipping]. Tests and drills only.
	TimeSkipping bool

	// Logger receives the server's warnings and errors. Nil means
	// slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() (Config, error) {
	if c.FrontendAddr == "" {
		c.FrontendAddr = anyPort
	}
	if c.Namespace == "" {
		c.Namespace = defaultNamespace
	}
	if c.Retention == 0 {
		c.Retention = defaultRetention
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	switch c.Synchronous {
	case "":
		c.Synchronous = "FULL"
	case "FULL", "NORMAL":
	default:
		return c, fmt.Errorf("synchronous %q is not known: use FULL or NORMAL", c.Synchronous)
	}
	return c, nil
}
