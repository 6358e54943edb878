package casebook

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// The statuses of an outbox row.
const (
	Pending   = "pending"   // to be sent; enters: Enqueue, Resend
	Sent      = "sent"      // the other side took it; enters: Done
	Failed    = "failed"    // given up, or taken and sent back; enters: GiveUp, Bounced; leaves: Resend
	Cancelled = "cancelled" // withdrawn before it left; enters: Cancel
	Aside     = "aside"     // waits, out of its lane, until its case's card stands in the channel; enters: SetAside; leaves: BringBack
	Shadowed  = "shadowed"  // written in shadow mode, only to be looked at; enters: Shadow; never leaves
)

// KindCard is the kind of the row that redraws the card of its case. It shows
// the case as it is at sending, so one that waits is enough.
const KindCard = "card"

// ErrNotPending is returned for a change that only a pending row allows.
var ErrNotPending = errors.New("the outbox row is not pending")

// ErrNotFailed is returned by [Tx.Resend] for a row that was not given up.
var ErrNotFailed = errors.New("the outbox row is not a failed one")

// Row is one thing to be sent. It is written in the transaction that decides
// it; the courier leases it, sends it and reports.
type Row struct {
	ID         int64
	Lane       string // rows of one lane are sent one at a time, in the order of their IDs
	Kind       string // which sender it is for
	Key        string // unique: a second row of the same key is never made
	CaseID     int64  // 0: none
	HistoryID  int64  // 0: none
	LedgerID   int64  // the mail that is answered or shown; 0: none
	Recipient  string // address of a mail; after Resend it counts, not the address in the body
	MessageID  string // of a mail, without angle brackets; of a webhook its ID
	Body       []byte // what is sent, only the sender reads it
	Automatic  bool   // a mail that no person asked for, and that was not withdrawn: counted by Answers
	Status     string
	Attempts   int       // the one in flight included
	NextAt     time.Time // not before; while in flight: when the lease ends
	CreatedAt  time.Time // enqueued, or put back by Resend
	SentAt     time.Time
	LastError  string // of the last attempt, or why it was cancelled
	Receipt    string
	leaseUntil time.Time // in flight until then, at the latest; zero once the sender has reported
	leaseBy    string    // the instance that had it in flight last; empty where there is but one
}

// InFlight says whether a sender may have the row in hand.
func (r *Row) InFlight(now time.Time) bool { return r.leaseUntil.After(now) }

func rowColumns(r *Row) []column {
	return []column{
		{"lane", &r.Lane},
		{"kind", &r.Kind},
		{"key", &r.Key},
		{"case_id", reference{&r.CaseID}},
		{"history_id", reference{&r.HistoryID}},
		{"ledger_id", reference{&r.LedgerID}},
		{"recipient", &r.Recipient},
		{"message_id", &r.MessageID},
		{"automatic", &r.Automatic},
		{"status", &r.Status},
		{"attempts", &r.Attempts},
		{"next_at", stamp{&r.NextAt}},
		{"lease_until", stamp{&r.leaseUntil}},
		{"lease_by", &r.leaseBy},
		{"created_at", stamp{&r.CreatedAt}},
		{"sent_at", stamp{&r.SentAt}},
		{"last_error", &r.LastError},
		{"receipt", &r.Receipt},
	}
}

func storedRow(r *Row) []column {
	return append([]column{{"id", &r.ID}, {"(SELECT b.body FROM outbox_bodies b WHERE b.id = outbox.id)", &r.Body}}, rowColumns(r)...)
}

// newRow is a row as it is written.
func newRow(r *Row) []column {
	domain := domainOf(r.Recipient)
	return append(rowColumns(r), column{"recipient_domain", &domain})
}

var (
	rowNames     = names(storedRow(&Row{}))
	selectOutbox = "SELECT " + rowNames + " FROM outbox"
	insertOutbox = insertInto("outbox", newRow(&Row{})) + " ON CONFLICT (key) DO NOTHING RETURNING id"
)

// Enqueue puts a row into the outbox, due at once or at row.NextAt, and returns
// its ID. When there is one of the same key, whatever became of it, that is
// returned instead and created is false; the same holds for a card when one of
// the same case waits that no sender has in hand.
func (tx *Tx) Enqueue(ctx context.Context, row Row) (id int64, created bool, err error) {
	if row.Lane == "" || row.Kind == "" || row.Key == "" {
		return 0, false, fmt.Errorf("enqueue %q: lane %q, kind %q and key must not be empty", row.Key, row.Lane, row.Kind)
	}
	if row.Kind == KindCard && row.CaseID != 0 {
		id, err = tx.waitingCard(ctx, row.CaseID)
	}
	if err == nil && id == 0 {
		id, created, err = tx.insertRow(ctx, row)
	}
	if err != nil {
		return 0, false, fmt.Errorf("enqueue %s: %w", row.Key, err)
	}
	return id, created, nil
}

// waitingCard returns the ID of the row that will draw a case as it is then, or 0.
// A card whose lease ran out may yet be drawn from the case as it was.
func (tx *Tx) waitingCard(ctx context.Context, caseID int64) (id int64, err error) {
	err = tx.tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM outbox
		WHERE case_id = $1 AND kind = $2 AND status = 'pending' AND lease_until IS NULL`, caseID, KindCard).Scan(&id)
	return id, err
}

// insertRow returns the row of the same key when there is one.
func (tx *Tx) insertRow(ctx context.Context, row Row) (id int64, created bool, err error) {
	row.Status, row.Attempts, row.CreatedAt = Pending, 0, tx.now
	row.SentAt, row.leaseUntil, row.leaseBy = time.Time{}, time.Time{}, ""
	if row.NextAt.IsZero() {
		row.NextAt = tx.now
	}
	tx.left = true
	row.Recipient, row.MessageID = strings.ToLower(row.Recipient), bareID(row.MessageID)
	err = tx.tx.QueryRowContext(ctx, insertOutbox, places(newRow(&row))...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.tx.QueryRowContext(ctx, "SELECT id FROM outbox WHERE key = $1", row.Key).Scan(&id)
		return id, false, err
	}
	if err == nil {
		err = tx.addBody(ctx, id, row.Body)
	}
	return id, true, err
}

func (tx *Tx) addBody(ctx context.Context, id int64, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	_, err := tx.exec(ctx, "INSERT INTO outbox_bodies (id, body) VALUES ($1, $2)", id, body)
	return err
}

const dropBody = "DELETE FROM outbox_bodies WHERE id = $1"

// setBody replaces what a row says; nothing: nothing is kept.
func (tx *Tx) setBody(ctx context.Context, id int64, body []byte) error {
	if _, err := tx.exec(ctx, dropBody, id); err != nil {
		return err
	}
	return tx.addBody(ctx, id, body)
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// isHead is true of a row o that is the next of its lane, and no other row of
// the lane is in flight at the time $1; nor is it itself, with another instance.
func isHead(e engine) string {
	head := `NOT EXISTS (SELECT 1 FROM outbox p WHERE p.lane = o.lane AND p.status = 'pending' AND p.id < o.id)
	AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.lane = o.lane AND p.lease_until IS NOT NULL AND (p.lease_until > $1` + or(e.elsewhere("p")) + `) AND p.id <> o.id)`
	if own := e.elsewhere("o"); own != "" {
		head += " AND NOT (o.lease_until IS NOT NULL AND " + own + ")"
	}
	return head
}

func or(condition string) string {
	if condition == "" {
		return ""
	}
	return " OR " + condition
}

// standing is 0 for a card o that is already posted: people see it redrawn while
// many new ones wait to be posted.
const standing = `CASE WHEN o.kind = '` + KindCard + `' AND EXISTS (SELECT 1 FROM posts p WHERE p.key = 'card/' || o.case_id) THEN 0 ELSE 1 END`

// Lease takes up to n due rows of these kinds (none: of all kinds) for sending,
// cards that are to be redrawn first, then the oldest: of each lane at most its
// next row, and none while that row waits for a later time or is in flight. A lane should hold rows of one sender,
// or a slow one holds up the others.
//
// Before Lease returns, the attempt is counted and the row is due again after
// hold: a courier that dies, or never reports with Done, Later or GiveUp, costs
// one attempt and the time of hold, and loses nothing.
//
// Several instances may lease at the same time, without waiting for each other or
// for who writes: none gets a row that another has, however long that takes, as long
// as that one is heard of.
func (b *Book) Lease(ctx context.Context, now time.Time, kinds []string, n int, hold time.Duration) (rows []Row, err error) {
	until := now.Add(hold)
	err = b.beside(ctx, now, func(tx *Tx) error {
		rows, err = tx.lease(ctx, until, kinds, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("lease from outbox: %w", err)
	}
	slices.SortFunc(rows, func(x, y Row) int { return cmp.Compare(x.ID, y.ID) })
	return rows, nil
}

func (tx *Tx) lease(ctx context.Context, until time.Time, kinds []string, n int) ([]Row, error) {
	if n <= 0 {
		return nil, nil
	}
	var w where
	w.add("o.next_at <= ?", tx.now.UnixMilli()) // $1, for isHead too
	w.add("o.status = 'pending'")
	oneOf(&w, "o.kind", kinds)
	w.add(isHead(tx.engine))
	order := "o.id"
	if len(kinds) == 0 || slices.Contains(kinds, KindCard) {
		order = standing + ", o.id"
	}
	some, err := tx.engine.claim(ctx, tx, &w, order, n)
	if err != nil || !some {
		return nil, err
	}
	query := fmt.Sprintf(`UPDATE outbox SET attempts = attempts + 1, next_at = $%d, lease_until = $%[1]d, lease_by = $%d
		WHERE id IN (SELECT o.id FROM outbox o%s ORDER BY %s%s) RETURNING %s`,
		len(w.args)+1, len(w.args)+2, w.String(), order, limit(n), rowNames)
	return list(ctx, tx.tx, query, append(w.args, until.UnixMilli(), tx.engine.instance()), scanWith(storedRow))
}

// Holds says whether a row that was leased still is: not withdrawn meanwhile, and
// not leased by somebody else.
func (s *queries) Holds(ctx context.Context, row Row) (held bool, err error) {
	err = s.ask(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM outbox WHERE id = $1 AND status = 'pending' AND lease_until = $2 AND lease_by = $3)",
			row.ID, row.leaseUntil.UnixMilli(), row.leaseBy).Scan(&held)
	})
	if err != nil {
		return false, fmt.Errorf("look whether row %d is still to be sent: %w", row.ID, err)
	}
	return held, nil
}

// NextDue returns when Lease will next have a row of these kinds (none: of all
// kinds), unless something is enqueued or reported before; ok is false when
// nothing waits, or only behind rows of other kinds.
func (s *queries) NextDue(ctx context.Context, kinds []string) (at time.Time, ok bool, err error) {
	var w where
	w.add("o.status = 'pending'")
	oneOf(&w, "o.kind", kinds)
	w.add("NOT EXISTS (SELECT 1 FROM outbox p WHERE p.lane = o.lane AND p.status = 'pending' AND p.id < o.id)")
	err = s.ask(ctx, func(q querier) error {
		// A row that was put back into its lane waits for a younger one in flight.
		return q.QueryRowContext(ctx, `SELECT min(CASE WHEN flight > next_at THEN flight ELSE next_at END) FROM (
			SELECT o.next_at, (SELECT max(p.lease_until) FROM outbox p
				WHERE p.lane = o.lane AND p.lease_until IS NOT NULL AND p.id <> o.id) AS flight
			FROM outbox o`+w.String()+`) AS heads`, w.args...).Scan(stamp{&at})
	})
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read when the outbox is next due: %w", err)
	}
	return at, !at.IsZero(), nil
}

// SentRow is a row that was sent.
type SentRow struct {
	ID      int64
	At      time.Time
	Receipt string // what the other side said
}

// Done records that a row was sent, with what the other side said.
func (b *Book) Done(ctx context.Context, id int64, now time.Time, receipt string) error {
	return b.DoneAll(ctx, SentRow{ID: id, At: now, Receipt: receipt})
}

// DoneAll records several at once. One that is not there any more, since its
// customer was forgotten, keeps none of the others from it; the error then is
// [ErrNotFound].
func (b *Book) DoneAll(ctx context.Context, rows ...SentRow) error {
	var missing error
	err := b.beside(ctx, time.Time{}, func(tx *Tx) error {
		missing = nil
		for _, r := range rows {
			err := tx.change(ctx, r.ID, ErrNotFound, `UPDATE outbox SET status = 'sent', sent_at = $2, failed_at = NULL, receipt = $3, lease_until = NULL, last_error = ''
				WHERE id = $1`, r.At.UnixMilli(), r.Receipt)
			if errors.Is(err, ErrNotFound) {
				missing = fmt.Errorf("record row %d as sent: %w", r.ID, err)
			} else if err != nil {
				return fmt.Errorf("record row %d as sent: %w", r.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return missing
}

// GiveBack returns rows that were leased and not tried: they are due as before,
// and their attempt does not count.
func (b *Book) GiveBack(ctx context.Context, now time.Time, rows ...Row) error {
	return b.beside(ctx, now, func(tx *Tx) error {
		for _, r := range rows {
			_, err := tx.exec(ctx, `UPDATE outbox SET attempts = attempts - 1, next_at = $2, lease_until = NULL
				WHERE id = $1 AND status = 'pending' AND lease_until = $3 AND lease_by = $4`, r.ID, tx.now.UnixMilli(), r.leaseUntil.UnixMilli(), r.leaseBy)
			if err != nil {
				return fmt.Errorf("give row %d back: %w", r.ID, err)
			}
		}
		return nil
	})
}

// asItWas is true of a row that is pending and that nobody has leased since it was
// read or leased: its attempts, and by whom, are the fence of who reports on it.
const asItWas = " WHERE id = $1 AND status = 'pending' AND attempts = $2 AND lease_by = $3"

// Later records that an attempt did not succeed, and when the next is to be. Of a row
// that somebody else has dealt with, or has in hand, it is [ErrNotPending].
func (b *Book) Later(ctx context.Context, row Row, next time.Time, why string) error {
	err := b.beside(ctx, time.Time{}, func(tx *Tx) error {
		return tx.change(ctx, row.ID, ErrNotPending, "UPDATE outbox SET next_at = $4, last_error = $5, lease_until = NULL"+asItWas,
			row.Attempts, row.leaseBy, next.UnixMilli(), why)
	})
	if err != nil {
		return fmt.Errorf("put off row %d: %w", row.ID, err)
	}
	return nil
}

// SetAside takes a row that is in flight out of its lane, which goes on.
func (b *Book) SetAside(ctx context.Context, row Row, why string) error {
	err := b.beside(ctx, time.Time{}, func(tx *Tx) error {
		return tx.change(ctx, row.ID, ErrNotPending, "UPDATE outbox SET status = 'aside', last_error = $4, lease_until = NULL"+asItWas,
			row.Attempts, row.leaseBy, why)
	})
	if err != nil {
		return fmt.Errorf("set row %d aside: %w", row.ID, err)
	}
	return nil
}

// BringBack puts the rows of a case that were set aside back into their lanes,
// due at once, and returns how many they are. They are older than what waits in
// the lane, and so go first.
func (b *Book) BringBack(ctx context.Context, caseID int64, now time.Time) (n int64, err error) {
	err = b.Write(ctx, now, func(tx *Tx) error {
		n, err = tx.exec(ctx, `UPDATE outbox SET status = 'pending', attempts = 0, next_at = $2, last_error = ''
			WHERE case_id = $1 AND status = 'aside'`, caseID, tx.now.UnixMilli())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("bring back the rows of case %d: %w", caseID, err)
	}
	return n, nil
}

// GiveUp records that a pending row will not be sent, and why; its lane goes
// on. It belongs in the transaction that tells the case of it. A row that is
// not pending, or that somebody else has leased since, is [ErrNotPending]: then the
// case has been told, or will be.
func (tx *Tx) GiveUp(ctx context.Context, row Row, why string) error {
	err := tx.change(ctx, row.ID, ErrNotPending, "UPDATE outbox SET status = 'failed', failed_at = $5, last_error = $4, lease_until = NULL"+asItWas,
		row.Attempts, row.leaseBy, why, tx.now.UnixMilli())
	if err != nil {
		return fmt.Errorf("give up row %d: %w", row.ID, err)
	}
	return nil
}

// Shadow keeps a pending row from ever being sent: it shows what would have
// been. Nothing leads from there, so that no later desk sends it.
func (tx *Tx) Shadow(ctx context.Context, id int64, why string) error {
	err := tx.change(ctx, id, ErrNotPending, `UPDATE outbox SET status = 'shadowed', last_error = $2
		WHERE id = $1 AND status = 'pending' AND lease_until IS NULL`, why)
	if err != nil {
		return fmt.Errorf("shadow row %d: %w", id, err)
	}
	return nil
}

// Bounced marks the sent mail of a Message-ID as failed: it was taken and came
// back. A Message-ID that is not of a sent row changes nothing.
func (tx *Tx) Bounced(ctx context.Context, messageID, why string) error {
	_, err := tx.exec(ctx, `UPDATE outbox SET status = 'failed', failed_at = $3, last_error = $2
		WHERE message_id = $1 AND message_id <> '' AND kind = 'mail' AND status = 'sent'`, bareID(messageID), why, tx.now.UnixMilli())
	if err != nil {
		return fmt.Errorf("mark message %s as bounced: %w", messageID, err)
	}
	return nil
}

// Cancel withdraws a pending row that no sender has in hand. One that is in
// flight, sent, failed or cancelled is [ErrNotPending] and stays as it is.
func (tx *Tx) Cancel(ctx context.Context, id int64, why string) error {
	err := tx.change(ctx, id, ErrNotPending, `UPDATE outbox SET status = 'cancelled', automatic = 0, last_error = $2
		WHERE id = $1 AND status = 'pending' AND lease_until IS NULL`, why)
	if err != nil {
		return fmt.Errorf("cancel row %d: %w", id, err)
	}
	return nil
}

// Resend puts a failed row back, due at once, with its attempts and its age
// counted anew. A newRecipient, when given, is whom it goes to; the body is
// left as it is, so the sender must take the recipient from the row.
func (tx *Tx) Resend(ctx context.Context, id int64, newRecipient string) error {
	recipient := strings.ToLower(newRecipient)
	tx.left = true
	err := tx.change(ctx, id, ErrNotFailed, `UPDATE outbox SET status = 'pending', failed_at = NULL, attempts = 0, next_at = $2, created_at = $2, last_error = '',
		recipient = CASE WHEN $3 = '' THEN recipient ELSE $3 END,
		recipient_domain = CASE WHEN $3 = '' THEN recipient_domain ELSE $4 END
		WHERE id = $1 AND status = 'failed'`, tx.now.UnixMilli(), recipient, domainOf(recipient))
	if err != nil {
		return fmt.Errorf("send row %d again: %w", id, err)
	}
	return nil
}

// change changes the row $1 = id, and returns refusal when the row does not
// allow it or ErrNotFound when there is none.
func (tx *Tx) change(ctx context.Context, id int64, refusal error, query string, args ...any) error {
	n, err := tx.exec(ctx, query, append([]any{id}, args...)...)
	if err != nil || n > 0 {
		return err
	}
	if _, err := tx.OutboxRow(ctx, id); err != nil {
		return err
	}
	return refusal
}

// OutboxRow returns a row, or [ErrNotFound].
func (s *queries) OutboxRow(ctx context.Context, id int64) (Row, error) {
	row, err := oneByID(ctx, s, selectOutbox, id, storedRow)
	if err != nil {
		return row, fmt.Errorf("read outbox row %d: %w", id, err)
	}
	return row, nil
}

// OutboxFilter says which rows are wanted; the zero filter wants all.
type OutboxFilter struct {
	CaseID   int64
	LedgerID int64
	Status   string
	Kind     string
	Limit    int // at most; 0: no limit
}

// Outbox returns the rows that pass the filter, the newest first.
func (s *queries) Outbox(ctx context.Context, f OutboxFilter) (rows []Row, err error) {
	var w where
	if f.CaseID != 0 {
		w.add("case_id = ?", f.CaseID)
	}
	if f.LedgerID != 0 {
		w.add("ledger_id = ?", f.LedgerID)
	}
	if f.Status != "" {
		w.add("status = ?", f.Status)
	}
	if f.Kind != "" {
		w.add("kind = ?", f.Kind)
	}
	err = s.view(ctx, func(q querier) error {
		query := selectOutbox + w.String() + " ORDER BY id DESC" + limit(f.Limit)
		rows, err = list(ctx, q, query, w.args, scanWith(storedRow))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list outbox: %w", err)
	}
	return rows, nil
}

// Counts are numbers of automatic mails.
type Counts struct {
	Address, Domain, Case, Total int
}

// countAnswers counts the automatic mails since $1 for which the condition holds.
func countAnswers(cond string) string {
	return "(SELECT count(*) FROM outbox WHERE automatic = 1 AND created_at >= $1" + cond + ")"
}

// Answers counts the automatic mails that were enqueued since a time: to an
// address, to its domain, about a case, and in all.
func (s *queries) Answers(ctx context.Context, since time.Time, address, domain string, caseID int64) (c Counts, err error) {
	address, domain = strings.ToLower(address), strings.ToLower(domain)
	query := "SELECT " + countAnswers(" AND recipient_domain = $3 AND recipient = $2") + ", " + countAnswers(" AND recipient_domain = $4") +
		", " + countAnswers(" AND case_id = $5") + ", " + countAnswers("")
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, query, since.UnixMilli(), address, domainOf(address), domain, caseID).Scan(&c.Address, &c.Domain, &c.Case, &c.Total)
	})
	if err != nil {
		return Counts{}, fmt.Errorf("count automatic answers: %w", err)
	}
	return c, nil
}

// AnswersAbout counts those about a case.
func (s *queries) AnswersAbout(ctx context.Context, since time.Time, caseID int64) (n int, err error) {
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT "+countAnswers(" AND case_id = $2"), since.UnixMilli(), caseID).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count automatic answers: %w", err)
	}
	return n, nil
}

// AnswersLetOut counts the automatic mails since a time that were not withheld:
// in all, and to strangers, whom nothing has ever proven. Unlike Answers it looks
// at each of them, so it is asked where many went out.
func (s *queries) AnswersLetOut(ctx context.Context, since time.Time) (all, strangers int, err error) {
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN a.trust IN ($2, $3) THEN 0 ELSE 1 END), 0)
			FROM outbox o LEFT JOIN addresses a ON a.address = o.recipient
			WHERE o.automatic = 1 AND o.created_at >= $1 AND NOT (o.status = 'failed' AND o.attempts = 0)`,
			since.UnixMilli(), string(rules.Proven), string(rules.Known)).Scan(&all, &strangers)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count automatic answers that went out: %w", err)
	}
	return all, strangers, nil
}
