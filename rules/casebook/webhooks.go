package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Rows for endpoints of webhooks have a kind that begins with this; the rest is
// the endpoint's name.
const webhookKinds = "kind >= 'webhook/' AND kind < 'webhook0'"

// Neighbour is how the webhooks to one endpoint are doing.
type Neighbour struct {
	Kind    string
	Waiting int       // to be sent
	Dead    int       // given up, and not sent again since
	Oldest  time.Time // when the oldest that waits was written; zero: none does
	Problem string    // why it could not be sent yet
	ShutAt  time.Time // when the endpoint said that it wants none; zero: it did not
}

// Neighbours tells of every endpoint that has something waiting or given up, or
// that is shut, in the order of their kinds.
func (s *queries) Neighbours(ctx context.Context) (all []Neighbour, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = neighbours(ctx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count webhooks: %w", err)
	}
	return all, nil
}

func neighbours(ctx context.Context, q querier) ([]Neighbour, error) {
	return list(ctx, q, `SELECT kind, sum(waiting), sum(dead), min(oldest), max(shut), max(problem) FROM (
			SELECT g.kind, g.waiting, 0 AS dead, g.oldest, NULL AS shut, o.last_error AS problem FROM (
				SELECT kind, count(*) AS waiting, min(created_at) AS oldest, min(id) AS id FROM outbox WHERE status = 'pending' AND `+webhookKinds+` GROUP BY kind) AS g
				JOIN outbox o ON o.id = g.id
			UNION ALL SELECT kind, 0, count(*), NULL, NULL, '' FROM outbox WHERE status = 'failed' AND `+webhookKinds+` GROUP BY kind
			UNION ALL SELECT substr(key, 6), 0, 0, NULL, CAST(CAST(value AS TEXT) AS INTEGER), '' FROM meta WHERE key >= 'shut/' AND key < 'shut0') AS each_of
		GROUP BY kind ORDER BY kind`, nil, func(rows *sql.Rows) (n Neighbour, err error) {
		err = rows.Scan(&n.Kind, &n.Waiting, &n.Dead, stamp{&n.Oldest}, stamp{&n.ShutAt}, &n.Problem)
		return n, err
	})
}

// Shut records that an endpoint wants no webhooks any more: what is written for it
// waits.
func (tx *Tx) Shut(ctx context.Context, kind string) error {
	_, err := tx.exec(ctx, "INSERT INTO meta (key, value) VALUES ($1, CAST($2 AS BLOB)) ON CONFLICT (key) DO NOTHING",
		"shut/"+kind, fmt.Sprint(tx.now.UnixMilli()))
	if err != nil {
		return fmt.Errorf("shut %s: %w", kind, err)
	}
	return nil
}

// Unshut lets an endpoint have webhooks again. Whether it was shut is returned.
func (tx *Tx) Unshut(ctx context.Context, kind string) (bool, error) {
	n, err := tx.exec(ctx, "DELETE FROM meta WHERE key = $1", "shut/"+kind)
	if err != nil {
		return false, fmt.Errorf("open %s again: %w", kind, err)
	}
	return n > 0, nil
}

// IsShut says whether an endpoint is shut.
func (s *queries) IsShut(ctx context.Context, kind string) (shut bool, err error) {
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM meta WHERE key = $1)", "shut/"+kind).Scan(&shut)
	})
	if err != nil {
		return false, fmt.Errorf("look whether %s is shut: %w", kind, err)
	}
	return shut, nil
}

// LastSentOf is when something of a kind last left; zero: never. It may read many
// rows.
func (s *queries) LastSentOf(ctx context.Context, kind string) (at time.Time, err error) {
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT max(sent_at) FROM outbox WHERE kind = $1 AND status = 'sent'", kind).Scan(stamp{&at})
	})
	if err != nil {
		return at, fmt.Errorf("read when %s last left: %w", kind, err)
	}
	return at, nil
}

// Drop withdraws what waits of a kind, or was given up, and returns how many rows
// that were.
func (tx *Tx) Drop(ctx context.Context, kind, why string) (int64, error) {
	n, err := tx.exec(ctx, `UPDATE outbox SET status = 'cancelled', failed_at = NULL, last_error = $2
		WHERE kind = $1 AND (status = 'failed' OR status = 'pending' AND lease_until IS NULL)`, kind, why)
	if err != nil {
		return 0, fmt.Errorf("drop what waits for %s: %w", kind, err)
	}
	return n, nil
}

// WaitingOf are the rows of webhooks about a case that are to be sent, or may be
// sent again.
func (s *queries) WaitingOf(ctx context.Context, caseID int64) (rows []Row, err error) {
	err = s.view(ctx, func(q querier) error {
		rows, err = list(ctx, q, "SELECT "+names(storedRow(&Row{}))+" FROM outbox WHERE case_id = $1 AND status IN ('pending', 'failed') AND "+webhookKinds+" ORDER BY id",
			[]any{caseID}, scanWith(storedRow))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("webhooks that wait of case with ID %d: %w", caseID, err)
	}
	return rows, nil
}

// Rewrite replaces what a row says that has not left.
func (tx *Tx) Rewrite(ctx context.Context, id int64, body []byte) error {
	err := tx.change(ctx, id, ErrNotPending, "UPDATE outbox SET body = $2, last_error = '', receipt = '' WHERE id = $1 AND status IN ('pending', 'failed')", body)
	if err != nil {
		return fmt.Errorf("rewrite row %d: %w", id, err)
	}
	return nil
}
