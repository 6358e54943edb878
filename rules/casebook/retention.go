package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Keeping names a kind of data that is kept for a time only.
type Keeping string

// What is kept for a time only. Nothing of a case that is open is ever among it,
// nor a mail that waits for a person.
const (
	KeepRawMails     Keeping = "raw_mails"     // the mails as they came, with their attachments
	KeepHistoryTexts Keeping = "history_texts" // what was written, in the histories of closed cases
	KeepAddresses    Keeping = "addresses"     // the language that somebody writes, and how far he is trusted
	KeepClicks       Keeping = "clicks"        // which clicks were taken in
	KeepSentMails    Keeping = "sent_mails"    // the text of mails and posts that have left
	KeepNotedMails   Keeping = "noted_mails"   // sender, subject and text of mails that concern no case
)

// Keepings are all of them.
func Keepings() []Keeping {
	return []Keeping{KeepRawMails, KeepHistoryTexts, KeepAddresses, KeepClicks, KeepSentMails, KeepNotedMails}
}

// overdue are the rows whose time is over: their IDs, above $2, in order. $1 is
// the time up to which is forgotten, in milliseconds.
var overdue = map[Keeping]string{
	KeepRawMails: `SELECT l.id FROM ledger l WHERE l.id > $2 AND l.hash <> '' AND l.seen_at < $1 AND l.fate NOT IN ('', 'hold')
		AND NOT EXISTS (SELECT 1 FROM cases c LEFT JOIN cases g ON g.number = c.merged_into AND c.merged_into <> ''
			WHERE c.number = l.case_number AND (c.state <> 'closed' OR c.state_at >= $1 OR g.state <> 'closed' OR g.state_at >= $1))`,
	KeepHistoryTexts: `SELECT h.id FROM history h JOIN cases c ON c.id = h.case_id
		WHERE h.id > $2 AND h.text <> '' AND c.state = 'closed' AND c.state_at < $1`,
	KeepAddresses: `SELECT id FROM addresses WHERE id > $2 AND last_at < $1
		AND NOT EXISTS (SELECT 1 FROM parties p JOIN cases c ON c.id = p.case_id WHERE p.address = addresses.address AND c.state <> 'closed')`,
	KeepClicks: "SELECT id FROM clicks WHERE id > $2 AND at < $1",
	KeepSentMails: `SELECT o.id FROM outbox_bodies b JOIN outbox o ON o.id = b.id WHERE b.id > $2 AND o.status IN ('sent', 'cancelled', 'shadowed') AND o.created_at < $1
		AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = o.case_id AND c.state <> 'closed')`,
	KeepNotedMails: `SELECT l.id FROM ledger l WHERE l.id > $2 AND l.seen_at < $1 AND l.case_number = ''
		AND l.fate NOT IN ('', 'hold') AND (l.sender <> '' OR l.subject <> '' OR l.hash <> '')`,
}

const dropRaw = `DELETE FROM raw_mails WHERE hash = (SELECT hash FROM ledger WHERE id = $1) AND NOT EXISTS
	(SELECT 1 FROM ledger x, ledger me WHERE me.id = $1 AND x.content = me.content AND x.hash = me.hash AND x.id <> $1)`

// dropObject is dropRaw for a raw mail that lies in a bucket.
const dropObject = `UPDATE raw_objects SET state = 'gone' WHERE hash = (SELECT hash FROM ledger WHERE id = $1) AND state = 'there' AND NOT EXISTS
	(SELECT 1 FROM ledger x, ledger me WHERE me.id = $1 AND x.content = me.content AND x.hash = me.hash AND x.id <> $1)`

// expire is what is done to each of those rows.
var expire = map[Keeping][]string{
	KeepRawMails:     {dropRaw, dropObject, "DELETE FROM attachments WHERE ledger_id = $1", "UPDATE ledger SET hash = '' WHERE id = $1"},
	KeepHistoryTexts: {"UPDATE history SET text = '' WHERE id = $1"},
	KeepAddresses:    {"DELETE FROM addresses WHERE id = $1"},
	KeepClicks:       {"DELETE FROM clicks WHERE id = $1"},
	KeepSentMails:    {dropBody},
	KeepNotedMails: {dropRaw, dropObject, "DELETE FROM attachments WHERE ledger_id = $1",
		"UPDATE ledger SET hash = '', sender = '', subject = '', message_id = '', why = 'kept no longer' WHERE id = $1"},
}

// Overdue counts what of a kind is older than a time, and would be forgotten.
func (s *queries) Overdue(ctx context.Context, kind Keeping, before time.Time) (n int, err error) {
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT count(*) FROM ("+overdue[kind]+") AS rows", before.UnixMilli(), -1).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count old %s: %w", kind, err)
	}
	return n, nil
}

// Expire forgets up to n rows of a kind that are older than a time, from the
// first after an ID on, and returns the last ID and how many they were: 0 when
// there is nothing left. What it deletes it overwrites. Rows that are found are
// read before the casebook is written to, so that nobody waits for the search.
func (b *Book) Expire(ctx context.Context, kind Keeping, before time.Time, after int64, n int) (last int64, done int, err error) {
	var ids []int64
	err = b.view(ctx, func(q querier) error {
		ids, err = list(ctx, q, overdue[kind]+" ORDER BY 1"+limit(n), []any{before.UnixMilli(), after}, scanOne[int64])
		return err
	})
	if err == nil && len(ids) > 0 {
		err = b.Write(ctx, time.Time{}, func(tx *Tx) error { return tx.expire(ctx, kind, before, ids) })
	}
	if err != nil {
		return after, 0, fmt.Errorf("forget old %s: %w", kind, err)
	}
	if len(ids) > 0 {
		after = ids[len(ids)-1]
	}
	return after, len(ids), nil
}

// expire forgets those of the rows that are still to be forgotten.
func (tx *Tx) expire(ctx context.Context, kind Keeping, before time.Time, ids []int64) error {
	if err := tx.engine.shred(ctx, tx); err != nil {
		return err
	}
	still, err := list(ctx, tx.tx, overdue[kind]+" ORDER BY 1"+limit(len(ids)), []any{before.UnixMilli(), ids[0] - 1}, scanOne[int64])
	if err != nil {
		return err
	}
	for _, id := range still {
		if id > ids[len(ids)-1] {
			break
		}
		for _, statement := range expire[kind] {
			if _, err := tx.exec(ctx, statement, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// Chore is something that is to be done now and then, and may be forgotten.
type Chore string

// The chores.
const (
	ChoreRetention Chore = "retention"
	ChoreBackup    Chore = "backup"
	ChoreClock     Chore = "clock" // the desk was at work
)

// LastDone returns when a chore was last done to its end; zero: never.
func (s *queries) LastDone(ctx context.Context, c Chore) (at time.Time, err error) {
	var ms int64
	err = s.view(ctx, func(q querier) error {
		var value []byte
		err := q.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = $1", "done/"+string(c)).Scan(&value)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			ms, err = strconv.ParseInt(string(value), 10, 64)
		}
		return err
	})
	if err != nil {
		return at, fmt.Errorf("read when %s was last done: %w", c, err)
	}
	if ms == 0 {
		return at, nil
	}
	return time.UnixMilli(ms).UTC(), nil
}

// SetDone records that a chore was done to its end.
func (b *Book) SetDone(ctx context.Context, c Chore, at time.Time) error {
	err := b.Write(ctx, at, func(tx *Tx) error {
		_, err := tx.exec(ctx, "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
			"done/"+string(c), strconv.AppendInt(nil, at.UnixMilli(), 10))
		return err
	})
	if err != nil {
		return fmt.Errorf("record that %s was done: %w", c, err)
	}
	return nil
}
