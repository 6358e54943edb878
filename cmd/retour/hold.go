package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"retour/ingest/intake"
	"retour/rules"
	"retour/rules/casebook"
)

type holdCmd struct {
	List    holdListCmd    `cmd:"" default:"withargs" help:"List the mails that wait for a person, the oldest first."`
	Show    holdShowCmd    `cmd:"" help:"Show one whole."`
	Case    holdCaseCmd    `cmd:"" help:"Make a case of it, as if it had been understood as a request."`
	Join    holdJoinCmd    `cmd:"" help:"Make it an answer of a case."`
	Dismiss holdDismissCmd `cmd:"" help:"File it: it is no return."`
	Block   holdBlockCmd   `cmd:"" help:"File it, and take no more mails of its sender."`
}

// Help teaches where else this is done.
func (holdCmd) Help() string {
	return `The same as the buttons of a held mail's card in Slack, for a desk without Slack. The running desk
moves the mail on the server and sends what is to be said within a minute.`
}

type holdListCmd struct {
	JSON bool `help:"As JSON." name:"json"`
}

func (l *holdListCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		rows, err := book.Ledger(w.ctx, casebook.LedgerFilter{Fate: casebook.FateHold})
		if err != nil {
			return err
		}
		slices.Reverse(rows)
		if l.JSON {
			return writeJSON(w.stdout, append([]casebook.LedgerRow{}, rows...))
		}
		t := &table{header: []string{"ID", "RECEIVED", "FROM", "SUBJECT", "WHY"}}
		for _, r := range rows {
			t.add(fmt.Sprint(r.ID), stamp(r.InternalDate, zone(cfg)), r.From, r.Subject, r.Why)
		}
		if err := t.print(w.stdout); err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s\n", number(len(rows), "mail"))
		return err
	})
}

type holdShowCmd struct {
	ID  int64 `arg:"" help:"Of the mail, as the list shows it."`
	Raw bool  `help:"The mail as it came, byte by byte."`
}

func (s *holdShowCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		row, err := heldRow(w, book, s.ID)
		if err != nil {
			return err
		}
		if s.Raw {
			raw, err := book.Raw(w.ctx, row.Hash)
			if err != nil {
				return err
			}
			_, err = w.stdout.Write(raw)
			return err
		}
		m, err := wholeMail(w.ctx, book, s.ID)
		if err != nil {
			return err
		}
		var b strings.Builder
		for _, f := range []struct{ label, text string }{{"from", m.From}, {"to", m.To}, {"subject", m.Subject}, {"why", row.Why}, {"attached", strings.Join(m.Attachments, ", ")}} {
			if f.text != "" {
				fmt.Fprintf(&b, "%-9s %s\n", f.label, clean(f.text))
			}
		}
		b.WriteByte('\n')
		for line := range strings.Lines(m.Text) {
			b.WriteString(clean(strings.TrimRight(line, "\n")) + "\n")
		}
		_, err = io.WriteString(w.stdout, b.String())
		return err
	})
}

func heldRow(w *world, book *casebook.Book, id int64) (casebook.LedgerRow, error) {
	row, err := book.LedgerRow(w.ctx, id)
	if errors.Is(err, casebook.ErrNotFound) {
		return row, usageError{fmt.Errorf("there is no mail %d: `retour hold list` shows those that wait", id)}
	}
	return row, err
}

type holdCaseCmd struct {
	ID int64 `arg:"" help:"Of the mail."`
}

func (h *holdCaseCmd) Run(w *world, c *cli) error {
	return settle(w, c, rules.HeldAction{LedgerID: h.ID, Do: rules.HeldCase})
}

type holdJoinCmd struct {
	ID     int64  `arg:"" help:"Of the mail."`
	Number string `arg:"" help:"Of the case."`
}

func (h *holdJoinCmd) Run(w *world, c *cli) error {
	return settle(w, c, rules.HeldAction{LedgerID: h.ID, Do: rules.HeldJoin, Number: h.Number})
}

type holdDismissCmd struct {
	ID int64 `arg:"" help:"Of the mail."`
}

func (h *holdDismissCmd) Run(w *world, c *cli) error {
	return settle(w, c, rules.HeldAction{LedgerID: h.ID, Do: rules.HeldDismiss})
}

type holdBlockCmd struct {
	ID     int64 `arg:"" help:"Of the mail."`
	Domain bool  `help:"Everybody of the sender's domain."`
}

func (h *holdBlockCmd) Run(w *world, c *cli) error {
	return settle(w, c, rules.HeldAction{LedgerID: h.ID, Do: rules.HeldBlock, Domain: h.Domain})
}

// commandLine is who acts where nobody is named.
var commandLine = rules.Actor{Kind: rules.ByStaff, ID: "command line", Name: "command line"}

// settle does what was decided about a held mail, beside a running desk.
func settle(w *world, c *cli, a rules.HeldAction) error {
	a.By = commandLine
	return withIntake(w, c, func(book *casebook.Book, in *intake.Intake) error {
		row, err := heldRow(w, book, a.LedgerID)
		if err != nil {
			return err
		}
		r, err := in.Settle(w.ctx, a, fmt.Sprintf("command/%d/%d", a.LedgerID, row.FateAt.UnixMilli()))
		if err != nil {
			return err
		}
		if !r.Done {
			return errors.New(r.Message)
		}
		if row, err = book.LedgerRow(w.ctx, a.LedgerID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "mail %d: %s\n", row.ID, clean(strings.TrimSpace(string(row.Fate)+" "+row.CaseNumber+", "+row.Why)))
		return err
	})
}

// withIntake runs fn on the casebook of the configuration, with an intake beside
// the running desk.
func withIntake(w *world, c *cli, fn func(*casebook.Book, *intake.Intake) error) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		in, err := commandIntake(w.ctx, cfg, book, newLogger(w.stderr, LogConfig{Level: "warn"}))
		if err != nil {
			return err
		}
		return fn(book, in)
	})
}

type blockedCmd struct {
	List   blockedListCmd   `cmd:"" default:"withargs" help:"List whose mails nobody wants."`
	Remove blockedRemoveCmd `cmd:"" help:"Let a sender in again: what he wrote meanwhile is put before a person."`
}

type blockedListCmd struct {
	JSON bool `help:"As JSON." name:"json"`
}

func (l *blockedListCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		all, err := book.Blocked(w.ctx)
		if err != nil {
			return err
		}
		if l.JSON {
			return writeJSON(w.stdout, append([]casebook.BlockedSender{}, all...))
		}
		t := &table{header: []string{"SENDER", "SINCE", "BY", "MAILS SINCE"}}
		for _, b := range all {
			t.add(b.Sender, stamp(b.At, zone(cfg)), b.By.Name, fmt.Sprint(b.Mails))
		}
		if err := t.print(w.stdout); err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s\n", number(len(all), "sender"))
		return err
	})
}

type blockedRemoveCmd struct {
	Sender string `arg:"" help:"The address or domain, as the list shows it."`
}

func (r *blockedRemoveCmd) Run(w *world, c *cli) error {
	return withIntake(w, c, func(_ *casebook.Book, in *intake.Intake) error {
		was, held, err := in.Unblock(w.ctx, r.Sender, commandLine)
		if err != nil {
			return err
		}
		if !was {
			return usageError{fmt.Errorf("%s is not blocked: `retour blocked list` shows who is", r.Sender)}
		}
		_, err = fmt.Fprintf(w.stdout, "%s is let in again; %s before a person\n", r.Sender, number(held, "mail"))
		return err
	})
}
