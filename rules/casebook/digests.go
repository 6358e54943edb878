package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// DigestResult is what became of a digest that was due.
type DigestResult string

// The results.
const (
	DigestSent   DigestResult = "sent"   // its mails are in the outbox
	DigestSilent DigestResult = "silent" // there was no news, and its list wants none then
	DigestBegun  DigestResult = "begun"  // the list was new: this digest and those before it are owed to nobody
)

// DigestOwed says whether the digest of a day (2026-11-23) has still to be made.
// isNew says that the list has never had one of the kind: then it begins with the
// next.
func (s *queries) DigestOwed(ctx context.Context, list, kind, day string) (owed, isNew bool, err error) {
	err = s.view(ctx, func(q querier) error {
		var begun, done sql.NullString
		err := q.QueryRowContext(ctx, `SELECT max(CASE WHEN result = 'begun' THEN day END), max(CASE WHEN day = $3 THEN day END)
			FROM digests WHERE list = $1 AND kind = $2`, list, kind, day).Scan(&begun, &done)
		// A clock that was set back to before the beginning owes nothing.
		owed, isNew = begun.Valid && !done.Valid && day > begun.String, !begun.Valid
		return err
	})
	if err != nil {
		return false, false, fmt.Errorf("read the %s digests for %s: %w", kind, list, err)
	}
	return owed, isNew, nil
}

// ErrDigestMade is returned for a digest that was made before.
var ErrDigestMade = errors.New("this digest was made before")

// DigestMade records what became of a digest; the second time is [ErrDigestMade].
func (tx *Tx) DigestMade(ctx context.Context, list, kind, day string, result DigestResult) error {
	n, err := tx.exec(ctx, "INSERT INTO digests (list, kind, day, result, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
		list, kind, day, string(result), tx.now.UnixMilli())
	switch {
	case err != nil:
		return fmt.Errorf("record the %s digest of %s for %s: %w", kind, day, list, err)
	case n == 0:
		return ErrDigestMade
	}
	return nil
}
