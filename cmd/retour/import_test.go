package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"retour/cmd/internal/tabular"
	"retour/ingest/lookup"
	"retour/rules"
	"retour/rules/casebook"
)

const importConfig = `
desk: {address: rma@example.com, return_address: [Dock 1]}
mailbox: {host: imap.example.com, user: rma@example.com, password: {env: RMA_PASSWORD}}
smtp: {host: smtp.example.com}
slack: {mode: off}
`

// importDesk is a folder with a configuration; it returns how a command is run there.
func importDesk(t *testing.T) (dir string, do func(args ...string) (string, error)) {
	t.Helper()
	dir = t.TempDir()
	path := filepath.Join(dir, "retour.yaml")
	if err := os.WriteFile(path, []byte(importConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, func(args ...string) (string, error) {
		var out, said bytes.Buffer
		w := &world{ctx: t.Context(), stdout: &out, stderr: &said}
		if code := run(w, append([]string{"--config", path}, args...)); code != exitOK {
			return out.String(), fmt.Errorf("exit code %d: %s", code, said.String())
		}
		return out.String(), nil
	}
}

// drawSold is a unit as an ERP knows it; makers maps what it writes to the
// policy's id.
func drawSold(t *rapid.T, serial string, makers map[string]string) (sale lookup.Sale, maker string) {
	text := func(name string) string {
		s := strings.Join(strings.Fields(rapid.StringOfN(rapid.SampledFrom([]rune(`aZ09é;,"'=-+@|ß€ù./&<>_x000D_`+" ")), 0, 12, -1).Draw(t, name)), " ")
		if s == "" || rapid.Bool().Draw(t, name+" is empty") {
			return ""
		}
		return "T" + s // else it could be one of the words for nothing
	}
	on := func(name string) lookup.Day {
		if d := rapid.IntRange(0, 9000).Draw(t, name); d > 0 {
			return lookup.Day{Time: time.Date(2001, 1, d, 0, 0, 0, 0, time.UTC)}
		}
		return lookup.Day{}
	}
	maker = rapid.SampledFrom([]string{"", "Yealink Network Technology", "GRANDSTREAM", "Acme Fön"}).Draw(t, "maker")
	sale = lookup.Sale{Serial: serial, Manufacturer: makers[maker], Model: text("model"), Customer: text("customer"), CustomerName: text("name"),
		Distributor: text("distributor"), Order: text("order"), Invoice: text("invoice"), DeliveryNote: text("note"), Delivered: on("delivered"), Licensed: on("licensed"),
		Shipped: on("shipped"), Invoiced: on("invoiced"), Purchased: on("purchased"),
		Status: rapid.SampledFrom([]rules.SaleStatus{rules.Sold, rules.SaleReplaced, rules.Scrapped}).Draw(t, "status")}
	if rapid.Bool().Draw(t, "has MAC") {
		sale.MAC = fmt.Sprintf("%012X", rapid.Uint64Range(1, 1<<48-1).Draw(t, "mac"))
	}
	return sale, maker
}

var soldHeader = []string{"Numéro de série", "Adresse MAC", "Marque", "Modèle", "Code client", "Client", "Distributeur", "N° commande", "N° facture", "Bon de livraison",
	"Date de livraison", "Date d'activation", "Date d'expédition", "Date de facture", "Date d'achat", "Statut"}

// soldRow is the row of a French export.
func soldRow(s lookup.Sale, maker string) []string {
	row := []string{s.Serial, s.MAC, maker, s.Model, s.Customer, s.CustomerName, s.Distributor, s.Order, s.Invoice, s.DeliveryNote}
	for _, d := range []lookup.Day{s.Delivered, s.Licensed, s.Shipped, s.Invoiced, s.Purchased} {
		text := ""
		if !d.IsZero() {
			text = d.Format("02/01/2006")
		}
		row = append(row, text)
	}
	return append(row, map[rules.SaleStatus]string{rules.Sold: "Vendu", rules.SaleReplaced: "Remplacé", rules.Scrapped: "Mis au rebut"}[s.Status])
}

func writeSold(t *rapid.T, path string, rows [][]string) {
	if strings.HasSuffix(path, ".csv") {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = ';'
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

// What a file says of a unit, the register says again: nothing is lost on the way from
// either kind of file, and the same file again changes nothing.
func TestImportIsLossless(t *testing.T) {
	dir := t.TempDir()
	kind, err := registerKind(defaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	book, err := casebook.Open(t.Context(), filepath.Join(dir, "retour.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	makers := map[string]string{"": "", "Yealink Network Technology": "yealink", "GRANDSTREAM": "grandstream", "Acme Fön": "acme fön"}
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		var rows [][]string
		want := map[string]lookup.Sale{}
		var numbers []string
		// Numbers are compared by letters and digits alone: each begins with as many, and its own.
		for i := range rapid.IntRange(1, 4).Draw(t, "units") {
			serial := fmt.Sprintf("%06d-%d %s", round, i, rapid.StringMatching(`[A-Z0-9/.]{1,10}`).Draw(t, "serial"))
			sale, maker := drawSold(t, serial, makers)
			want[serial] = sale
			numbers = append(numbers, serial)
			rows = append(rows, soldRow(sale, maker))
		}
		// A day above 12 in each column of dates, so that their order is known.
		rows = append([][]string{soldHeader, {fmt.Sprintf("%06d-X", round), "", "", "", "", "", "", "", "", "", "31/01/2020", "31/01/2020", "31/01/2020", "31/01/2020", "31/01/2020", ""}}, rows...)
		path := filepath.Join(dir, "sales"+rapid.SampledFrom([]string{".csv", ".xlsx"}).Draw(t, "kind"))
		writeSold(t, path, rows)
		for again := range 2 {
			var out bytes.Buffer
			w := &world{ctx: context.Background(), stdout: &out, stderr: io.Discard}
			if err := importFile(w, book, kind, path, tabular.Options{}, "", false); err != nil {
				t.Fatal(out.String(), err)
			}
			n := len(numbers) + 1
			if says := fmt.Sprintf("  %d new, 0 changed, %d the same, 0 rejected\n", n-again*n, again*n); !strings.HasSuffix(out.String(), says) {
				t.Fatalf("import %d: %swant %s", again, out.String(), says)
			}
		}
		for _, number := range numbers {
			found, err := book.SalesOf(context.Background(), number)
			if err != nil || len(found) != 1 {
				t.Fatalf("%s has %d sales: %v", number, len(found), err)
			}
			if diff := cmp.Diff(want[number], lookup.SaleOf(found[0].Sale)); diff != "" {
				t.Fatalf("%s from %s (-want +got):\n%s", number, filepath.Base(path), diff)
			}
		}
	})
}

// Every header that the configuration knows by itself is known in every table.
func TestHeaders(t *testing.T) {
	for name, fields := range map[string][]tabular.Field{"register": registerFields, "directory": directoryFields} {
		owner := map[string]string{}
		for _, f := range fields {
			for _, h := range f.Headers {
				key := tabular.Fold(h)
				if other, ok := owner[key]; ok && other != f.Name {
					t.Errorf("%s: %q stands for %s and for %s", name, h, other, f.Name)
				}
				owner[key] = f.Name
				if key == "" {
					t.Errorf("%s: %q is no header", name, h)
				}
			}
		}
	}
}

// Headers as ERP systems and people write them, in five languages.
func TestUsualExports(t *testing.T) {
	for _, tc := range []struct{ header, want string }{
		{"Lot/Serial Number;Product;Customer;Sales Order;Delivery Date", "serial model customer_name order delivered"},
		{"Serial No.;Item No.;Sell-to Customer No.;Customer Name;Posting Date;Document No.", "serial model customer customer_name"},
		{"N° de série;Désignation;Code client;Raison sociale;N° facture;Date facture;Date de livraison", "serial model customer customer_name invoice invoiced delivered"},
		{"Serienummer;Artikelomschrijving;Debiteurnr.;Klantnaam;Factuurnummer;Factuurdatum;Leverdatum;Merk", "serial model customer customer_name invoice invoiced delivered manufacturer"},
		{"Matricola;Codice articolo;Cod. cliente;Ragione sociale;N. fattura;Data fattura;N. DDT;Data DDT;Marca", "serial model customer customer_name invoice invoiced delivery_note delivered manufacturer"},
		{"Seriennummer;Materialnummer;Debitor;Kundenname;Rechnungs-Nr.;Rechnungsdatum;Lieferschein;Lieferdatum;Hersteller;MAC-Adresse", "serial model customer customer_name invoice invoiced delivery_note delivered manufacturer mac"},
	} {
		path := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(path, []byte(tc.header+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := tabular.Open(path, tabular.Options{Separator: ';'})
		if err != nil {
			t.Fatal(err)
		}
		c, err := tabular.FindColumns(f.Sheets(), registerFields, registerNeeds)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for at := range c.Header {
			for _, field := range registerFields {
				if slices.Contains(c.All(field.Name), at) {
					got = append(got, field.Name)
				}
			}
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s\nis  %s\nnot %s", tc.header, strings.Join(got, " "), tc.want)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestNumbersOfUnits(t *testing.T) {
	for in, want := range map[string]string{
		" 20ez-115 ": "20EZ-115", "'00123": "00123", "n/a": "", "-": "", "0": "", "000": "", "Sans": "", "1.23E+17": "!", "1,2e+11": "!", strings.Repeat("x", 65): "!", "SN 1": "SN 1",
		"1E5": "1E5?", "12E4567": "12E4567",
	} {
		got, err := serialOf(in)
		if err != nil {
			got = "!"
		}
		if in == "1E5" { // one digit, E, digits: a number of Excel's, not one of a unit
			want = "!"
		}
		if got != want {
			t.Errorf("serial %q = %q, %v; want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{"80:5e:c0:12:34:56": "805EC0123456", "805e.c012.3456": "805EC0123456", "": "", "n.v.t.": "", "00:00:00:00:00:00": "", "805EC012345": "!", "805EC012345G": "!"} {
		got, err := macOf(in)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("MAC %q = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestMakerNames(t *testing.T) {
	policy, err := rules.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	known := newMakerNames(policy)
	for in, want := range map[string]string{"Yealink": "yealink", "YEALINK (XIAMEN) NETWORK": "yealink", "grandstream networks, inc.": "grandstream", "Acme  GmbH": "acme gmbh", "": "", "-": "", "Yealinker": "yealinker"} {
		if got := known.id(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	for _, m := range policy.Manufacturers {
		for _, name := range m.Names() {
			if got := known.id(name); got != m.ID {
				t.Errorf("%q is %s, want %s", name, got, m.ID)
			}
		}
	}
}

func TestWords(t *testing.T) {
	for name, w := range map[string]words{"status": statusWords, "language": languageWords, "role": roleWords} {
		seen := map[string]string{}
		for meaning, ways := range w {
			for _, way := range ways {
				if way != tabular.Fold(way) {
					t.Errorf("%s: %q is not folded", name, way)
				}
				if other, ok := seen[way]; ok {
					t.Errorf("%s: %q means %s and %s", name, way, other, meaning)
				}
				seen[way] = meaning
			}
		}
	}
	for in, want := range map[string]string{"Français": "fr", "DE-AT": "de", "nl_BE": "nl", "Klingon": "", "": ""} {
		if got, known := languageWords.meaning(in); got != want || known != (want != "" || in == "") {
			t.Errorf("language %q is %q, %v", in, got, known)
		}
	}
}

func TestDomainOf(t *testing.T) {
	for in, want := range map[string]string{"@Shop.example": "shop.example", "https://www.shop.example/fr": "shop.example", "fr.shop.example": "fr.shop.example",
		"gmail.com": "!", "co.uk": "!", "example": "!", "shop .example": "!", "a@b.example": "!"} {
		got, err := domainOf(in, []string{"gmail.com"})
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("domain %q = %q, %v; want %q", in, got, err, want)
		}
	}
}

// A corrected list of rejected rows can be imported as it is.
func TestRejectedRowsComeBack(t *testing.T) {
	dir, do := importDesk(t)
	path := filepath.Join(dir, "sales.csv")
	if err := os.WriteFile(path, []byte("serial;model;delivered\nS1;=X;31.02.2025\nS2;Y;01.02.2025\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := do("register", "import", path); err != nil {
		t.Fatal(out, err)
	}
	list := path + ".rejected.csv"
	raw, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, bytes.Replace(raw, []byte("31.02.2025"), []byte("28.02.2025"), 2), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := do("register", "import", list); err != nil || !strings.Contains(out, "0 new, 1 changed, 0 the same, 0 rejected") {
		t.Fatal(out, err)
	}
	out, err := do("register", "find", "S1")
	if err != nil || !strings.Contains(out, "unit          =X\n") || !strings.Contains(out, "2025-02-28") || strings.Count(out, "serial") != 1 {
		t.Error(out, err)
	}
	// And where nothing is rejected any more, no old list stays.
	if err := os.WriteFile(path, []byte("serial;model;delivered\nS1;=X;28.02.2025\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := do("register", "import", path); err != nil {
		t.Fatal(out, err)
	}
	if _, err := os.Stat(list); !os.IsNotExist(err) {
		t.Error("the old list of rejected rows stayed")
	}
}
