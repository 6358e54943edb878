package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"retour/cmd/internal/tabular"
	"retour/rules/casebook"
)

// importFlags are common to both imports.
type importFlags struct {
	Files      []string      `arg:"" name:"file" help:"CSV or XLSX files."`
	DryRun     bool          `help:"Say what would change, and change nothing."`
	DateFormat tabular.Order `help:"How dates are written, where it cannot be found out: dmy, mdy or ymd." enum:",dmy,mdy,ymd" default:""`
}

const importHelp = `
Encoding, separator, header and the order of days and months are found out. A column that is called
by none of the usual names in English, French, Dutch, Italian or German is named in the configuration.
An empty cell changes nothing, a row that is not in the file stays: a file may hold only what is new.
The same file again changes nothing. Rows that cannot be taken, or not wholly, are listed in FILE.rejected.csv
with their line and the reason: corrected, that list can be imported. The exit code is 1 where no row
could be taken.
Cells that hold several serials (parted by ; , | or line breaks) are several units.`

// portion is how many units or customers are brought in with one transaction:
// the running desk waits for no longer than that.
const portion = 5000

// importKind is what an import knows of its kind of file.
type importKind struct {
	kind   casebook.ImportKind
	fields []tabular.Field
	needs  [][]string
	days   []string // fields that are dates
	// reader makes the taker of rows of a file.
	reader func(*importRun) taker
}

// taker brings rows in.
type taker interface {
	// take adds a row to the portion that is next.
	take(r tabular.Row) (waiting int, err error)
	// note is what is to be said of the row that was taken last.
	note() string
	// bring brings the portion in; an effect for each unit or customer of its
	// rows, which at says.
	bring(ctx context.Context, im *casebook.Import, now time.Time) (effects []casebook.Effect, at []int, err error)
	strangers() strangers
}

// importRun is the import of one file.
type importRun struct {
	kind     importKind
	path     string
	file     *tabular.File
	columns  tabular.Columns
	days     days
	told     map[string]tabular.Order // of each field whose dates have one: their order
	rejected *rejects
	waiting  []tabular.Row // the rows of the portion, for the list of rejected ones
	notes    []string      // what is already to be said of each
	bar      *progressbar.ProgressBar
}

// importFiles imports one file after the other.
func importFiles(w *world, c *cli, f importFlags, options func(Config) (tabular.Options, tabular.Order), kindOf func(Config) (importKind, error)) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	kind, err := kindOf(cfg)
	if err != nil {
		return err
	}
	book, closeBook, err := importBook(w.ctx, cfg, f.DryRun)
	if err != nil {
		return err
	}
	o, order := options(cfg)
	if f.DateFormat != "" {
		order = f.DateFormat
	}
	for _, path := range f.Files {
		if err = importFile(w, book, kind, path, o, order, f.DryRun); err != nil {
			break
		}
	}
	return errors.Join(err, closeBook())
}

// importBook opens the casebook, which the first import makes. A rehearsal for
// one that is not there yet is made on a passing one.
func importBook(ctx context.Context, cfg Config, rehearse bool) (*casebook.Book, func() error, error) {
	path := cfg.store()
	folder := ""
	if _, err := os.Stat(path); rehearse && errors.Is(err, os.ErrNotExist) && !casebook.IsServer(path) {
		if folder, err = os.MkdirTemp("", "retour-rehearsal-"); err != nil {
			return nil, nil, err
		}
		path = filepath.Join(folder, "retour.db")
	}
	book, err := casebook.Open(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	return book, func() error {
		err := book.Close()
		if folder != "" {
			err = errors.Join(err, os.RemoveAll(folder))
		}
		return err
	}, nil
}

func importFile(w *world, book *casebook.Book, kind importKind, path string, o tabular.Options, order tabular.Order, rehearse bool) error {
	file, err := tabular.Open(path, o)
	if err != nil {
		return usageError{err}
	}
	defer file.Close() // it was only read
	run := &importRun{kind: kind, path: path, file: file, days: days{orders: map[string]tabular.Order{}, now: time.Now(), known: memo[day]{}}}
	if run.columns, err = tabular.FindColumns(file.Sheets(), kind.fields, kind.needs); err != nil {
		return usageError{fmt.Errorf("%s: %w\nname the column in the configuration, below %s.columns", path, err, kind.kind)}
	}
	rows, err := run.look(w, order)
	if err != nil {
		return err
	}
	im, err := book.NewImport(w.ctx, time.Now(), kind.kind, filepath.Base(path), file.Hash, rehearse)
	if err != nil {
		return err
	}
	row, strange, err := run.bring(w, im, rows, rehearse)
	if err != nil {
		if w.ctx.Err() != nil {
			err = fmt.Errorf("%s: broken off; what was brought in stays, and the import can be repeated: %w", path, err)
		}
		return errors.Join(err, run.rejected.close(), im.Close())
	}
	if err := errors.Join(run.rejected.close(), im.Close()); err != nil {
		return err
	}
	if err := run.report(w, row, strange, rehearse); err != nil {
		return err
	}
	if row.Rejected > 0 && row.Rejected == row.Lines {
		return fmt.Errorf("%s: no row could be taken", path)
	}
	return nil
}

// look reads the table once, to count its rows and to find out how its dates
// are written.
func (run *importRun) look(w *world, order tabular.Order) (rows int, err error) {
	evidence := map[string]*tabular.Evidence{}
	run.told = map[string]tabular.Order{}
	for _, field := range run.kind.days {
		if run.columns.Has(field) && order == "" {
			evidence[field] = &tabular.Evidence{}
		}
		run.days.orders[field], run.told[field] = order, order
	}
	bar := progress(w, "looking at "+filepath.Base(run.path), true)
	err = run.eachRow(w.ctx, func(r tabular.Row) error {
		rows++
		for field, e := range evidence {
			e.See(r.Cell(run.columns.At(field)), r.Line)
		}
		return bar.Add(1)
	})
	if err := errors.Join(err, bar.Finish()); err != nil {
		return 0, err
	}
	var faults []error
	for _, field := range run.kind.days {
		if e := evidence[field]; e != nil {
			if run.days.orders[field], err = e.Order(); err != nil {
				faults = append(faults, fmt.Errorf("%s: the dates in column %q cannot be read: %w", run.path, run.columns.Header[run.columns.At(field)], err))
			}
			if e.Matters() {
				run.told[field] = run.days.orders[field]
			}
		}
	}
	if len(faults) > 0 {
		return 0, usageError{errors.Join(append(faults, fmt.Errorf("say how dates are written: --date-format dmy (or mdy), or date_format below %s in the configuration", run.kind.kind))...)}
	}
	return rows, nil
}

// eachRow calls fn with every row of data, until the context ends.
func (run *importRun) eachRow(ctx context.Context, fn func(tabular.Row) error) error {
	return run.columns.Sheet.Rows(func(r tabular.Row) error {
		if r.Line <= run.columns.Line {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return fn(r)
	})
}

// bring brings the rows in, a portion at a time.
func (run *importRun) bring(w *world, im *casebook.Import, rows int, rehearse bool) (row casebook.ImportRow, strange strangers, err error) {
	run.rejected = &rejects{path: run.path + ".rejected.csv", comma: run.file.Comma, header: run.columns.Header, stay: rehearse}
	run.bar = progress(w, "importing "+filepath.Base(run.path), true)
	run.bar.ChangeMax(max(rows, 1))
	t := run.kind.reader(run)
	err = run.eachRow(w.ctx, func(r tabular.Row) error {
		waiting, err := t.take(r)
		if err != nil {
			im.Reject()
			return errors.Join(run.bar.Add(1), run.rejected.add(r, err.Error()))
		}
		run.waiting = append(run.waiting, tabular.Row{Line: r.Line, Cells: slices.Clone(r.Cells)})
		run.notes = append(run.notes, t.note())
		if waiting < portion {
			return nil
		}
		return run.flush(w.ctx, im, t)
	})
	if err == nil {
		err = run.flush(w.ctx, im, t)
	}
	if err := errors.Join(err, run.bar.Finish()); err != nil {
		return row, nil, err
	}
	row, err = im.Finish(w.ctx, time.Now())
	return row, t.strangers(), err
}

// flush brings the waiting portion in and lists what is to be said of it.
func (run *importRun) flush(ctx context.Context, im *casebook.Import, t taker) error {
	effects, at, err := t.bring(ctx, im, time.Now())
	if err != nil {
		return err
	}
	for i, e := range effects {
		if e.Note != "" {
			run.notes[at[i]] = strings.TrimPrefix(run.notes[at[i]]+"; "+e.Note, "; ")
		}
	}
	for i, note := range run.notes {
		if note != "" {
			if err := run.rejected.add(run.waiting[i], note); err != nil {
				return err
			}
		}
	}
	n := len(run.waiting)
	run.waiting, run.notes = run.waiting[:0], run.notes[:0]
	return run.bar.Add(n)
}

// report says what was found out and what became of the rows.
func (run *importRun) report(w *world, row casebook.ImportRow, strange strangers, rehearse bool) error {
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-14s %s\n", label, clean(text))
		}
	}
	sheet := ""
	if name := run.columns.Sheet.Name; name != "" {
		sheet = fmt.Sprintf(", sheet %q", name)
	}
	fmt.Fprintf(&b, "%s: %s%s, header in line %d\n", clean(run.path), run.file.Kind, clean(sheet), run.columns.Line)
	for _, f := range run.kind.fields {
		if !run.columns.Has(f.Name) {
			continue
		}
		var names []string
		for _, at := range run.columns.All(f.Name) {
			names = append(names, strconv.Quote(run.columns.Header[at]))
		}
		if order := run.told[f.Name]; order != "" {
			names = append(names, string(order))
		}
		line(f.Name, strings.Join(names, ", "))
	}
	if rest := run.columns.Unread(); len(rest) > 0 {
		line("not used", strings.Join(rest, ", "))
	}
	for _, s := range strange.lines() {
		line("no meaning", s)
	}
	would := ""
	if rehearse {
		would = "nothing was changed; it would be: "
	}
	fmt.Fprintf(&b, "  %s%d new, %d changed, %d the same, %d rejected", would, row.Added, row.Changed, row.Same, row.Rejected)
	if row.Removed > 0 {
		fmt.Fprintf(&b, "; addresses and domains taken away: %d", row.Removed)
	}
	if n := run.rejected.n; n > 0 {
		fmt.Fprintf(&b, "; %d rows are listed in %s", n, clean(run.rejected.path))
	}
	b.WriteString("\n")
	_, err := fmt.Fprint(w.stdout, b.String())
	return err
}

// rejects is the list of rows that were not taken, or not wholly: line and
// reason before the row as it was. The file is made with the first of them, and
// an older one goes when there is none, but for a rehearsal.
type rejects struct {
	path   string
	comma  rune
	header []string
	stay   bool // an older list stays
	file   *os.File
	out    *csv.Writer
	n      int
}

func (r *rejects) add(row tabular.Row, reason string) error {
	if r.file == nil {
		if err := r.create(); err != nil {
			return fmt.Errorf("list rejected rows: %w", err)
		}
	}
	r.n++
	return r.out.Write(harmless(append([]string{strconv.Itoa(row.Line), reason}, row.Cells...)))
}

func (r *rejects) create() (err error) {
	if r.file, err = os.OpenFile(r.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	if _, err := r.file.WriteString("\ufeff"); err != nil { // spreadsheets know UTF-8 by it
		return err
	}
	r.out = csv.NewWriter(r.file)
	r.out.Comma = r.comma
	return r.out.Write(harmless(append([]string{"line", "reason"}, r.header...)))
}

// harmless keeps a spreadsheet from taking a text for a formula; the mark is
// taken off again by an import.
func harmless(cells []string) []string {
	out := slices.Clone(cells)
	for i, c := range out {
		if len(c) > 1 && strings.ContainsRune("=+-@\t", rune(c[0])) {
			out[i] = "'" + c
		}
	}
	return out
}

func (r *rejects) close() error {
	if r == nil {
		return nil
	}
	if r.file == nil && r.stay {
		return nil
	}
	if r.file == nil {
		if err := os.Remove(r.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove the old list of rejected rows: %w", err)
		}
		return nil
	}
	r.out.Flush()
	if err := errors.Join(r.out.Error(), r.file.Close()); err != nil {
		return fmt.Errorf("list rejected rows: %w", err)
	}
	return nil
}
