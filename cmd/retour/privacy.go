package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"retour/ingest/intake"
	"retour/rules"
	"retour/rules/casebook"
)

// personArgs name a person.
type personArgs struct {
	Address string   `arg:"" help:"Mail address."`
	Name    []string `help:"A name that he is known by, beside those that stand with his address. May be given again." placeholder:"NAME" sep:"none"`
}

func (p personArgs) person() (rules.Forgotten, error) {
	f := rules.Forgotten{Address: strings.ToLower(strings.TrimSpace(p.Address)), Names: p.Name}
	if local, domain, ok := strings.Cut(f.Address, "@"); !ok || local == "" || domain == "" || strings.ContainsAny(f.Address, " <>") {
		return f, usageError{fmt.Errorf("%q is no mail address", p.Address)}
	}
	return f, nil
}

// withTraces runs fn on what the desk has of a person.
func (p personArgs) withTraces(w *world, c *cli, fn func(Config, *intake.Intake, casebook.Traces) error) error {
	f, err := p.person()
	if err != nil {
		return err
	}
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		in, err := commandIntake(w.ctx, cfg, book, newLogger(w.stderr, LogConfig{Level: "warn"}))
		if err != nil {
			return err
		}
		bar := progress(w, "looking through the mails", true)
		t, err := in.Traces(w.ctx, f, func() { _ = bar.Add(1) }) // it only shows how far it is
		if err := errors.Join(err, bar.Finish()); err != nil {
			return err
		}
		return fn(cfg, in, t)
	})
}

type forgetCmd struct {
	personArgs
	Yes   bool `help:"Do it. Without this it is only shown what would go."`
	Force bool `help:"Close his open cases, as withdrawn and without a mail to him."`
}

// Help says what stays.
func (forgetCmd) Help() string {
	return `Deletes a person from the casebook, for good. Look first: without --yes nothing is changed, and
"retour export" gives him what the desk has of him.

Of his own cases stays what the books need: number, dates, units with their serial numbers and
verdicts, amounts, order and invoice numbers. All that was written in them goes: fault, notes,
history texts, raw mails, attachments, mails sent, everybody who took part. From cases of others he
goes alone: what he wrote there, his address, and his names where they stand as words. Raw mails of
others that name him go whole; of them stays what the desk has read in them.

The desk may go on working; it waits while the file is written anew, so that nothing remains in it
of what was deleted. In Slack the running desk takes its own messages about him away and redraws the
cards. An open case stands against it; --force closes it, unless goods are here or on their way.`
}

func (f *forgetCmd) Run(w *world, c *cli) error {
	return f.withTraces(w, c, func(cfg Config, in *intake.Intake, t casebook.Traces) error {
		if t.Empty() {
			_, err := fmt.Fprintf(w.stdout, "The desk has nothing of %s.\n", clean(t.Person.Address))
			return err
		}
		if !f.Yes {
			return f.preview(w, in.Book, t)
		}
		size, err := in.Book.Bytes(w.ctx)
		if err != nil {
			return err
		}
		if err := quickEnough(in.Book, size); err != nil {
			return err
		}
		places, err := folders(w, in.Book, t)
		if err != nil {
			return err
		}
		t, err = in.Forget(w.ctx, t, f.Force, rules.Actor{Kind: rules.ByStaff, ID: "command line", Name: "command line"})
		var refused intake.ForgetRefused
		if errors.As(err, &refused) {
			return fmt.Errorf("nothing was deleted:\n%w\nopen cases can be closed with --force", refused)
		}
		if err != nil {
			return err
		}
		if _, err := in.Book.RemoveObjects(w.ctx, time.Now()); err != nil {
			return fmt.Errorf("he is deleted from the casebook; the running desk goes on to remove his mails from the bucket: %w", err)
		}
		if err := in.Book.Compact(w.ctx); err != nil {
			return fmt.Errorf("he is deleted, but may remain in the free room of the file; say it once more: %w", err)
		}
		return sayForgotten(w.stdout, cfg, t, places)
	})
}

// quickFile is how big a file is written anew fast enough for a working desk to
// wait: a mail that was sent and cannot be booked for a minute would be sent again.
const quickFile = 1 << 30

// quickEnough refuses what would hold a working desk up for long.
func quickEnough(book *casebook.Book, size int64) error {
	if size <= quickFile {
		return nil
	}
	unlock, err := book.Lock("retour forget")
	var locked casebook.ErrLocked
	if errors.As(err, &locked) {
		return fmt.Errorf("nothing was deleted: the casebook has %s and is written anew afterwards, for which a desk at work cannot wait (%s): stop it first", sizeText(size), locked.Holder)
	}
	if err != nil {
		return err
	}
	return unlock()
}

// preview shows what would go.
func (f *forgetCmd) preview(w *world, book *casebook.Book, t casebook.Traces) error {
	if err := printTraces(w, book, t); err != nil {
		return err
	}
	for _, id := range t.Own {
		c, err := book.CaseByID(w.ctx, id)
		if err != nil {
			return err
		}
		if why := rules.ForgetRefused(c); why != "" {
			fmt.Fprintf(w.stdout, "%s stands against it: %s\n", c.Number, why)
		}
	}
	_, err := fmt.Fprintln(w.stdout, "Nothing was changed. To delete all this: --yes")
	return err
}

// folders counts his mails by where they lie on the mail server.
func folders(w *world, book *casebook.Book, t casebook.Traces) (map[string]int, error) {
	places := map[string]int{}
	for _, id := range t.Written {
		row, err := book.LedgerRow(w.ctx, id)
		if err != nil {
			return nil, err
		}
		place := row.Mailbox
		if row.Filed != "" {
			place = row.Mailbox[:strings.LastIndex(row.Mailbox, "/")+1] + row.Filed
		}
		places[place]++
	}
	return places, nil
}

// printTraces says what was found, a kind a line.
func printTraces(w *world, book *casebook.Book, t casebook.Traces) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", clean(t.Person.Address))
	if len(t.Person.Names) > 0 {
		fmt.Fprintf(&b, ", known as %s", clean(strings.Join(t.Person.Names, ", ")))
	}
	b.WriteByte('\n')
	for _, group := range []struct {
		ids  []int64
		what string
	}{{t.Own, "of his own"}, {t.Others, "of others, in which he takes part or is named"}} {
		var numbers []string
		for _, id := range group.ids {
			c, err := book.CaseByID(w.ctx, id)
			if err != nil {
				return err
			}
			numbers = append(numbers, c.Number)
		}
		if len(numbers) > 0 {
			fmt.Fprintf(&b, "  %s %s: %s\n", number(len(numbers), "case"), group.what, strings.Join(numbers, ", "))
		}
	}
	row := func(n int, what, more string) {
		if n > 0 {
			fmt.Fprintf(&b, "  %s %s\n", number(n, what), more)
		}
	}
	row(len(t.Written), "mail", "that he wrote, or of his cases")
	row(len(t.Naming), "mail", "of others that name him")
	row(len(t.Sent), "row", "of the outbox: mails to him, and what Slack shows of his cases")
	row(len(t.Mentions), "row", "of the outbox that name him")
	for _, n := range t.Directory {
		fmt.Fprintf(&b, "  the directory has his address with customer %s\n", clean(n))
	}
	row(len(t.Sales), "sale", "in the register to somebody of his name")
	if t.Remembered {
		b.WriteString("  the language that he writes, and how far he is trusted\n")
	}
	if t.Blocked {
		b.WriteString("  he is blocked\n")
	}
	_, err := io.WriteString(w.stdout, b.String())
	return err
}

// sayForgotten says what was done, and what only people can do.
func sayForgotten(out io.Writer, cfg Config, t casebook.Traces, places map[string]int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Forgotten: %s stripped, %s of others cleared of him, %s deleted.\n",
		number(len(t.Own), "case"), number(len(t.Others), "case"), number(len(t.Written)+len(t.Naming), "mail"))
	b.WriteString("Left for you:\n")
	fmt.Fprintf(&b, "- Backups made before %s still have him until they are replaced; make one now with retour backup.\n", time.Now().Format("2006-01-02 15:04"))
	for _, place := range sortedKeys(places) {
		fmt.Fprintf(&b, "- On the mail server: %s in %s.\n", number(places[place], "mail"), clean(place))
	}
	if cfg.Raw.Bucket != "" {
		b.WriteString("- The bucket: where it keeps older versions of objects, his mails are among them until these expire.\n")
	}
	for _, n := range t.Directory {
		fmt.Fprintf(&b, "- Your own list of customers: with %s, or the next import of the directory brings him back.\n", clean(n))
	}
	if len(t.Sales) > 0 {
		b.WriteString("- Your own list of sales: it has his name.\n")
	}
	if cfg.Slack.Mode != "off" {
		b.WriteString("- Slack: the running desk takes away what it has posted; what people wrote in the threads only they can delete.\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}
