package casebook

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"retour/rules"
)

// schema returns the text of all tables and indexes, without its layout.
func schema(t *testing.T, b *Book) map[string]string {
	t.Helper()
	all := map[string]string{}
	rows, err := b.reader.QueryContext(t.Context(), "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'goose%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		all[name] = strings.Join(strings.Fields(text), " ")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// The oldest schema that was ever released, with data in it, migrates to what a
// fresh file has, and the data can be read.
func TestOldestSchemaMigrates(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("testdata", "schema_1.sql"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "old.db")
	runSQL(t, path, string(script))
	old, fresh := openBook(t, path), newFile(t)
	if diff := cmp.Diff(schema(t, fresh), schema(t, old)); diff != "" {
		t.Errorf("schema (-fresh +migrated):\n%s", diff)
	}
	if err := old.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	c, err := old.Case(t.Context(), "RMA-26-00001-0")
	if err != nil {
		t.Fatal(err)
	}
	if c.Customer.Address != "ann@shop.example" || len(c.Items) != 1 || c.Items[0].MAC != "805EC0123456" || c.References.Order[0] != "PO17" || c.Deadline != noon {
		t.Errorf("the case of the old file: %+v", c)
	}
	if rows := must(old.Outbox(t.Context(), OutboxFilter{CaseID: c.ID, Status: Pending}))(t); len(rows) != 1 {
		t.Errorf("the outbox of the old file: %v", rows)
	}
	if h := must(old.History(t.Context(), c.ID))(t); len(h) != 1 || h[0].Told[0] != "acknowledged" {
		t.Errorf("the history of the old file: %v", h)
	}
	if l := must(old.Ledger(t.Context(), LedgerFilter{Fate: FateOpened}))(t); len(l) != 1 || !l[0].Answered {
		t.Errorf("the ledger of the old file: %v", l)
	}
	openCase(t, old, rules.Case{}) // and it goes on
}

func runSQL(t *testing.T, path, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefusesANewerFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.db")
	b, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	runSQL(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (4711, 1)")
	_, err = Open(t.Context(), path)
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "4711") || !strings.Contains(err.Error(), path) {
		t.Errorf("Open of a newer file = %v", err)
	}
}

// withStep returns the migrations and one more.
func withStep(t *testing.T, b *Book, text string) fs.FS {
	t.Helper()
	steps := b.engine.steps()
	all := fstest.MapFS{"99999_more.sql": {Data: []byte("-- +goose Up\n" + text)}}
	names, err := fs.Glob(steps, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("migrations: %v, %v", names, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(steps, name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: data}
	}
	return all
}

func TestAFailedMigrationLeavesNothing(t *testing.T) {
	b := newFile(t)
	c := openCase(t, b, rules.Case{})
	before := schema(t, b)
	err := b.migrate(t.Context(), withStep(t, b, "CREATE TABLE half (id INTEGER);\nUPDATE cases SET state = 'lost';\nCREATE TABLE cases (id INTEGER);\n"))
	if err == nil || !strings.Contains(err.Error(), "99999") {
		t.Errorf("a broken migration = %v, want an error that names it", err)
	}
	if diff := cmp.Diff(before, schema(t, b)); diff != "" {
		t.Errorf("schema after it (-before +after):\n%s", diff)
	}
	if got := must(b.Case(t.Context(), c.Number))(t); got.State != c.State {
		t.Errorf("the case is in state %s", got.State)
	}
	if err := b.migrate(t.Context(), withStep(t, b, "CREATE TABLE whole (id INTEGER);\n")); err != nil {
		t.Errorf("the mended migration = %v", err)
	}
	if schema(t, b)["whole"] == "" {
		t.Error("the mended migration made nothing")
	}
}

// The schema of a casebook that a program works with stays as that program
// knows it.
func TestNoMigrationUnderARunningProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.db")
	running, b := openBook(t, path), openBook(t, path)
	unlock, err := running.Lock("retour serve, process 17")
	if err != nil {
		t.Fatal(err)
	}
	var locked ErrLocked
	err = b.migrate(t.Context(), withStep(t, b, "CREATE TABLE more (id INTEGER);\n"))
	if !errors.As(err, &locked) || locked.Holder != "retour serve, process 17" {
		t.Errorf("migration beside it = %v", err)
	}
	openBook(t, path) // a schema that is up to date needs no lock
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if err := b.migrate(t.Context(), withStep(t, b, "CREATE TABLE more (id INTEGER);\n")); err != nil {
		t.Errorf("migration after it = %v", err)
	}
}

// Several processes may start on a new file at once.
func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.db")
	errs := make(chan error)
	const n = 8
	for range n {
		go func() {
			b, err := Open(context.Background(), path)
			if err == nil {
				err = b.Close()
			}
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if err := openBook(t, path).Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
