// Package casebook keeps the cases, what became of every mail, the history and
// the outbox in one SQLite file. All changes are made in the one transaction of
// [Book.Write]; what is only read can be asked of a [Book] or, to see the
// transaction's own writes, of a [Tx].
package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

// ErrNotFound is returned for a number, ID, key or hash that is not in the casebook.
var ErrNotFound = errors.New("not in the casebook")

// readers is how many connections answer questions while the one writer writes.
const readers = 4

// querier is what a question needs of a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// queries are the questions that a Book and a Tx both answer. view runs fn on
// one snapshot.
type queries struct {
	view func(ctx context.Context, fn func(querier) error) error
}

// Book is an open casebook. It may be used by many goroutines.
type Book struct {
	queries
	path   string
	writer *sql.DB // one connection
	reader *sql.DB
	known  statements // of the writer
}

// Open opens the casebook in the file path, which it makes (mode 0600) when
// there is none, and brings its schema up to date. A file written by a newer
// version of the program is refused with [ErrNewer]; one with an older schema
// that a running program has locked is refused with [ErrLocked].
func Open(ctx context.Context, path string) (*Book, error) {
	b, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open casebook %s: %w", path, err)
	}
	return b, nil
}

// The write-ahead log may grow to 16 MB before it is folded into the file, four
// times what SQLite takes by itself: pages that change with each mail are then
// written four times less often, and a mail of some MB does not pay for it alone.
func open(ctx context.Context, path string) (*Book, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := private(abs); err != nil {
		return nil, err
	}
	b := &Book{path: abs, known: statements{ready: map[string]*sql.Stmt{}}}
	b.view = b.snapshot
	if b.writer, err = connect(abs, 1, "_txlock=immediate",
		"_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)", "_pragma=wal_autocheckpoint(4000)"); err != nil {
		return nil, err
	}
	if b.reader, err = connect(abs, readers, "_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, b.writer.Close())
	}
	if err := b.migrate(ctx, migrations()); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// private makes the file at path readable by its owner alone. SQLite gives the
// files beside it (-wal, -shm) the same mode. An existing file is not opened
// for that: closing it would drop the locks that this process holds on it.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// connect opens a pool of n connections on the file. The pragmas stand in the
// DSN, so that a connection which database/sql opens later has them too.
func connect(path string, n int, params ...string) (*sql.DB, error) {
	params = append([]string{"_pragma=busy_timeout(10000)"}, params...)
	name := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	db, err := sql.Open("sqlite", "file:"+name+"?"+strings.Join(params, "&"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// Close closes the file. What was committed is safe without it too.
func (b *Book) Close() error {
	// The writer last: it then folds the write-ahead log into the file.
	return errors.Join(b.reader.Close(), b.writer.Close())
}

// Tx is the transaction of one [Book.Write].
type Tx struct {
	queries
	book *Book
	tx   *session
	now  time.Time
}

// Now is the time of the transaction, in UTC and whole milliseconds: everything
// that is written in it happened then.
func (tx *Tx) Now() time.Time { return tx.now }

// Write runs fn in the one writing transaction of the casebook and commits when
// fn returns nil; otherwise nothing of it remains. Writers wait for each other.
// A Book must not be written to from within fn: use the Tx.
func (b *Book) Write(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	stx, err := b.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin in casebook: %w", err)
	}
	defer stx.Rollback() // of no effect after Commit; also when fn panics
	s := &session{Tx: stx, statements: &b.known}
	tx := &Tx{book: b, tx: s, now: now.UTC().Truncate(time.Millisecond)}
	tx.view = func(_ context.Context, fn func(querier) error) error { return fn(s) }
	if err := fn(tx); err != nil {
		return err
	}
	if err := stx.Commit(); err != nil {
		return fmt.Errorf("commit to casebook: %w", err)
	}
	b.known.prepare(ctx, b.writer, s.wanted)
	return nil
}

// snapshot runs fn on one consistent state of the casebook.
func (b *Book) snapshot(ctx context.Context, fn func(querier) error) error {
	stx, err := b.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("read casebook: %w", err)
	}
	defer stx.Rollback() // nothing was written
	return fn(stx)
}

// exec runs a statement that changes something and says how many rows it changed.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Verify checks that the file is sound: its pages, indexes and references. It
// reads the whole file.
func (b *Book) Verify(ctx context.Context) error {
	return b.view(ctx, func(q querier) error {
		faults, err := list(ctx, q, "PRAGMA quick_check(10)", nil, scanOne[string])
		if err != nil {
			return fmt.Errorf("check casebook: %w", err)
		}
		if len(faults) != 1 || faults[0] != "ok" {
			return fmt.Errorf("casebook is damaged: %s", strings.Join(faults, "; "))
		}
		var orphans int
		err = q.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&orphans)
		if err != nil {
			return fmt.Errorf("check casebook: %w", err)
		}
		if orphans > 0 {
			return fmt.Errorf("casebook is damaged: %d rows refer to rows that are not there", orphans)
		}
		return nil
	})
}

// Path is where the file lies, from the root of the file system on.
func (b *Book) Path() string { return b.path }
