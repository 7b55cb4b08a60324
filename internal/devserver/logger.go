package devserver

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger hands the server's log to slog. It has a level of its own: the server
// tells far more than an operator of Stormbell wants to read.
type logger struct {
	out   *slog.Logger
	level *slog.LevelVar
	// fatal is the last thing the server would have ended the process for.
	fatal *atomic.Pointer[string]
}

var _ log.WithLogger = logger{}

func newLogger(out *slog.Logger) logger {
	level := new(slog.LevelVar)
	level.Set(slog.LevelWarn)
	return logger{
		out:   out.WithGroup("temporal"),
		level: level,
		fatal: new(atomic.Pointer[string]),
	}
}

func (l logger) write(level slog.Level, msg string, tags []tag.Tag) {
	if level >= l.level.Level() {
		l.out.LogAttrs(context.Background(), level, msg, attrs(tags)...) //nolint:sloglint // the words are Temporal's
	}
}

func (l logger) Debug(msg string, tags ...tag.Tag)  { l.write(slog.LevelDebug, msg, tags) }
func (l logger) Info(msg string, tags ...tag.Tag)   { l.write(slog.LevelInfo, msg, tags) }
func (l logger) Error(msg string, tags ...tag.Tag)  { l.write(slog.LevelError, msg, tags) }
func (l logger) DPanic(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

// Warn leaves out the one warning that every start of ours would give: we
// want no HTTP port, and Nexus, which would need it, is not used.
func (l logger) Warn(msg string, tags ...tag.Tag) {
	if !strings.HasPrefix(msg, "HTTP API port has not been set") {
		l.write(slog.LevelWarn, msg, tags)
	}
}

func (l logger) Panic(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	panic(msg)
}

// Fatal does not exit: whether the process ends is not the library's decision.
func (l logger) Fatal(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	l.fatal.Store(&msg)
}

func (l logger) With(tags ...tag.Tag) log.Logger {
	l.out = slog.New(l.out.Handler().WithAttrs(attrs(tags)))
	return l
}

func attrs(tags []tag.Tag) []slog.Attr {
	out := make([]slog.Attr, len(tags))
	for i, t := range tags {
		out[i] = slog.Any(t.Key(), t.Value())
	}
	return out
}
