package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"

	"retour/rules"
)

// schema returns the text of all tables and indexes, without its layout.
func schema(t *testing.T, b *Book) map[string]string {
	t.Helper()
	return schemaOf(t, b.reader)
}

func schemaOf(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	rows, err := db.QueryContext(t.Context(), "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'goose%'")
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

func schemaFile(n int64) string { return filepath.Join("testdata", fmt.Sprintf("schema_%d.sql", n)) }

// stepsTo are the migrations up to one.
func stepsTo(t *testing.T, newest int64) fs.FS {
	t.Helper()
	steps := fstest.MapFS{}
	names, err := fs.Glob(file{}.steps(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			t.Fatal(err)
		}
		if n <= newest {
			steps[name] = &fstest.MapFile{Data: must(fs.ReadFile(file{}.steps(), name))(t)}
		}
	}
	return steps
}

// raw is a casebook's file without the casebook.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db := must(sql.Open("sqlite", "file:"+path))(t)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// tablesOf are the tables of a file and their columns; without those that SQLite and
// goose keep for themselves.
func tablesOf(t *testing.T, db *sql.DB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	rows := must(db.QueryContext(t.Context(), `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'case_search\_%' ESCAPE '\' ORDER BY m.name, c.cid`))(t)
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		all[table] = append(all[table], column)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// dumpOf are the rows of each table, in the columns that are named, as SQL writes
// them.
func dumpOf(t *testing.T, db *sql.DB, tables map[string][]string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for table, columns := range tables {
		var values []string
		for _, c := range columns {
			values = append(values, "quote("+c+")")
		}
		rows := must(db.QueryContext(t.Context(), "SELECT "+strings.Join(values, "||','||")+" FROM "+table+" ORDER BY 1"))(t)
		for rows.Next() {
			var row string
			if err := rows.Scan(&row); err != nil {
				t.Fatal(err)
			}
			all[table] = append(all[table], row)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// lost are the rows that a file had and has no more. A migration that means to change
// a column leaves it out of columns.
func lost(before, after map[string][]string) (rows []string) {
	for table, all := range before {
		for _, row := range all {
			if !slices.Contains(after[table], row) {
				rows = append(rows, table+": "+row)
			}
		}
	}
	slices.Sort(rows)
	return rows
}

// Of each schema there is a file as its program left it, with a row in every table,
// and the migrations up to it make exactly that. So a step that is out is never
// edited, and a new one is not forgotten: -update writes its file, and what its new
// tables lack is added by hand.
func TestEverySchemaHasItsFile(t *testing.T) {
	newest := must(newestMigration(file{}.steps()))(t)
	for n := int64(1); n <= newest; n++ {
		if *update && n == newest && n > 1 {
			writeSchema(t, n)
		}
		script, err := os.ReadFile(schemaFile(n))
		if err != nil {
			t.Fatalf("%v: go test ./rules/casebook -run TestEverySchemaHasItsFile -update writes it", err)
		}
		path, made := filepath.Join(t.TempDir(), "old.db"), filepath.Join(t.TempDir(), "made.db")
		runSQL(t, path, string(script))
		migrateRaw(t, made, stepsTo(t, n))
		if diff := cmp.Diff(schemaOf(t, raw(t, made)), schemaOf(t, raw(t, path))); diff != "" {
			t.Errorf("schema %d (-the migrations +%s):\n%s", n, schemaFile(n), diff)
		}
		tables := tablesOf(t, raw(t, path))
		for table, rows := range dumpOf(t, raw(t, path), tables) {
			delete(tables, table)
			if len(rows) == 0 {
				t.Errorf("%s has no row in %s", schemaFile(n), table)
			}
		}
		if len(tables) > 0 {
			t.Errorf("%s has no row in %v", schemaFile(n), slices.Sorted(maps.Keys(tables)))
		}
	}
}

func migrateRaw(t *testing.T, path string, steps fs.FS) {
	t.Helper()
	p := must(goose.NewProvider(goose.DialectSQLite3, raw(t, path), steps, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())))(t)
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// writeSchema writes the file of a schema from that of the one before.
func writeSchema(t *testing.T, n int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "next.db")
	runSQL(t, path, string(must(os.ReadFile(schemaFile(n-1)))(t)))
	migrateRaw(t, path, stepsTo(t, n))
	var b strings.Builder
	fmt.Fprintf(&b, "-- Schema %d, with a little of everything in it.\n-- DO NOT EDIT: files like this are out there. A change of the schema is a new migration.\n\nPRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", n)
	db := raw(t, path)
	tables := tablesOf(t, db)
	tables[goose.DefaultTablename] = []string{"id", "version_id", "is_applied", "tstamp"}
	data := dumpOf(t, db, tables)
	rows := must(db.QueryContext(t.Context(), `SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'case_search\_%' ESCAPE '\' ORDER BY rowid`))(t)
	defer rows.Close()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		b.WriteString(text + ";\n")
		for _, row := range data[name] {
			fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES (%s);\n", name, strings.Join(tables[name], ", "), row)
		}
	}
	b.WriteString("COMMIT;\n")
	if err := errors.Join(rows.Err(), os.WriteFile(schemaFile(n), []byte(b.String()), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// A file of every schema that was ever released is brought up to date: nothing in it
// is lost, it is sound, it has what a fresh file has, and the desk goes on in it.
func TestEverySchemaMigrates(t *testing.T) {
	for n := int64(1); n <= must(newestMigration(file{}.steps()))(t); n++ {
		path := filepath.Join(t.TempDir(), "old.db")
		runSQL(t, path, string(must(os.ReadFile(schemaFile(n)))(t)))
		tables := tablesOf(t, raw(t, path))
		before := dumpOf(t, raw(t, path), tables)
		old, fresh := openBook(t, path), newFile(t)
		if gone := lost(before, dumpOf(t, raw(t, path), tables)); len(gone) > 0 {
			t.Errorf("schema %d loses\n%s", n, strings.Join(gone, "\n"))
		}
		if diff := cmp.Diff(schema(t, fresh), schema(t, old)); diff != "" {
			t.Errorf("schema %d (-fresh +migrated):\n%s", n, diff)
		}
		if err := old.Verify(t.Context()); err != nil {
			t.Errorf("schema %d: %v", n, err)
		}
		readsOld(t, old)
		worksOn(t, old)
	}
}

// readsOld: what stands in the files of testdata can be read.
func readsOld(t *testing.T, old *Book) {
	t.Helper()
	c := must(old.Case(t.Context(), "RMA-26-00001-2"))(t)
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
	if found, _, _, err := old.Find(t.Context(), "écran", 2026, 0, 5); err != nil || len(found) != 1 {
		t.Errorf("the search in the old file: %v, %v", found, err)
	}
	if sold := must(old.Sales(t.Context(), []string{"3109012345"}))(t); len(sold) != 1 {
		t.Errorf("the register of the old file: %v", sold)
	}
}

// worksOn: the old case goes on, a new one is opened, and what waited is sent.
func worksOn(t *testing.T, old *Book) {
	t.Helper()
	policy := must(rules.DefaultPolicy())(t)
	c := must(old.Case(t.Context(), "RMA-26-00001-2"))(t)
	later := noon.Add(time.Hour)
	write(t, old, later, func(ctx context.Context, tx *Tx) error {
		e := rules.Event{Kind: rules.EvTakeCharge, Actor: rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Bert"}}
		d := rules.Decide(policy, c, e, later)
		if d.Refusal != "" {
			t.Errorf("the old case refuses: %s", d.Refusal)
		}
		_, err := tx.Book(ctx, &Booking{Policy: policy, Event: e, Before: c, Decision: d})
		return err
	})
	if c := must(old.Case(t.Context(), "RMA-26-00001-2"))(t); c.State != rules.InCharge || c.Version != 2 {
		t.Errorf("the old case is %s, version %d", c.State, c.Version)
	}
	if next := openCase(t, old, rules.Case{}); next.Number != rules.Number(2026, 2) {
		t.Errorf("the next case is %s", next.Number)
	}
	rows := must(old.Lease(t.Context(), later, []string{"mail"}, 5, time.Minute))(t)
	if len(rows) != 1 {
		t.Fatalf("to be sent: %v", rows)
	}
	if err := old.Done(t.Context(), rows[0].ID, later, "250 ok"); err != nil {
		t.Error(err)
	}
	if _, _, err := old.Present(t.Context(), policy, later); err != nil {
		t.Error(err)
	}
	if err := old.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// The next migration will be like one of these; what TestEverySchemaMigrates asks of
// it can be kept, and can be missed.
func TestTheNextMigrationKeepsWhatThereIs(t *testing.T) {
	for name, m := range map[string]struct {
		step  string
		loses int
	}{
		"a column":            {"ALTER TABLE cases ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey';\nCREATE INDEX cases_colour ON cases (colour);", 0},
		"a table made anew":   {"CREATE TABLE clicks2 (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, by TEXT NOT NULL) STRICT;\nINSERT INTO clicks2 SELECT id, key, at, '' FROM clicks;\nDROP TABLE clicks;\nALTER TABLE clicks2 RENAME TO clicks;\nCREATE INDEX clicks_at ON clicks (at);", 0},
		"one that forgets":    {"CREATE TABLE clicks2 (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at INTEGER NOT NULL) STRICT;\nDROP TABLE clicks;\nALTER TABLE clicks2 RENAME TO clicks;", 1},
		"one that overwrites": {"UPDATE items SET model = upper(model || 'x');\nUPDATE history SET why = '';", 2},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "old.db")
			runSQL(t, path, string(must(os.ReadFile(schemaFile(1)))(t)))
			tables := tablesOf(t, raw(t, path))
			before := dumpOf(t, raw(t, path), tables)
			b := openBook(t, path)
			if err := b.migrate(t.Context(), withStep(t, b, m.step)); err != nil {
				t.Fatal(err)
			}
			if gone := lost(before, dumpOf(t, raw(t, path), tables)); len(gone) != m.loses {
				t.Errorf("lost: %v, want %d", gone, m.loses)
			}
			if err := b.Verify(t.Context()); err != nil {
				t.Error(err)
			}
			if m.loses == 0 {
				readsOld(t, b)
				worksOn(t, b)
			}
		})
	}
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
