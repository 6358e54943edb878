// Package casebook keeps the cases, what became of every mail, the history and
// the outbox, in one SQLite file or in a PostgreSQL database. All changes are made in the one transaction of
// [Book.Write]; what is only read can be asked of a [Book] or, to see the
// transaction's own writes, of a [Tx].
package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
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
	engine  engine
	view    func(ctx context.Context, fn func(querier) error) error
	ask     func(ctx context.Context, fn func(querier) error) error // view, for one query alone
	objects Objects                                                 // where raw mails lie that are not in the casebook; nil: nowhere, or not to be asked
}

// Book is an open casebook. It may be used by many goroutines.
type Book struct {
	queries
	writer *sql.DB // one connection
	reader *sql.DB
	known  statements // of the writer

	bucketKnown atomic.Bool // the bucket is the one of this casebook
}

// Open opens a casebook and brings its schema up to date. The store is the path
// of a file, which is made (mode 0600) when there is none, or the URL of a
// PostgreSQL database, postgres://user@host/database?desk=name. One written by a
// newer version of the program is refused with [ErrNewer]; one with an older
// schema that a running program has locked is refused with [ErrLocked]. A file on a
// disk that is full is [ErrNoRoom].
func Open(ctx context.Context, store string) (*Book, error) {
	b, err := open(ctx, store)
	if err != nil {
		return nil, fmt.Errorf("open casebook %s: %w", withoutSecrets(store), explained(store, err, leastRoom))
	}
	return b, nil
}

func open(ctx context.Context, store string) (*Book, error) {
	e, err := engineOf(store)
	if err != nil {
		return nil, err
	}
	return opened(ctx, e)
}

func opened(ctx context.Context, e engine) (*Book, error) {
	b, err := connected(e)
	if err != nil {
		return nil, err
	}
	if err = b.migrate(ctx, e.steps()); err == nil {
		err = e.makeMonths(ctx, b)
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func engineOf(store string) (engine, error) {
	if IsServer(store) {
		if err := passfile(store); err != nil {
			return nil, err
		}
		return openServer(store)
	}
	return openFile(store)
}

// connected is a Book whose schema is not looked at yet.
func connected(e engine) (b *Book, err error) {
	b = &Book{known: statements{ready: map[string]*sql.Stmt{}}}
	b.engine, b.view, b.ask = e, b.snapshot, b.question
	if b.writer, err = e.writer(); err != nil {
		return nil, errors.Join(err, e.close())
	}
	if b.reader, err = e.reader(); err != nil {
		return nil, errors.Join(err, b.writer.Close(), e.close())
	}
	return b, nil
}

// Close lets go of the store. What was committed is safe without it too.
func (b *Book) Close() error {
	// The writer last: it then folds the write-ahead log into the file.
	return errors.Join(b.reader.Close(), b.writer.Close(), b.engine.close())
}

// Tx is the transaction of one [Book.Write].
type Tx struct {
	queries
	book *Book
	tx   *session
	now  time.Time
	left bool // something in the outbox that is due
}

// Now is the time of the transaction, in UTC and whole milliseconds: everything
// that is written in it happened then.
func (tx *Tx) Now() time.Time { return tx.now }

// Write runs fn in the one writing transaction of the casebook and commits when
// fn returns nil; otherwise nothing of it remains. Writers wait for each other.
// A Book must not be written to from within fn: use the Tx.
func (b *Book) Write(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	return b.writeBy(ctx, b.writer, now, fn)
}

// beside runs a transaction that changes rows of the outbox, which are leased. It
// waits for no writer where the database lets it be.
func (b *Book) beside(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	return b.writeBy(ctx, b.engine.beside(ctx, b), now, fn)
}

func (b *Book) writeBy(ctx context.Context, db *sql.DB, now time.Time, fn func(*Tx) error) error {
	stx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return beginning(err)
	}
	defer stx.Rollback() // of no effect after Commit; also when fn panics
	s := &session{Tx: stx, statements: &b.known, engine: b.engine}
	tx := &Tx{book: b, tx: s, now: now.UTC().Truncate(time.Millisecond)}
	tx.engine, tx.view = b.engine, func(_ context.Context, fn func(querier) error) error { return fn(s) }
	tx.ask = tx.view
	if err := fn(tx); err != nil {
		return err
	}
	if err := stx.Commit(); err != nil {
		return fmt.Errorf("commit to casebook: %w", err)
	}
	b.engine.statements(ctx, b, s.wanted)
	if tx.left {
		b.Signal(ctx, HeardOutbox)
	}
	return nil
}

// snapshot runs fn on one consistent state of the casebook.
func (b *Book) snapshot(ctx context.Context, fn func(querier) error) error {
	return b.reading(ctx, &sql.TxOptions{ReadOnly: true}, fn)
}

// question is snapshot for one query alone.
func (b *Book) question(ctx context.Context, fn func(querier) error) error {
	return b.reading(ctx, b.engine.question(), fn)
}

func (b *Book) reading(ctx context.Context, o *sql.TxOptions, fn func(querier) error) error {
	stx, err := b.reader.BeginTx(ctx, o)
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

// Verify checks that the casebook is sound: its pages and indexes, as far as
// the database lets itself be looked into, and its references. It reads all of it.
func (b *Book) Verify(ctx context.Context) error {
	faults, err := b.engine.faults(ctx, b)
	if err != nil {
		return fmt.Errorf("check casebook: %w", err)
	}
	if len(faults) > 0 {
		return fmt.Errorf("casebook is damaged: %s", strings.Join(faults, "; "))
	}
	return nil
}

// Name is the file, from the root of the file system on, or the server, the
// database and the desk; no password is in it.
func (b *Book) Name() string { return b.engine.name() }

// Bytes is the room that the casebook takes on the disk, in bytes.
func (b *Book) Bytes(ctx context.Context) (bytes int64, err error) {
	err = b.view(ctx, func(q querier) error { return q.QueryRowContext(ctx, b.engine.size()).Scan(&bytes) })
	if err != nil {
		return 0, fmt.Errorf("read the size of the casebook: %w", err)
	}
	return bytes, nil
}
