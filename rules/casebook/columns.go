package casebook

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// column is a named column and the place of its value: read from there by an
// insert or update, scanned into by a select. One list of columns for a type
// serves all three, so that none can forget one.
type column struct {
	name string
	at   any
}

func names(cols []column) string {
	s := make([]string, len(cols))
	for i, c := range cols {
		s[i] = c.name
	}
	return strings.Join(s, ", ")
}

func places(cols []column) []any {
	at := make([]any, len(cols))
	for i, c := range cols {
		at[i] = c.at
	}
	return at
}

// marks returns "$from, …" for n parameters.
func marks(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(from+i))
	}
	return b.String()
}

func insertInto(table string, cols []column) string {
	return "INSERT INTO " + table + " (" + names(cols) + ") VALUES (" + marks(1, len(cols)) + ")"
}

// assignments returns "a = $1, b = $2".
func assignments(cols []column) string {
	s := make([]string, len(cols))
	for i, c := range cols {
		s[i] = c.name + " = $" + strconv.Itoa(i+1)
	}
	return strings.Join(s, ", ")
}

// list returns all rows of a query.
func list[T any](ctx context.Context, q querier, query string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// scanOne scans a row of one column.
func scanOne[T any](rows *sql.Rows) (v T, err error) {
	err = rows.Scan(&v)
	return v, err
}

// scanWith scans a row into the columns of a T.
func scanWith[T any](columns func(*T) []column) func(*sql.Rows) (T, error) {
	return func(rows *sql.Rows) (v T, err error) {
		err = rows.Scan(places(columns(&v))...)
		return v, err
	}
}

// first returns the only or first row of a query; ok is false when there is none.
func first[T any](ctx context.Context, q querier, query string, args []any, columns func(*T) []column) (v T, ok bool, err error) {
	err = q.QueryRowContext(ctx, query, args...).Scan(places(columns(&v))...)
	if errors.Is(err, sql.ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

// stamp stores a time as unix milliseconds and the zero time as NULL.
type stamp struct{ *time.Time }

// Value implements [driver.Valuer].
func (s stamp) Value() (driver.Value, error) {
	if s.IsZero() {
		return nil, nil
	}
	return s.UnixMilli(), nil
}

// Scan implements [sql.Scanner].
func (s stamp) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s.Time = time.Time{}
	case int64:
		*s.Time = time.UnixMilli(v).UTC()
	default:
		return fmt.Errorf("time is stored as %T, not as an integer", src)
	}
	return nil
}

// reference stores the ID of another row and 0 as NULL.
type reference struct{ id *int64 }

// Value implements [driver.Valuer].
func (r reference) Value() (driver.Value, error) {
	if *r.id == 0 {
		return nil, nil
	}
	return *r.id, nil
}

// Scan implements [sql.Scanner].
func (r reference) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*r.id = 0
	case int64:
		*r.id = v
	default:
		return fmt.Errorf("reference is stored as %T, not as an integer", src)
	}
	return nil
}

// encoded stores a small list as JSON.
type encoded struct{ ptr any }

// Value implements [driver.Valuer].
func (e encoded) Value() (driver.Value, error) {
	b, err := json.Marshal(e.ptr)
	return string(b), err
}

// Scan implements [sql.Scanner].
func (e encoded) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("list is stored as %T, not as text", src)
	}
	return json.Unmarshal([]byte(s), e.ptr)
}

// where collects the conditions of a query and their parameters.
type where struct {
	conds []string
	args  []any
}

// add adds a condition; each "?" in it stands for the next of args.
func (w *where) add(cond string, args ...any) {
	var b strings.Builder
	n := len(w.args)
	for _, r := range cond {
		if r == '?' {
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(r)
	}
	w.conds = append(w.conds, b.String())
	w.args = append(w.args, args...)
}

// within adds a condition around others, which fill adds.
func (w *where) within(before string, fill func(*where), after string) {
	inner := where{args: w.args}
	fill(&inner)
	w.conds, w.args = append(w.conds, before+inner.String()+after), inner.args
}

// String returns " WHERE …", or nothing without conditions.
func (w *where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// oneOf is the condition that col is one of the values.
func oneOf[T any](w *where, col string, values []T) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.add(col+" IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ")+")", args...)
}

// limit is the end of a query that wants at most n rows; 0 means all.
func limit(n int) string {
	if n <= 0 {
		return ""
	}
	return " LIMIT " + strconv.Itoa(n)
}
