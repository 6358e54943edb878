package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Fate is what became of a mail. A mail has none until it is done with, and
// then one for good; only a held or an unread mail can get another.
type Fate string

// The fates.
const (
	FateOpened      Fate = "opened"       // it opened a case
	FateUpdated     Fate = "updated"      // it joined a case
	FateNoted       Fate = "noted"        // recorded, nothing to do: auto_reply, notice, own, bounce, other robots
	FateHold        Fate = "hold"         // before a person; he gives it its last fate
	FateDuplicate   Fate = "duplicate"    // the same mail has a fate already
	FateBackfilled  Fate = "backfilled"   // taken in silently, after the first start
	FateBeforeStart Fate = "before_start" // was there at the first start, not read; a back-fill may still read it
	FateShadowed    Fate = "shadowed"     // read in shadow mode: decided, answered by nobody; it lies where it lay
	FateGone        Fate = "gone"         // deleted on the server before it could be read
	FateBlocked     Fate = "blocked"      // its sender is blocked: kept, and answered by nobody
)

// ErrFate is returned by [Tx.SetFate] for a mail that has its fate.
var ErrFate = errors.New("the mail already has its fate")

// LedgerRow is the record of one mail that was ever seen in the mailbox.
type LedgerRow struct {
	ID           int64
	Mailbox      string // user@host/folder
	UIDValidity  uint32 // with UID a hint where the mail is, not what it is
	UID          uint32
	Size         int64     // bytes, as the server says
	InternalDate time.Time // when the server got it
	SeenAt       time.Time // when the desk first saw it
	MessageID    string    // as the mail says, empty when it has none
	Hash         string    // of its raw bytes, see [Tx.PutRaw]
	Key          string    // of what the sender wrote: the same for copies that came by different roads
	From         string    // address
	Subject      string
	Kind         string // of mail: what ingest took it for
	Language     string
	Fate         Fate
	Why          string // of the fate; without one, of the last attempt that went wrong
	FateAt       time.Time
	CaseNumber   string // the case that it opened or joined, empty without one
	HeaderOnly   bool   // too big: only the header was read
	Attempts     int    // that went wrong
	Filed        string // the folder it was moved to, empty while it was not
	Misplaced    bool   // it lies in the folder for held mails and is held no more
	Answered     bool   // a mail in the outbox answers it; follows from there
}

func ledgerColumns(l *LedgerRow) []column {
	return []column{
		{"mailbox", &l.Mailbox},
		{"uidvalidity", &l.UIDValidity},
		{"uid", &l.UID},
		{"size", &l.Size},
		{"internal_date", stamp{&l.InternalDate}},
		{"seen_at", stamp{&l.SeenAt}},
		{"message_id", &l.MessageID},
		{"hash", &l.Hash},
		{"content", &l.Key},
		{"sender", &l.From},
		{"subject", &l.Subject},
		{"kind", &l.Kind},
		{"language", &l.Language},
		{"fate", &l.Fate},
		{"why", &l.Why},
		{"fate_at", stamp{&l.FateAt}},
		{"case_number", &l.CaseNumber},
		{"header_only", &l.HeaderOnly},
		{"attempts", &l.Attempts},
		{"filed", &l.Filed},
		{"misplaced", &l.Misplaced},
	}
}

// fateColumns are what SetFate writes.
func fateColumns(l *LedgerRow) []column {
	return []column{
		{"message_id", &l.MessageID},
		{"hash", &l.Hash},
		{"content", &l.Key},
		{"sender", &l.From},
		{"subject", &l.Subject},
		{"kind", &l.Kind},
		{"language", &l.Language},
		{"fate", &l.Fate},
		{"why", &l.Why},
		{"fate_at", stamp{&l.FateAt}},
		{"case_number", &l.CaseNumber},
		{"header_only", &l.HeaderOnly},
	}
}

// storedLedger is a row as it is read.
func storedLedger(l *LedgerRow) []column {
	answered := "EXISTS (SELECT 1 FROM outbox WHERE ledger_id = ledger.id AND recipient <> '' AND status <> 'shadowed')"
	return append(ledgerColumns(l), column{"id", &l.ID}, column{answered, &l.Answered})
}

var (
	selectLedger = "SELECT " + names(storedLedger(&LedgerRow{})) + " FROM ledger"
	insertLedger = insertInto("ledger", ledgerColumns(&LedgerRow{})) + keepOld
)

// Seen records a mail when it is first seen, before anything else is done with
// it, or returns the record that there is of its mailbox, UIDVALIDITY and UID.
func (tx *Tx) Seen(ctx context.Context, row LedgerRow) (stored LedgerRow, existed bool, err error) {
	isNew, err := tx.insertSeen(ctx, row)
	if err == nil {
		stored, _, err = first(ctx, tx.tx, selectLedger+" WHERE mailbox = $1 AND uidvalidity = $2 AND uid = $3",
			[]any{row.Mailbox, row.UIDValidity, row.UID}, storedLedger)
	}
	if err != nil {
		return stored, false, fmt.Errorf("record mail %d of %s: %w", row.UID, row.Mailbox, err)
	}
	return stored, !isNew, nil
}

// SeenBefore records the mails that were there at the first start, with the
// fate before_start. Mails that are recorded already stay as they are.
func (tx *Tx) SeenBefore(ctx context.Context, rows []LedgerRow) error {
	for _, row := range rows {
		row.Fate, row.FateAt = FateBeforeStart, tx.now
		if _, err := tx.insertSeen(ctx, row); err != nil {
			return fmt.Errorf("record mail %d of %s: %w", row.UID, row.Mailbox, err)
		}
	}
	return nil
}

func (tx *Tx) insertSeen(ctx context.Context, row LedgerRow) (isNew bool, err error) {
	row.SeenAt = tx.now
	n, err := tx.exec(ctx, insertLedger, places(ledgerColumns(&row))...)
	return n > 0, err
}

// SetFate gives the mail row.ID its fate, with what is known of it by now:
// MessageID, Hash, Key, From, Subject, Kind, Language, Why, CaseNumber, HeaderOnly.
// A mail that has a fate other than hold or before_start keeps it: [ErrFate].
func (tx *Tx) SetFate(ctx context.Context, row LedgerRow) error {
	if row.Fate == "" {
		return fmt.Errorf("set fate of mail %d: no fate given", row.ID)
	}
	row.FateAt = tx.now
	cols := fateColumns(&row)
	query := fmt.Sprintf("UPDATE ledger SET %s WHERE id = $%d AND fate IN ('', 'hold', 'before_start')", assignments(cols), len(cols)+1)
	n, err := tx.exec(ctx, query, append(places(cols), row.ID)...)
	if err == nil && n == 0 {
		err = tx.whyDone(ctx, row.ID)
	} else if err == nil {
		err = tx.count(ctx, counterMails, string(row.Fate))
	}
	if err != nil {
		return fmt.Errorf("set fate of mail %d to %s: %w", row.ID, row.Fate, err)
	}
	return nil
}

// whyDone is the error for a mail that can no longer be worked on.
func (tx *Tx) whyDone(ctx context.Context, id int64) error {
	has, err := tx.LedgerRow(ctx, id)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", ErrFate, has.Fate)
}

// SameMail returns the record of the same mail in the same mailbox, other than
// exceptID, that has a fate: then this one is a duplicate. The same Message-ID
// with another key is another mail, and so is one without key. Of a sender who was
// forgotten the key alone is left; it covers the Message-ID.
func (s *queries) SameMail(ctx context.Context, mailbox, messageID, key string, exceptID int64) (row LedgerRow, ok bool, err error) {
	if key == "" {
		return row, false, nil
	}
	err = s.view(ctx, func(q querier) error {
		row, ok, err = first(ctx, q, selectLedger+` WHERE content = $1 AND content <> '' AND message_id IN ($2, '') AND mailbox = $3
			AND id <> $4 AND fate <> '' ORDER BY id LIMIT 1`, []any{key, messageID, mailbox, exceptID}, storedLedger)
		return err
	})
	if err != nil {
		return row, false, fmt.Errorf("look for the same mail as %d: %w", exceptID, err)
	}
	return row, ok, nil
}

// LedgerRow returns the record of a mail, or [ErrNotFound].
func (s *queries) LedgerRow(ctx context.Context, id int64) (LedgerRow, error) {
	row, err := oneByID(ctx, s, selectLedger, id, storedLedger)
	if err != nil {
		return row, fmt.Errorf("read record of mail %d: %w", id, err)
	}
	return row, nil
}

// LedgerFilter says which records are wanted; the zero filter wants all.
type LedgerFilter struct {
	Fate       Fate
	Sender     string // an address, or a domain
	CaseNumber string
	Unfinished bool      // only those that have no fate yet
	Since      time.Time // seen then or later
	Limit      int       // at most; 0: no limit
}

// Ledger returns the records that pass the filter, the newest first.
func (s *queries) Ledger(ctx context.Context, f LedgerFilter) ([]LedgerRow, error) {
	var w where
	if f.Fate != "" {
		w.add("fate = ?", f.Fate)
	}
	if f.Sender != "" {
		w.add(fromSender, fromSenderArgs(strings.ToLower(f.Sender))...)
	}
	if f.Unfinished {
		w.add("fate = ''")
	}
	if f.CaseNumber != "" {
		w.add("case_number = ? AND case_number <> ''", f.CaseNumber)
	}
	if !f.Since.IsZero() {
		w.add("seen_at >= ?", f.Since.UnixMilli())
	}
	return s.listLedger(ctx, w, " ORDER BY id DESC"+limit(f.Limit))
}

// Unfinished returns the records of a mailbox that have no fate, the oldest first.
func (s *queries) Unfinished(ctx context.Context, mailbox string) ([]LedgerRow, error) {
	var w where
	w.add("mailbox = ? AND fate = ''", mailbox)
	return s.listLedger(ctx, w, " ORDER BY id")
}

// Unfiled returns the records of a mailbox that have a fate and were not moved
// yet, the oldest first. Mails that are gone or were left unread at the first
// start are not among them: they are not to be moved.
func (s *queries) Unfiled(ctx context.Context, mailbox string) ([]LedgerRow, error) {
	var w where
	w.add("mailbox = ? AND filed = '' AND fate NOT IN ('', 'gone', 'before_start', 'shadowed')", mailbox)
	return s.listLedger(ctx, w, " ORDER BY id")
}

func (s *queries) listLedger(ctx context.Context, w where, tail string) (all []LedgerRow, err error) {
	err = s.ask(ctx, func(q querier) error {
		all, err = list(ctx, q, selectLedger+w.String()+tail, w.args, scanWith(storedLedger))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list ledger: %w", err)
	}
	return all, nil
}

// Filed records the folder that a mail was moved to.
func (tx *Tx) Filed(ctx context.Context, id int64, folder string) error {
	n, err := tx.exec(ctx, "UPDATE ledger SET filed = $1 WHERE id = $2", folder, id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("record where mail %d was moved: %w", id, err)
	}
	return nil
}

// Attempt records that a mail without a fate could not be done, and why, and
// returns how often that was so. A mail that has its fate is [ErrFate].
func (tx *Tx) Attempt(ctx context.Context, id int64, why string) (attempts int, err error) {
	err = tx.tx.QueryRowContext(ctx, `UPDATE ledger SET attempts = attempts + 1, why = $1
		WHERE id = $2 AND fate = '' RETURNING attempts`, why, id).Scan(&attempts)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.whyDone(ctx, id)
	}
	if err != nil {
		return 0, fmt.Errorf("record attempt at mail %d: %w", id, err)
	}
	return attempts, nil
}

// HighestUID returns the highest UID that was seen in a mailbox of this
// UIDVALIDITY, 0 when none was.
func (s *queries) HighestUID(ctx context.Context, mailbox string, uidvalidity uint32) (uid uint32, err error) {
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT coalesce(max(uid), 0) FROM ledger WHERE mailbox = $1 AND uidvalidity = $2",
			mailbox, uidvalidity).Scan(&uid)
	})
	if err != nil {
		return 0, fmt.Errorf("read highest UID of %s: %w", mailbox, err)
	}
	return uid, nil
}

// UIDs returns the UIDs of a mailbox that have a record, under one UIDVALIDITY.
func (s *queries) UIDs(ctx context.Context, mailbox string, uidvalidity uint32) (uids map[uint32]bool, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err := list(ctx, q, "SELECT uid FROM ledger WHERE mailbox = $1 AND uidvalidity = $2", []any{mailbox, uidvalidity}, scanOne[uint32])
		uids = make(map[uint32]bool, len(all))
		for _, uid := range all {
			uids[uid] = true
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the UIDs of %s: %w", mailbox, err)
	}
	return uids, nil
}

// MailboxRow is what is remembered of a mailbox.
type MailboxRow struct {
	Name        string // as in [LedgerRow].Mailbox
	UIDValidity uint32
	StartUID    uint32    // mails below were there at the first start
	StartedAt   time.Time // of the first start
}

func mailboxColumns(m *MailboxRow) []column {
	return []column{
		{"name", &m.Name},
		{"uidvalidity", &m.UIDValidity},
		{"start_uid", &m.StartUID},
		{"started_at", stamp{&m.StartedAt}},
	}
}

// Mailbox returns what is remembered of a mailbox; ok is false before its first start.
func (s *queries) Mailbox(ctx context.Context, name string) (row MailboxRow, ok bool, err error) {
	err = s.view(ctx, func(q querier) error {
		query := "SELECT " + names(mailboxColumns(&row)) + " FROM mailboxes WHERE name = $1"
		row, ok, err = first(ctx, q, query, []any{name}, mailboxColumns)
		return err
	})
	if err != nil {
		return row, false, fmt.Errorf("read mailbox %s: %w", name, err)
	}
	return row, ok, nil
}

// SetMailbox remembers a mailbox, in place of what was remembered of it.
func (tx *Tx) SetMailbox(ctx context.Context, row MailboxRow) error {
	cols := mailboxColumns(&row)
	_, err := tx.exec(ctx, insertInto("mailboxes", cols)+` ON CONFLICT (name) DO UPDATE SET
		uidvalidity = excluded.uidvalidity, start_uid = excluded.start_uid, started_at = excluded.started_at`, places(cols)...)
	if err != nil {
		return fmt.Errorf("remember mailbox %s: %w", row.Name, err)
	}
	return nil
}
