package casebook

import (
	"context"
	"database/sql"
	"sync"
)

// mostStatements bounds how many are kept ready: a few hundred are written in
// the program, but lists of different lengths make new ones.
const mostStatements = 300

// statements are the texts that the one writing connection has parsed and
// planned before. A third of the work of taking a mail in would go into doing that
// again for each row.
type statements struct {
	mu    sync.Mutex
	ready map[string]*sql.Stmt
}

func (s *statements) of(query string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready[query]
}

// prepare makes statements ready. It needs the connection, so no transaction may
// be open. One that cannot be prepared now is tried again when it is wanted again.
func (s *statements) prepare(ctx context.Context, db *sql.DB, wanted []string) {
	for _, query := range wanted {
		if s.full() || s.of(query) != nil {
			continue
		}
		stmt, err := db.PrepareContext(ctx, query)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.ready[query] = stmt
		s.mu.Unlock()
	}
}

func (s *statements) full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ready) >= mostStatements
}

// session is a writing transaction that uses what is ready and notes what is
// not. The rows of a query must be read or closed before the same query is asked
// again.
type session struct {
	*sql.Tx
	statements *statements
	engine     engine
	wanted     []string
}

func (s *session) ready(ctx context.Context, query string) *sql.Stmt {
	if stmt := s.statements.of(query); stmt != nil {
		return s.StmtContext(ctx, stmt)
	}
	s.wanted = append(s.wanted, query)
	return nil
}

// ExecContext does what that of [sql.Tx] does.
func (s *session) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = s.engine.statement(ctx)
	if stmt := s.ready(ctx, query); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return s.Tx.ExecContext(ctx, query, args...)
}

// QueryContext does what that of [sql.Tx] does.
func (s *session) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = s.engine.statement(ctx)
	if stmt := s.ready(ctx, query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return s.Tx.QueryContext(ctx, query, args...)
}

// QueryRowContext does what that of [sql.Tx] does.
func (s *session) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if ctx.Err() == nil {
		ctx = s.engine.statement(ctx)
	}
	if stmt := s.ready(ctx, query); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return s.Tx.QueryRowContext(ctx, query, args...)
}
