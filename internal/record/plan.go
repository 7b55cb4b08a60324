package record

import (
	"context"
	"fmt"
)

// PutPlan keeps a plan's text under its hash for ever. Putting it again changes nothing.
func (r *Record) PutPlan(ctx context.Context, hash string, body []byte) error {
	err := r.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, "INSERT INTO plans (hash, body, at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING", hash, string(body), micros(r.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the plan: %w", err)
	}
	return nil
}

// Plan returns the text of the plan with this hash, or ErrNotFound.
func (r *Record) Plan(ctx context.Context, hash string) ([]byte, error) {
	return first(ctx, r.reads, value[[]byte], "SELECT body FROM plans WHERE hash = $1", hash)
}
