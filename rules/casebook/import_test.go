package casebook

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"retour/rules"
)

type failer interface {
	Helper()
	Fatal(...any)
}

// importSales brings lines in, two in each transaction.
func importSales(t failer, b *Book, rehearse bool, sales ...rules.Sale) (effects []Effect, row ImportRow) {
	t.Helper()
	ctx := context.Background()
	im, err := b.NewImport(ctx, noon, KindRegister, "sales.csv", "00ff", rehearse)
	if err != nil {
		t.Fatal(err)
	}
	for len(sales) > 0 {
		n := min(2, len(sales))
		more, err := im.Sales(ctx, noon, sales[:n])
		if err != nil {
			t.Fatal(err)
		}
		effects, sales = append(effects, more...), sales[n:]
	}
	if row, err = im.Finish(ctx, noon); err != nil {
		t.Fatal(err)
	}
	if err := im.Close(); err != nil {
		t.Fatal(err)
	}
	return effects, row
}

func made(effects []Effect) string {
	var b strings.Builder
	for _, e := range effects {
		b.WriteByte("acsr"[e.Made])
		if e.Note != "" {
			b.WriteByte('!')
		}
	}
	return b.String()
}

// What each line becomes (a: added, c: changed, s: same, r: rejected; !: with a
// note), and the sale that is found afterwards.
func TestImportSales(t *testing.T) {
	first := rules.Sale{Serial: "S1", Manufacturer: "snom", Customer: "1001", Invoice: "I1", Delivered: date(2024, 5, 2), Status: rules.Sold}
	with := func(s rules.Sale, change func(*rules.Sale)) rules.Sale { change(&s); return s }
	for _, tc := range []struct {
		name        string
		file, again []rules.Sale
		made        string // of the file, then of again
		want        rules.Sale
	}{
		{"the same file again", []rules.Sale{first}, []rules.Sale{first}, "a s", first},
		{"a corrected date", []rules.Sale{first}, []rules.Sale{with(first, func(s *rules.Sale) { s.Delivered = date(2024, 4, 2) })}, "a c",
			with(first, func(s *rules.Sale) { s.Delivered = date(2024, 4, 2) })},
		{"an empty cell takes nothing away", []rules.Sale{first}, []rules.Sale{{Serial: "s-1", Invoice: "I1"}}, "a c",
			with(first, func(s *rules.Sale) { s.Serial = "s-1" })},
		{"licences from another system", []rules.Sale{first}, []rules.Sale{{Serial: "S1", Licensed: date(2024, 6, 1)}}, "a c",
			with(first, func(s *rules.Sale) { s.Licensed = date(2024, 6, 1) })},
		{"sold, returned, sold again", []rules.Sale{first, with(first, func(s *rules.Sale) { s.Customer, s.Invoice, s.Delivered = "1002", "I2", date(2025, 1, 1) })},
			[]rules.Sale{first}, "aa s", with(first, func(s *rules.Sale) { s.Customer, s.Invoice, s.Delivered = "1002", "I2", date(2025, 1, 1) })},
		{"the same, the newer line first", []rules.Sale{with(first, func(s *rules.Sale) { s.Customer, s.Invoice, s.Delivered = "1002", "I2", date(2025, 1, 1) }), first},
			[]rules.Sale{first}, "aa s", with(first, func(s *rules.Sale) { s.Customer, s.Invoice, s.Delivered = "1002", "I2", date(2025, 1, 1) })},
		{"an old licence after the second sale", []rules.Sale{first, with(first, func(s *rules.Sale) { s.Customer, s.Invoice, s.Delivered = "1002", "I2", date(2025, 1, 1) })},
			[]rules.Sale{{Serial: "S1", Licensed: date(2024, 6, 1)}}, "aa c", with(first, func(s *rules.Sale) { s.Customer, s.Invoice, s.Delivered = "1002", "I2", date(2025, 1, 1) })},
		{"two lines that contradict each other", []rules.Sale{first, with(first, func(s *rules.Sale) { s.Model = "D785" }), with(first, func(s *rules.Sale) { s.Model = "D735" })},
			[]rules.Sale{first}, "acr! s", with(first, func(s *rules.Sale) { s.Model = "D785" })},
		{"a doubled line", []rules.Sale{first, first}, []rules.Sale{first, first}, "as ss", first},
		{"an invoice for an order", []rules.Sale{{Serial: "S1", Customer: "1001", Order: "O1", Delivered: date(2024, 5, 2)}},
			[]rules.Sale{{Serial: "S1", Customer: "1001", Order: "O1", Invoice: "I1", Delivered: date(2024, 5, 3)}}, "a c",
			rules.Sale{Serial: "S1", Customer: "1001", Order: "O1", Invoice: "I1", Delivered: date(2024, 5, 3), Status: rules.Sold}},
		{"by the MAC", []rules.Sale{{MAC: "000413AABBCC", Customer: "1001"}}, []rules.Sale{{Serial: "S1", MAC: "000413AABBCC"}, {Serial: "000413AABBCC"}}, "a cs",
			rules.Sale{Serial: "S1", MAC: "000413AABBCC", Customer: "1001", Status: rules.Sold}},
		{"two manufacturers, one number", []rules.Sale{{Serial: "S1", Manufacturer: "snom"}, {Serial: "S1", Manufacturer: "patton"}},
			[]rules.Sale{{Serial: "S1", Manufacturer: "snom"}}, "aa s", rules.Sale{Serial: "S1", Manufacturer: "patton", Status: rules.Sold}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBook(t)
			rehearsed, _ := importSales(t, b, true, tc.file...)
			one, _ := importSales(t, b, false, tc.file...)
			if made(rehearsed) != made(one) {
				t.Errorf("the rehearsal made %s", made(rehearsed))
			}
			rehearsed, _ = importSales(t, b, true, tc.again...)
			two, row := importSales(t, b, false, tc.again...)
			if made(rehearsed) != made(two) {
				t.Errorf("the second rehearsal made %s", made(rehearsed))
			}
			if got := made(one) + " " + made(two); got != tc.made {
				t.Errorf("made %s, want %s; %v %v", got, tc.made, one, two)
			}
			if row.Lines != len(tc.again) || row.Added+row.Changed+row.Same+row.Rejected != row.Lines {
				t.Errorf("tally %+v", row.Tally)
			}
			if diff := cmp.Diff(tc.want, must(b.Sales(t.Context(), []string{"S1"}))(t)["S1"]); diff != "" {
				t.Errorf("the sale (-want +got):\n%s", diff)
			}
		})
	}
}

// A rehearsal changes nothing, and leaves no copy of customers' data behind.
func TestRehearsal(t *testing.T) {
	b := newBook(t)
	importSales(t, b, true, rules.Sale{Serial: "S1"})
	if len(must(b.Sales(t.Context(), []string{"S1"}))(t)) != 0 || must(b.HasRegister(t.Context()))(t) {
		t.Error("a rehearsal changed the register")
	}
	left := must(filepath.Glob(filepath.Join(b.engine.scratch(), ".rehearsal*")))(t)
	if len(left) != 0 {
		t.Error("it left", left)
	}
}

// An import that ends with an error makes no register, and can be repeated.
func TestBrokenOff(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	im := must(b.NewImport(ctx, noon, KindRegister, "sales.csv", "00ff", false))(t)
	must(im.Sales(ctx, noon, []rules.Sale{{Serial: "S1"}, {Serial: "S2"}}))(t)
	if must(b.HasRegister(ctx))(t) {
		t.Error("half a register is in use: the units of the other half count as not sold")
	}
	effects, row := importSales(t, b, false, rules.Sale{Serial: "S1"}, rules.Sale{Serial: "S2"}, rules.Sale{Serial: "S3"})
	if made(effects) != "ssa" || !must(b.HasRegister(ctx))(t) {
		t.Errorf("again: %s", made(effects))
	}
	rows := must(b.Imports(ctx, KindRegister, 0))(t)
	if len(rows) != 2 || rows[0] != row || !rows[1].FinishedAt.IsZero() || rows[1].Added != 2 {
		t.Errorf("imports: %+v", rows)
	}
}

// What the desk has noted of a unit outlives every import.
func TestImportKeepsTheDesksNotes(t *testing.T) {
	b := newBook(t)
	line := rules.Sale{Serial: "S1", Customer: "1001", Invoice: "I1", Delivered: date(2025, 5, 2)}
	importSales(t, b, false, line)
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.SetReplaced(ctx, "S1", "S2") })
	stated, renumbered, sent := line, line, rules.Sale{Serial: "S2", Customer: "1001", Invoice: "I9", Delivered: date(2026, 3, 5)}
	stated.Status, renumbered.Invoice = rules.Sold, "I1-b"
	effects, row := importSales(t, b, false, line, stated, renumbered, sent)
	if made(effects) != "ss!a!c" || row.Noted != 2 {
		t.Errorf("made %s: %v", made(effects), effects)
	}
	got := must(b.Sales(t.Context(), []string{"S1", "S2"}))(t)
	if s := got["S1"]; s.Status != rules.SaleReplaced || s.ReplacedBy != "S2" || s.Invoice != "I1-b" {
		t.Errorf("the old unit is %+v", s)
	}
	if s := got["S2"]; s.Replaces != "S1" || s.Invoice != "I9" || s.Status != rules.Sold {
		t.Errorf("the new unit is %+v", s)
	}
	effects, _ = importSales(t, b, false, line, stated, renumbered, sent)
	if made(effects) != "ss!ss" {
		t.Errorf("again %s: %v", made(effects), effects)
	}
	resold := line
	resold.Customer, resold.Invoice, resold.Delivered = "1005", "I20", date(2026, 9, 1)
	importSales(t, b, false, resold)
	if s := must(b.Sales(t.Context(), []string{"S1"}))(t)["S1"]; s.Status != rules.Sold || s.Customer != "1005" {
		t.Errorf("sold again after the desk had it back: %+v", s)
	}
}

func drawSale(t *rapid.T) rules.Sale {
	one := func(name string, from ...string) string { return rapid.SampledFrom(append(from, "")).Draw(t, name) }
	on := func(name string) time.Time {
		if d := rapid.IntRange(0, 3).Draw(t, name); d > 0 {
			return date(2025, 1, d)
		}
		return time.Time{}
	}
	s := rules.Sale{Serial: one("serial", "A", "B", "000413AABBCC"), MAC: one("mac", "000413AABBCC", "000413AABBDD"), Manufacturer: one("maker", "snom", "patton"),
		Customer: one("customer", "1001", "1002"), Order: one("order", "O1", "O2"), Invoice: one("invoice", "I1", "I2"), Model: one("model", "D785"),
		Delivered: on("delivered"), Licensed: on("licensed"), Status: rules.SaleStatus(one("status", "sold", "scrapped"))}
	if s.Serial == "" && s.MAC == "" {
		s.Serial = "C"
	}
	return s
}

// Whatever the lines are: the second time nothing changes, unless the lines
// contradict each other; a rehearsal says what the import then does; and every
// line that was taken stands in the register.
func TestImportTwice(t *testing.T) {
	book := newBook(t)
	rapid.Check(t, func(t *rapid.T) {
		err := book.Write(context.Background(), noon, func(tx *Tx) error {
			_, err := tx.exec(context.Background(), "DELETE FROM register")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		lines := rapid.SliceOfN(rapid.Custom(drawSale), 1, 6).Draw(t, "lines")
		rehearsed, _ := importSales(t, book, true, lines...)
		effects, row := importSales(t, book, false, lines...)
		if diff := cmp.Diff(rehearsed, effects); diff != "" {
			t.Fatalf("rehearsal and import differ:\n%s", diff)
		}
		for i, s := range lines {
			if effects[i].Made == Rejected {
				continue
			}
			rows, err := book.saleRows(context.Background(), uniqueKeys(s))
			if err != nil {
				t.Fatal(err)
			}
			says := false
			for _, r := range rows {
				says = says || merge(r, s) == r
			}
			if !says {
				t.Fatalf("line %d (%s) does not stand in the register: %+v in %+v", i, made(effects), s, rows)
			}
		}
		again, _ := importSales(t, book, false, lines...)
		if row.Rejected == 0 && strings.Trim(made(again), "s") != "" {
			t.Fatalf("first %s, again %s: %v", made(effects), made(again), again)
		}
	})
}

func TestImportAccounts(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	bring := func(rehearse, domains bool, accounts ...rules.Account) (string, Tally) {
		im := must(b.NewImport(ctx, noon, KindDirectory, "customers.csv", "00fe", rehearse))(t)
		var effects []Effect
		for _, a := range accounts {
			effects = append(effects, must(im.Accounts(ctx, noon, []rules.Account{a}, true, domains))(t)...)
		}
		row := must(im.Finish(ctx, noon))(t)
		if err := im.Close(); err != nil {
			t.Fatal(err)
		}
		return made(effects), row.Tally
	}
	shop := rules.Account{Number: "1001", Name: "Shop", Addresses: []string{"ann@shop.example", "bob@shop.example"}, Domains: []string{"shop.example"}, Language: "fr", Role: rules.RoleCustomer}
	bring(false, true, shop, rules.Account{Number: "1002", Name: "Trade", Domains: []string{"trade.example"}})
	contact := rules.Account{Number: "1001", Name: "Shop", Addresses: []string{"eve@shop.example"}, Language: "nl"}
	lines := []rules.Account{{Number: "1001", Name: "Shop SA", Addresses: []string{"ann@shop.example"}}, contact, contact, {Number: "1003", Name: "New"}}
	for _, rehearse := range []bool{true, false} {
		got, tally := bring(rehearse, false, lines...)
		if got != "cc!s!a" || tally.Removed != 1 || tally.Noted != 2 {
			t.Errorf("rehearsal %v: made %s, %+v", rehearse, got, tally)
		}
	}
	want := shop
	want.Name, want.Addresses, want.Language = "Shop SA", []string{"ann@shop.example", "eve@shop.example"}, "nl"
	got, ok, err := b.AccountOf(ctx, "Ann@Shop.example")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the account (-want +got):\n%s", diff)
	}
	if got, tally := bring(false, false, lines...); got != "ss!s!s" || tally.Removed != 0 {
		t.Errorf("again: made %s, %+v", got, tally)
	}
}

func TestAccountsOf(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	im := must(b.NewImport(ctx, noon, KindDirectory, "customers.csv", "00fe", false))(t)
	must(im.Accounts(ctx, noon, []rules.Account{
		{Number: "1", Addresses: []string{"ann@shop.example", "book@keeper.example"}, Domains: []string{"shop.example", "group.example"}},
		{Number: "2", Addresses: []string{"eve@shop.example", "book@keeper.example"}, Domains: []string{"fr.shop.example"}},
		{Number: "3", Addresses: []string{"joe@gmail.com", "sales@lone.example"}, Domains: []string{"group.example"}},
		{Number: "4", Domains: []string{"gmail.com"}},
	}, true, true))(t)
	for address, want := range map[string]string{
		"ann@shop.example": "1", "ANN@SHOP.EXAMPLE": "1", "eve@shop.example": "2", "new@shop.example": "1", "new@be.shop.example": "1", "new@fr.shop.example": "2",
		"new@paris.fr.shop.example": "2", "book@keeper.example": "1 2", "other@keeper.example": "1 2", "new@group.example": "1 3", "joe@gmail.com": "3",
		"jim@gmail.com": "", "colleague@lone.example": "3", "x@sub.lone.example": "", "x@example": "", "nobody@elsewhere.example": "", "": "", "no address": "",
		"x@myshop.example": "",
	} {
		var numbers []string
		for _, a := range must(b.AccountsOf(ctx, address, "gmail.com"))(t) {
			numbers = append(numbers, a.Number)
		}
		if got := strings.Join(numbers, " "); got != want {
			t.Errorf("the accounts of %q are %q, want %q", address, got, want)
		}
		if a, ok := must2(b.AccountOf(ctx, address, "gmail.com"))(t); ok != (len(want) == 1) || ok && a.Number != want {
			t.Errorf("the account of %q is %q, %v", address, a.Number, ok)
		}
	}
}

func must2[A, B any](a A, b B, err error) func(testing.TB) (A, B) {
	return func(t testing.TB) (A, B) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a, b
	}
}

func TestBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bits
		ids := rapid.SliceOf(rapid.Int64Range(0, 1e6)).Draw(t, "ids")
		in := map[int64]bool{}
		for _, id := range ids {
			b.add(id)
			in[id] = true
		}
		for _, id := range append(ids, 1, 63, 64, 65, 99999) {
			if b.has(id) != in[id] {
				t.Fatalf("has(%d) = %v", id, b.has(id))
			}
		}
	})
}
