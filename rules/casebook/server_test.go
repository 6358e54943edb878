//go:build postgres

package casebook

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"retour/rules"
)

// These tests are about PostgreSQL itself: the one that .ci/postgres starts and
// RETOUR_TEST_POSTGRES names. What holds for both engines is tested beside them,
// with that variable and without.

func serverURL(t testing.TB) string {
	t.Helper()
	store := os.Getenv("RETOUR_TEST_POSTGRES")
	if store == "" {
		t.Fatal("RETOUR_TEST_POSTGRES names no database: see .ci/postgres")
	}
	return store
}

// sqlOn runs statements on a database, as whoever owns it.
func sqlOn(t testing.TB, store string, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn := must(pgx.Connect(ctx, store))(t)
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// newDatabase makes one in which nothing is: for tests that change the schema.
func newDatabase(t testing.TB) (store string) {
	t.Helper()
	u := must(url.Parse(serverURL(t)))(t)
	name := "test_" + strings.ToLower(crand.Text())
	sqlOn(t, u.String(), "CREATE DATABASE "+name)
	// As whom nobody outranks: the server may be tidying it up.
	t.Cleanup(func() { sqlOn(t, asSuperuser(serverURL(t)), "DROP DATABASE "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

// structure is what a database is made of, in words that both engines share.
type structure map[string]string

// structureOf reads it with two queries: of columns (relation, column, kind) and
// of keys and indexes (name, what it is).
func structureOf(t *testing.T, b *Book, columns, keys string) structure {
	t.Helper()
	all := structure{}
	err := b.view(t.Context(), func(q querier) error {
		for _, query := range []string{columns, keys} {
			rows, err := q.QueryContext(t.Context(), query)
			if err != nil {
				return err
			}
			for rows.Next() {
				var name, what string
				if err := rows.Scan(&name, &what); err != nil {
					return err
				}
				all[name] = what
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const columnsOfFile = `SELECT m.name || '.' || c.name,
		CASE WHEN m.type = 'view' THEN 'of a view' ELSE c.type || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' NOT NULL' ELSE '' END END
	FROM sqlite_master m, pragma_table_info(m.name) c
	WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'case_search%'`

const keysOfFile = `SELECT 'key ' || m.name || ' (' || (SELECT string_agg(name, ', ') FROM (SELECT c.name FROM pragma_table_info(m.name) c WHERE c.pk > 0 ORDER BY c.pk)) || ')', 'primary'
		FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'case_search%'
	UNION ALL SELECT 'key ' || m.name || ' (' || (SELECT string_agg(name, ', ') FROM (SELECT c.name FROM pragma_index_info(i.name) c ORDER BY c.seqno)) || ')', 'unique'
		FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'u' AND m.name NOT LIKE 'case_search%'
	UNION ALL SELECT 'index ' || i.name, m.name || ' (' || (SELECT string_agg(name, ', ') FROM (SELECT c.name FROM pragma_index_info(i.name) c ORDER BY c.seqno)) || ')' || CASE WHEN i.partial = 1 THEN ' of some' ELSE '' END
		FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'c'
	UNION ALL SELECT 'reference ' || m.name || '.' || f."from", f."table" || '.' || f."to"
		FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`

const columnsOfServer = `SELECT c.relname || '.' || a.attname, CASE WHEN c.relkind = 'v' THEN 'of a view' ELSE
		CASE format_type(a.atttypid, NULL) WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' WHEN 'bytea' THEN 'BLOB' ELSE format_type(a.atttypid, NULL) END
		|| CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END END
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE (c.relnamespace = 'retour'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE 'goose%' OR c.relnamespace = 'desk'::regnamespace AND c.relname LIKE 'v\_%')
	AND a.attname NOT IN ('desk', 'month') AND c.relname NOT IN ('case_search', 'leases', 'instances', 'releases')`

const keysOfServer = `WITH names AS (SELECT x.indexrelid, i.relname AS index, t.relname AS table, x.indisprimary AS main, x.indisunique AS sole, x.indpred IS NOT NULL AS partial,
			(SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(x.indkey) WITH ORDINALITY k(col, n) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.col
				WHERE a.attname NOT IN ('desk', 'month') AND (x.indisprimary OR NOT x.indisunique OR a.attname <> 'id')) AS cols
		FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
		WHERE t.relnamespace = 'retour'::regnamespace AND t.relname NOT LIKE 'goose%' AND t.relname NOT IN ('case_search', 'leases', 'instances', 'releases'))
	SELECT 'key ' || n.table || ' (' || cols || ')', CASE WHEN main THEN 'primary' ELSE 'unique' END FROM names n WHERE sole
	UNION ALL SELECT 'index ' || index, n.table || ' (' || cols || ')' || CASE WHEN partial THEN ' of some' ELSE '' END FROM names n WHERE NOT sole
	UNION ALL SELECT 'reference ' || c.relname || '.' || a.attname, f.relname || '.id'
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[2] WHERE k.contype = 'f' AND k.conparentid = 0 AND k.connamespace = 'retour'::regnamespace`

// The migrations for the two engines make the same tables, columns, kinds, keys,
// references, indexes and views; PostgreSQL's begin with the desk.
func TestBothEnginesAreMadeAlike(t *testing.T) {
	f := structureOf(t, newFile(t), columnsOfFile, keysOfFile)
	s := structureOf(t, openBook(t, newDatabase(t)), columnsOfServer, keysOfServer)
	if len(f) < 300 {
		t.Errorf("only %d things are compared", len(f))
	}
	if diff := cmp.Diff(f, s); diff != "" {
		t.Errorf("what is made (-file +server):\n%s", diff)
	}
}

// Every key of every table begins with the desk; but that of the processes, which
// work for several.
func TestKeysBeginWithTheDesk(t *testing.T) {
	b := openBook(t, newDatabase(t))
	err := b.view(t.Context(), func(q querier) error {
		others, err := list(t.Context(), q, `SELECT i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0] WHERE c.relnamespace = 'retour'::regnamespace
			AND c.relname NOT LIKE 'goose%' AND c.relname <> 'instances' AND a.attname <> 'desk'`, nil, scanOne[string])
		if len(others) > 0 {
			t.Error("do not begin with the desk:", others)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestServerMigrations(t *testing.T) {
	store := newDatabase(t)
	b, ctx := openBook(t, store), t.Context()
	c := openCase(t, b, rules.Case{})
	before := structureOf(t, b, columnsOfServer, keysOfServer)
	err := b.migrate(ctx, withStep(t, b, "CREATE TABLE half (id INTEGER);\nDROP TABLE counters CASCADE;\nCREATE TABLE cases (id INTEGER);\n"))
	if err == nil || !strings.Contains(err.Error(), "99999") {
		t.Errorf("a broken migration = %v, want an error that names it", err)
	}
	if diff := cmp.Diff(before, structureOf(t, b, columnsOfServer, keysOfServer)); diff != "" {
		t.Errorf("after it (-before +after):\n%s", diff)
	}
	unlock := must(b.Lock("retour serve, process 17"))(t)
	more := withStep(t, b, "ALTER TABLE cases ADD COLUMN more BIGINT;\nSELECT fence();\n")
	var locked ErrLocked
	if err := b.migrate(ctx, more); !errors.As(err, &locked) || locked.Holder != "retour serve, process 17" {
		t.Errorf("a migration under a working desk = %v", err)
	}
	if err := errors.Join(unlock(), b.migrate(ctx, more)); err != nil {
		t.Fatal(err)
	}
	err = b.view(ctx, func(q querier) error {
		_, err := list(ctx, q, "SELECT coalesce(more, 0) FROM cases WHERE id = $1", []any{c.ID}, scanOne[int])
		return err
	})
	if err != nil {
		t.Errorf("the views do not show a new column: %v", err)
	}
	sqlOn(t, store, "INSERT INTO retour.goose_db_version (version_id, is_applied) VALUES (1000000, true)")
	if _, err := Open(ctx, store); !errors.Is(err, ErrNewer) {
		t.Errorf("Open of a newer database = %v", err)
	}
}

// Several processes may start on a new database at once.
func TestOpenServerAtOnce(t *testing.T) {
	store, errs := newDatabase(t), make(chan error)
	const n = 6
	for i := range n {
		go func() {
			b, err := Open(context.Background(), fmt.Sprintf("%s&desk=d%d", store, i%2))
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
}

func TestServerVerifyFindsOrphans(t *testing.T) {
	store := newDatabase(t)
	b := openBook(t, store)
	openCase(t, b, rules.Case{Items: []rules.Item{{Position: 1}}})
	if err := b.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	sqlOn(t, store, "ALTER TABLE retour.items DROP CONSTRAINT items_desk_case_id_fkey", "ALTER TABLE retour.items NO FORCE ROW LEVEL SECURITY",
		"UPDATE retour.items SET case_id = 4711",
		"ALTER TABLE retour.items ADD FOREIGN KEY (desk, case_id) REFERENCES retour.cases (desk, id) NOT VALID")
	if err := b.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "1 rows refer") {
		t.Errorf("Verify of an item without case = %v", err)
	}
}

// livedIn is a casebook in which much has happened, texts of every kind too.
func livedIn(t *testing.T, store string) *Book {
	b := openBook(t, store)
	must(b.Secret(t.Context()))(t)
	policies, seed := zonedPolicies(t), uint64(0)
	rapid.Check(t, func(rt *rapid.T) { // the same lives each time: they leave something in each table
		seed++
		err := b.Write(t.Context(), noon, func(tx *Tx) error {
			l := &lives{rt: rt, rand: rand.New(rand.NewPCG(seed, 1)), ctx: t.Context(), tx: tx, policy: policies[int(seed%uint64(len(policies)))]}
			for range 20 {
				l.step()
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.PutRaw(ctx, []byte("From: Zo\xeb\x00\r\n")); err != nil {
			return err
		}
		mail, _, err := tx.Seen(ctx, LedgerRow{Mailbox: "m", UIDValidity: 1<<32 - 1, UID: 1<<32 - 1, Subject: "Zo\xeb \x00 \U0010ffff"})
		if err != nil {
			return err
		}
		if _, _, err := tx.Enqueue(ctx, Row{Lane: "l", Kind: "mail", Key: "k", LedgerID: mail.ID, Body: []byte{0, 255}}); err != nil {
			return err
		}
		return tx.Remember(ctx, "zoë@shop.example", "nl", rules.Known)
	})
	importSales(t, b, false, rules.Sale{Serial: "S1", Customer: "17"})
	return b
}

// A casebook goes into the other engine and back, whole; one that was broken off
// goes on, and what is not its own is left alone.
func TestCopyThereAndBack(t *testing.T) {
	ctx := t.Context()
	from := livedIn(t, filepath.Join(t.TempDir(), "retour.db"))
	there, back := openBook(t, serverURL(t)+"&desk=test-"+strings.ToLower(crand.Text())), newFile(t)
	broken, stop := context.WithCancel(ctx)
	if err := from.CopyTo(broken, there, func(p Progress) {
		if p.Table == "history" {
			stop()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatalf("a copy that is broken off = %v", err)
	}
	var last Progress
	if err := from.CopyTo(ctx, there, func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	if last.Rows != last.Total || last.Total < 1000 {
		t.Errorf("it ended at %d of %d rows", last.Rows, last.Total)
	}
	if err := there.CopyTo(ctx, back, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(there.Verify(ctx), back.Verify(ctx)); err != nil {
		t.Error(err)
	}
	for _, word := range []string{"T46U", "shop.example", "ann@"} {
		want := numbersOf(must(from.Cases(ctx, CaseFilter{Text: word}))(t))
		for name, b := range map[string]*Book{"there": there, "back": back} {
			if diff := cmp.Diff(want, numbersOf(must(b.Cases(ctx, CaseFilter{Text: word}))(t))); diff != "" {
				t.Errorf("%s, cases with %s (-from):\n%s", name, word, diff)
			}
		}
	}
	openCase(t, there, rules.Case{Number: "the next"})
	if err := from.CopyTo(ctx, there, func(Progress) {}); err == nil || !strings.Contains(err.Error(), "table cases is not the same") {
		t.Errorf("a copy to a desk that has gone on = %v", err)
	}
	other := newBook(t)
	openCase(t, other, rules.Case{})
	if err := from.CopyTo(ctx, other, func(Progress) {}); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("a copy onto another casebook = %v", err)
	}
}

// However long the numbers and texts are that a stranger writes, they can be
// stored: an index of PostgreSQL takes 2,700 bytes. Addresses and Message-IDs are
// bounded where mails are read.
func TestLongTextsAreStored(t *testing.T) {
	b, ctx := openBook(t, newDatabase(t)), t.Context()
	long := func() string {
		var s strings.Builder
		for range 1000 {
			s.WriteString(crand.Text())
		}
		return s.String()
	}
	c := openCase(t, b, rules.Case{Customer: rules.Party{Name: long()}, Fault: long(),
		Items: []rules.Item{{Position: 1, Serial: long(), MAC: long()}}, References: rules.References{Order: []string{long()}}})
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		mail, _, err := tx.Seen(ctx, LedgerRow{Mailbox: "m", UID: 1})
		if err != nil {
			return err
		}
		mail.MessageID, mail.From, mail.Subject, mail.Fate = long()[:998], long()[:320], long(), FateOpened
		_, _, rowErr := tx.Enqueue(ctx, Row{Lane: "l", Kind: "mail", Key: "k", Recipient: mail.From, MessageID: mail.MessageID, Automatic: true})
		return errors.Join(tx.SetFate(ctx, mail), rowErr, tx.LinkMessage(ctx, mail.MessageID, c.ID, "in"), tx.Remember(ctx, mail.From, "en", rules.Known))
	})
	if got := must(b.Case(ctx, c.Number))(t); got.Items[0].Serial != c.Items[0].Serial {
		t.Error("the serial number came back otherwise")
	}
}
