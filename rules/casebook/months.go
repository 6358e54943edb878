package casebook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// MakeMonths makes a server's parts of the months to come, as far as they lack. A
// running desk does so now and then; opening a casebook does it too.
func (b *Book) MakeMonths(ctx context.Context) error {
	if err := b.engine.makeMonths(ctx, b); err != nil {
		return fmt.Errorf("make the parts of the next months: %w", err)
	}
	return nil
}

// StrayRows counts the rows, of all desks of a server, for whose month no part was
// made. Nothing is wrong with them but that their month cannot get one any more.
func (b *Book) StrayRows(ctx context.Context) (n int64, err error) {
	err = b.view(ctx, func(q querier) error {
		n, err = b.engine.strayRows(ctx, q)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count rows without a month: %w", err)
	}
	return n, nil
}

// ExpireMonths forgets raw mails as [Book.Expire] does, but by whole months, where
// the store keeps them so and nearly all of a month is due. It returns how many
// were forgotten.
func (b *Book) ExpireMonths(ctx context.Context, before time.Time) (n int, err error) {
	if n, err = b.engine.expireMonths(ctx, b, before); err != nil {
		return n, fmt.Errorf("forget months of raw mails: %w", err)
	}
	return n, nil
}

// notNow is the SQLSTATE of a lock that others hold for too long
// (https://www.postgresql.org/docs/15/errcodes-appendix.html).
const notNow = "55P03"

// whenFree takes it for done when a table is in use: it is tried again.
func whenFree(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == notNow {
		return nil
	}
	return err
}

func (s *server) makeMonths(ctx context.Context, b *Book) error {
	_, err := b.reader.ExecContext(ctx, "SELECT retour.make_months()")
	return whenFree(err)
}

func (s *server) strayRows(ctx context.Context, q querier) (n int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT retour.stray_rows()").Scan(&n)
	return n, err
}

// How a month of raw mails is let go of.
const (
	fewNeeded      = 100                // of its mails may be kept beyond it, or a tenth
	releasedAtOnce = 2000               // ledger rows that share a transaction
	releaseWaits   = 2 * 24 * time.Hour // for the other desks
)

// expireMonths lets go of the months that lie before a time as a whole. What the
// desk still needs of one is kept beyond it. A month that other desks want to keep
// is emptied of this one's mails after a while.
func (s *server) expireMonths(ctx context.Context, b *Book, before time.Time) (n int, err error) {
	months, err := s.monthsBefore(ctx, b, before)
	if err != nil {
		return 0, err
	}
	for _, month := range months {
		done, err := s.releaseMonth(ctx, b, month, before)
		n += done
		if err != nil {
			return n, fmt.Errorf("month %04d: %w", month, err)
		}
	}
	if _, err := b.reader.ExecContext(ctx, "SELECT retour.drop_months()"); whenFree(err) != nil {
		return n, err
	}
	return n, b.Write(ctx, time.Time{}, func(tx *Tx) error {
		_, err := tx.exec(ctx, `DELETE FROM retour.raw_mails WHERE desk = current_setting('retour.desk') AND month IN
			(SELECT month FROM releases WHERE at < clock() - $1 * interval '1 second')`, int64(releaseWaits.Seconds()))
		return err
	})
}

// monthsBefore are those that have a part, were over a month ago by the server's
// clock, end before a time, and were not released.
func (s *server) monthsBefore(ctx context.Context, b *Book, before time.Time) (months []int64, err error) {
	err = b.view(ctx, func(q querier) error {
		months, err = list(ctx, q, `SELECT month FROM (SELECT CAST(right(relname, 4) AS BIGINT) AS month FROM pg_class
				WHERE relnamespace = to_regnamespace('months') AND relkind = 'r' AND relname ~ '^raw_mails_[0-9]{4}$') AS parts
			WHERE month < month_of(to_timestamp($1)) AND month < month_of(clock() - interval '1 month')
			AND month NOT IN (SELECT month FROM releases) ORDER BY month`, []any{before.Unix()}, scanOne[int64])
		return err
	})
	return months, err
}

// needed are the raw mails of the month $3 of which a ledger row is not due at $1.
const needed = `WITH due AS MATERIALIZED (%s)
	SELECT r.hash FROM raw_mails r WHERE r.month = $3 AND EXISTS
		(SELECT 1 FROM ledger x LEFT JOIN due ON due.id = x.id WHERE x.hash = r.hash AND x.hash <> '' AND due.id IS NULL)`

// releaseMonth does nothing where much of a month is needed.
func (s *server) releaseMonth(ctx context.Context, b *Book, month int64, before time.Time) (n int, err error) {
	still := fmt.Sprintf(needed, overdue[KeepRawMails])
	args := []any{before.UnixMilli(), int64(-1), month}
	var few bool
	err = b.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM ("+still+") AS still) <= greatest($4, (SELECT count(*) FROM raw_mails WHERE month = $3) / 10)",
			append(args, fewNeeded)...).Scan(&few)
	})
	if err != nil || !few {
		return 0, err
	}
	err = b.Write(ctx, time.Time{}, func(tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE raw_mails SET month = 0 WHERE month = $3 AND hash IN ("+still+")", args...)
		return err
	})
	if err != nil {
		return 0, err
	}
	if n, err = s.unlinkMonth(ctx, b, month, before); err != nil {
		return n, err
	}
	return n, b.Write(ctx, time.Time{}, func(tx *Tx) error { // unless another mail of the same bytes has come
		_, err := tx.exec(ctx, `INSERT INTO releases (month) SELECT $1 WHERE NOT EXISTS
			(SELECT 1 FROM raw_mails r JOIN ledger l ON l.hash = r.hash WHERE r.month = $1) ON CONFLICT DO NOTHING`, month)
		return err
	})
}

// unlinkMonth does to what is due of a month what [Book.Expire] does, but that it
// leaves the raw mails where they are.
func (s *server) unlinkMonth(ctx context.Context, b *Book, month int64, before time.Time) (n int, err error) {
	query := "WITH due AS (" + overdue[KeepRawMails] + ` AND EXISTS (SELECT 1 FROM raw_mails r WHERE r.hash = l.hash AND r.month = $3) ORDER BY l.id` + limit(releasedAtOnce) + `),
		files AS (DELETE FROM attachments WHERE ledger_id IN (SELECT id FROM due)),
		rows AS (UPDATE ledger SET hash = '' WHERE id IN (SELECT id FROM due) RETURNING id)
		SELECT count(*), coalesce(max(id), 0) FROM rows`
	for after, done := int64(-1), releasedAtOnce; done == releasedAtOnce; n += done {
		err := b.Write(ctx, time.Time{}, func(tx *Tx) error {
			return tx.tx.QueryRowContext(ctx, query, before.UnixMilli(), after, month).Scan(&done, &after)
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
