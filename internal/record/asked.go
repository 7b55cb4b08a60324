package record

import "context"

// AsksBy returns what a workflow has ever asked of a person, oldest first, open or not: an
// answer to one of its mails is about nothing else.
func (r *Record) AsksBy(ctx context.Context, workflow, person string) ([]OpenAsk, error) {
	return list(ctx, r.reads, scanAsk, "SELECT "+askColumns+" FROM asks WHERE workflow = $1 AND person = $2 ORDER BY opened_at, id", workflow, person)
}
