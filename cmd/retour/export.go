package main

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"retour/ingest/intake"
	"retour/notify"
	"retour/notify/mailout"
	"retour/rules"
	"retour/rules/casebook"
)

type exportCmd struct {
	personArgs
	To string `help:"A file that ends in .zip, or a folder; it must not be there yet." required:"" type:"path"`
}

// Help says what is in it.
func (exportCmd) Help() string {
	return `Writes what the desk has of a person, for him to be given: his cases with their history as JSON, each
mail that he wrote and that belongs to his cases as it came (.eml), each mail that was written to
him, and what is remembered of his address. Of cases of others only what he did himself is in it, and
mails of others that name him are only counted: look at them before you give them away.`
}

func (e *exportCmd) Run(w *world, c *cli) error {
	return e.withTraces(w, c, func(_ Config, in *intake.Intake, t casebook.Traces) error {
		if t.Empty() {
			_, err := fmt.Fprintf(w.stdout, "The desk has nothing of %s.\n", clean(t.Person.Address))
			return err
		}
		if _, err := os.Stat(e.To); !errors.Is(err, fs.ErrNotExist) {
			return usageError{fmt.Errorf("%s is there already: name a new file or folder", e.To)}
		}
		files, err := gather(w, in.Book, t)
		if err != nil {
			return err
		}
		if err := writeExport(e.To, files); err != nil {
			return errors.Join(err, os.RemoveAll(e.To))
		}
		if err := printTraces(w, in.Book, t); err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s: %s\n", e.To, number(len(files), "file"))
		return err
	})
}

// exportedCase is what of a case is given to its customer.
type exportedCase struct {
	Case        rules.Case            `json:"case"`
	History     []casebook.HistoryRow `json:"history"`
	Attachments []casebook.Attachment `json:"attachments"`
}

// exportedPart is what he did in a case of somebody else.
type exportedPart struct {
	Number  string                `json:"number"`
	Party   *rules.Party          `json:"party,omitempty"`
	History []casebook.HistoryRow `json:"history"`
}

type exportedPerson struct {
	Address    string               `json:"address"`
	Names      []string             `json:"names"`
	Made       time.Time            `json:"made"`
	Remembered *casebook.AddressRow `json:"remembered,omitempty"`
	Customers  []rules.Account      `json:"customers,omitempty"`
	Blocked    bool                 `json:"blocked,omitempty"`
	Sales      int                  `json:"sales_in_the_register,omitempty"`
	Naming     int                  `json:"mails_of_others_that_name_him"`
	Mails      []casebook.LedgerRow `json:"mails"`
}

// gather makes the files of an export, by their names.
func gather(w *world, book *casebook.Book, t casebook.Traces) (map[string][]byte, error) {
	g := gatherer{w, book, t, map[string][]byte{}}
	for _, step := range []func() error{g.cases, g.parts, g.received, g.sent, g.person} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return g.files, nil
}

type gatherer struct {
	w     *world
	book  *casebook.Book
	t     casebook.Traces
	files map[string][]byte
}

func (g gatherer) json(name string, v any) error {
	body, err := json.MarshalIndent(v, "", "  ")
	g.files[name] = append(body, '\n')
	return err
}

func (g gatherer) cases() error {
	for _, id := range g.t.Own {
		c, err := g.book.CaseByID(g.w.ctx, id)
		if err != nil {
			return err
		}
		x := exportedCase{Case: c}
		if x.History, err = g.book.History(g.w.ctx, id); err != nil {
			return err
		}
		if x.Attachments, err = g.book.Attachments(g.w.ctx, id); err != nil {
			return err
		}
		if err := g.json("cases/"+c.Number+".json", x); err != nil {
			return err
		}
	}
	return nil
}

func (g gatherer) parts() error {
	for _, id := range g.t.Others {
		c, err := g.book.CaseByID(g.w.ctx, id)
		if err != nil {
			return err
		}
		history, err := g.book.History(g.w.ctx, id)
		if err != nil {
			return err
		}
		his := func(h casebook.HistoryRow) bool { return h.ActorID == g.t.Person.Address }
		x := exportedPart{Number: c.Number, History: slices.DeleteFunc(history, func(h casebook.HistoryRow) bool { return !his(h) })}
		for _, p := range c.Parties {
			if p.Address == g.t.Person.Address {
				x.Party = &p
			}
		}
		if x.Party == nil && len(x.History) == 0 {
			continue
		}
		if err := g.json("cases-of-others/"+c.Number+".json", x); err != nil {
			return err
		}
	}
	return nil
}

func (g gatherer) received() error {
	for _, id := range g.t.Written {
		row, err := g.book.LedgerRow(g.w.ctx, id)
		if err != nil {
			return err
		}
		if row.Hash == "" {
			continue
		}
		raw, err := g.book.Raw(g.w.ctx, row.Hash)
		if errors.Is(err, casebook.ErrNotFound) {
			continue // its time was over
		}
		if errors.Is(err, casebook.ErrLost) {
			g.files[fmt.Sprintf("mails/received/%08d.lost.txt", id)] = []byte("The mail as it came is lost.\n")
			continue
		}
		if err != nil {
			return err
		}
		g.files[fmt.Sprintf("mails/received/%08d.eml", id)] = raw
	}
	return nil
}

func (g gatherer) sent() error {
	for _, id := range g.t.Sent {
		row, err := g.book.OutboxRow(g.w.ctx, id)
		if err != nil {
			return err
		}
		if row.Kind != string(notify.DeliverMail) || len(row.Body) == 0 {
			continue
		}
		var m notify.Mail
		if err := json.Unmarshal(row.Body, &m); err != nil {
			return fmt.Errorf("read mail %s: %w", row.Key, err)
		}
		raw, err := mailout.Render(m)
		if err != nil {
			return err
		}
		g.files[fmt.Sprintf("mails/%s/%08d.eml", row.Status, id)] = raw
	}
	return nil
}

func (g gatherer) person() error {
	address := g.t.Person.Address
	p := exportedPerson{Address: address, Names: g.t.Person.Names, Made: time.Now().UTC(), Blocked: g.t.Blocked, Sales: len(g.t.Sales), Naming: len(g.t.Naming)}
	remembered, ok, err := g.book.Address(g.w.ctx, address)
	if err != nil {
		return err
	}
	if ok {
		p.Remembered = &remembered
	}
	for _, n := range g.t.Directory {
		accounts, err := g.book.AccountsByNumber(g.w.ctx, n)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			a.Addresses, a.Domains = []string{address}, nil // the others are not his
			p.Customers = append(p.Customers, a)
		}
	}
	for _, id := range g.t.Written {
		row, err := g.book.LedgerRow(g.w.ctx, id)
		if err != nil {
			return err
		}
		p.Mails = append(p.Mails, row)
	}
	return g.json("person.json", p)
}

// writeExport writes a ZIP file or a folder, for its owner alone.
func writeExport(to string, files map[string][]byte) (err error) {
	if !strings.EqualFold(filepath.Ext(to), ".zip") {
		for _, name := range sortedKeys(files) {
			path := filepath.Join(to, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return fmt.Errorf("write export: %w", err)
			}
			if err := os.WriteFile(path, files[name], 0o600); err != nil {
				return fmt.Errorf("write export: %w", err)
			}
		}
		return nil
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return errors.Join(writeZip(f, files), f.Close())
}

func writeZip(out io.Writer, files map[string][]byte) error {
	z := zip.NewWriter(out)
	for _, name := range sortedKeys(files) {
		part, err := z.Create(name)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if _, err := part.Write(files[name]); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return z.Close()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
