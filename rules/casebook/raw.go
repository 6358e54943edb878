package casebook

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// PutRaw keeps a raw mail, compressed, and returns its address: the SHA-256 of
// the bytes, in hex. The same bytes are kept once.
func (tx *Tx) PutRaw(ctx context.Context, raw []byte) (hash string, err error) {
	hash = hashOf(raw)
	var has bool
	err = tx.tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM raw_mails WHERE hash = $1)", hash).Scan(&has)
	if err == nil && !has {
		err = tx.insertRaw(ctx, hash, raw)
	}
	if err != nil {
		return "", fmt.Errorf("keep raw mail: %w", err)
	}
	return hash, nil
}

func (tx *Tx) insertRaw(ctx context.Context, hash string, raw []byte) error {
	body, err := tx.book.pack(raw)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, "INSERT INTO raw_mails (hash, size, body) VALUES ($1, $2, $3)", hash, len(raw), body)
	return err
}

// Raw returns the raw mail with this hash, or [ErrNotFound]. Bytes that no
// longer have that hash are an error.
func (s *queries) Raw(ctx context.Context, hash string) (raw []byte, err error) {
	var body []byte
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT body FROM raw_mails WHERE hash = $1", hash).Scan(&body)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
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

// pack compresses, fast before small: the writer of the casebook waits for it.
func (b *Book) pack(raw []byte) ([]byte, error) {
	var buf bytes.Buffer
	z, ok := b.packers.Get().(*gzip.Writer)
	if ok {
		z.Reset(&buf)
	} else {
		var err error
		if z, err = gzip.NewWriterLevel(&buf, gzip.BestSpeed); err != nil {
			return nil, err
		}
	}
	if _, err := z.Write(raw); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	b.packers.Put(z)
	return buf.Bytes(), nil
}

func unpack(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
