//go:build postgres

package casebook

import (
	"context"
	"errors"
	"testing"
	"time"

	"retour/rules"
)

// serverOf is the engine of a Book in PostgreSQL.
func serverOf(t *testing.T, b *Book) *server {
	t.Helper()
	s, ok := b.engine.(*server)
	if !ok {
		t.Fatalf("the casebook is in %T", b.engine)
	}
	return s
}

// takes waits until a lease is free.
func takes(t *testing.T, b *Book, holder string, lasts, renew time.Duration) *deskLease {
	t.Helper()
	for {
		l, err := serverOf(t, b).takeLease(t.Context(), holder, lasts, renew)
		if !errors.As(err, new(ErrLocked)) {
			return must(l, err)(t)
		}
		leaseEnds(t, b)
	}
}

// An instance that slept on its lease writes nothing more, from the moment in
// which another has it; and learns of it.
func TestWhoSleptOnTheLeaseWritesNothing(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	slept, next := openBook(t, store), openBook(t, store)
	insert := func(b *Book, number string) error {
		return b.Write(ctx, noon, func(tx *Tx) error { return tx.Insert(ctx, &rules.Case{Number: number}) })
	}
	first := takes(t, slept, "the first", 300*time.Millisecond, time.Hour)
	if err := insert(slept, "1"); err != nil {
		t.Fatal(err)
	}
	second := takes(t, next, "the second", time.Hour, time.Hour)
	if second.fence <= first.fence {
		t.Errorf("fence %d after %d", second.fence, first.fence)
	}
	if err := insert(slept, "2"); !errors.Is(err, ErrTakenOver) {
		t.Errorf("who slept could write: %v", err)
	}
	if err := slept.SetDone(ctx, ChoreBackup, noon); !errors.Is(err, ErrTakenOver) {
		t.Errorf("who slept could write: %v", err)
	}
	if ours, err := first.renew(ctx); ours || err != nil {
		t.Errorf("renewed a lease that is another's: %v, %v", ours, err)
	}
	if err := insert(next, "2"); err != nil {
		t.Error(err)
	}
	if n := len(must(slept.Cases(ctx, CaseFilter{}))(t)); n != 2 { // reading is free
		t.Errorf("%d cases, want 2", n)
	}
	if err := errors.Join(first.giveBack(), second.giveBack()); err != nil {
		t.Error(err)
	}
	third := takes(t, slept, "the third", time.Hour, time.Hour) // at once: it was given back
	if err := errors.Join(insert(slept, "3"), third.giveBack()); err != nil {
		t.Error(err)
	}
}

// A lease is renewed while its holder lives, and he is told when it is gone.
func TestLeaseIsRenewedUntilItIsLost(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b := openBook(t, store)
	l := takes(t, b, "the first", time.Hour, time.Millisecond)
	until := func() (at time.Time) {
		err := b.view(ctx, func(q querier) error { return q.QueryRowContext(ctx, "SELECT until FROM leases").Scan(&at) })
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for begun := until(); !until().After(begun); {
	}
	if _, err := serverOf(t, openBook(t, store)).takeLease(ctx, "the second", time.Hour, time.Hour); !errors.As(err, new(ErrLocked)) {
		t.Errorf("a lease that is renewed was taken: %v", err)
	}
	select {
	case <-l.lost:
		t.Error("lost while it was held")
	default:
	}
	sqlOn(t, store, "SELECT set_config('retour.desk', 'main', false)", "UPDATE retour.leases SET fence = fence + 1")
	<-l.lost
	if err := l.giveBack(); err != nil {
		t.Error(err)
	}
}

// A session that broke is made anew, and the lease kept.
func TestLeaseOutlivesItsSession(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b := openBook(t, store)
	l := takes(t, b, "the first", time.Hour, time.Hour)
	sqlOn(t, store, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'the first'")
	for ours := false; !ours; {
		ours, _ = l.renew(context.WithoutCancel(ctx)) // the first says that the session is gone
	}
	if err := b.SetDone(ctx, ChoreBackup, noon); err != nil {
		t.Error(err)
	}
	if err := l.giveBack(); err != nil {
		t.Error(err)
	}
}
