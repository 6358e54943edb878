package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Rows for endpoints of webhooks have a kind that begins with this; the rest is
// the endpoint's name.
const webhookKinds = "substr(kind, 1, 8) = 'webhook/'"

// shutKeys are the keys of meta under which it stands which endpoints are shut.
const shutKeys = "shut/"

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
	found := map[string]Neighbour{}
	waiting, err := list(ctx, q, `SELECT g.kind, g.n, g.oldest, o.last_error FROM (
			SELECT kind, count(*) AS n, min(created_at) AS oldest, min(id) AS id FROM outbox WHERE status = 'pending' AND `+webhookKinds+` GROUP BY kind) AS g
		JOIN outbox o ON o.id = g.id`, nil, func(rows *sql.Rows) (n Neighbour, err error) {
		err = rows.Scan(&n.Kind, &n.Waiting, stamp{&n.Oldest}, &n.Problem)
		return n, err
	})
	if err != nil {
		return nil, err
	}
	for _, n := range waiting {
		found[n.Kind] = n
	}
	dead, err := tally[string](ctx, q, "SELECT kind, count(*) FROM outbox WHERE status = 'failed' AND "+webhookKinds+" GROUP BY kind")
	if err != nil {
		return nil, err
	}
	for kind, n := range dead {
		known := found[kind]
		known.Kind, known.Dead = kind, n
		found[kind] = known
	}
	if err := shutOnes(ctx, q, found); err != nil {
		return nil, err
	}
	var all []Neighbour
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[kind])
	}
	return all, nil
}

// shutOnes adds which endpoints are shut, and since when.
func shutOnes(ctx context.Context, q querier, found map[string]Neighbour) error {
	rows, err := q.QueryContext(ctx, "SELECT key, value FROM meta WHERE substr(key, 1, 5) = '"+shutKeys+"'")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var value []byte
		if err := rows.Scan(&key, &value); err != nil {
			return err
		}
		ms, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return fmt.Errorf("when %s was shut: %w", key, err)
		}
		n := found[strings.TrimPrefix(key, shutKeys)]
		n.Kind, n.ShutAt = strings.TrimPrefix(key, shutKeys), time.UnixMilli(ms).UTC()
		found[n.Kind] = n
	}
	return rows.Err()
}

// Shut records that an endpoint wants no webhooks any more: what is written for it
// waits.
func (tx *Tx) Shut(ctx context.Context, kind string) error {
	_, err := tx.exec(ctx, "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
		shutKeys+kind, strconv.AppendInt(nil, tx.now.UnixMilli(), 10))
	if err != nil {
		return fmt.Errorf("shut %s: %w", kind, err)
	}
	return nil
}

// Unshut lets an endpoint have webhooks again. Whether it was shut is returned.
func (tx *Tx) Unshut(ctx context.Context, kind string) (bool, error) {
	tx.left = true
	n, err := tx.exec(ctx, "DELETE FROM meta WHERE key = $1", shutKeys+kind)
	if err != nil {
		return false, fmt.Errorf("open %s again: %w", kind, err)
	}
	return n > 0, nil
}

// IsShut says whether an endpoint is shut.
func (s *queries) IsShut(ctx context.Context, kind string) (shut bool, err error) {
	err = s.ask(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM meta WHERE key = $1)", shutKeys+kind).Scan(&shut)
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
		rows, err = list(ctx, q, selectOutbox+" WHERE case_id = $1 AND status IN ('pending', 'failed') AND "+webhookKinds+" ORDER BY id",
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
	err := tx.change(ctx, id, ErrNotPending, "UPDATE outbox SET last_error = '', receipt = '' WHERE id = $1 AND status IN ('pending', 'failed')")
	if err == nil {
		err = tx.setBody(ctx, id, body)
	}
	if err != nil {
		return fmt.Errorf("rewrite row %d: %w", id, err)
	}
	return nil
}
