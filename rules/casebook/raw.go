package casebook

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
)

// PackedRaw is a raw mail as it is kept.
type PackedRaw struct {
	Hash string // its address: the SHA-256 of its bytes, in hex
	Size int    // of its bytes
	Body []byte // see pack
}

// PackRaw compresses a raw mail, fast before small. No transaction should wait
// for that.
func PackRaw(raw []byte) (p PackedRaw, err error) {
	p = PackedRaw{Hash: hashOf(raw), Size: len(raw)}
	if p.Body, err = pack(raw); err != nil {
		return p, fmt.Errorf("compress raw mail: %w", err)
	}
	return p, nil
}

// PutPacked keeps a raw mail. The same bytes are kept once.
func (tx *Tx) PutPacked(ctx context.Context, p PackedRaw) error {
	_, err := tx.exec(ctx, "INSERT INTO raw_mails (hash, size, body) VALUES ($1, $2, $3)"+keepOld, p.Hash, p.Size, p.Body)
	if err != nil {
		return fmt.Errorf("keep raw mail: %w", err)
	}
	return nil
}

// PutRaw compresses and keeps a raw mail, and returns its address.
func (tx *Tx) PutRaw(ctx context.Context, raw []byte) (hash string, err error) {
	p, err := PackRaw(raw)
	if err != nil {
		return "", err
	}
	return p.Hash, tx.PutPacked(ctx, p)
}

// Raw returns the raw mail with this hash, or [ErrNotFound]. Bytes that no
// longer have that hash are an error; so is one that lies in a bucket and is not
// there any more, [ErrLost], or that may not be asked for, [ErrElsewhere].
func (s *queries) Raw(ctx context.Context, hash string) (raw []byte, err error) {
	var body []byte
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT body FROM raw_mails WHERE hash = $1", hash).Scan(&body)
	})
	if errors.Is(err, sql.ErrNoRows) {
		body, err = s.far(ctx, hash)
	}
	if err == nil {
		raw, err = unpack(body)
	}
	if err == nil && hashOf(raw) != hash {
		err = errors.New("its bytes are damaged")
	}
	if err != nil {
		return nil, fmt.Errorf("read raw mail %s: %w", hash, err)
	}
	return raw, nil
}

func hashOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
