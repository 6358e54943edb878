package casebook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// ImportKind says what a file was imported into.
type ImportKind string

// The kinds.
const (
	KindRegister  ImportKind = "register"
	KindDirectory ImportKind = "directory"
)

// ImportRow is one import of a file.
type ImportRow struct {
	ID         int64      `json:"id"`
	Kind       ImportKind `json:"kind"`
	File       string     `json:"file"` // its name
	Hash       string     `json:"hash"` // SHA-256 of its bytes, hex
	StartedAt  time.Time  `json:"started_at"`
	FinishedAt time.Time  `json:"finished_at,omitzero"` // zero: it was broken off
	Tally
}

// Tally is what an import made of the lines of a file. Each line is one of
// added, changed, same and rejected.
type Tally struct {
	Lines    int `json:"lines"`
	Added    int `json:"added"`
	Changed  int `json:"changed"`
	Same     int `json:"same"`
	Rejected int `json:"rejected"`
	Noted    int `json:"noted"`   // of the others: taken with a remark
	Removed  int `json:"removed"` // addresses and domains that the file no longer gives to their customer
}

func importColumns(r *ImportRow) []column {
	return []column{
		{"kind", &r.Kind},
		{"file", &r.File},
		{"hash", &r.Hash},
		{"started_at", stamp{&r.StartedAt}},
		{"finished_at", stamp{&r.FinishedAt}},
		{"lines", &r.Lines},
		{"added", &r.Added},
		{"changed", &r.Changed},
		{"same", &r.Same},
		{"noted", &r.Noted},
		{"rejected", &r.Rejected},
		{"removed", &r.Removed},
	}
}

func storedImport(r *ImportRow) []column { return append(importColumns(r), column{"id", &r.ID}) }

// Made is what an import made of one line.
type Made int

// What a line can become.
const (
	Added Made = iota
	Changed
	Same
	Rejected
)

// Effect is what an import made of one line, and what is to be said of it: why
// it was rejected, or what of it was not taken.
type Effect struct {
	Made Made
	Note string
}

func (t *Tally) count(e Effect) {
	t.Lines++
	switch e.Made {
	case Added:
		t.Added++
	case Changed:
		t.Changed++
	case Same:
		t.Same++
	case Rejected:
		t.Rejected++
	}
	if e.Note != "" && e.Made != Rejected {
		t.Noted++
	}
}

// Import brings the lines of one file into the register or the directory, a
// portion in each transaction, so that a running desk can write in between. One
// that is broken off leaves what it has brought in and can be repeated. It is
// not for several goroutines.
type Import struct {
	row     ImportRow
	book    *Book // that is written to
	base    *Book // rehearsal: what book stands in for; else nil
	folder  string
	touched bits // IDs of rows that a line of this file has spoken of
	spoken  bits // and of which fields of them: see fieldBit
	mails   bits // directory: the touched rows of account_mails
	next    int64
	nextOf  int64         // directory: of account_mails
	stated  map[bool]bool // directory: whether the file gives addresses (false) and domains (true)
}

// NewImport begins an import of a file with the given name and hash. A rehearsal
// says what would change and changes nothing: it works on a copy, beside the
// casebook, of the rows that the file speaks of.
func (b *Book) NewImport(ctx context.Context, now time.Time, kind ImportKind, file, hash string, rehearse bool) (*Import, error) {
	im := &Import{book: b, row: ImportRow{Kind: kind, File: file, Hash: hash, StartedAt: now}}
	err := im.begin(ctx, now, rehearse)
	if err != nil {
		return nil, fmt.Errorf("begin import of %s: %w", file, errors.Join(err, im.Close()))
	}
	return im, nil
}

func (im *Import) begin(ctx context.Context, now time.Time, rehearse bool) error {
	if rehearse {
		if err := im.standIn(ctx); err != nil {
			return err
		}
	}
	if err := im.book.engine.importing(ctx, im.book); err != nil {
		return err
	}
	return im.book.Write(ctx, now, func(tx *Tx) error {
		cols := importColumns(&im.row)
		return tx.tx.QueryRowContext(ctx, insertInto("imports", cols)+" RETURNING id", places(cols)...).Scan(&im.row.ID)
	})
}

// standIn makes the casebook of a rehearsal, a file whatever the base is. Its new rows get IDs that the rows
// which are copied to it later cannot have.
func (im *Import) standIn(ctx context.Context) (err error) {
	if im.folder, err = os.MkdirTemp(im.book.engine.scratch(), ".rehearsal-"); err != nil {
		return err
	}
	if err := im.book.view(ctx, func(q querier) error { return im.nextIDs(ctx, q) }); err != nil {
		return err
	}
	scratch, err := Open(ctx, filepath.Join(im.folder, "book.db"))
	if err != nil {
		return err
	}
	im.base, im.book = im.book, scratch
	// The copied rows refer to imports that are not copied.
	_, err = scratch.writer.ExecContext(ctx, "PRAGMA foreign_keys = 0")
	return err
}

// nextIDs raises the IDs for new rows above all that there are: a running desk
// may have added some.
func (im *Import) nextIDs(ctx context.Context, q querier) error {
	table := map[ImportKind]string{KindRegister: "register", KindDirectory: "accounts"}[im.row.Kind]
	var next, nextOf int64
	if err := q.QueryRowContext(ctx, "SELECT (SELECT coalesce(max(id), 0) FROM "+table+"), (SELECT coalesce(max(id), 0) FROM account_mails)").Scan(&next, &nextOf); err != nil {
		return err
	}
	im.next, im.nextOf = max(im.next, next+1), max(im.nextOf, nextOf+1)
	return nil
}

// Reject counts a line that is not brought in because of what it says.
func (im *Import) Reject() { im.row.count(Effect{Made: Rejected}) }

// write runs fn in a transaction which also keeps the tally.
func (im *Import) write(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	return im.book.Write(ctx, now, func(tx *Tx) error {
		if err := im.nextIDs(ctx, tx.tx); err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return err
		}
		cols := importColumns(&im.row) // after fn, which counts
		_, err := tx.exec(ctx, fmt.Sprintf("UPDATE imports SET %s WHERE id = $%d", assignments(cols), len(cols)+1), append(places(cols), im.row.ID)...)
		return err
	})
}

// Finish ends the import: from now on the register or directory is in use. What
// it returns was stored, unless it was a rehearsal.
func (im *Import) Finish(ctx context.Context, now time.Time) (ImportRow, error) {
	im.row.FinishedAt = now
	err := im.write(ctx, now, func(tx *Tx) error {
		if im.row.Kind == KindRegister {
			return nil
		}
		return im.sweep(ctx, tx)
	})
	if err != nil {
		return im.row, fmt.Errorf("finish import of %s: %w", im.row.File, err)
	}
	return im.row, nil
}

// Close lets go of what a rehearsal worked on.
func (im *Import) Close() error {
	var err error
	if im.base != nil {
		err = im.book.Close()
	}
	if im.folder != "" {
		err = errors.Join(err, os.RemoveAll(im.folder))
	}
	return err
}

// Imports returns the imports of a kind, the newest first; 0 is no limit.
func (s *queries) Imports(ctx context.Context, kind ImportKind, most int) (all []ImportRow, err error) {
	err = s.view(ctx, func(q querier) error {
		query := "SELECT " + names(storedImport(&ImportRow{})) + " FROM imports WHERE kind = $1 ORDER BY id DESC" + limit(most)
		all, err = list(ctx, q, query, []any{kind}, scanWith(storedImport))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return all, nil
}

// HasDirectory says whether a directory was ever imported whole: only then is a
// sender whom it lacks no customer.
func (s *queries) HasDirectory(ctx context.Context) (bool, error) {
	return s.Imported(ctx, KindDirectory)
}

// Imported says whether an import of this kind was ever finished.
func (s *queries) Imported(ctx context.Context, kind ImportKind) (has bool, err error) {
	err = s.ask(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM imports WHERE kind = $1 AND finished_at IS NOT NULL)", kind).Scan(&has)
	})
	if err != nil {
		return false, fmt.Errorf("see whether there is a %s: %w", kind, err)
	}
	return has, nil
}

// Size is how many sales or accounts there are.
func (s *queries) Size(ctx context.Context, kind ImportKind) (n int, err error) {
	table := map[ImportKind]string{KindRegister: "register", KindDirectory: "accounts"}[kind]
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count the rows of the %s: %w", kind, err)
	}
	return n, nil
}

// fieldBit is the place of a field of a row in Import.spoken. No row has more
// than 32.
func fieldBit(id int64, field int) int64 { return id<<5 | int64(field) }

// bits is a set of row IDs: one bit each, so that ten million rows are little
// more than a megabyte.
type bits []uint64

func (b *bits) add(id int64) {
	for int(id/64) >= len(*b) {
		*b = append(*b, make([]uint64, max(1024, len(*b)))...)
	}
	(*b)[id/64] |= 1 << (id % 64)
}

func (b bits) has(id int64) bool { return int(id/64) < len(b) && b[id/64]&(1<<(id%64)) != 0 }
