package casebook

import (
	"errors"
	"testing"
)

func TestLock(t *testing.T) {
	path := newStore(t)
	b, second := openBook(t, path), openBook(t, path)
	unlock, err := b.Lock("retour serve, process 17 on desk1")
	if err != nil {
		t.Fatal(err)
	}
	var locked ErrLocked
	if _, err := second.Lock("another"); !errors.As(err, &locked) || locked.Holder != "retour serve, process 17 on desk1" {
		t.Fatalf("second Lock = %v", err)
	}
	if err := errors.Join(unlock(), unlock()); err != nil {
		t.Fatalf("unlock, twice: %v", err)
	}
	unlock, err = second.Lock("me")
	if err != nil {
		t.Fatalf("Lock after unlock = %v", err)
	}
	if _, err := b.Lock("x"); !errors.As(err, &locked) || locked.Holder != "me" {
		t.Errorf("a shorter holder over a longer one reads %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}
