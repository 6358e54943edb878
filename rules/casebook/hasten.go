package casebook

import (
	"context"
	"fmt"
	"time"
)

// Hasten makes the rows of these kinds due now that are put off, or leased, for
// longer than a sender ever puts one off: they were written by a clock that ran
// ahead and has been set right, and would wait until it is as late as it was. It
// returns how many they were.
func (b *Book) Hasten(ctx context.Context, now time.Time, kinds []string, longest time.Duration) (n int64, err error) {
	if len(kinds) == 0 {
		return 0, nil
	}
	var w where
	w.add("next_at > ?", now.Add(longest).UnixMilli())
	w.add("status = 'pending'")
	w.add("(lease_until IS NULL OR lease_until > ?)", now.Add(longest).UnixMilli())
	oneOf(&w, "kind", kinds)
	var some bool
	err = b.ask(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM outbox"+w.String()+")", w.args...).Scan(&some)
	})
	if err != nil || !some {
		return 0, hastened(err)
	}
	err = b.Write(ctx, now, func(tx *Tx) error {
		query := fmt.Sprintf("UPDATE outbox SET next_at = $%d, lease_until = NULL%s", len(w.args)+1, w.String())
		n, err = tx.exec(ctx, query, append(w.args, tx.now.UnixMilli())...)
		return err
	})
	return n, hastened(err)
}

func hastened(err error) error {
	if err != nil {
		return fmt.Errorf("look for rows of a clock that ran ahead: %w", err)
	}
	return nil
}
