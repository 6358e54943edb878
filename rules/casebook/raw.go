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

// ErrDamaged is returned for a raw mail whose bytes are not those that came.
var ErrDamaged = errors.New("its bytes are damaged")

// raw gives the raw mail, which still has its size and hash, or [ErrDamaged].
func (p PackedRaw) raw() ([]byte, error) {
	raw, err := unpack(p.Body, p.Size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if hashOf(raw) != p.Hash {
		return nil, ErrDamaged
	}
	return raw, nil
}

// Raw returns the raw mail with this hash, or [ErrNotFound]. Bytes that no
// longer have that hash are [ErrDamaged]; one that should lie in a bucket is
// [ErrLost] where it does not, [ErrOtherBucket] where it is another one, and
// [ErrElsewhere] where none may be asked.
func (s *queries) Raw(ctx context.Context, hash string) (raw []byte, err error) {
	p, err := s.packed(ctx, hash)
	if err == nil {
		raw, err = p.raw()
	}
	if err != nil {
		return nil, fmt.Errorf("read raw mail %s: %w", hash, err)
	}
	return raw, nil
}

// packed is a raw mail as it is kept, wherever that is.
func (s *queries) packed(ctx context.Context, hash string) (PackedRaw, error) {
	p, err := s.near(ctx, hash)
	if !errors.Is(err, ErrNotFound) {
		return p, err
	}
	p, err = s.far(ctx, hash)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrLost) { // or it was brought back just now
		if back, nearErr := s.near(ctx, hash); nearErr == nil {
			return back, nil
		}
	}
	return p, err
}

// near reads a raw mail that is in the casebook.
func (s *queries) near(ctx context.Context, hash string) (PackedRaw, error) {
	p := PackedRaw{Hash: hash}
	err := s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT size, body FROM raw_mails WHERE hash = $1", hash).Scan(&p.Size, &p.Body)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return p, err
}

func hashOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
