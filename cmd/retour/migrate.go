package main

import (
	"errors"
	"fmt"

	"github.com/schollz/progressbar/v3"

	"retour/rules/casebook"
)

type migrateCmd struct {
	From string `required:"" help:"Where the casebook is: a file, or postgres://user@host/database?desk=name."`
	To   string `required:"" help:"Where it is to be: nothing may be in it yet."`
}

// Help says in which order.
func (migrateCmd) Help() string {
	return `Brings a casebook into a PostgreSQL database, or from there into a file. The desk must not be
running; what is copied stays where it is, so nothing is lost when something goes wrong.

  retour migrate --from retour.db --to 'postgres://retour@db.example.com/retour?sslmode=verify-full'
  retour migrate --from 'postgres://…' --to new.db

One that was broken off goes on when it is said again. In the end every row and value of both is
compared. Raw mails that lie in a bucket (raw: in the configuration) stay there, unread, and both know of
them: let only one of the two work; retour bucket leave brings them into the casebook first. Then write
the new store into the configuration (store: …) and start the desk.`
}

func (m *migrateCmd) Run(w *world, _ *cli) (err error) {
	for flag, store := range map[string]string{"--from": m.From, "--to": m.To} {
		if err := casebook.CheckStore(store); err != nil {
			return usageError{fmt.Errorf("%s: %w", flag, err)}
		}
	}
	if !casebook.IsServer(m.From) {
		if _, err := casebook.Inspect(w.ctx, m.From); err != nil {
			return usageError{err}
		}
	}
	from, err := locked(w, m.From)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.close()) }()
	to, err := locked(w, m.To)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	return m.copy(w, from.Book, to.Book)
}

func (m *migrateCmd) copy(w *world, from, to *casebook.Book) error {
	var bar *progressbar.ProgressBar
	var rows int64
	err := from.CopyTo(w.ctx, to, func(p casebook.Progress) {
		if bar == nil {
			bar = progress(w, "copying", true)
			bar.ChangeMax64(p.Total)
		}
		bar.Describe(p.Table)
		_ = bar.Set64(p.Rows) // only a terminal that is gone
		rows = p.Rows
	})
	if bar != nil {
		_ = bar.Finish()
	}
	if errors.Is(err, casebook.ErrNotEmpty) || errors.Is(err, casebook.ErrOtherState) {
		return usageError{fmt.Errorf("%w: name another file, database or desk", err)}
	}
	if err != nil {
		return err
	}
	n, err := to.Objects(w.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: %d rows, all the same as in %s\n", to.Name(), rows, from.Name())
	if n.There+n.Going > 0 {
		fmt.Fprintf(w.stdout, "Not copied: %s, which stay in their bucket, and which both casebooks count on now. Keep raw: in the configuration, and let no desk work with the old one: it would remove objects that the new one needs.\n", number(n.There, "raw mail"))
	}
	return nil
}

// lockedBook is a casebook that no desk works with.
type lockedBook struct {
	*casebook.Book
	unlock func() error
}

func locked(w *world, store string) (lockedBook, error) {
	book, err := casebook.Open(w.ctx, store)
	if err != nil {
		return lockedBook{}, err
	}
	unlock, err := book.Lock("retour migrate")
	if err != nil {
		return lockedBook{}, errors.Join(fmt.Errorf("stop the desk first: %w", err), book.Close())
	}
	return lockedBook{book, unlock}, nil
}

func (l lockedBook) close() error { return errors.Join(l.unlock(), l.Close()) }
