package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

// ErrNewer is returned by [Open] for a casebook that a newer version of the
// program has written. Nothing in it has been touched.
var ErrNewer = errors.New("it was written by a newer version of this program; use that version, or restore the backup made before it was installed")

// migrate applies the steps that the file lacks, each in a transaction. It
// takes the casebook's lock for that: a schema must not change under a program
// that works with the old one.
func (b *Book) migrate(ctx context.Context, steps fs.FS) error {
	newest, err := newestMigration(steps)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
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
	if err := b.engine.migrate(ctx, b, steps); err != nil {
		return errors.Join(fmt.Errorf("migrate schema from %d to %d: %w", has, newest, err), unlock())
	}
	return unlock()
}

// apply brings a database up to date.
func apply(ctx context.Context, db *sql.DB, dialect goose.Dialect, steps fs.FS) error {
	p, err := goose.NewProvider(dialect, db, steps, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// newestMigration is the number of the last step that this program knows. A step
// that has been released is never edited; a change is a new step.
func newestMigration(steps fs.FS) (newest int64, err error) {
	names, err := fs.Glob(steps, "*.sql")
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

// Schema says which schema a store has, and which this program makes of it when it
// opens it. It changes nothing.
func Schema(ctx context.Context, store string) (has, newest int64, err error) {
	e, err := engineOf(store)
	if err != nil {
		return 0, 0, fmt.Errorf("look at the schema: %w", err)
	}
	b, err := connected(e)
	if err != nil {
		return 0, 0, fmt.Errorf("look at the schema of %s: %w", e.name(), err)
	}
	if has, err = b.schemaVersion(ctx); err == nil {
		newest, err = newestMigration(e.steps())
	}
	if err = errors.Join(err, b.Close()); err != nil {
		return 0, 0, fmt.Errorf("look at the schema of %s: %w", e.name(), explained(store, err, leastRoom))
	}
	return has, newest, nil
}

// schemaVersion is the number of the last step that was applied, 0 for a new
// casebook. It changes nothing.
func (b *Book) schemaVersion(ctx context.Context) (version int64, err error) {
	err = b.view(ctx, func(q querier) error {
		has, err := b.engine.versioned(ctx, q)
		if err != nil || !has {
			return err
		}
		return q.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+goose.DefaultTablename+" WHERE is_applied").Scan(&version)
	})
	return version, err
}

// migrating is the holder of the lock while the schema is brought up to date.
const migrating = "another start of this program, which updates the schema"

// lockToMigrate takes the lock. When another process migrates it waits for it,
// ten seconds at most; any other holder is an [ErrLocked] at once.
func (b *Book) lockToMigrate(ctx context.Context) (unlock func() error, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		unlock, err = b.engine.lockSchema(ctx, migrating)
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
