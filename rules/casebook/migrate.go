package casebook

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
)

// ErrNewer is returned by [Open] for a file that a newer version of the program
// has written. Nothing in the file has been touched.
var ErrNewer = errors.New("the file was written by a newer version of this program; use that version, or restore the backup made before it was installed")

//go:embed migrations/*.sql
var embedded embed.FS

// migrations are the steps of the schema, numbered, oldest first. A step that
// has been released is never edited; a change is a new step.
func migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return embedded // unreachable: the folder is embedded above
	}
	return sub
}

// migrate applies the steps that the file lacks, each in a transaction. It
// takes the casebook's lock for that: a schema must not change under a program
// that works with the old one.
func (b *Book) migrate(ctx context.Context, steps fs.FS) error {
	p, err := goose.NewProvider(goose.DialectSQLite3, b.writer, steps,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	all := p.ListSources()
	newest := all[len(all)-1].Version
	has, err := b.schemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if has > newest {
		return fmt.Errorf("%w (schema %d, this program knows up to %d)", ErrNewer, has, newest)
	}
	if has == newest {
		return nil
	}
	unlock, err := b.lockToMigrate(ctx)
	if err != nil {
		return fmt.Errorf("bring schema %d up to date: %w", has, err)
	}
	// If another process was faster, there is nothing left to apply.
	if _, err := p.Up(ctx); err != nil {
		return errors.Join(fmt.Errorf("migrate schema from %d to %d: %w", has, newest, err), unlock())
	}
	return unlock()
}

// newestMigration is the number of the last step that this program knows.
func newestMigration() (newest int64, err error) {
	names, err := fs.Glob(migrations(), "*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		newest = max(newest, n)
	}
	return newest, nil
}

// Schema says which schema the file at path has, and which this program makes of it
// when it opens it. It changes nothing.
func Schema(ctx context.Context, path string) (has, newest int64, err error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return 0, 0, err
	}
	db, err := connect(abs, 1, "_pragma=query_only(1)")
	if err == nil {
		has, err = schemaVersion(ctx, db)
		err = errors.Join(err, db.Close())
	}
	if err == nil {
		newest, err = newestMigration()
	}
	if err != nil {
		return 0, 0, fmt.Errorf("look at the schema of %s: %w", path, err)
	}
	return has, newest, nil
}

// schemaVersion is the number of the last step that was applied to the file, 0
// for a new one. It changes nothing.
func (b *Book) schemaVersion(ctx context.Context) (version int64, err error) {
	err = b.view(ctx, func(q querier) (err error) {
		version, err = schemaVersion(ctx, q)
		return err
	})
	return version, err
}

// schemaVersion reads it on a connection.
func schemaVersion(ctx context.Context, q querier) (version int64, err error) {
	var tables int
	err = q.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = $1", goose.DefaultTablename).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+goose.DefaultTablename+" WHERE is_applied = 1").Scan(&version)
	return version, err
}

// migrating is the holder of the lock while the schema is brought up to date.
const migrating = "another start of this program, which brings its schema up to date"

// lockToMigrate takes the lock. When another process migrates it waits for it,
// ten seconds at most; any other holder is an [ErrLocked] at once.
func (b *Book) lockToMigrate(ctx context.Context) (unlock func() error, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		unlock, err = b.Lock(migrating)
		var locked ErrLocked
		// The holder is empty for a moment, before it has written its name.
		if !errors.As(err, &locked) || (locked.Holder != migrating && locked.Holder != "") {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
