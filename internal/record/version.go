package record

import (
	"context"
	"fmt"
)

// Version returns a word that changes whenever anything changes that people read of an incident,
// whichever process wrote it, or ErrNotFound. It is cheap: Watch hears only of this process, so
// who must hear of all others asks for it twice a second.
func (r *Record) Version(ctx context.Context, incident int) (string, error) {
	v, err := first(ctx, r.reads, func(row scanner) (v [4]int64, err error) {
		err = row.Scan(&v[0], &v[1], &v[2], &v[3])
		return v, err
	}, `SELECT head, closed_at,
		(SELECT COALESCE(SUM(revision), 0) FROM snapshots WHERE incident = $1),
		(SELECT COALESCE(MAX(updated_at), 0) FROM deliveries WHERE incident = $1)
		FROM incidents WHERE number = $1`, incident)
	if err != nil {
		return "", fmt.Errorf("incident %d: %w", incident, err)
	}
	return fmt.Sprint(v), nil
}
