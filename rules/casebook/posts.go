package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Posted returns where a message stands in Slack: the card of a case
// ("card/<case ID>"), the message in whose thread that card stands, where it came
// in a burst ("rollup/<case ID>"), an entry of its thread ("entry/<history ID>"),
// a held mail ("held/<ledger ID>"). ok is false when it was not posted.
func (s *queries) Posted(ctx context.Context, key string) (channel, ts string, ok bool, err error) {
	err = s.ask(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT channel, ts FROM posts WHERE key = $1", key).Scan(&channel, &ts)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", false, nil
	}
	if err != nil {
		return "", "", false, fmt.Errorf("read where %s is posted: %w", key, err)
	}
	return channel, ts, true, nil
}

// PostedAt returns the keys of what stands at a place in Slack: none where it is
// not the desk's, and those of all cards whose burst one message stands for.
func (s *queries) PostedAt(ctx context.Context, channel, ts string) (keys []string, err error) {
	err = s.ask(ctx, func(q querier) (err error) {
		keys, err = list(ctx, q, "SELECT key FROM posts WHERE ts = $1 AND channel = $2 ORDER BY key", []any{ts, channel}, scanOne[string])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is posted at %s: %w", ts, err)
	}
	return keys, nil
}

// SetPosted remembers where a message stands in Slack.
func (b *Book) SetPosted(ctx context.Context, key, channel, ts string) error {
	return b.Write(ctx, time.Time{}, func(tx *Tx) error { return tx.SetPosted(ctx, key, channel, ts) })
}

// SetPosted is [Book.SetPosted] within a transaction.
func (tx *Tx) SetPosted(ctx context.Context, key, channel, ts string) error {
	_, err := tx.exec(ctx, `INSERT INTO posts (key, channel, ts) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET channel = excluded.channel, ts = excluded.ts`, key, channel, ts)
	if err != nil {
		return fmt.Errorf("remember where %s is posted: %w", key, err)
	}
	return nil
}

// ForgetPosted forgets a message that is no longer in Slack.
func (b *Book) ForgetPosted(ctx context.Context, key string) error {
	err := b.Write(ctx, time.Time{}, func(tx *Tx) error {
		_, err := tx.exec(ctx, "DELETE FROM posts WHERE key = $1", key)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget where %s is posted: %w", key, err)
	}
	return nil
}
