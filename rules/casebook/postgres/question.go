package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
)

// alone is a transaction of one question: the server has begun and ended it with
// the question.
type alone struct{ c *conn }

// Commit implements [driver.Tx].
func (a alone) Commit() error { return a.Rollback() }

// Rollback implements [driver.Tx].
func (a alone) Rollback() error {
	a.c.alone = false
	return nil
}

// ask sends the setting and the question together: up to the next Sync they are one
// transaction (https://www.postgresql.org/docs/15/protocol-flow.html, 55.2.4).
func (c *conn) ask(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	b := &pgx.Batch{}
	b.Queue("SELECT set_config($1, $2, true)", c.options.Setting, c.options.Value)
	b.Queue(query, values...)
	all := c.Conn.Conn().SendBatch(ctx, b)
	if _, err := all.Exec(); err != nil {
		return nil, errors.Join(err, closed(all, err))
	}
	rows, err := all.Query()
	if err != nil {
		return nil, errors.Join(err, closed(all, err))
	}
	a := &answer{all: all, rows: rows, more: rows.Next()} // columns are known from here on
	if err := rows.Err(); err != nil {
		return nil, errors.Join(err, closed(all, err))
	}
	return a, nil
}

// closed ends a batch; what went wrong in it is said once.
func closed(all pgx.BatchResults, said error) error {
	err := all.Close()
	if said != nil && err != nil {
		return nil
	}
	return err
}

// answer are the rows of a question.
type answer struct {
	all  pgx.BatchResults
	rows pgx.Rows
	more bool // a row was read and not given yet
	end  bool
}

// Columns implements [driver.Rows].
func (a *answer) Columns() []string {
	fields := a.rows.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// Close implements [driver.Rows].
func (a *answer) Close() error {
	if a.end {
		return nil
	}
	a.end = true
	a.rows.Close()
	return errors.Join(a.rows.Err(), closed(a.all, a.rows.Err()))
}

// Next implements [driver.Rows].
func (a *answer) Next(dest []driver.Value) error {
	if !a.more && !a.rows.Next() {
		if err := a.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	a.more = false
	values, err := a.rows.Values()
	if err != nil {
		return err
	}
	for i, v := range values {
		if dest[i], err = plain(v); err != nil {
			return fmt.Errorf("column %s: %w", a.Columns()[i], err)
		}
	}
	return nil
}

// plain is a value of the server as database/sql takes it.
func plain(v any) (driver.Value, error) {
	switch v := v.(type) {
	case int16:
		return int64(v), nil
	case int32:
		return int64(v), nil
	case float32:
		return float64(v), nil
	case driver.Valuer: // numeric
		return v.Value()
	}
	if !driver.IsValue(v) {
		return nil, fmt.Errorf("a %T is not read", v)
	}
	return v, nil
}
