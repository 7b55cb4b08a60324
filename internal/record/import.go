package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Import is the last good copy of a calendar that is kept elsewhere.
type Import struct {
	// Body is the calendar; ETag and Modified are what its server called this version.
	Body, ETag, Modified string
	// ReadAt is when Body was last known to be the newest; zero while there is none.
	ReadAt time.Time
	// TriedAt is when somebody last began to look, and Trouble why that failed; empty when it
	// did not.
	TriedAt time.Time
	Trouble string
}

// Import returns the copy of a calendar, or ErrNotFound. The address itself is not kept: it
// may be a secret.
func (r *Record) Import(ctx context.Context, source string) (Import, error) {
	return first(ctx, r.reads, func(row scanner) (i Import, err error) {
		err = row.Scan(&i.Body, &i.ETag, &i.Modified, moment{&i.ReadAt}, moment{&i.TriedAt}, &i.Trouble)
		return i, err
	}, "SELECT body, etag, modified, read_at, tried_at, trouble FROM imports WHERE source = $1", digest(source))
}

// ClaimImport lets one of many processes look for a newer copy: it says yes once to whoever asks
// first when nobody has begun to look after an instant.
func (r *Record) ClaimImport(ctx context.Context, source string, since time.Time) (mine bool, err error) {
	err = r.write(ctx, func(ctx context.Context, t *tx) error {
		claimed, err := list(ctx, t, value[string], `INSERT INTO imports (source, tried_at) VALUES ($1, $2)
			ON CONFLICT (source) DO UPDATE SET tried_at = excluded.tried_at WHERE imports.tried_at <= $3 RETURNING source`,
			digest(source), micros(r.now()), micros(since))
		mine = len(claimed) > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claim the look at a calendar: %w", err)
	}
	return mine, nil
}

// PutImport keeps what a look at a calendar found. It takes the place of the whole last copy;
// after a look that failed hand the last good one back with its Trouble.
func (r *Record) PutImport(ctx context.Context, source string, i Import) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, "UPDATE imports SET body = $2, etag = $3, modified = $4, read_at = $5, trouble = $6 WHERE source = $1",
			digest(source), clean(i.Body), clean(i.ETag), clean(i.Modified), micros(i.ReadAt), clean(i.Trouble))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the copy of a calendar: %w", err)
	}
	return nil
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}
