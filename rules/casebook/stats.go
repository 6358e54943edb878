package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"retour/rules"
)

// Stats are the numbers of rows by what they are.
type Stats struct {
	Cases  map[rules.State]int
	Outbox map[string]int // by status
	Ledger map[Fate]int   // of all mailboxes; "": without a fate
}

// Stats counts cases, outbox and ledger, all at the same moment.
func (s *queries) Stats(ctx context.Context) (st Stats, err error) {
	err = s.view(ctx, func(q querier) error {
		if st.Cases, err = tally[rules.State](ctx, q, "SELECT state, count(*) FROM cases GROUP BY state"); err != nil {
			return err
		}
		if st.Outbox, err = tally[string](ctx, q, "SELECT status, count(*) FROM outbox GROUP BY status"); err != nil {
			return err
		}
		st.Ledger, err = tally[Fate](ctx, q, "SELECT fate, count(*) FROM ledger GROUP BY fate")
		return err
	})
	if err != nil {
		return Stats{}, fmt.Errorf("count casebook: %w", err)
	}
	return st, nil
}

// LedgerCounts counts the mails ever seen in a mailbox (empty: in any) by their
// fate, and in all. The fate "" is of those that are not done; there should be none at rest.
func (s *queries) LedgerCounts(ctx context.Context, mailbox string) (counts map[Fate]int, total int, err error) {
	err = s.view(ctx, func(q querier) error {
		counts, err = tally[Fate](ctx, q, "SELECT fate, count(*) FROM ledger WHERE mailbox = $1 OR $1 = '' GROUP BY fate", mailbox)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("count ledger of %s: %w", mailbox, err)
	}
	for _, n := range counts {
		total += n
	}
	return counts, total, nil
}

// tally reads rows of a name and its count.
func tally[K ~string](ctx context.Context, q querier, query string, args ...any) (map[K]int, error) {
	type count struct {
		key K
		n   int
	}
	rows, err := list(ctx, q, query, args, func(rows *sql.Rows) (c count, err error) {
		err = rows.Scan(&c.key, &c.n)
		return c, err
	})
	if err != nil {
		return nil, err
	}
	counts := make(map[K]int, len(rows))
	for _, r := range rows {
		counts[r.key] = r.n
	}
	return counts, nil
}

// InFolder counts the mails by the folder that they were moved to, "" for those
// that were not moved; mails that are gone are not counted.
func (s *queries) InFolder(ctx context.Context) (counts map[string]int, err error) {
	err = s.view(ctx, func(q querier) error {
		counts, err = tally[string](ctx, q, "SELECT filed, count(*) FROM ledger WHERE fate <> 'gone' GROUP BY filed")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count mails by folder: %w", err)
	}
	return counts, nil
}

// Delivery is how the outbox is doing.
type Delivery struct {
	Waiting     int       // mails and posts that are to be sent
	Undelivered int       // open cases whose customer did not get the last mail
	Oldest      time.Time // since when the oldest mail waits; zero: none does
	Problem     string    // why it could not be sent yet
	LastSent    time.Time // the last mail; zero: none was ever sent
}

// Delivery tells how the outbox is doing.
func (s *queries) Delivery(ctx context.Context) (d Delivery, err error) {
	err = s.view(ctx, func(q querier) error {
		if err := q.QueryRowContext(ctx, "SELECT count(*) FROM outbox WHERE status = 'pending' AND NOT ("+webhookKinds+")").Scan(&d.Waiting); err != nil {
			return err
		}
		if err := q.QueryRowContext(ctx, "SELECT count(*) FROM cases WHERE undelivered <> '' AND state <> 'closed'").Scan(&d.Undelivered); err != nil {
			return err
		}
		err := q.QueryRowContext(ctx, "SELECT created_at, last_error FROM outbox WHERE status = 'pending' AND kind = 'mail' ORDER BY id LIMIT 1").
			Scan(stamp{&d.Oldest}, &d.Problem)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		// The newest row of a mail that was sent is never far from the end.
		err = q.QueryRowContext(ctx, "SELECT sent_at FROM outbox WHERE status = 'sent' AND kind = 'mail' ORDER BY id DESC LIMIT 1").Scan(stamp{&d.LastSent})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return nil
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("look how the outbox is doing: %w", err)
	}
	return d, nil
}
