package record

import (
	"context"
	"encoding/json"
)

// OpenSnapshots returns the state of every workflow of a kind that has not ended, of all
// incidents.
func (r *Record) OpenSnapshots(ctx context.Context, kind string) ([]json.RawMessage, error) {
	return list(ctx, r.reads, func(row scanner) (body json.RawMessage, err error) {
		err = row.Scan((*[]byte)(&body))
		return body, err
	}, "SELECT body FROM snapshots WHERE kind = $1 AND ended = 0", kind)
}
