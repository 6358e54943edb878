package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"retour/cmd/internal/tabular"
	"retour/ingest/lookup"
	"retour/rules"
	"retour/rules/casebook"
)

type registerCmd struct {
	Import registerImportCmd `cmd:"" help:"Bring lists of sold units in."`
	Find   registerFindCmd   `cmd:"" help:"Show what is known of a unit, by serial or MAC."`
	Status registerStatusCmd `cmd:"" help:"Show how large the register is and what was imported last."`
}

type registerImportCmd struct {
	importFlags
}

// Help teaches what a file needs.
func (registerImportCmd) Help() string {
	return `The register is the list of sold units: it tells who bought a unit and from when its warranty counts.
A file needs a column for the serial or the MAC; dates, customer, documents and model as far as they
are there. A unit that was sold, came back and was sold again has several sales: the newest counts, the
older ones are shown by find. What the desk itself has noted (replaced by, scrapped) outlives every import.
` + importHelp
}

func (r *registerImportCmd) Run(w *world, c *cli) error {
	options := func(cfg Config) (tabular.Options, tabular.Order) { return cfg.Register.options() }
	return importFiles(w, c, r.importFlags, options, registerKind)
}

func registerKind(cfg Config) (importKind, error) {
	policy, err := loadPolicy(cfg)
	if err != nil {
		return importKind{}, err
	}
	known := newMakerNames(policy)
	return importKind{kind: casebook.KindRegister, fields: withHeaders(registerFields, cfg.Register.Columns), needs: registerNeeds, days: registerDays,
		reader: func(run *importRun) taker {
			return &saleTaker{saleReader: saleReader{columns: run.columns, makers: known, makerOf: memo[string]{}, days: run.days, strange: strangers{}}}
		}}, nil
}

func (t TableConfig[F]) options() (tabular.Options, tabular.Order) {
	return tabular.Options{Encoding: t.Encoding, Separator: rune(t.Separator)}, t.DateFormat
}

// withHeaders puts the configuration's names of columns in the place of the
// usual ones. They choose first.
func withHeaders[F ~string](fields []tabular.Field, named map[F]Headers) []tabular.Field {
	var first, rest []tabular.Field
	for _, f := range fields {
		if headers, ok := named[F(f.Name)]; ok {
			f.Headers = headers
			first = append(first, f)
		} else {
			rest = append(rest, f)
		}
	}
	return append(first, rest...)
}

// saleTaker brings sales in.
type saleTaker struct {
	saleReader
	sales []rules.Sale
	rows  []int // of each sale: its row in the portion
	next  int
	said  string
}

func (s *saleTaker) take(r tabular.Row) (int, error) {
	sales, note, err := s.saleReader.sales(r)
	if err != nil {
		return len(s.sales), err
	}
	for _, sale := range sales {
		s.sales, s.rows = append(s.sales, sale), append(s.rows, s.next)
	}
	s.next++
	s.said = note
	return len(s.sales), nil
}

func (s *saleTaker) note() string { return s.said }

func (s *saleTaker) bring(ctx context.Context, im *casebook.Import, now time.Time) ([]casebook.Effect, []int, error) {
	effects, err := im.Sales(ctx, now, s.sales)
	rows := s.rows
	s.sales, s.rows, s.next = s.sales[:0], nil, 0
	return effects, rows, err
}

func (s *saleTaker) strangers() strangers { return s.strange }

type registerFindCmd struct {
	Numbers []string `arg:"" name:"number" help:"Serials or MACs, however they are written."`
	Live    bool     `help:"Ask the system that is configured as lookup, not the imported register."`
	JSON    bool     `help:"As JSON." name:"json"`
}

func (f *registerFindCmd) Run(w *world, c *cli) error {
	found, err := f.find(w, c)
	if err != nil {
		return err
	}
	if err := printSales(w, found, f.JSON); err != nil {
		return err
	}
	missing := 0
	for _, u := range found {
		if len(u.Sales) == 0 {
			missing++
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d of %d units are not in the register", missing, len(found))
	}
	return nil
}

func (f *registerFindCmd) find(w *world, c *cli) (found []unitSales, err error) {
	if f.Live {
		return f.ask(w, c)
	}
	err = withBook(w, c, func(_ Config, book *casebook.Book) error {
		for _, number := range f.Numbers {
			sales, err := book.SalesOf(w.ctx, number)
			if err != nil {
				return err
			}
			u := unitSales{Number: number, Sales: []foundSale{}}
			for _, s := range sales {
				u.Sales = append(u.Sales, foundSale{lookup.SaleOf(s.Sale), lookup.Day{Time: s.NotedAt}, cmp.Or(s.File, "the desk's own notes")})
			}
			found = append(found, u)
		}
		return nil
	})
	return found, err
}

// ask asks for each number by itself, as a serial and where it is one as a MAC.
func (f *registerFindCmd) ask(w *world, c *cli) (found []unitSales, err error) {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return nil, err
	}
	live, err := cfg.lookup()
	if err != nil {
		return nil, err
	}
	if live == nil {
		return nil, usageError{errors.New("no live look-up is configured: name a command or a url below lookup")}
	}
	for _, number := range f.Numbers {
		q := lookup.Question{Serials: []string{number}}
		if mac, err := macOf(number); err == nil && mac != "" {
			q.MACs = []string{mac}
		}
		a, err := live.Ask(w.ctx, q)
		if err != nil {
			return nil, err
		}
		u := unitSales{Number: number, Sales: []foundSale{}}
		if s, ok := a.Sales[rules.NumberKey(number)]; ok {
			u.Sales = append(u.Sales, foundSale{Sale: lookup.SaleOf(s), From: "the live look-up"})
		}
		found = append(found, u)
	}
	return found, nil
}

// lookup is the live look-up of the configuration, nil where there is none.
func (c *Config) lookup() (*lookup.Client, error) {
	l := c.Lookup
	if len(l.Command) == 0 && l.URL == "" {
		return nil, nil
	}
	o := lookup.Options{Command: l.Command, Env: l.Environment, URL: l.URL, Timeout: time.Duration(l.Timeout), Keep: time.Duration(l.Keep),
		MaxAnswer: int64(l.MaxAnswer), Now: time.Now}
	if !l.Token.empty() {
		o.Token = c.password("lookup.token", l.Token)
	}
	return lookup.New(o)
}

// unitSales is what is known of one number.
type unitSales struct {
	Number string      `json:"number"`
	Sales  []foundSale `json:"sales"` // the newest, which counts, first
}

type foundSale struct {
	lookup.Sale
	Noted lookup.Day `json:"noted_by_desk,omitzero"` // when the desk itself set status or replacement
	From  string     `json:"from"`
}

func printSales(w *world, found []unitSales, asJSON bool) error {
	if asJSON {
		return writeJSON(w.stdout, found)
	}
	var b strings.Builder
	for _, u := range found {
		if len(u.Sales) == 0 {
			fmt.Fprintf(&b, "%s: not in the register\n", clean(u.Number))
		}
		for i, s := range u.Sales {
			describeSale(&b, u.Number, i, s)
		}
	}
	_, err := fmt.Fprint(w.stdout, b.String())
	return err
}

func describeSale(b *strings.Builder, number string, i int, s foundSale) {
	row := func(label, text string) {
		if text != "" {
			fmt.Fprintf(b, "  %-13s %s\n", label, clean(text))
		}
	}
	title := number
	if i > 0 {
		title += ", an older sale"
	}
	fmt.Fprintf(b, "%s\n", clean(title))
	row("unit", strings.Join(nonEmpty(s.Manufacturer, s.Model), " "))
	row("serial", s.Serial)
	row("MAC", s.MAC)
	row("customer", strings.Join(nonEmpty(s.Customer, s.CustomerName), ", "))
	row("distributor", s.Distributor)
	row("order", s.Order)
	row("invoice", s.Invoice)
	row("delivery note", s.DeliveryNote)
	for _, d := range []struct {
		label string
		day   lookup.Day
	}{{"delivered", s.Delivered}, {"licensed", s.Licensed}, {"shipped", s.Shipped}, {"invoiced", s.Invoiced}, {"purchased", s.Purchased}} {
		if !d.day.IsZero() {
			row(d.label, d.day.Format(time.DateOnly))
		}
	}
	row("status", string(s.Status))
	row("replaced by", s.ReplacedBy)
	row("replaces", s.Replaces)
	if !s.Noted.IsZero() {
		row("noted", "by the desk on "+s.Noted.Format(time.DateOnly))
	}
	row("from", s.From)
}

type registerStatusCmd struct{}

func (registerStatusCmd) Run(w *world, c *cli) error {
	return printStatus(w, c, casebook.KindRegister, "sales")
}

// printStatus tells the size of a register or directory and its last imports.
func printStatus(w *world, c *cli, kind casebook.ImportKind, rows string) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		n, err := book.Size(w.ctx, kind)
		if err != nil {
			return err
		}
		imports, err := book.Imports(w.ctx, kind, 10)
		if err != nil {
			return err
		}
		state := "in use"
		if has, err := book.Imported(w.ctx, kind); err != nil {
			return err
		} else if !has {
			state = "not in use: no import was finished yet"
		}
		if _, err := fmt.Fprintf(w.stdout, "%s: %d %s, %s\n", kind, n, rows, state); err != nil || len(imports) == 0 {
			return err
		}
		t := &table{header: []string{"STARTED", "FINISHED", "FILE", "NEW", "CHANGED", "SAME", "REJECTED", "SHA-256"}}
		for _, i := range imports {
			finished := "broken off"
			if !i.FinishedAt.IsZero() {
				finished = stamp(i.FinishedAt, zone(cfg))
			}
			t.add(stamp(i.StartedAt, zone(cfg)), finished, i.File, fmt.Sprint(i.Added), fmt.Sprint(i.Changed), fmt.Sprint(i.Same), fmt.Sprint(i.Rejected), i.Hash[:min(12, len(i.Hash))])
		}
		return t.print(w.stdout)
	})
}
