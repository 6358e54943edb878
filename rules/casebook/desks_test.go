//go:build postgres

package casebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"retour/rules"
)

// filled is a desk in which every table has rows, written by the package.
func filled(t *testing.T, store string) *Book {
	b := livedIn(t, store)
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		c, err := tx.CaseByID(ctx, 1)
		if err != nil {
			return err
		}
		mails, err := tx.Ledger(ctx, LedgerFilter{Limit: 1})
		if err != nil {
			return err
		}
		_, err = tx.Block(ctx, BlockedSender{Sender: "spam.example", LedgerID: mails[0].ID})
		_, onceErr := tx.Once(ctx, "envelope-1")
		return errors.Join(err, onceErr,
			tx.SetMailbox(ctx, MailboxRow{Name: "rma@desk.example/INBOX", UIDValidity: 1, StartedAt: noon}),
			tx.AddAttachments(ctx, c.ID, []Attachment{{LedgerID: mails[0].ID, Name: "invoice.pdf"}}),
			tx.LinkMessage(ctx, "<1@shop.example>", c.ID, "in"),
			tx.SetPosted(ctx, "card/1", "C1", "1700000000.000100"),
			tx.DigestMade(ctx, "list", "daily", "2026-03-04", DigestBegun))
	})
	b.KeepRawIn(newShelf())
	movedAll(t, b, noon)
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { // and one that is still here
		_, err := tx.PutRaw(ctx, []byte("the newest mail"))
		return err
	})
	b.importAccounts(t, rules.Account{Number: "17", Name: "Shop", Addresses: []string{"ann@shop.example"}})
	return b
}

func (b *Book) importAccounts(t *testing.T, a rules.Account) {
	im := must(b.NewImport(t.Context(), noon, KindDirectory, "customers.csv", "00", false))(t)
	must(im.Accounts(t.Context(), noon, []rules.Account{a}, true, true))(t)
	must(im.Finish(t.Context(), noon))(t)
}

// rowCounts counts the rows of every table, as one sees them.
type rowCounts map[string]int

// desksIn are two desks of one database, filled, and the names of its tables.
func desksIn(t *testing.T) (store string, a, b *Book, names []string) {
	store = newDatabase(t)
	a, b = filled(t, store+"&desk=a"), filled(t, store+"&desk=b")
	err := a.view(t.Context(), func(q querier) (err error) {
		names, err = tables(t.Context(), q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	known := slices.Sorted(slices.Values(tablesInOrder))
	if !slices.Equal(known, names) {
		t.Errorf("the copy knows the tables %v, and there are %v", known, names)
	}
	return store, a, b, names
}

// counted are the rows of each desk, counted by whom no lock holds.
func counted(t *testing.T, store, desk string, names []string) rowCounts {
	t.Helper()
	n, ctx := rowCounts{}, t.Context()
	conn := must(pgx.Connect(ctx, asSuperuser(store)))(t)
	defer conn.Close(ctx)
	for _, name := range names {
		var rows int
		if err := conn.QueryRow(ctx, "SELECT count(*) FROM retour."+name+" WHERE desk = $1", desk).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		if n[name] = rows; rows == 0 {
			t.Errorf("desk %s has nothing in %s, so nothing is proven of it", desk, name)
		}
	}
	return n
}

func asSuperuser(store string) string { return strings.Replace(store, "retour@", "postgres@", 1) }

// onlySees proves that somebody sees, changes and counts the rows of desk a and not
// one of desk b. The transaction is not kept.
func onlySees(t *testing.T, conn *pgx.Conn, schema string, want rowCounts) {
	t.Helper()
	ctx := t.Context()
	for name, rows := range want {
		tx := must(conn.Begin(ctx))(t)
		if _, err := tx.Exec(ctx, "SELECT set_config('retour.desk', 'a', true)"); err != nil {
			t.Fatal(err)
		}
		var all, others int
		if err := tx.QueryRow(ctx, "SELECT count(*), count(*) FILTER (WHERE desk <> 'a') FROM "+schema+"."+name).Scan(&all, &others); err != nil || all != rows || others != 0 {
			t.Errorf("%s.%s shows %d rows, %d of others, want %d (%v)", schema, name, all, others, rows, err)
		}
		sub := must(tx.Begin(ctx))(t)
		if _, err := sub.Exec(ctx, "UPDATE "+schema+"."+name+" SET desk = 'b'"); err == nil {
			t.Errorf("rows of %s.%s were given to another desk", schema, name)
		}
		_ = sub.Rollback(ctx)
		// References are looked at first, or not at all: what counts is what it would delete.
		tag, err := tx.Exec(ctx, "UPDATE "+schema+"."+name+" SET desk = desk")
		if err != nil || tag.RowsAffected() != int64(rows) {
			t.Errorf("a change of all of %s.%s reached %d rows, want %d (%v)", schema, name, tag.RowsAffected(), rows, err)
		}
		_ = tx.Rollback(ctx)
	}
}

// Whoever works for one desk sees, changes and counts nothing of another's: by
// the views alone, before which a superuser stands like everybody; by row-level
// security alone, on the tables themselves, as a role that owns nothing; and by
// both. Without a desk there is nothing at all.
func TestDesksSeeNothingOfEachOther(t *testing.T) {
	store, a, b, names := desksIn(t)
	ctx := t.Context()
	before, others := counted(t, store, "a", names), counted(t, store, "b", names)
	sqlOn(t, store, "GRANT USAGE ON SCHEMA retour, desk TO desk", "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA retour, desk TO desk")
	for who, schemas := range map[string][]string{asSuperuser(store): {"desk"}, strings.Replace(store, "retour@", "desk@", 1): {"retour", "desk"}} {
		conn := must(pgx.Connect(ctx, who))(t)
		for _, schema := range schemas {
			onlySees(t, conn, schema, before)
		}
		if len(schemas) == 2 {
			if _, err := conn.Exec(ctx, "SELECT count(*) FROM months.ledger_other"); err == nil {
				t.Errorf("%s may read the parts of tables", who)
			}
		}
		var n int
		if err := conn.QueryRow(ctx, "SELECT count(*) FROM desk.cases").Scan(&n); err == nil && n > 0 {
			t.Errorf("%s sees %d cases without a desk", who, n)
		}
		conn.Close(ctx)
	}
	worker := openBook(t, strings.Replace(store, "retour@", "desk@", 1)+"&desk=a") // as it should be run
	for name, fn := range map[string]func(*Book) int{
		"cases":  func(b *Book) int { return len(must(b.Cases(ctx, CaseFilter{}))(t)) },
		"search": func(b *Book) int { return len(must(b.Cases(ctx, CaseFilter{Text: "shop"}))(t)) },
		"ledger": func(b *Book) int { return len(must(b.Ledger(ctx, LedgerFilter{}))(t)) },
		"sales":  func(b *Book) int { return must(b.Size(ctx, KindRegister))(t) },
	} {
		if one, all := fn(worker), fn(a); one != all || one == 0 {
			t.Errorf("%s: a role that owns nothing sees %d, want %d", name, one, all)
		}
	}
	for _, name := range slices.Backward(tablesInOrder) { // everything of a goes, and nothing of b
		write(t, worker, noon, func(ctx context.Context, tx *Tx) error {
			if name == "cases" || name == "units" || name == "ledger" || name == "history" || name == "imports" || name == "accounts" {
				return nil // rows of desk a refer to them in a circle; deleted below
			}
			_, err := tx.exec(ctx, "DELETE FROM "+name)
			return err
		})
	}
	write(t, worker, noon, func(ctx context.Context, tx *Tx) error {
		for _, name := range []string{"history", "ledger", "accounts", "imports", "units", "cases"} {
			if _, err := tx.exec(ctx, "DELETE FROM "+name); err != nil {
				return err
			}
		}
		return nil
	})
	if after := counted(t, store, "b", names); fmt.Sprint(after) != fmt.Sprint(others) {
		t.Errorf("desk b has %v after desk a has deleted all, and had %v", after, others)
	}
	if err := b.Verify(ctx); err != nil {
		t.Error(err)
	}
	if c := openCase(t, a, rules.Case{}); c.ID != 1 {
		t.Errorf("the first case of an empty desk has ID %d", c.ID)
	}
}

// Desks write side by side, and the writers of one desk one after the other, in
// whatever process they are.
func TestDesksWriteSideBySide(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	a, again, b := openBook(t, store+"&desk=a"), openBook(t, store+"&desk=a"), openBook(t, store+"&desk=b")
	second := make(chan error, 1)
	err := a.Write(ctx, noon, func(tx *Tx) error {
		openCase(t, b, rules.Case{Number: "of b"}) // does not wait for a
		go func() {
			second <- again.Write(ctx, noon, func(tx *Tx) error { return tx.Insert(ctx, &rules.Case{Number: "second"}) })
		}()
		for waiting := 0; waiting == 0; { // until the server says that somebody waits
			err := b.view(ctx, func(q querier) error {
				return q.QueryRowContext(ctx, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").Scan(&waiting)
			})
			if err != nil {
				return err
			}
		}
		select {
		case err := <-second:
			return fmt.Errorf("the second writer did not wait: %v", err)
		default:
		}
		return tx.Insert(ctx, &rules.Case{Number: "first"})
	})
	if err := errors.Join(err, <-second); err != nil {
		t.Fatal(err)
	}
	if got := numbersOf(must(a.Cases(ctx, CaseFilter{}))(t)); !slices.Equal(got, []string{"second", "first"}) {
		t.Errorf("desk a has %v", got)
	}
	if n := must(b.Cases(ctx, CaseFilter{}))(t); len(n) != 1 || n[0].ID != 1 {
		t.Errorf("desk b has %v", numbersOf(n))
	}
}
