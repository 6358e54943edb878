package casebook

import (
	"context"
	"errors"
	"testing"
)

func TestDigestIsOwedOnce(t *testing.T) {
	b := newBook(t)
	made := func(day string, result DigestResult) error {
		return b.Write(t.Context(), noon, func(tx *Tx) error { return tx.DigestMade(t.Context(), "management", "weekly", day, result) })
	}
	look := func(day string) [2]bool {
		t.Helper()
		owed, isNew, err := b.DigestOwed(context.Background(), "management", "weekly", day)
		if err != nil {
			t.Fatal(err)
		}
		return [2]bool{owed, isNew}
	}
	if got := look("2026-11-16"); got != [2]bool{false, true} {
		t.Errorf("before the beginning: owed, new = %v", got)
	}
	if err := made("2026-11-16", DigestBegun); err != nil {
		t.Fatal(err)
	}
	for day, owed := range map[string]bool{"2026-11-09": false, "2026-11-16": false, "2026-11-23": true, "2026-11-30": true} {
		if got := look(day); got != [2]bool{owed, false} {
			t.Errorf("%s: owed, new = %v, want %v, false", day, got, owed)
		}
	}
	if err := made("2026-11-30", DigestSent); err != nil {
		t.Fatal(err)
	}
	if err := made("2026-11-30", DigestSilent); !errors.Is(err, ErrDigestMade) {
		t.Errorf("made a second time: %v", err)
	}
	if got := look("2026-11-30"); got[0] {
		t.Error("it is owed although it was made")
	}
	if got := look("2026-11-23"); !got[0] {
		t.Error("one that was missed is not owed any more, though the clock was set back to it")
	}
	if owed, isNew, err := b.DigestOwed(t.Context(), "management", "daily", "2026-11-30"); owed || !isNew || err != nil {
		t.Errorf("another kind: %v %v %v", owed, isNew, err)
	}
}
