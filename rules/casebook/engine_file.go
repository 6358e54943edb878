package casebook

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

// file is a casebook in one SQLite file.
type file struct {
	path string // from the root of the file system on
}

//go:embed migrations/*.sql
var stepsOfFile embed.FS

// openFile makes the file when there is none.
func openFile(path string) (file, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return file{}, err
	}
	return file{abs}, private(abs)
}

// private makes the file at path readable by its owner alone. SQLite gives the
// files beside it (-wal, -shm) the same mode. An existing file is not opened
// for that: closing it would drop the locks that this process holds on it.
func private(path string) error {
	f, err := NewFile(path)
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

// NewFile makes a file that belongs to a casebook and is not there yet, readable
// by its owner alone. Its owner is that of its folder, also where root makes it:
// the desk runs as a user of its own, and would be shut out of what a command of
// root's has left in its folder.
func NewFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil || os.Geteuid() != 0 {
		return f, err
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err == nil {
		err = chownLike(f, folder)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("give %s to the owner of its folder: %w", path, err), f.Close(), os.Remove(path))
	}
	return f, nil
}

// chownLike gives f the owner and group that other has.
func chownLike(f *os.File, other fs.FileInfo) error {
	owner, ok := other.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return f.Chown(int(owner.Uid), int(owner.Gid))
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

// question is no other transaction than one that asks several.
func (f file) question() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }

func (f file) name() string { return f.path }

// writer: the write-ahead log may grow to 16 MB before it is folded into the file,
// four times what SQLite takes by itself: pages that change with each mail are then
// written four times less often, and a mail of some MB does not pay for it alone.
func (f file) writer() (*sql.DB, error) {
	return connect(f.path, 1, "_txlock=immediate",
		"_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)", "_pragma=wal_autocheckpoint(4000)")
}

// signal: nobody else works with a file.
func (f file) signal(context.Context, *Book, string) {}

func (f file) instance() string { return "" }

func (f file) elsewhere(string) string { return "" }

// claim: the writer is alone.
func (f file) claim(context.Context, *Tx, *where, string, int) (bool, error) { return true, nil }

func (f file) beside(_ context.Context, b *Book) *sql.DB { return b.writer }

// statement lets one end that was begun: no network is waited for, and to be able
// to interrupt it the driver would watch the context by a goroutine for each.
func (f file) statement(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// reader: half of SQLite's own cache for each of several connections, which mostly
// look for single rows; what they lack the system has in memory.
func (f file) reader() (*sql.DB, error) {
	return connect(f.path, readers, "_pragma=query_only(1)", "_pragma=cache_size(-1000)")
}

func (f file) close() error { return nil }

func (f file) steps() fs.FS { return under(stepsOfFile, "migrations") }

func (f file) migrate(ctx context.Context, b *Book, steps fs.FS) error {
	return apply(ctx, b.writer, goose.DialectSQLite3, steps)
}

// under returns a folder of embedded files.
func under(files embed.FS, folder string) fs.FS {
	sub, err := fs.Sub(files, folder)
	if err != nil {
		return files // unreachable: the folder is embedded
	}
	return sub
}

func (f file) versioned(ctx context.Context, q querier) (has bool, err error) {
	err = q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = $1)", goose.DefaultTablename).Scan(&has)
	return has, err
}

// statements keeps what a mail wants parsed and planned.
func (f file) statements(ctx context.Context, b *Book, wanted []string) {
	b.known.prepare(ctx, b.writer, wanted)
}

// importing gives the connection 64 MB: the indexes are written to all over.
func (f file) importing(ctx context.Context, b *Book) error {
	_, err := b.writer.ExecContext(ctx, "PRAGMA cache_size = -65536")
	return err
}

func (f file) scratch() string { return filepath.Dir(f.path) }

// shred is of this connection; it costs others nothing that counts.
func (f file) shred(ctx context.Context, tx *Tx) error {
	_, err := tx.exec(ctx, "PRAGMA secure_delete = 1")
	return err
}

func (f file) makeMonths(context.Context, *Book) error { return nil }

func (f file) strayRows(context.Context, querier) (int64, error) { return 0, nil }

func (f file) expireMonths(context.Context, *Book, time.Time) (int, error) { return 0, nil }

// holding looks words of three letters and more up in the index of trigrams
// (https://sqlite.org/fts5.html#the_trigram_tokenizer), which is walked from its
// newest row: a word of half the cases costs no more than one of a few.
func (f file) holding(w *where, words []string, most int) {
	after := ")"
	if most > 0 {
		after = " ORDER BY rowid DESC" + limit(most) + ")"
	}
	w.within("id IN (SELECT rowid FROM case_search", func(w *where) {
		var phrases []string
		for _, word := range words {
			if utf8.RuneCountInString(word) >= 3 {
				phrases = append(phrases, `"`+strings.ReplaceAll(word, `"`, `""`)+`"`)
			} else {
				w.add(`text LIKE ? ESCAPE '\'`, like(f.plain(word)))
			}
		}
		if len(phrases) > 0 {
			w.add("case_search MATCH ?", strings.Join(phrases, " AND "))
		}
	}, after)
}

func (f file) plain(text string) string { return strings.ToLower(text) }

func (f file) size() string {
	return "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
}

// faults looks at pages, indexes and references, on a connection of its own: one
// that has looked into the index of texts before takes what was written since for
// damage.
func (f file) faults(ctx context.Context, _ *Book) ([]string, error) {
	db, err := connect(f.path, 1, "_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	faults, err := damage(ctx, db)
	return faults, errors.Join(err, db.Close())
}

func damage(ctx context.Context, q querier) ([]string, error) {
	faults, err := list(ctx, q, "PRAGMA quick_check(10)", nil, scanOne[string])
	if err != nil {
		return nil, err
	}
	if len(faults) != 1 || faults[0] != "ok" {
		return faults, nil
	}
	var orphans int
	err = q.QueryRowContext(ctx, "SELECT count(*) FROM pragma_foreign_key_check").Scan(&orphans)
	if err != nil || orphans == 0 {
		return nil, err
	}
	return []string{fmt.Sprintf("%d rows refer to rows that are not there", orphans)}, nil
}

// backup fills an empty file, while others go on reading and writing.
func (f file) backup(ctx context.Context, _ *Book, path string) error {
	db, err := connect(f.path, 1)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO $1", path)
	return errors.Join(err, db.Close())
}

func (f file) compact(ctx context.Context, b *Book) error {
	for _, statement := range []string{
		"INSERT INTO case_search (case_search) VALUES ('optimize')", // https://sqlite.org/fts5.html#the_optimize_command
		"VACUUM",
		"PRAGMA wal_checkpoint(TRUNCATE)",
	} {
		if _, err := b.writer.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
