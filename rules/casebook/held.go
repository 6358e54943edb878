package casebook

import (
	"context"
	"fmt"
	"strings"
	"time"

	"retour/rules"
)

// Settle gives a held mail the fate that a person chose, as SetFate does, and
// marks that it is to be moved out of the folder for held mails. A mail that is
// held no more is [ErrFate].
func (tx *Tx) Settle(ctx context.Context, row LedgerRow) error {
	has, err := tx.LedgerRow(ctx, row.ID)
	if err != nil {
		return err
	}
	if has.Fate != FateHold {
		return fmt.Errorf("settle mail %d: %w: %s", row.ID, ErrFate, has.Fate)
	}
	if err := tx.SetFate(ctx, row); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "UPDATE ledger SET misplaced = 1 WHERE id = $1", row.ID); err != nil {
		return fmt.Errorf("mark mail %d as misplaced: %w", row.ID, err)
	}
	return nil
}

// Misplaced returns the mails of a mailbox that are to be moved out of the
// folder for held mails, the oldest first.
func (s *queries) Misplaced(ctx context.Context, mailbox string) ([]LedgerRow, error) {
	var w where
	w.add("mailbox = ? AND misplaced = 1", mailbox)
	return s.listLedger(ctx, w, " ORDER BY id")
}

// Replaced records that a held mail was moved to another folder; an empty one
// says that it is not in the folder for held mails any more.
func (tx *Tx) Replaced(ctx context.Context, id int64, folder string) error {
	_, err := tx.exec(ctx, "UPDATE ledger SET misplaced = 0, filed = CASE WHEN $1 = '' THEN filed ELSE $1 END WHERE id = $2", folder, id)
	if err != nil {
		return fmt.Errorf("record where mail %d was moved: %w", id, err)
	}
	return nil
}

// BlockedSender is somebody whose mails nobody wants.
type BlockedSender struct {
	Sender   string // an address, or a domain; lower case
	At       time.Time
	By       rules.Person
	LedgerID int64 // the mail for which it was done, 0 without one
	Mails    int   // that have come since
}

var selectBlocked = "SELECT " + names(blockedColumns(&BlockedSender{})) + " FROM blocked_senders"

func blockedColumns(b *BlockedSender) []column {
	return []column{
		{"sender", &b.Sender},
		{"at", stamp{&b.At}},
		{"by_id", &b.By.ID},
		{"by_name", &b.By.Name},
		{"ledger_id", reference{&b.LedgerID}},
	}
}

// fromSender is the condition that a ledger row comes from a blocked sender.
const fromSender = `(sender = ? OR instr(?, '@') = 0 AND substr(sender, length(sender) - length(?)) = '@' || ?)`

func fromSenderArgs(sender string) []any { return []any{sender, sender, sender, sender} }

// Block blocks an address or a domain. One that is blocked stays as it is; isNew
// is false then.
func (tx *Tx) Block(ctx context.Context, b BlockedSender) (isNew bool, err error) {
	b.Sender, b.At = strings.ToLower(b.Sender), tx.now
	cols := blockedColumns(&b)
	n, err := tx.exec(ctx, insertInto("blocked_senders", cols)+" ON CONFLICT (sender) DO NOTHING", places(cols)...)
	if err != nil {
		return false, fmt.Errorf("block %s: %w", b.Sender, err)
	}
	return n > 0, nil
}

// Unblock lets an address or a domain in again; was is false when it was not
// blocked.
func (tx *Tx) Unblock(ctx context.Context, sender string) (was bool, err error) {
	n, err := tx.exec(ctx, "DELETE FROM blocked_senders WHERE sender = $1", strings.ToLower(sender))
	if err != nil {
		return false, fmt.Errorf("unblock %s: %w", sender, err)
	}
	return n > 0, nil
}

// HoldAgain puts the mails of a sender that came while he was blocked before a
// person, at most so many, and returns them, the oldest first.
func (tx *Tx) HoldAgain(ctx context.Context, sender, why string, most int) ([]LedgerRow, error) {
	sender = strings.ToLower(sender)
	var w where
	w.add("fate = ?", FateBlocked)
	w.add(fromSender, fromSenderArgs(sender)...)
	rows, err := tx.listLedger(ctx, w, " ORDER BY id"+limit(most))
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Fate, rows[i].Why, rows[i].FateAt = FateHold, why, tx.now
		if _, err := tx.exec(ctx, "UPDATE ledger SET fate = $1, why = $2, fate_at = $3 WHERE id = $4", FateHold, why, tx.now.UnixMilli(), rows[i].ID); err != nil {
			return nil, fmt.Errorf("hold mail %d again: %w", rows[i].ID, err)
		}
	}
	return rows, nil
}

// Blocked returns whoever is blocked, the last first, with how many mails of his
// have come since.
func (s *queries) Blocked(ctx context.Context) (all []BlockedSender, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = list(ctx, q, selectBlocked+" ORDER BY at DESC, sender", nil, scanWith(blockedColumns))
		for i := range all {
			if err != nil {
				break
			}
			var w where
			w.add("fate = ?", FateBlocked)
			w.add(fromSender, fromSenderArgs(all[i].Sender)...)
			w.add("id <> ?", all[i].LedgerID)
			err = q.QueryRowContext(ctx, "SELECT count(*) FROM ledger"+w.String(), w.args...).Scan(&all[i].Mails)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list blocked senders: %w", err)
	}
	return all, nil
}

// IsBlocked says whether an address, or its domain, is blocked, and by which
// entry.
func (s *queries) IsBlocked(ctx context.Context, address string) (entry BlockedSender, ok bool, err error) {
	address = strings.ToLower(address)
	if address == "" {
		return entry, false, nil
	}
	err = s.view(ctx, func(q querier) error {
		entry, ok, err = first(ctx, q, selectBlocked+" WHERE sender IN ($1, $2) ORDER BY length(sender) DESC LIMIT 1", []any{address, domainOf(address)}, blockedColumns)
		return err
	})
	if err != nil {
		return entry, false, fmt.Errorf("look whether %s is blocked: %w", address, err)
	}
	return entry, ok, nil
}
