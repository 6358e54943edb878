package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Copy says what a copy of a casebook holds.
type Copy struct {
	Schema  int64     // number of its last migration
	Bytes   int64     // of the file
	Cases   int       //
	Mails   int       // ever seen
	Waiting int       // mails in the outbox that had not gone out yet
	Remote  int       // raw mails that lie in a bucket, and not in it
	LastAt  time.Time // the last thing that happened in it; zero: nothing did
}

// Backup writes the casebook, as it is at one moment, into the new SQLite file
// path (mode 0600), while others go on reading and writing. The copy is checked
// before Backup returns; a bad or half one is removed.
func (b *Book) Backup(ctx context.Context, path string) (Copy, error) {
	c, err := b.backup(ctx, path)
	if err != nil {
		return Copy{}, fmt.Errorf("back up the casebook to %s: %w", path, err)
	}
	return c, nil
}

func (b *Book) backup(ctx context.Context, path string) (c Copy, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // VACUUM INTO takes an empty file
	if err != nil {
		return c, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if err := f.Close(); err != nil {
		return c, err
	}
	if err := b.engine.backup(ctx, b, path); err != nil {
		return c, err
	}
	if c, err = inspect(ctx, path); err != nil {
		return c, err
	}
	return c, errors.Join(toDisk(path), toDisk(filepath.Dir(path)))
}

// toDisk brings a file or folder to the disk.
func toDisk(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Inspect checks that a file is a sound casebook which this program can work
// with, and says what it holds. It changes nothing in it.
func Inspect(ctx context.Context, path string) (Copy, error) {
	c, err := inspect(ctx, path)
	if err != nil {
		return Copy{}, fmt.Errorf("look into %s: %w", path, err)
	}
	return c, nil
}

func inspect(ctx context.Context, path string) (c Copy, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return c, err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return c, err
	}
	db, err := connect(abs, 1, "mode=ro", "_pragma=query_only(1)")
	if err != nil {
		return c, err
	}
	b := &Book{reader: db}
	b.engine, b.view = file{abs}, b.snapshot
	c, err = b.contents(ctx)
	c.Bytes = info.Size()
	return c, errors.Join(err, db.Close())
}

func (b *Book) contents(ctx context.Context) (c Copy, err error) {
	if c.Schema, err = b.schemaVersion(ctx); err != nil {
		return c, err
	}
	newest, err := newestMigration(b.engine.steps())
	switch {
	case err != nil:
		return c, err
	case c.Schema == 0:
		return c, errors.New("it is no casebook")
	case c.Schema > newest:
		return c, fmt.Errorf("%w (schema %d, this program knows up to %d)", ErrNewer, c.Schema, newest)
	}
	if err := b.Verify(ctx); err != nil {
		return c, err
	}
	var last sql.NullInt64
	err = b.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM ledger),
			(SELECT count(*) FROM outbox WHERE status = 'pending' AND recipient <> ''), (SELECT count(*) FROM raw_objects WHERE state = 'there'),
			(SELECT max(at) FROM history)`).Scan(&c.Cases, &c.Mails, &c.Waiting, &c.Remote, &last)
	})
	if last.Valid {
		c.LastAt = time.UnixMilli(last.Int64).UTC()
	}
	return c, err
}
