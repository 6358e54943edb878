package intake

import (
	"context"
	"fmt"

	"retour/rules/casebook"
)

// Started is told, at each opening of a mailbox, which mails lie in it. At the
// very first start they are recorded as older than the desk and never read:
// first is true then. When the server has renumbered the mailbox (UIDVALIDITY,
// RFC 9051 section 2.3.1.1), what arrived before the first start stays unread.
func (in *Intake) Started(ctx context.Context, mailbox string, uidValidity uint32, existing []casebook.LedgerRow) (first bool, err error) {
	err = in.Book.Write(ctx, in.Now(), func(tx *casebook.Tx) error {
		first = false
		m, known, err := tx.Mailbox(ctx, mailbox)
		if err != nil {
			return err
		}
		if known && m.UIDValidity == uidValidity {
			return nil
		}
		older := existing
		if known {
			older = nil
			for _, row := range existing {
				// What the server would not tell the date of is read: to pass a new mail
				// over is worse than to look at an old one.
				if !row.InternalDate.IsZero() && row.InternalDate.Before(m.StartedAt) {
					older = append(older, row)
				}
			}
		} else {
			first = true
			m = casebook.MailboxRow{Name: mailbox, StartedAt: tx.Now()}
		}
		m.UIDValidity = uidValidity
		if err := tx.SeenBefore(ctx, older); err != nil {
			return err
		}
		return tx.SetMailbox(ctx, m)
	})
	if err != nil {
		return false, fmt.Errorf("open the ledger of %s: %w", mailbox, err)
	}
	return first, nil
}

// Seen gives a mail its ledger row, before anything else is done with it, or
// returns the row that it has.
func (in *Intake) Seen(ctx context.Context, row casebook.LedgerRow) (casebook.LedgerRow, error) {
	rows, err := in.SeenAll(ctx, []casebook.LedgerRow{row})
	if err != nil {
		return row, err
	}
	return rows[0], nil
}

// SeenAll does so for several, by one commit.
func (in *Intake) SeenAll(ctx context.Context, rows []casebook.LedgerRow) (stored []casebook.LedgerRow, err error) {
	err = in.Book.Write(ctx, in.Now(), func(tx *casebook.Tx) error {
		stored = make([]casebook.LedgerRow, len(rows))
		for i, row := range rows {
			if stored[i], _, err = tx.Seen(ctx, row); err != nil {
				return fmt.Errorf("ledger row for UID %d: %w", row.UID, err)
			}
		}
		return nil
	})
	return stored, err
}

// Filed records where a mail was moved to.
func (in *Intake) Filed(ctx context.Context, id int64, folder string) error {
	return in.FiledAll(ctx, []int64{id}, folder)
}

// FiledAll does so for several, by one commit.
func (in *Intake) FiledAll(ctx context.Context, ids []int64, folder string) error {
	return in.Book.Write(ctx, in.Now(), func(tx *casebook.Tx) error {
		for _, id := range ids {
			if err := tx.Filed(ctx, id, folder); err != nil {
				return fmt.Errorf("ledger row %d filed: %w", id, err)
			}
		}
		return nil
	})
}

// Replaced records where a mail was moved to that was held; an empty folder says
// that it was not in the one for held mails.
func (in *Intake) Replaced(ctx context.Context, id int64, folder string) error {
	err := in.Book.Write(ctx, in.Now(), func(tx *casebook.Tx) error { return tx.Replaced(ctx, id, folder) })
	if err != nil {
		return fmt.Errorf("ledger row %d moved: %w", id, err)
	}
	return nil
}

// Gone records that a mail is not there any more to be read under its number,
// and why.
func (in *Intake) Gone(ctx context.Context, row casebook.LedgerRow, why string) error {
	err := in.Book.Write(ctx, in.Now(), func(tx *casebook.Tx) error {
		row.Fate, row.Why = casebook.FateGone, why
		return tx.SetFate(ctx, row)
	})
	if err != nil {
		return fmt.Errorf("ledger row %d gone: %w", row.ID, err)
	}
	return nil
}

// Refused records that the server would not give a mail out, and returns how
// often that was so.
func (in *Intake) Refused(ctx context.Context, id int64, why string) (attempts int, err error) {
	err = in.Book.Write(ctx, in.Now(), func(tx *casebook.Tx) error {
		attempts, err = tx.Attempt(ctx, id, why)
		return err
	})
	if err != nil {
		return attempts, fmt.Errorf("ledger row %d refused: %w", id, err)
	}
	return attempts, nil
}
