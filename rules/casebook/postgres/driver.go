// Package postgres lets the queries of the casebook, which are written for
// SQLite, run on PostgreSQL: what the two take differently in a query and in its
// parameters is put right here, on the way to the server, and nowhere else.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// Options say how the connections of a pool begin.
type Options struct {
	Connections int               // at most
	Settings    map[string]string // of the session, such as search_path
	// Begin gives what is run in one message with the BEGIN of each transaction,
	// after it; the context is the transaction's.
	Begin func(context.Context) string
	// Setting and Value are what a transaction of one question sets, for itself.
	Setting, Value string
}

// OneQuestion are the options of a transaction that reads and asks one question
// alone. It costs one round trip, where others cost three.
var OneQuestion = &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelReadCommitted}

// Open makes a pool of connections. It does not talk to the server yet.
func (s *Server) Open(o Options) *sql.DB {
	db := sql.OpenDB(connector{stdlib.GetConnector(*s.with(o.Settings), stdlib.OptionBeforeConnect(s.choose)), o})
	db.SetMaxOpenConns(o.Connections)
	db.SetMaxIdleConns(o.Connections)
	return db
}

// Pool are connections to one server that many [sql.DB] share: each begins its
// transactions in its own way, and keeps nothing of a session.
type Pool struct {
	inner *pgxpool.Pool
	done  counter
}

// counter counts what is asked of a server.
type counter struct{ asked, begun, committed atomic.Int64 }

// TraceQueryStart implements [pgx.QueryTracer].
func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	c.asked.Add(1)
	switch {
	case strings.HasPrefix(q.SQL, "BEGIN"):
		c.begun.Add(1)
	case q.SQL == "commit":
		c.committed.Add(1)
	}
	return ctx
}

// TraceBatchStart implements [pgx.BatchTracer].
func (c *counter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.asked.Add(1)
	c.begun.Add(1)
	return ctx
}

// TraceBatchQuery implements [pgx.BatchTracer].
func (c *counter) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements [pgx.BatchTracer].
func (c *counter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// TraceQueryEnd implements [pgx.QueryTracer].
func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// Work is what was asked of a server.
type Work struct {
	RoundTrips   int64 // questions whose answer was waited for
	Transactions int64
	Commits      int64
}

// Work is what was asked by this pool so far.
func (p *Pool) Work() Work {
	return Work{p.done.asked.Load(), p.done.begun.Load(), p.done.committed.Load()}
}

// NewPool makes a pool of so many connections at most. It does not talk to the
// server yet; what is not used for half an hour is closed.
func (s *Server) NewPool(connections int, settings map[string]string) (*Pool, error) {
	config, err := pgxpool.ParseConfig(s.url)
	if err != nil {
		return nil, err
	}
	config.ConnConfig, config.BeforeConnect = s.with(settings), s.choose
	config.MaxConns, config.MinConns, config.MinIdleConns = int32(connections), 0, 0
	p := &Pool{}
	config.ConnConfig.Tracer = &p.done
	p.inner, err = pgxpool.NewWithConfig(context.Background(), config)
	return p, err
}

// Open makes a DB that takes a connection for the time of each transaction. The
// settings are those of the pool. Closing it leaves the pool as it is.
func (p *Pool) Open(o Options) *sql.DB {
	db := sql.OpenDB(connector{stdlib.GetPoolConnector(p.inner), o})
	db.SetMaxOpenConns(o.Connections)
	db.SetMaxIdleConns(0)
	return db
}

// Close waits for what is under way and ends all connections.
func (p *Pool) Close() { p.inner.Close() }

// OpenPlain makes a pool of one connection that translates nothing.
func (s *Server) OpenPlain(settings map[string]string) *sql.DB {
	db := stdlib.OpenDB(*s.with(settings), stdlib.OptionBeforeConnect(s.choose))
	db.SetMaxOpenConns(1)
	return db
}

// connector makes connections that translate.
type connector struct {
	driver.Connector
	options Options
}

// Connect implements [driver.Connector].
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	pg, ok := inner.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("the driver made a %T", inner)
	}
	return &conn{Conn: pg, options: c.options}, nil
}

// conn is a connection that translates.
type conn struct {
	*stdlib.Conn
	options Options
	alone   bool // in a transaction of one question
}

// BeginTx implements [driver.ConnBeginTx]. A transaction that only reads sees
// one state of the database all the time.
func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	if o.ReadOnly && sql.IsolationLevel(o.Isolation) == OneQuestion.Isolation {
		c.alone = true
		return alone{c}, nil
	}
	query := "BEGIN ISOLATION LEVEL READ COMMITTED"
	if o.ReadOnly {
		query = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	query += "; " + c.options.Begin(ctx)
	inner, err := c.Conn.Conn().BeginTx(ctx, pgx.TxOptions{BeginQuery: query})
	if err != nil {
		return nil, err
	}
	return tx{ctx, inner}, nil
}

// tx is a transaction.
type tx struct {
	ctx context.Context
	pgx.Tx
}

// Commit implements [driver.Tx].
func (t tx) Commit() error { return t.Tx.Commit(t.ctx) }

// Rollback implements [driver.Tx].
func (t tx) Rollback() error { return t.Tx.Rollback(t.ctx) }

// ExecContext implements [driver.ExecerContext].
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.ExecContext(ctx, translate(query), args)
}

// QueryContext implements [driver.QueryerContext].
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.alone {
		return reading(c.ask(ctx, translate(query), args))
	}
	return reading(c.Conn.QueryContext(ctx, translate(query), args))
}

// PrepareContext implements [driver.ConnPrepareContext].
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	inner, err := c.Conn.PrepareContext(ctx, translate(query))
	if err != nil {
		return nil, err
	}
	s, ok := inner.(*stdlib.Stmt)
	if !ok {
		return nil, fmt.Errorf("the driver made a %T", inner)
	}
	return stmt{s}, nil
}

// stmt is a prepared statement.
type stmt struct{ *stdlib.Stmt }

// QueryContext implements [driver.StmtQueryContext].
func (s stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return reading(s.Stmt.QueryContext(ctx, args))
}

// reading gives texts back as they were before they were stored.
func reading(inner driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		return nil, err
	}
	return rows{inner}, nil
}

type rows struct{ driver.Rows }

// Next implements [driver.Rows].
func (r rows) Next(dest []driver.Value) error {
	if err := r.Rows.Next(dest); err != nil {
		return err
	}
	for i, v := range dest {
		if s, ok := v.(string); ok {
			dest[i] = unescape(s)
		}
	}
	return nil
}

// CheckNamedValue implements [driver.NamedValueChecker]: booleans are stored as
// 0 and 1, and texts without the bytes that PostgreSQL does not take.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	plain, err := driver.DefaultParameterConverter.ConvertValue(v.Value)
	if err != nil {
		return err
	}
	switch p := plain.(type) {
	case bool:
		plain = int64(0)
		if p {
			plain = int64(1)
		}
	case string:
		plain = escape(p)
	}
	v.Value = plain
	return nil
}

// otherwise is what PostgreSQL writes otherwise. The functions instr, datetime
// and words are made with the tables.
var otherwise = strings.NewReplacer(
	"ON CONFLICT (", "ON CONFLICT (desk, ", // every key begins with the desk
	"CAST(b.body AS TEXT)", "words(b.body)",
	"FROM json_each($1)", "FROM json_array_elements_text(CAST($1 AS json)) AS value",
)

// translate writes a query of the casebook as PostgreSQL takes it.
func translate(query string) string {
	query = otherwise.Replace(query)
	if !strings.Contains(query, "?") {
		return query
	}
	var b strings.Builder
	parts := strings.Split(query, "?")
	for i, part := range parts[:len(parts)-1] {
		b.WriteString(part + "$" + strconv.Itoa(i+1))
	}
	return b.String() + parts[len(parts)-1]
}
