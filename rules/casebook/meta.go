package casebook

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"
)

// Secret returns the 32 random bytes that thread tokens are made with. They are
// made at first use and stay with the file.
func (b *Book) Secret(ctx context.Context) ([]byte, error) {
	return b.madeOnce(ctx, "secret", 32)
}

// Instance returns the random name of this casebook, made at first use.
func (b *Book) Instance(ctx context.Context) (string, error) {
	id, err := b.madeOnce(ctx, "instance", 8)
	return hex.EncodeToString(id), err
}

// madeOnce returns the random bytes under a key, which it makes when there are none.
func (b *Book) madeOnce(ctx context.Context, key string, n int) (value []byte, err error) {
	fresh := make([]byte, n)
	rand.Read(fresh) // never fails: the program would have been stopped
	err = b.Write(ctx, time.Time{}, func(tx *Tx) error {
		if _, err := tx.exec(ctx, "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING", key, fresh); err != nil {
			return err
		}
		return tx.tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = $1", key).Scan(&value)
	})
	if err != nil {
		return nil, fmt.Errorf("read %s of the casebook: %w", key, err)
	}
	return value, nil
}
