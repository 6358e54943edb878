package casebook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Progress is how far a copy is.
type Progress struct {
	Table       string
	Rows, Total int64 // of all tables
}

// tablesInOrder are all tables: what a row refers to comes before it.
var tablesInOrder = []string{"meta", "case_numbers", "counters", "cases", searchIndex, "parties", "units", "items", "case_refs",
	"mailboxes", "raw_mails", "raw_objects", "ledger", "blocked_senders", "messages", "addresses", "attachments", "history", "clicks", "outbox", "outbox_bodies", "posts", "digests",
	"imports", "register", "accounts", "account_mails", "unit_events", "vendor_trips", "clocks", "money_events"}

// searchIndex is the table that each engine keeps in its own way, from the others.
const searchIndex = "case_search"

// copied is how many rows, and copiedBytes about how many bytes, are written in one transaction.
const (
	copied      = 500
	copiedBytes = 8 << 20
)

// ErrNotEmpty is returned by [Book.CopyTo] for a casebook in which something else
// is than an earlier, broken-off copy of the same one.
var ErrNotEmpty = errors.New("something is in it already")

// CopyTo brings everything into another casebook, from the state at one moment.
// One that was broken off goes on where it was: rows that are there are left. In
// the end both are counted and compared, value by value; a difference is an
// error. Nobody may write to either meanwhile, or the difference is found.
func (b *Book) CopyTo(ctx context.Context, to *Book, tell func(Progress)) error {
	err := b.view(ctx, func(q querier) error {
		if err := to.expects(ctx, q); err != nil {
			return err
		}
		p := Progress{}
		for _, table := range tablesInOrder {
			n, err := count(ctx, q, table)
			if err != nil {
				return err
			}
			p.Total += n
		}
		for _, table := range tablesInOrder {
			p.Table = table
			if err := copyTable(ctx, q, to, table, func(n int) { p.Rows += int64(n); tell(p) }); err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		}
		return to.view(ctx, func(copied querier) error { return same(ctx, q, copied) })
	})
	if err != nil {
		return fmt.Errorf("copy %s to %s: %w", b.Name(), to.Name(), err)
	}
	return nil
}

// ErrOtherState is returned by [Book.CopyTo] for a casebook that is the same desk's
// at another time: no copy that was broken off, and nothing to be mixed with.
var ErrOtherState = errors.New("the same desk's casebook of another time is in it")

// expects makes sure that nothing is in the casebook but rows of the one that source
// reads: they have the same secret, which comes with the first that are copied, as
// does what the desk notes of itself whenever it works.
func (b *Book) expects(ctx context.Context, source querier) error {
	theirs, err := secretOf(ctx, source)
	if err != nil {
		return err
	}
	return b.view(ctx, func(q querier) error {
		ours, err := secretOf(ctx, q)
		if err != nil {
			return err
		}
		if len(ours) > 0 && bytes.Equal(ours, theirs) {
			err := sameTable(ctx, source, q, "meta")
			if errors.Is(err, errDiffers) {
				return ErrOtherState
			}
			return err
		}
		for _, table := range tablesInOrder {
			n, err := count(ctx, q, table)
			if err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("%w: %d rows in %s", ErrNotEmpty, n, table)
			}
		}
		return nil
	})
}

func secretOf(ctx context.Context, q querier) (secret []byte, err error) {
	err = q.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'secret'").Scan(&secret)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return secret, err
}

func count(ctx context.Context, q querier, table string) (n int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	return n, err
}

// columnsOf are those that a query for all of a table gives, but for the desk.
func columnsOf(ctx context.Context, q querier, table string) ([]string, error) {
	rows, err := q.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	if table == searchIndex {
		return []string{"rowid", "text"}, rows.Err()
	}
	all = slices.DeleteFunc(all, func(c string) bool { return c == "desk" || c == "month" }) // a server's own
	return all, rows.Err()
}

// copyTable copies what lacks of a table.
func copyTable(ctx context.Context, q querier, to *Book, table string, tell func(n int)) error {
	columns, err := columnsOf(ctx, q, table)
	if err != nil {
		return err
	}
	there, err := rowsThere(ctx, q, to, table)
	if err != nil || there >= 0 {
		tell(max(0, there))
		return err
	}
	rows, err := q.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	insert := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + marks(1, len(columns)) + ")" + keepOld
	if table == searchIndex {
		insert = "INSERT INTO case_search (rowid, text) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM case_search WHERE rowid = $1)"
	}
	for more := true; more && err == nil; {
		var portion [][]any
		if portion, more, err = readPortion(rows, len(columns)); err == nil {
			err = to.insertAll(ctx, table, insert, portion)
			tell(len(portion))
		}
	}
	return errors.Join(err, rows.Err())
}

// rowsThere is how many rows a table has that is there already, and -1 for one
// of which some lack.
func rowsThere(ctx context.Context, q querier, to *Book, table string) (n int, err error) {
	want, err := count(ctx, q, table)
	if err != nil {
		return -1, err
	}
	var has int64
	err = to.view(ctx, func(q querier) (err error) {
		has, err = count(ctx, q, table)
		return err
	})
	if err != nil || has != want {
		return -1, err
	}
	return int(has), nil
}

// readPortion reads as many rows as are written at once; more says that there
// may be others.
func readPortion(rows *sql.Rows, columns int) (portion [][]any, more bool, err error) {
	for size := 0; len(portion) < copied && size < copiedBytes; {
		if !rows.Next() {
			return portion, false, nil
		}
		values, err := scanValues(rows, columns)
		if err != nil {
			return nil, false, err
		}
		for _, v := range values {
			switch v := v.(type) {
			case []byte:
				size += len(v)
			case string:
				size += len(v)
			}
		}
		portion = append(portion, values)
	}
	return portion, true, nil
}

func scanValues(rows *sql.Rows, columns int) ([]any, error) {
	values, at := make([]any, columns), make([]any, columns)
	for i := range at {
		at[i] = &values[i]
	}
	err := rows.Scan(at...)
	for i, v := range values {
		if blob, is := v.([]byte); is && blob == nil { // the file's driver gives it for one without bytes, and writes it as NULL
			values[i] = []byte{}
		}
	}
	return values, err
}

func (b *Book) insertAll(ctx context.Context, table, insert string, portion [][]any) error {
	return b.Write(ctx, time.Time{}, func(tx *Tx) error {
		for _, values := range portion {
			if text, ok := values[len(values)-1].(string); ok && table == searchIndex {
				values[len(values)-1] = b.engine.plain(text)
			}
			if _, err := tx.exec(ctx, insert, values...); err != nil {
				return err
			}
		}
		return nil
	})
}

// same compares two casebooks. Rows have no order here, so each is hashed by
// itself.
func same(ctx context.Context, a, b querier) error {
	for _, table := range tablesInOrder {
		if err := sameTable(ctx, a, b, table); err != nil {
			return err
		}
	}
	return nil
}

var errDiffers = errors.New("is not the same")

func sameTable(ctx context.Context, a, b querier, table string) error {
	columns, err := columnsOf(ctx, a, table)
	if err != nil {
		return err
	}
	if table == searchIndex {
		columns = columns[:1] // the text is each engine's own
	}
	query := "SELECT " + strings.Join(columns, ", ") + " FROM " + table
	x, n, err := digest(ctx, a, query, len(columns))
	if err != nil {
		return err
	}
	y, m, err := digest(ctx, b, query, len(columns))
	if err != nil {
		return err
	}
	if n != m || x != y {
		return fmt.Errorf("table %s %w: %d rows here and %d there, with the hashes %x and %x", table, errDiffers, n, m, x[:8], y[:8])
	}
	return nil
}

// digest adds up the hashes of all rows.
func digest(ctx context.Context, q querier, query string, columns int) (sum [sha256.Size]byte, n int64, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return sum, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := scanValues(rows, columns)
		if err != nil {
			return sum, n, err
		}
		one, err := hashOfRow(values)
		if err != nil {
			return sum, n, err
		}
		for i := range sum {
			sum[i] ^= one[i] // no two rows are the same, for each has a key
		}
		n++
	}
	return sum, n, rows.Err()
}

func hashOfRow(values []any) (sum [sha256.Size]byte, err error) {
	var b []byte
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = append(b, 'n')
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
		case string:
			b = append(binary.BigEndian.AppendUint64(append(b, 't'), uint64(len(v))), v...)
		case []byte:
			b = append(binary.BigEndian.AppendUint64(append(b, 'b'), uint64(len(v))), v...)
		default:
			return sum, fmt.Errorf("a value is a %T", v)
		}
	}
	return sha256.Sum256(b), nil
}
