//go:build postgres

package casebook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"retour/rules"
)

// setClock moves the clock of a database.
func setClock(t *testing.T, store, ahead string) {
	t.Helper()
	sqlOn(t, store, "CREATE OR REPLACE FUNCTION retour.clock() RETURNS timestamptz LANGUAGE sql STABLE AS $$SELECT now() + interval '"+ahead+"'$$")
}

// asked reads one value as a superuser.
func asked(t *testing.T, store, query string, to any) {
	t.Helper()
	conn := must(pgx.Connect(t.Context(), asSuperuser(store)))(t)
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), query).Scan(to); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// monthIn is the month of a database's clock, as in names and IDs.
func monthIn(t *testing.T, store string) (month int64) {
	t.Helper()
	asked(t, store, "SELECT retour.this_month()", &month)
	return month
}

// parts are the months of a table that have a part.
func parts(t *testing.T, store, table string) (names string) {
	t.Helper()
	asked(t, store, "SELECT coalesce(string_agg(substr(relname, length('"+table+"_') + 1), ' ' ORDER BY relname), '') FROM pg_class WHERE relnamespace = 'months'::regnamespace AND relkind = 'r' AND relname ~ '^"+table+"_[0-9]+$'", &names)
	return names
}

// cameIn is a mail that was taken in, with what became of it.
func cameIn(t *testing.T, b *Book, uid uint32, text string, fate Fate, number string) LedgerRow {
	t.Helper()
	row := seen(t, b, uid)
	write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
		if row.Hash, err = tx.PutRaw(ctx, []byte(text)); err != nil {
			return err
		}
		row.Fate, row.CaseNumber, row.Key = fate, number, "key of "+text
		return tx.SetFate(ctx, row)
	})
	return row
}

// IDs of tables that grow for ever begin with the month and go on in the next; a
// mail stays the only one of its UID, and its bytes of their kind, in all of them.
// Rows of a month without a part are kept all the same, and counted.
func TestMonths(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b := openBook(t, store)
	now := monthIn(t, store)
	if got := strings.Fields(parts(t, store, "raw_mails")); len(got) != 4 || got[0] != fmt.Sprintf("%04d", now) {
		t.Errorf("parts made ahead: %v, in %04d", got, now)
	}
	if got := strings.Fields(parts(t, store, "history")); len(got) > 2 || got[0] != fmt.Sprintf("%02d", now/100) {
		t.Errorf("years made ahead: %v, in %04d", got, now)
	}
	first := cameIn(t, b, 1, "one", FateNoted, "")
	if first.ID != now*100000000+1 {
		t.Errorf("the first mail of %04d has ID %d", now, first.ID)
	}
	setClock(t, store, "3 months")
	if err := b.MakeMonths(ctx); err != nil {
		t.Fatal(err)
	}
	next := monthIn(t, store)
	if second := cameIn(t, b, 2, "one", FateNoted, ""); second.ID != next*100000000+1 || second.Hash != first.Hash {
		t.Errorf("the first mail of %04d has ID %d", next, second.ID)
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		again, existed, err := tx.Seen(ctx, LedgerRow{Mailbox: desk, UIDValidity: first.UIDValidity, UID: 1})
		if !existed || again.ID != first.ID {
			t.Errorf("a mail of three months ago is recorded anew, as %d", again.ID)
		}
		return err
	})
	var n int
	if asked(t, store, "SELECT count(*) FROM retour.raw_mails", &n); n != 1 {
		t.Errorf("the same bytes are kept %d times", n)
	}
	if stray := must(b.StrayRows(ctx))(t); stray != 0 {
		t.Errorf("%d stray rows", stray)
	}
	setClock(t, store, "30 months") // and nobody made its part
	lost := cameIn(t, b, 3, "three", FateNoted, "")
	if stray := must(b.StrayRows(ctx))(t); stray != 2 { // the mail, and its bytes
		t.Errorf("%d rows are among the others, want 2", stray)
	}
	if err := b.MakeMonths(ctx); err != nil {
		t.Errorf("parts beside stray rows: %v", err)
	}
	if got := parts(t, store, "ledger"); strings.Contains(got, fmt.Sprintf("%02d", monthIn(t, store)/100)) {
		t.Errorf("parts of the ledger: %s", got)
	}
	if got := parts(t, store, "raw_mails"); strings.Contains(got, fmt.Sprintf("%04d", monthIn(t, store))) || len(strings.Fields(got)) != 4+3+3 {
		t.Errorf("parts of the raw mails: %s", got)
	}
	if got := must(b.Ledger(ctx, LedgerFilter{}))(t); len(got) != 3 || got[0].ID != lost.ID || got[2].ID != first.ID {
		t.Errorf("the ledger has %d rows, in whatever order", len(got))
	}
	setClock(t, store, "1 day") // one that is set back does not turn the order round
	if after := cameIn(t, b, 4, "four", FateNoted, ""); after.ID <= lost.ID {
		t.Errorf("after %d came %d", lost.ID, after.ID)
	}
	if err := b.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// whatIsLeft looks which of the mails of text "0" to "n-1" can be read.
func whatIsLeft(t *testing.T, b *Book, n int) (left []int) {
	t.Helper()
	for i := range n {
		raw, err := b.Raw(t.Context(), hashOf(fmt.Append(nil, i)))
		if err == nil && !bytes.Equal(raw, fmt.Append(nil, i)) {
			t.Errorf("mail %d came back as %q", i, raw)
		}
		if err == nil {
			left = append(left, i)
		} else if !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	}
	return left
}

// forgotten forgets months and must get so many mails.
func forgotten(t *testing.T, b *Book, want int) {
	t.Helper()
	if n, err := b.ExpireMonths(t.Context(), noon.AddDate(10, 0, 0)); n != want || err != nil {
		t.Errorf("%d mails forgotten (%v), want %d", n, err, want)
	}
}

// A month of raw mails is dropped when no desk wants it: what open cases and people
// still need of it is kept beyond, each desk loses sight of its own part at once,
// and a desk that keeps its mails does not keep those of others.
func TestMonthsAreDropped(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	a, b, keeps := openBook(t, store+"&desk=a"), openBook(t, store+"&desk=b"), openBook(t, store+"&desk=keeps")
	month := fmt.Sprintf("%04d", monthIn(t, store))
	for _, desk := range []*Book{a, b, keeps} {
		open := openCase(t, desk, rules.Case{})
		for i := range 300 {
			switch i {
			case 17:
				cameIn(t, desk, uint32(i+1), fmt.Sprint(i), FateHold, "")
			case 18:
				cameIn(t, desk, uint32(i+1), fmt.Sprint(i), FateUpdated, open.Number)
			default:
				cameIn(t, desk, uint32(i+1), fmt.Sprint(i), FateNoted, "")
			}
		}
	}
	forgotten(t, a, 0) // the month is not over
	setClock(t, store, "4 months")
	forgotten(t, a, 298)
	forgotten(t, a, 0)
	if got := whatIsLeft(t, a, 300); fmt.Sprint(got) != "[17 18]" {
		t.Errorf("desk a still has %v", got)
	}
	again := cameIn(t, a, 1000, "5", FateHold, "") // the same bytes come again, before the part is gone
	if overdue := must(a.Overdue(ctx, KeepRawMails, noon.AddDate(10, 0, 0)))(t); overdue != 0 {
		t.Errorf("%d are still due", overdue)
	}
	forgotten(t, b, 298)
	if got := parts(t, store, "raw_mails"); !strings.Contains(got, month) {
		t.Errorf("the month was dropped under the desk that keeps it: %s", got)
	}
	if got := whatIsLeft(t, keeps, 300); len(got) != 300 {
		t.Errorf("who keeps his mails has %d of 300", len(got))
	}
	setClock(t, store, "4 months 3 days") // the others are waited for no longer
	forgotten(t, a, 0)
	var n int
	if asked(t, store, "SELECT count(*) FROM retour.raw_mails WHERE desk = 'a'", &n); n != 3 {
		t.Errorf("%d mails of desk a lie in the tables, want 3", n)
	}
	forgotten(t, keeps, 298) // now it has a retention, too
	if got := parts(t, store, "raw_mails"); strings.Contains(got, month) {
		t.Errorf("the month is still there: %s", got)
	}
	for desk, want := range map[*Book]string{a: "[5 17 18]", b: "[17 18]", keeps: "[17 18]"} {
		if got := whatIsLeft(t, desk, 300); fmt.Sprint(got) != want {
			t.Errorf("%s still has %v, want %v", desk.Name(), got, want)
		}
		if err := desk.Verify(ctx); err != nil {
			t.Error(err)
		}
	}
	if got := must(a.LedgerRow(ctx, again.ID))(t); got.Hash == "" {
		t.Error("the mail that came again has lost its bytes")
	}
}

// A month of which much is needed stays, and its mails go one by one.
func TestMonthThatIsNeededStays(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b := openBook(t, store)
	for i := range 150 {
		fate := FateHold
		if i < 20 {
			fate = FateNoted
		}
		cameIn(t, b, uint32(i+1), fmt.Sprint(i), fate, "")
	}
	setClock(t, store, "4 months")
	forgotten(t, b, 0)
	if _, n, err := b.Expire(ctx, KeepRawMails, noon.Add(time.Hour), -1, 1000); n != 20 || err != nil {
		t.Errorf("%d mails forgotten one by one (%v)", n, err)
	}
	if got := whatIsLeft(t, b, 150); len(got) != 130 {
		t.Errorf("%d of 130 are left", len(got))
	}
}

// Parts are made and dropped beside a desk that works: who has a table in hand is not
// disturbed, and it is done when he is ready.
func TestMonthsGiveWay(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b := openBook(t, store)
	cameIn(t, b, 1, "one", FateNoted, "")
	before := parts(t, store, "raw_mails")
	setClock(t, store, "4 months")
	busy := must(pgx.Connect(ctx, store))(t)
	defer busy.Close(ctx)
	tx := must(busy.Begin(ctx))(t)
	for _, table := range []string{"ledger", "history", "raw_mails"} {
		if _, err := tx.Exec(ctx, "LOCK TABLE retour."+table+" IN ROW EXCLUSIVE MODE"); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.MakeMonths(ctx); err != nil {
		t.Errorf("parts while somebody works: %v", err)
	}
	openBook(t, store) // begins all the same
	forgotten(t, b, 1)
	if got := parts(t, store, "raw_mails"); got != before {
		t.Errorf("parts were changed under somebody's hands: %s, before %s", got, before)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := b.MakeMonths(ctx); err != nil {
		t.Fatal(err)
	}
	forgotten(t, b, 0)
	if got := strings.Fields(parts(t, store, "raw_mails")); len(got) != 4 || got[0] != fmt.Sprintf("%04d", monthIn(t, store)) {
		t.Errorf("in the end there are %v", got)
	}
}
