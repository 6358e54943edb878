package casebook

import (
	"context"
	"database/sql"
	"io/fs"
	"time"
)

// engine is what the two databases do each in its own way: [file] is SQLite,
// [server] is PostgreSQL. The queries are the same for both; what of their text
// has to be written otherwise for PostgreSQL is in the package postgres.
type engine interface {
	// name is the file or the server, for people: no secret is in it.
	name() string
	// writer and reader open the pools of connections: one, and a few.
	writer() (*sql.DB, error)
	reader() (*sql.DB, error)
	// question are the options of a transaction that asks the reader one question.
	question() *sql.TxOptions
	// close ends what the pools do not.
	close() error

	// steps are the migrations, numbered, and migrate applies those that lack.
	steps() fs.FS
	migrate(ctx context.Context, b *Book, steps fs.FS) error
	// versioned says whether the table of the migrations that were applied is there.
	versioned(ctx context.Context, q querier) (bool, error)
	// lock is [Book.Lock].
	lock(ctx context.Context, b *Book, holder string) (unlock func() error, err error)
	// lockSchema is for who changes the schema: no program may work with it.
	lockSchema(ctx context.Context, holder string) (unlock func() error, err error)

	// signal is [Book.Signal].
	signal(ctx context.Context, b *Book, what string)

	// instance is this process among several; empty: it is the only one.
	instance() string
	// elsewhere is a condition on a row of the outbox that was leased: another
	// instance has it, and lives. Empty: there is no other.
	elsewhere(row string) string
	// claim keeps others from leasing, until the end of the transaction, the rows of the
	// outbox that are looked for, and adds them to the condition.
	claim(ctx context.Context, tx *Tx, w *where, order string, n int) (some bool, err error)
	// beside are the connections for what need not wait for the writer.
	beside(ctx context.Context, b *Book) *sql.DB

	// statement is the context of one statement of a transaction, whose own has not
	// ended.
	statement(ctx context.Context) context.Context
	// statements makes those that a transaction wanted ready for the next, where
	// the driver does not do so itself.
	statements(ctx context.Context, b *Book, wanted []string)
	// importing readies the writing connection for an import.
	importing(ctx context.Context, b *Book) error
	// scratch is the folder for what a rehearsal works on.
	scratch() string
	// shred makes a transaction overwrite what it deletes.
	shred(ctx context.Context, tx *Tx) error

	// makeMonths makes room for what is written next, where that is to be made, and
	// strayRows counts what was written where no room was made for it.
	makeMonths(ctx context.Context, b *Book) error
	strayRows(ctx context.Context, q querier) (int64, error)
	// expireMonths forgets what raw mails of before a time can be forgotten many at once.
	expireMonths(ctx context.Context, b *Book, before time.Time) (int, error)

	// holding adds the condition that a case holds all words anywhere, whatever
	// their case and accents; with most, one of the newest so many that do. plain
	// writes a text as it is kept in case_search.
	holding(w *where, words []string, most int)
	plain(text string) string
	// size is the query for the room that the casebook takes, in bytes.
	size() string

	// faults looks through everything and returns what is damaged.
	faults(ctx context.Context, b *Book) ([]string, error)
	backup(ctx context.Context, b *Book, path string) error
	compact(ctx context.Context, b *Book) error
}
