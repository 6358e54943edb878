package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"retour/ingest/intake"
	"retour/notify"
	"retour/notify/mailout"
	"retour/rules/casebook"
)

type digestCmd struct {
	For    string `help:"Name of the list in the configuration (digests); not needed where there is one." placeholder:"LIST"`
	Period string `help:"daily, weekly or monthly; without it, the first of the list." placeholder:"KIND"`
	At     string `help:"Make the digest that was due on this day, or the last before it (2026-06-01); without it, today." placeholder:"DATE"`
	To     string `help:"Write it into this file: .eml the whole mail, .html a page, .txt its text, .xlsx the spreadsheet." type:"path" placeholder:"FILE"`
	Send   bool   `help:"Send it to the list."`
}

// Help says what a digest is about.
func (digestCmd) Help() string {
	return `Makes a digest by hand, of any period: the same that the desk sends by itself. A daily one is about the
days since the working day before, a weekly one about the week before, a monthly one about the month
before. So the digest of May 2026 is

    retour digest --for management --period monthly --at 2026-06-01 --to may.html

What stands (open cases, late cases) is as it was at the end of the period. --send changes nothing in
what comes by itself.`
}

func (d *digestCmd) Run(w *world, c *cli) error {
	if (d.To == "") == !d.Send {
		return usageError{errors.New("say where it goes: --to FILE, or --send")}
	}
	if err := d.checkFile(); err != nil {
		return err
	}
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		list, due, policyDay, err := d.plan(&cfg, time.Now())
		if err != nil {
			return err
		}
		in, err := commandIntake(w.ctx, cfg, book, newLogger(w.stderr, LogConfig{Level: "warn"}))
		if err != nil {
			return err
		}
		wanted := list.Times.Last(in.Policy, due, policyDay)
		if d.Send {
			return d.send(w, in, list, wanted)
		}
		return d.write(w, in, list, wanted)
	})
}

// digestFiles are the kinds of files that a digest can be written into.
var digestFiles = map[string]func(notify.Mail) ([]byte, error){
	".eml":  mailout.Render,
	".html": func(m notify.Mail) ([]byte, error) { return []byte(m.Page()), nil },
	".txt":  func(m notify.Mail) ([]byte, error) { return []byte(m.Text), nil },
	".xlsx": spreadsheetOf,
}

func spreadsheetOf(m notify.Mail) ([]byte, error) {
	for _, a := range m.Attachments {
		if filepath.Ext(a.Name) == ".xlsx" {
			return a.Data, nil
		}
	}
	return nil, errors.New("this digest has no spreadsheet: there is no news in it")
}

func (d *digestCmd) checkFile() error {
	if d.Send || digestFiles[strings.ToLower(filepath.Ext(d.To))] != nil {
		return nil
	}
	return usageError{fmt.Errorf("--to %s: the name must end in .eml, .html, .txt or .xlsx", d.To)}
}

// plan is for whom the digest is, of which kind, and which moment counts.
func (d *digestCmd) plan(cfg *Config, now time.Time) (list intake.DigestList, kind notify.DigestKind, at time.Time, err error) {
	lists, err := cfg.digestLists()
	if err != nil {
		return list, kind, at, usageError{err}
	}
	if list, err = d.list(lists); err != nil {
		return list, kind, at, err
	}
	if kind, err = d.kind(list); err != nil {
		return list, kind, at, err
	}
	at, err = d.moment(list.Times.Zone, now)
	return list, kind, at, err
}

func (d *digestCmd) list(lists []intake.DigestList) (intake.DigestList, error) {
	var names []string
	for _, l := range lists {
		if strings.EqualFold(l.Name, d.For) || d.For == "" && len(lists) == 1 {
			l.Sheet = l.Sheet || strings.EqualFold(filepath.Ext(d.To), ".xlsx")
			return l, nil
		}
		names = append(names, l.Name)
	}
	switch {
	case len(names) == 0:
		return intake.DigestList{}, usageError{errors.New("the configuration names no list of readers: add one under digests (see the README)")}
	case d.For == "":
		return intake.DigestList{}, usageError{fmt.Errorf("say for which list: --for %s", strings.Join(names, " or --for "))}
	}
	return intake.DigestList{}, usageError{fmt.Errorf("there is no list %q%s", d.For, meant(d.For, names))}
}

func (d *digestCmd) kind(list intake.DigestList) (notify.DigestKind, error) {
	if d.Period == "" {
		return list.Kinds[0], nil
	}
	kind := notify.DigestKind(strings.ToLower(d.Period))
	if kinds := kind.Values(); !slices.Contains(kinds, string(kind)) {
		return "", usageError{fmt.Errorf("there is no period %q%s", d.Period, meant(d.Period, kinds))}
	}
	return kind, nil
}

// moment is the end of the day of --at, but not later than now.
func (d *digestCmd) moment(zone *time.Location, now time.Time) (time.Time, error) {
	if d.At == "" {
		return now, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, d.At, zone)
	if err != nil {
		return now, usageError{fmt.Errorf("--at %s is no day: write it like 2026-06-01", d.At)}
	}
	if day.After(now) {
		return now, usageError{fmt.Errorf("--at %s has not come yet", d.At)}
	}
	if end := day.AddDate(0, 0, 1).Add(-time.Second); end.Before(now) {
		return end, nil
	}
	return now, nil
}

// meant names what was probably meant, and else all there is.
func meant(name string, known []string) string {
	for _, k := range known {
		a, b := strings.ToLower(name), strings.ToLower(k)
		if a != "" && (strings.HasPrefix(b, a) || strings.HasPrefix(a, b) || a[0] == b[0] && len(known) == 1) {
			return fmt.Sprintf("; did you mean %s?", k)
		}
	}
	return "; there is " + strings.Join(known, ", ")
}

func (d *digestCmd) send(w *world, in *intake.Intake, list intake.DigestList, due notify.Due) error {
	if err := in.SendDigest(w.ctx, list, due); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w.stdout, "%s in the outbox; the running desk sends them within a minute\n", number(len(list.To), "mail"))
	return err
}

func (d *digestCmd) write(w *world, in *intake.Intake, list intake.DigestList, due notify.Due) error {
	data, m, err := d.file(w.ctx, in, list, due)
	if err != nil {
		return err
	}
	if err := os.WriteFile(d.To, data, 0o600); err != nil {
		return usageError{fmt.Errorf("write the digest: %w", err)}
	}
	_, err = fmt.Fprintf(w.stdout, "%s (%s): %s\n", d.To, size(len(data)), clean(m.Subject))
	return err
}

func (d *digestCmd) file(ctx context.Context, in *intake.Intake, list intake.DigestList, due notify.Due) ([]byte, notify.Mail, error) {
	digest, err := in.Digest(ctx, list, due)
	if err != nil {
		return nil, notify.Mail{}, err
	}
	m := digest.For(list.To[0], "digest/file")
	data, err := digestFiles[strings.ToLower(filepath.Ext(d.To))](m)
	return data, m, err
}

func size(bytes int) string {
	if bytes < 1000 {
		return number(bytes, "byte")
	}
	return fmt.Sprintf("%d kB", (bytes+500)/1000)
}
