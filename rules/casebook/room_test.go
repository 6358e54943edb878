package casebook

import (
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"testing"
)

func TestErrorOfAFullDiskSaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.db")
	for _, tc := range []struct {
		name  string
		store string
		err   error
		least int64
		full  bool
	}{
		{"full", path, fs.ErrInvalid, math.MaxInt64, true},
		{"room is left", path, fs.ErrInvalid, 0, false},
		{"no error", path, nil, math.MaxInt64, false},
		{"a server's disk is its own", "postgres://db.example/retour", fs.ErrInvalid, math.MaxInt64, false},
		{"no such folder", filepath.Join(path, "x", "retour.db"), fs.ErrInvalid, math.MaxInt64, false},
	} {
		got := explained(tc.store, tc.err, tc.least)
		if errors.Is(got, ErrNoRoom) != tc.full || !errors.Is(got, tc.err) {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}
