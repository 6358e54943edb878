package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"retour/ingest/intake"
	"retour/ingest/mailbox"
	"retour/rules/casebook"
)

func (a *app) openMailbox(ctx context.Context) error {
	conf, err := a.cfg.mailboxConfig(ctx, a.log)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(conf.SpoolDir, 0o700); err != nil {
		return fmt.Errorf("make the folder for mails in work: %w", err)
	}
	conf.Instance, conf.Holder, conf.ReadOnly = a.instance, holder(), a.cfg.shadow
	if a.cfg.step != nil {
		conf.Step = func(step string, uid uint32) { a.cfg.step(step, int64(uid)) }
	}
	a.watcher, err = mailbox.New(conf, a.mailboxHooks(), a.log.With("part", "mailbox"), a.now)
	if err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	return nil
}

func (c *Config) mailboxConfig(ctx context.Context, log *slog.Logger) (mailbox.Config, error) {
	m := c.Mailbox
	tlsConfig, err := c.tlsConfig(m.Host, m.CA)
	if err != nil {
		return mailbox.Config{}, usageError{fmt.Errorf("mailbox.ca: %w", err)}
	}
	token, refused, err := c.token(ctx, "mailbox.oauth", m.OAuth, log)
	if err != nil {
		return mailbox.Config{}, usageError{err}
	}
	return mailbox.Config{Host: m.Host, Port: m.Port, TLS: string(m.TLS), User: m.User,
		Password: c.password("mailbox.password", m.Password), Token: token, TokenRefused: refused, Mechanism: string(m.OAuth.Mechanism),
		Folder: m.Folder, Done: m.Done, Hold: m.Hold, MaxMailSize: int64(m.MaxMailSize), Poll: time.Duration(m.Poll),
		TLSConfig: tlsConfig, SpoolDir: c.spool()}, nil
}

// mailboxHooks carries what the mailbox sees to intake.
func (a *app) mailboxHooks() mailbox.Hooks {
	line := a.intake.NewLine()
	return mailbox.Hooks{
		Started: func(ctx context.Context, name string, uidValidity uint32, existing []mailbox.Ref) (bool, error) {
			var rows []casebook.LedgerRow
			for _, r := range existing {
				rows = append(rows, ledgerRow(r))
			}
			first, err := a.intake.Started(ctx, name, uidValidity, rows)
			if err == nil {
				err = a.settleFiled(ctx, name, uidValidity, rows)
			}
			if err != nil {
				return first, err
			}
			a.log.Info("the mailbox is watched", "mailbox", name, "mails", len(existing), "first", first)
			a.tell(mailboxOpen)
			return first, nil
		},
		Seen: func(ctx context.Context, refs []mailbox.Ref) ([]mailbox.Known, error) {
			rows := make([]casebook.LedgerRow, len(refs))
			for i, ref := range refs {
				rows[i] = ledgerRow(ref)
			}
			rows, err := a.intake.SeenAll(ctx, rows)
			known := make([]mailbox.Known, len(rows))
			for i, row := range rows {
				known[i] = mailbox.Known{ID: row.ID, Todo: todo(row.Fate)}
			}
			return known, err
		},
		Handle: func(ctx context.Context, m mailbox.Mail, done func(mailbox.Place, error)) {
			line.Add(ctx, intake.Arrival{LedgerID: m.ID, Size: m.Size, HeaderOnly: m.HeaderOnly,
				Raw: func() ([]byte, error) { return os.ReadFile(m.Path) },
				Done: func(fate casebook.Fate, err error) {
					done(place(fate), err)
					if err == nil {
						a.tell(mailTaken)
					}
				}})
		},
		Filed: func(ctx context.Context, refs []mailbox.Ref, folder string) error {
			ids := make([]int64, len(refs))
			for i, ref := range refs {
				row, err := a.rowOf(ctx, ref)
				if err != nil {
					return err
				}
				ids[i] = row
			}
			return a.intake.FiledAll(ctx, ids, folder)
		},
		Gone: func(ctx context.Context, ref mailbox.Ref) error {
			row, err := a.intake.Seen(ctx, ledgerRow(ref))
			if err != nil || row.Fate != "" {
				return err
			}
			return a.intake.Gone(ctx, row, deleted)
		},
		Misplaced: func(ctx context.Context, name string) ([]mailbox.Misplaced, error) {
			rows, err := a.book.Misplaced(ctx, name)
			var list []mailbox.Misplaced
			for _, r := range rows {
				list = append(list, mailbox.Misplaced{ID: r.ID, MessageID: r.MessageID, Size: r.Size, InternalDate: r.InternalDate, Hash: r.Hash})
			}
			return list, err
		},
		Replaced: func(ctx context.Context, id int64, folder string) error {
			err := a.intake.Replaced(ctx, id, folder)
			a.tell(mailTaken)
			return err
		},
		Refused: func(ctx context.Context, ref mailbox.Ref, why string) (int, error) {
			row, err := a.rowOf(ctx, ref)
			if err != nil {
				return 0, err
			}
			return a.intake.Refused(ctx, row, why)
		},
	}
}

// rowOf is the ledger row of a mail; who fills back has not asked for it before.
func (a *app) rowOf(ctx context.Context, ref mailbox.Ref) (int64, error) {
	if ref.ID != 0 {
		return ref.ID, nil
	}
	row, err := a.intake.Seen(ctx, ledgerRow(ref))
	return row.ID, err
}

// deleted is why a mail could not be read that somebody else took away.
const deleted = "deleted on the server before it could be read"

// settleFiled looks after the mails that a crash, or somebody else, moved while
// the desk did not look: what has a fate and is no longer in the folder was
// filed; what has none and is not there any more is gone.
func (a *app) settleFiled(ctx context.Context, name string, uidValidity uint32, existing []casebook.LedgerRow) error {
	there := map[uint32]bool{}
	for _, row := range existing {
		there[row.UID] = true
	}
	unfiled, err := a.book.Unfiled(ctx, name)
	if err != nil {
		return err
	}
	for _, row := range unfiled {
		folder := a.folder(place(row.Fate))
		if row.UIDValidity != uidValidity {
			folder = "renumbered"
		} else if there[row.UID] {
			continue
		}
		if err := a.intake.Filed(ctx, row.ID, folder); err != nil {
			return err
		}
	}
	unfinished, err := a.book.Unfinished(ctx, name)
	if err != nil {
		return err
	}
	for _, row := range unfinished {
		why := deleted
		if row.UIDValidity != uidValidity {
			why = "the server renumbered the mailbox; if it is still there it came again under another number"
		} else if there[row.UID] {
			continue
		}
		if err := a.intake.Gone(ctx, row, why); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) folder(p mailbox.Place) string {
	if p == mailbox.Hold {
		return a.cfg.Mailbox.Hold
	}
	return a.cfg.Mailbox.Done
}

func ledgerRow(r mailbox.Ref) casebook.LedgerRow {
	return casebook.LedgerRow{Mailbox: r.Mailbox, UIDValidity: r.UIDValidity, UID: r.UID, Size: r.Size, InternalDate: r.InternalDate}
}

// backfill carries one fetched mail the whole way to the commit, silently.
func (a *app) backfill(ctx context.Context, m mailbox.Mail) (mailbox.Place, error) {
	row, err := a.intake.Seen(ctx, ledgerRow(m.Ref))
	if err != nil {
		return mailbox.Stay, err
	}
	if row.Fate != "" && row.Fate != casebook.FateBeforeStart { // which is what a back-fill is for
		return place(row.Fate), nil
	}
	raw, err := os.ReadFile(m.Path)
	if err != nil {
		return mailbox.Stay, fmt.Errorf("spooled mail: %w", err)
	}
	fate, err := a.intake.Mail(ctx, intake.Letter{LedgerID: row.ID, Raw: raw, HeaderOnly: m.HeaderOnly, Silent: true})
	if err != nil {
		return mailbox.Stay, err
	}
	return place(fate), nil
}

// todo says what the mailbox does with a mail that has this fate already.
func todo(f casebook.Fate) mailbox.Todo {
	switch f {
	case "":
		return mailbox.Fetch
	case casebook.FateBeforeStart, casebook.FateGone, casebook.FateShadowed:
		return mailbox.Skip
	case casebook.FateHold:
		return mailbox.FileHold
	}
	return mailbox.FileDone
}

func place(f casebook.Fate) mailbox.Place {
	if f == casebook.FateHold {
		return mailbox.Hold
	}
	return mailbox.Done
}

// bareWatcher is a mailbox without a desk behind it: to look, not to read.
func (c *Config) bareWatcher(ctx context.Context) (*mailbox.Watcher, error) {
	silent := slog.New(slog.DiscardHandler)
	conf, err := c.mailboxConfig(ctx, silent)
	if err != nil {
		return nil, err
	}
	conf.Instance, conf.Holder = "a look", holder()
	leaveAlone := mailbox.Hooks{
		Started: func(context.Context, string, uint32, []mailbox.Ref) (bool, error) { return true, nil },
		Seen: func(_ context.Context, refs []mailbox.Ref) ([]mailbox.Known, error) {
			return make([]mailbox.Known, len(refs)), nil // Skip
		},
		Handle:  func(_ context.Context, _ mailbox.Mail, done func(mailbox.Place, error)) { done(mailbox.Stay, nil) },
		Filed:   func(context.Context, []mailbox.Ref, string) error { return nil },
		Gone:    func(context.Context, mailbox.Ref) error { return nil },
		Refused: func(context.Context, mailbox.Ref, string) (int, error) { return 0, nil },
	}
	return mailbox.New(conf, leaveAlone, silent, time.Now)
}
