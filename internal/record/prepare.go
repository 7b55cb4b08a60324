package record

import (
	"context"
	"database/sql"
)

// maxPrepared bounds the statements that are kept.
const maxPrepared = 256

// prepared keeps SQLite's parsed statements: parsing costs more than running them, and
// the driver does not remember (the one for PostgreSQL does). Only the goroutine that
// commits uses it.
type prepared struct {
	statements map[string]*sql.Stmt
	missing    []string
}

// catchUp prepares what was missing. It is called between transactions, because a
// statement that is to outlive one needs the connection for itself. What cannot be
// prepared goes on unprepared, and whoever runs it hears why.
func (p *prepared) catchUp(ctx context.Context, db *sql.DB) {
	for _, query := range p.missing {
		if len(p.statements) == maxPrepared || p.statements[query] != nil {
			continue
		}
		if s, err := db.PrepareContext(ctx, query); err == nil { //nolint:sqlclosecheck // it is kept; close closes it
			p.statements[query] = s
		}
	}
	p.missing = p.missing[:0]
}

// find returns the statement of this transaction for a query, or nil.
func (p *prepared) find(ctx context.Context, t *sql.Tx, query string) *sql.Stmt {
	if p == nil {
		return nil
	}
	if s := p.statements[query]; s != nil {
		return t.StmtContext(ctx, s)
	}
	if len(p.statements) < maxPrepared {
		p.missing = append(p.missing, query)
	}
	return nil
}

// ExecContext is sql.Tx.ExecContext with a prepared statement when there is one.
func (t *tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.prepared.find(ctx, t.Tx, query); s != nil { //nolint:sqlclosecheck // the transaction closes it
		return s.ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryContext is sql.Tx.QueryContext with a prepared statement when there is one.
func (t *tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.prepared.find(ctx, t.Tx, query); s != nil { //nolint:sqlclosecheck // the transaction closes it
		return s.QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}
