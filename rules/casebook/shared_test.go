//go:build postgres

package casebook

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"retour/rules"
)

// connectionsTo counts the sessions that a database has beside the counting one.
func connectionsTo(t *testing.T, store string) (n int) {
	t.Helper()
	ctx := t.Context()
	conn := must(pgx.Connect(ctx, store))(t)
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Two hundred desks of one process write and read at the same time over a few
// connections, and each sees its own alone.
func TestManyDesksShareConnections(t *testing.T) {
	const desks = 200
	store, ctx := newDatabase(t), t.Context()
	var shared Shared
	books := make([]*Book, desks)
	for i := range books {
		b, err := shared.Open(ctx, fmt.Sprintf("%s&desk=d%03d", store, i))
		if err != nil {
			t.Fatal(err)
		}
		books[i] = b
	}
	var g errgroup.Group
	for i, b := range books {
		g.Go(func() error {
			for n := range 3 {
				if err := b.Write(ctx, noon, func(tx *Tx) error { return tx.Insert(ctx, &rules.Case{Number: fmt.Sprintf("%d of %d", n, i)}) }); err != nil {
					return err
				}
				cases, err := b.Cases(ctx, CaseFilter{})
				if err != nil {
					return err
				}
				if len(cases) != n+1 || cases[0].Number != fmt.Sprintf("%d of %d", n, i) {
					return fmt.Errorf("desk %d sees %v", i, numbersOf(cases))
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := connectionsTo(t, store); n == 0 || n > sharedWriters+sharedReaders {
		t.Errorf("%d desks have %d connections, want at most %d", desks, n, sharedWriters+sharedReaders)
	}
	for _, b := range books {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := shared.Close(); err != nil {
		t.Error(err)
	}
}

// A desk that holds its writing transaction open, or breaks one off, keeps no other
// one from its own work, and leaves nothing of itself on the connection.
func TestOneDeskHoldsNoOtherUp(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	var shared Shared
	defer shared.Close()
	slow, quick := must(shared.Open(ctx, store+"&desk=slow"))(t), must(shared.Open(ctx, store+"&desk=quick"))(t)
	defer slow.Close()
	defer quick.Close()
	begun, end := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = slow.Write(ctx, noon, func(tx *Tx) error {
			close(begun)
			<-end
			return context.Canceled // nothing of it remains
		})
	})
	<-begun
	for i := range 2 * sharedWriters {
		if err := quick.Write(ctx, noon, func(tx *Tx) error { return tx.Insert(ctx, &rules.Case{Number: fmt.Sprint(i)}) }); err != nil {
			t.Fatal(err)
		}
	}
	close(end)
	all.Wait()
	if n := len(must(slow.Cases(ctx, CaseFilter{}))(t)); n != 0 {
		t.Errorf("the slow desk sees %d cases", n)
	}
	if n := len(must(quick.Cases(ctx, CaseFilter{}))(t)); n != 2*sharedWriters {
		t.Errorf("the quick desk has %d cases", n)
	}
}
