package casebook

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrTakenOver is returned by [Book.Write] once another process has the lock
// that this one had: it did not say for a while that it is alive. Nothing is
// written; the process should end.
var ErrTakenOver = errors.New("another process has taken this desk over")

// How long a desk's lease lasts, and how often it is renewed: what an instance
// that died has left is taken over within the first, and a look at the lease.
const (
	leaseTime  = 20 * time.Second
	leaseRenew = 5 * time.Second
)

// takenOver is the SQLSTATE that the function holds raises.
const takenOver = "RT001"

// deskLease is the lock of a desk in a database. It is a row with its holder, its end
// and a number that grows with each holder, which every writing transaction of
// the holder shows (a fencing token): one that has slept writes nothing more.
// Taking it over waits, as every writer does, for the transaction that writes.
type deskLease struct {
	server *server
	holder string
	conn   *pgx.Conn // of the goroutine that renews it
	fence  int64
	lasts  time.Duration
	lost   chan struct{}
	stop   context.CancelFunc
	done   chan struct{}
}

// takeLease is [server.lock].
func (s *server) takeLease(ctx context.Context, holder string, lasts, renew time.Duration) (*deskLease, error) {
	l := &deskLease{server: s, holder: holder, lasts: lasts, lost: make(chan struct{}), done: make(chan struct{})}
	if err := l.connect(ctx); err != nil {
		return nil, err
	}
	if err := l.take(ctx); err != nil {
		return nil, errors.Join(err, l.conn.Close(ctx))
	}
	s.fence.Store(l.fence)
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	go l.keep(ctx, renew)
	return l, nil
}

// connect makes the session, which keeps others from changing the schema.
func (l *deskLease) connect(ctx context.Context) (err error) {
	if l.conn, err = l.server.session(ctx, l.holder); err != nil {
		return err
	}
	var got bool
	err = l.conn.QueryRow(ctx, "SELECT pg_try_advisory_lock_shared("+key("schema")+")").Scan(&got)
	if err == nil && !got {
		err = l.server.holderOf(ctx, l.conn, "schema")
	}
	if err != nil {
		return errors.Join(err, l.conn.Close(ctx))
	}
	return nil
}

// take takes the lease when nobody has it.
func (l *deskLease) take(ctx context.Context) error {
	tx, err := l.conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: "BEGIN; " + l.server.alone()})
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) // of no effect after Commit
	err = tx.QueryRow(ctx, `INSERT INTO retour.leases (holder, fence, until) VALUES ($1, 1, clock_timestamp() + $2 * interval '1 millisecond')
		ON CONFLICT (desk) DO UPDATE SET holder = excluded.holder, fence = leases.fence + 1, until = excluded.until
		WHERE leases.until <= clock_timestamp() RETURNING fence`, l.holder, l.lasts.Milliseconds()).Scan(&l.fence)
	if errors.Is(err, pgx.ErrNoRows) {
		var has ErrLocked
		if err := tx.QueryRow(ctx, "SELECT holder FROM desk.leases").Scan(&has.Holder); err != nil {
			return err
		}
		return has
	}
	if err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// keep renews the lease until it is given back or lost. It is lost, too, when it
// could not be renewed for as long as it lasts.
func (l *deskLease) keep(ctx context.Context, every time.Duration) {
	defer close(l.done)
	renewed := time.Now()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		began := time.Now()
		ours, err := l.renew(ctx)
		if err == nil && ours {
			renewed = began
		}
		if ctx.Err() == nil && (err == nil && !ours || time.Since(renewed) > l.lasts) {
			close(l.lost)
			return
		}
	}
}

func (l *deskLease) renew(ctx context.Context) (ours bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.lasts/2)
	defer cancel()
	if l.conn.IsClosed() {
		if err := l.connect(ctx); err != nil {
			return false, err
		}
	}
	tag, err := l.conn.Exec(ctx, "UPDATE retour.leases SET until = clock_timestamp() + $3 * interval '1 millisecond' WHERE desk = $1 AND fence = $2",
		l.server.desk, l.fence, l.lasts.Milliseconds())
	return tag.RowsAffected() == 1, err
}

// giveBack lets the next one take it at once.
func (l *deskLease) giveBack() error {
	l.stop()
	<-l.done
	ctx, cancel := context.WithTimeout(context.Background(), l.lasts)
	defer cancel()
	if l.conn.IsClosed() { // it runs out by itself
		return nil
	}
	_, err := l.conn.Exec(ctx, "UPDATE retour.leases SET until = clock_timestamp() WHERE desk = $1 AND fence = $2", l.server.desk, l.fence)
	if err != nil {
		err = fmt.Errorf("give the lease back: %w", err)
	}
	return errors.Join(err, l.conn.Close(ctx))
}

// lock keeps a lease.
func (s *server) lock(ctx context.Context, holder string) (unlock func() error, lost <-chan struct{}, err error) {
	l, err := s.takeLease(ctx, holder, leaseTime, leaseRenew)
	if errors.As(err, new(ErrLocked)) {
		return nil, nil, err
	}
	if err != nil {
		return nil, nil, fmt.Errorf("lock casebook: %w", err)
	}
	return sync.OnceValue(func() error { s.fence.Store(0); return l.giveBack() }), l.lost, nil
}

// beginning says what the error of a transaction that did not begin means.
func beginning(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == takenOver {
		return ErrTakenOver
	}
	return fmt.Errorf("begin in casebook: %w", err)
}
